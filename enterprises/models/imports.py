"""A clerk's spreadsheet on its way in: what it says row by row, what was decided, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Decision, ImportState, RowKind, RowOutcome, SuggestionState
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User
from enterprises.models.publication import Publication, Withdrawal


class Import(models.Model):
    """The file itself is not kept: its rows are, so that any worker can go on with them."""

    name = models.CharField(_("fil"), max_length=200)
    # Of the file's bytes, so that who uploads it again is told.
    digest = models.CharField(max_length=64, db_index=True, editable=False)
    uploaded_at = models.DateTimeField(_("lagt op"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("lagt op af")
    )
    # What they speak, and are told about their rows in.
    language = models.CharField(max_length=2, default="da", editable=False)
    state = models.CharField(_("tilstand"), max_length=8, choices=ImportState, default=ImportState.LOOKING)
    # What of the file was not read.
    warnings = models.JSONField(default=list, editable=False)
    # Why the last step came to nothing, as a sentence.
    failure = models.TextField(blank=True, editable=False)
    ended_at = models.DateTimeField(_("afsluttet"), null=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("afsluttet af")
    )

    class Meta:
        verbose_name = _("indlæsning")
        verbose_name_plural = _("indlæsninger af regneark")
        ordering = ("-uploaded_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_is_in_a_known_state"
            ),
        )

    def __str__(self) -> str:
        return self.name


class RowsOfImports(models.QuerySet["ImportRow"]):
    def waiting(self) -> RowsOfImports:
        """Those of open imports that somebody must decide about, the oldest import first."""
        asked = self.filter(run__state=ImportState.DECIDING, decision=Decision.UNDECIDED)
        return asked.order_by("run__uploaded_at", "run", "number")


class ImportRow(models.Model):
    """`changes` are what differs, each as {"column", "before", "after"}; see imports/changes.py."""

    run = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("indlæsning"))
    # As the spreadsheet shows it.
    number = models.PositiveIntegerField(_("række"))
    cells = models.JSONField(default=dict)
    flawed = models.JSONField(default=list)
    # What is wrong with the cells as such, which no other state of the register mends.
    flaws = models.JSONField(default=list)

    name = models.CharField(_("navn"), max_length=200, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, null=True, related_name="import_rows", verbose_name=_("virksomhed")
    )
    kind = models.CharField(_("slags"), max_length=9, choices=RowKind, blank=True)
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    # Who it could be already: {"pk", "name", "reasons", "left"} or {"row", "name", "reasons"}.
    suspects = models.JSONField(default=list)
    decision = models.CharField(_("afgørelse"), max_length=4, choices=Decision, blank=True)

    outcome = models.CharField(_("udfald"), max_length=9, choices=RowOutcome, blank=True)
    # What undoing needs: the working copy and the publication before, and what was there after.
    before = models.JSONField(null=True)
    publication_before = models.ForeignKey(Publication, models.SET_NULL, null=True, related_name="+")
    publication = models.ForeignKey(Publication, models.SET_NULL, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    # Of what it had created, when it was undone: no word of the council's that it is to stay away.
    withdrawal = models.OneToOneField(Withdrawal, models.SET_NULL, null=True, related_name="undone_row")

    objects = RowsOfImports.as_manager()

    class Meta:
        verbose_name = _("række af en indlæsning")
        verbose_name_plural = _("rækker af indlæsninger")
        ordering = ("run", "number")
        indexes = (
            models.Index(fields=("run", "kind", "number"), name="import_row_by_kind"),
            models.Index(fields=("run", "number"), name="import_row_undecided", condition=Q(decision="")),
        )
        constraints = (
            models.UniqueConstraint(fields=("run", "number"), name="import_row_numbered_once"),
            # What must not be taken, cannot be, whoever asks.
            models.CheckConstraint(
                condition=~Q(kind__in=(RowKind.ERROR, RowKind.TOMBSTONE), decision=Decision.TAKE),
                name="import_row_takes_no_error_or_tombstone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.run}, {self.number}"


class Suggestion(models.Model):
    """What a spreadsheet says of an enterprise that has editors: theirs to accept or decline."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="suggestions", verbose_name=_("virksomhed")
    )
    run = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="suggestions")
    # A column of the spreadsheet; "place" for those of an address, which go together.
    field = models.CharField(_("felt"), max_length=20)
    cells = models.JSONField()
    changes = models.JSONField()
    state = models.CharField(
        _("tilstand"), max_length=8, choices=SuggestionState, default=SuggestionState.OPEN
    )
    made_at = models.DateTimeField(_("foreslået"), auto_now_add=True)
    decided_at = models.DateTimeField(_("afgjort"), null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("afgjort af")
    )

    class Meta:
        verbose_name = _("forslag fra et regneark")
        verbose_name_plural = _("forslag fra regneark")
        ordering = ("enterprise", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise", "field"),
                condition=Q(state=SuggestionState.OPEN),
                name="suggestion_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, decided_at__isnull=True)
                | (~Q(state=SuggestionState.OPEN) & Q(decided_at__isnull=False)),
                name="suggestion_closed_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.field}"
