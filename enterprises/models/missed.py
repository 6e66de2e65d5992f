"""What people searched for and did not find. A text, a language, a day, and how often; nobody's name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 80


class MissedSearch(models.Model):
    day = models.DateField(_("dag"))
    text = models.CharField(_("søgning"), max_length=LONGEST_TEXT)
    language = models.CharField(_("sprog"), max_length=2)
    count = models.PositiveIntegerField(_("antal"), default=1)

    class Meta:
        verbose_name = _("søgning uden resultat")
        verbose_name_plural = _("søgninger uden resultat")
        ordering = ("-day", "-count", "text")
        constraints = (
            models.UniqueConstraint(
                fields=("day", "text", "language"), name="missed_search_counted_in_one_row"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="missed_search_has_a_text"),
            models.CheckConstraint(condition=Q(count__gte=1), name="missed_search_was_made"),
        )

    def __str__(self) -> str:
        return self.text
