"""What editors have under way: drafts, proposals to the council, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User
from enterprises.models.publication import Publication

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class SectionPolicy(models.Model):
    """Whether what enterprises change in a section is seen by the council before the public sees it."""

    section = models.CharField(_("afsnit"), max_length=12, choices=choices.Section, unique=True)
    direct = models.BooleanField(
        _("vises med det samme"),
        default=False,
        help_text=_("Sæt kryds, hvis virksomhederne selv må udgive ændringer i afsnittet."),
    )
    bulk = models.BooleanField(
        _("må godkendes sammen"),
        default=False,
        help_text=_(
            "Sæt kryds, hvis forslag, der kun ændrer sådanne afsnit, må godkendes flere ad gangen fra listen."
        ),
    )

    class Meta:
        verbose_name = _("regel for et afsnit")
        verbose_name_plural = _("regler for afsnit")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(section__in=choices.Section.values), name="policy_is_for_a_known_section"
            ),
        )

    def __str__(self) -> str:
        return str(self.get_section_display())


class Draft(models.Model):
    """What one person has typed in one section and not saved yet, right or wrong. Nobody else sees it."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=12, choices=choices.Section)
    # The form as it was sent, URL-encoded: it holds anything a person can type.
    data = models.TextField()
    # Grows with each save, so that a person's two windows never overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("kladde")
        verbose_name_plural = _("kladder")
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "user", "section"), name="draft_once_per_section"),
        )

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.get_section_display()}"


class Proposal(models.Model):
    """The working copy, sent to the council to be published. Closed ones are kept for their threads."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="proposals", verbose_name=_("virksomhed")
    )
    state = models.CharField(
        _("tilstand"), max_length=12, choices=choices.ProposalState, default=choices.ProposalState.OPEN
    )
    submitted_at = models.DateTimeField(_("sendt"), auto_now_add=True)
    submitted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sendt af")
    )
    # What its sender spoke, and is answered in.
    language = models.CharField(max_length=2, default="da", editable=False)
    decided_at = models.DateTimeField(_("afgjort"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("afgjort af")
    )
    publication = models.ForeignKey(
        Publication, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("udgivelse")
    )
    # What was published of it, where that was not all: keys as sections.Part has them.
    approved = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, verbose_name=_("godkendte afsnit")
    )

    if TYPE_CHECKING:
        messages: RelatedManager[Message]

    class Meta:
        verbose_name = _("forslag")
        verbose_name_plural = _("forslag")
        ordering = ("-submitted_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise",),
                condition=Q(state=choices.ProposalState.OPEN),
                name="proposal_open_once_per_enterprise",
            ),
            models.CheckConstraint(
                condition=Q(state=choices.ProposalState.OPEN, decided_at__isnull=True)
                | (~Q(state=choices.ProposalState.OPEN) & Q(decided_at__isnull=False)),
                name="proposal_closed_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise} {self.submitted_at:%Y-%m-%d}"


class Message(models.Model):
    """One line of the talk between an enterprise and the council about a proposal."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("fra")
    )
    from_council = models.BooleanField(_("fra rådet"))
    text = models.TextField(_("besked"), max_length=2000)
    sent_at = models.DateTimeField(_("sendt"), auto_now_add=True)

    class Meta:
        verbose_name = _("besked")
        verbose_name_plural = _("beskeder")
        ordering = ("sent_at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),)

    def __str__(self) -> str:
        return self.text[:60]


class Look(models.Model):
    """That one of the council's people has a proposal open, so that the next one is told."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("blik på et forslag")
        verbose_name_plural = _("blikke på forslag")
        constraints = (models.UniqueConstraint(fields=("proposal", "user"), name="look_once_per_person"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.proposal}"


class ReasonText(models.Model):
    """Words that the council uses again and again when it says no, or sends some of a proposal back."""

    title = models.CharField(_("kort navn"), max_length=80, unique=True)
    text_da = models.TextField(_("tekst på dansk"), max_length=1500)
    text_en = models.TextField(_("tekst på engelsk"), max_length=1500)
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    active = models.BooleanField(
        _("i brug"), default=True, help_text=_("Uden kryds kan den ikke vælges længere.")
    )

    class Meta:
        verbose_name = _("begrundelse")
        verbose_name_plural = _("begrundelser")
        ordering = ("position", "title")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text_da="") & ~Q(text_en=""),
                name="reason_is_said_in_both_languages",
            ),
        )

    def __str__(self) -> str:
        return self.title
