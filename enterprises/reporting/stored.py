"""The yearly report, worked out by the worker at night and when somebody asks, and read from then on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override

from enterprises.models import StoredReport
from enterprises.reporting import yearly
from enterprises.reporting.yearly import Report, Table


def of(year: int | None) -> tuple[Report, datetime]:
    """The report of a year, or of the present one where nothing was public in it; and when it was made."""
    this_year = timezone.localdate().year
    report, made_at = _of(this_year)
    return _of(year) if year != this_year and year in report.years else (report, made_at)


def _of(year: int) -> tuple[Report, datetime]:
    language = get_language() or "da"
    stored = StoredReport.objects.filter(year=year, language=language).first() or _make(year, language)
    return _read(stored.content), stored.made_at


def make(year: int) -> None:
    """Anew, in all languages."""
    for language, _name in settings.LANGUAGES:
        _make(year, language)


def make_all() -> None:
    """Of all years in which something was public."""
    this_year = timezone.localdate().year
    for year in yearly.of(this_year, timezone.now()).years:
        make(year)


def _make(year: int, language: str) -> StoredReport:
    made_at = timezone.now()
    with override(language):
        report = yearly.of(year, made_at)
    made, _new = StoredReport.objects.update_or_create(
        year=year, language=language, defaults={"made_at": made_at, "content": asdict(report)}
    )
    return StoredReport.objects.get(pk=made.pk)  # as it is read from now on


def _read(content: dict[str, Any]) -> Report:
    tables = [Table(**table | {"chart": _drawn(table["chart"])}) for table in content["tables"]]
    return Report(**content | {"day": date.fromisoformat(content["day"]), "tables": tables})


def _drawn(chart: str | None) -> Any:
    """Drawn by charts.py, which escapes what it is given."""
    return mark_safe(chart) if chart else None  # noqa: S308
