"""Two enterprises that could be the same, until somebody decides or they are alike no more."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User


class DuplicatePair(models.Model):
    """One row for each two, for ever: found again, it is the same row. The older enterprise is the first.

    `grounds` are what they share, each as "reason:value"; `dismissed` are those of which somebody has said
    that they prove nothing. Two wait for as long as they share anything else: see pairs.py.
    """

    first = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", verbose_name=_("den ene"))
    second = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", verbose_name=_("den anden"))
    reasons = ArrayField(models.CharField(max_length=20, choices=choices.Likeness), verbose_name=_("hvorfor"))
    grounds = ArrayField(models.TextField())
    dismissed = ArrayField(models.TextField(), default=list)
    found_at = models.DateTimeField(_("opdaget"))
    state = models.CharField(
        _("tilstand"), max_length=6, choices=choices.PairState, default=choices.PairState.OPEN
    )
    decided_at = models.DateTimeField(_("afgjort"), null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("afgjort af")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mulig dublet")
        verbose_name_plural = _("mulige dubletter")
        ordering = ("found_at", "pk")
        indexes = (
            models.Index(
                fields=("found_at", "id"),
                name="duplicate_pair_queue",
                condition=Q(state=choices.PairState.OPEN),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_found_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_is_of_two"),
            models.CheckConstraint(
                condition=Q(reasons__len__gte=1, reasons__contained_by=choices.Likeness.values),
                name="duplicate_pair_has_known_reasons",
            ),
            models.CheckConstraint(
                condition=Q(state=choices.PairState.OPEN, decided_at__isnull=True)
                | (
                    Q(state__in=choices.PairState.values, decided_at__isnull=False)
                    & ~Q(state=choices.PairState.OPEN)
                ),
                name="duplicate_pair_closed_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"
