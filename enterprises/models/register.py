"""What CVR says of an enterprise, with the day it was read, and where that differs from what we say."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User


class RegisterReading(models.Model):
    """The last reading. What the register alone knows is kept here, and nobody can type it."""

    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, related_name="register_reading", primary_key=True
    )
    cvr = models.CharField(_("CVR-nummer"), max_length=8)
    read_on = models.DateField(_("læst i CVR den"), db_index=True)
    found = models.BooleanField(_("findes i CVR"))
    # What it is called there, and where it is, as comparing.py has them: never the street of a home.
    names = ArrayField(models.CharField(max_length=300), default=list)
    address = models.JSONField(null=True)
    # As the register words it; empty where it says nothing.
    status = models.CharField(_("status"), max_length=300, blank=True)
    started_on = models.DateField(_("startet"), null=True, blank=True)
    ended_on = models.DateField(_("ophørt"), null=True, blank=True)
    branch_code = models.CharField(_("branchekode"), max_length=300, blank=True)
    branch = models.CharField(_("branche"), max_length=300, blank=True)
    rsv = models.BooleanField(_("RSV"), null=True, blank=True)
    # It is against the law to send it advertisements.
    advertising_protected = models.BooleanField(_("reklamebeskyttet"), null=True, blank=True)

    class Meta:
        verbose_name = _("læsning i CVR")
        verbose_name_plural = _("læsninger i CVR")

    def __str__(self) -> str:
        return f"{self.enterprise} {self.read_on:%Y-%m-%d}"


class RegisterDifference(models.Model):
    """A fact on which we and the register differ, until somebody decides or it passes.

    `ours` and `theirs` are values as comparing.py has them. They never hold the street of a sole trader
    or of an address that the register protects.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="register_differences", verbose_name=_("virksomhed")
    )
    field = models.CharField(_("felt"), max_length=10, choices=choices.RegisterField)
    ours = models.JSONField(_("vores"), null=True)
    theirs = models.JSONField(_("CVR"), null=True)
    since = models.DateField(_("i CVR siden"), null=True)
    found_on = models.DateField(_("opdaget"))
    read_on = models.DateField(_("læst i CVR den"))
    urgent = models.BooleanField(_("haster"), default=False)
    state = models.CharField(
        _("tilstand"), max_length=5, choices=choices.DifferenceState, default=choices.DifferenceState.OPEN
    )
    decided_at = models.DateTimeField(_("afgjort"), null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("afgjort af")
    )
    # Why an editor keeps what they say, in their words.
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("afvigelse fra CVR")
        verbose_name_plural = _("afvigelser fra CVR")
        ordering = ("-urgent", "found_on", "pk")
        indexes = (
            models.Index(
                fields=("-urgent", "found_on", "id"),
                name="register_difference_queue",
                condition=Q(state=choices.DifferenceState.OPEN),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise", "field"),
                condition=Q(state=choices.DifferenceState.OPEN),
                name="register_difference_open_once",
            ),
            models.CheckConstraint(
                condition=Q(field__in=choices.RegisterField.values),
                name="register_difference_is_of_a_known_field",
            ),
            models.CheckConstraint(
                condition=Q(state=choices.DifferenceState.OPEN, decided_at__isnull=True)
                | (
                    Q(state__in=choices.DifferenceState.values, decided_at__isnull=False)
                    & ~Q(state=choices.DifferenceState.OPEN)
                ),
                name="register_difference_closed_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.get_field_display()}"
