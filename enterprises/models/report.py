"""The yearly report as it was last worked out, in each language."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredReport(models.Model):
    """A report takes seconds to work out: see reporting/stored.py. Nothing is lost with it."""

    year = models.PositiveSmallIntegerField(_("år"))
    language = models.CharField(_("sprog"), max_length=2)
    made_at = models.DateTimeField(_("beregnet"))
    content = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("beregnet rapport")
        verbose_name_plural = _("beregnede rapporter")
        constraints = (
            models.UniqueConstraint(fields=("year", "language"), name="report_stored_once_per_language"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.language}"
