"""Amounts that laws and policies name, as texts and pages show them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils import formats, timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enterprises.models import Threshold


def keys() -> Collection[str]:
    return set(Threshold.objects.values_list("key", flat=True))


def present(on: date | None = None) -> list[Threshold]:
    """Of each key the amount that holds on a day, or else held last; by size. One query."""
    on = on or timezone.localdate()
    found: dict[str, Threshold] = {}
    for row in Threshold.objects.filter(valid_from__lte=on).order_by("valid_from"):
        found[row.key] = row
    return sorted(found.values(), key=lambda row: (row.amount, row.key))


def holding() -> list[Threshold]:
    """Those of today. One query."""
    today = timezone.localdate()
    return [row for row in present(today) if row.valid_to is None or row.valid_to >= today]


def amount(row: Threshold, on: date | None = None) -> str:
    """In the reader's way of writing numbers; one that holds no longer says so."""
    number = formats.number_format(row.amount, use_l10n=True, force_grouping=True)
    told = _("ca. %(number)s kroner") if row.approximate else _("%(number)s kroner")
    said = told % {"number": number}
    if row.valid_to and row.valid_to < (on or timezone.localdate()):
        return _("%(amount)s (gjaldt til %(day)s)") % {"amount": said, "day": date_format(row.valid_to)}
    return said


def by_key(on: date | None = None) -> dict[str, str]:
    """What texts put in where they name a key."""
    return {row.key: amount(row, on) for row in present(on)}
