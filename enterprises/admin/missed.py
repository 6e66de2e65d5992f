"""The council's "what was not found": each text once, with how often it was searched for in vain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.models import MissedSearch

PERIODS = (7, 30, 90, 365)
USUAL_PERIOD = 90
ONE_TEXT = (F("text"), F("language"))


class PeriodFilter(admin.SimpleListFilter):
    title = _("periode")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(days), gettext("seneste %(days)s dage") % {"days": days}) for days in PERIODS]

    @property
    def days(self) -> int:
        chosen = self.value() or ""
        return int(chosen) if chosen in map(str, PERIODS) else USUAL_PERIOD

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Without "all": there is always a period."""
        for value, label in self.lookup_choices:
            yield {
                "selected": str(self.days) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[MissedSearch]) -> QuerySet[MissedSearch]:
        return queryset.filter(day__gt=timezone.localdate() - timedelta(days=self.days))


@admin.register(MissedSearch)
class MissedSearchAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("text", "language", "times", "last_day")
    list_display_links = None
    list_filter = (PeriodFilter, "language")
    search_fields = ("text",)
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissedSearch]:
        """The newest row of each text, with the sum over all its days that the list is filtered to."""
        return MissedSearch.objects.annotate(
            times=Window(Sum("count"), partition_by=ONE_TEXT),
            newest=Window(RowNumber(), partition_by=ONE_TEXT, order_by="-day"),
        ).filter(newest=1)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-times", "-day", "text")

    @admin.display(description=_("antal"), ordering="times")
    def times(self, row: Any) -> int:
        return int(row.times)

    @admin.display(description=_("senest"), ordering="day")
    def last_day(self, row: MissedSearch) -> Any:
        return row.day
