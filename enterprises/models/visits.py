"""How often a profile was seen and used, month by month. Numbers and searches; nobody's name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.missed import LONGEST_TEXT


class ProfileCount(models.Model):
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="counts")
    # its first day
    month = models.DateField(db_index=True)
    what = models.CharField(max_length=8, choices=choices.Counted)
    # what was searched for
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise", "month", "what", "text"), name="profile_count_in_one_row"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="profile_count_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(what__in=choices.Counted.values), name="profile_count_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(what=choices.Counted.SEARCH) ^ Q(text=""),
                name="profile_count_of_searches_has_text",
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="profile_count_was_made"),
        )

    def __str__(self) -> str:
        return f"{self.enterprise} {self.month:%Y-%m}: {self.what} {self.count}"
