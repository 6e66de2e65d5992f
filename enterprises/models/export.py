"""A list somebody asked for as a spreadsheet, too long to wait for, and the file once it is made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.people import User


class Export(models.Model):
    """Its asker's alone, and forgotten after some days: see exporting_later.py and retention.py."""

    user = models.ForeignKey(User, models.CASCADE, related_name="exports", verbose_name=_("bestilt af"))
    # The list, as "app.model", and how it was filtered and ordered.
    model = models.CharField(max_length=100)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=100))
    language = models.CharField(max_length=2)
    asked_at = models.DateTimeField(_("bestilt"), auto_now_add=True)
    state = models.CharField(
        _("tilstand"), max_length=7, choices=choices.ExportState, default=choices.ExportState.WAITING
    )
    rows = models.PositiveIntegerField(_("rækker"), default=0)
    rows_done = models.PositiveIntegerField(_("rækker klar"), default=0)
    ended_at = models.DateTimeField(_("klar"), null=True)
    content = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("udtræk")
        verbose_name_plural = _("udtræk")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=choices.ExportState.DONE, content__isnull=False, ended_at__isnull=False)
                | Q(state=choices.ExportState.FAILED, content__isnull=True, ended_at__isnull=False)
                | Q(state=choices.ExportState.WAITING, content__isnull=True, ended_at__isnull=True),
                name="export_has_a_file_when_it_is_done",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        return min(99, self.rows_done * 100 // self.rows) if self.rows else 0
