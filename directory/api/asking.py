"""Reads what an address of the interface asks for besides what the list's address can ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from directory.api.cursors import Cursor
from directory.api.problems import Problem
from directory.catalogue import Catalogue
from directory.filters import LONGEST_TOLD, MOST_TOLD
from directory.finding import Finding

LIMIT, MOST = 24, 100
# What the list's own address knows, and nobody pages by here.
FOREIGN = "page"


@dataclass(frozen=True)
class Paging:
    """Which part of what is found, and how much of each."""

    limit: int
    cursor: Cursor | None
    fields: tuple[str, ...]
    changed_since: datetime | None
    # what the address asks for and nobody knows
    unknown: list[str]


def finding(data: QueryDict, catalogue: Catalogue, path: str, own: tuple[str, ...] = ()) -> Finding:
    """The list's finding of the same address, without the keys that are the interface's own."""
    asked = data.copy()
    for key in own:
        asked.pop(key, None)
    return Finding(asked, catalogue, path)


def warnings(found: Finding, unknown: list[str] | None = None) -> list[str]:
    """What was asked for and nobody knows, and so was left out of account."""
    foreign = [FOREIGN] if FOREIGN in found.asked.data else []
    near = [f"near={found.unknown_place[:LONGEST_TOLD]}"] if found.unknown_place else []
    ignored = [*foreign, *(unknown or []), *near, *found.asked.not_understood]
    return [f"unknown, ignored: {part}" for part in ignored[:MOST_TOLD]]


def paging(data: QueryDict, known_fields: tuple[str, ...]) -> Paging:
    wanted = [name.strip() for name in data.get("fields", "").split(",") if name.strip()]
    return Paging(
        limit=_limit(data.get("limit")),
        cursor=_cursor(data.get("cursor")),
        fields=tuple(name for name in known_fields if name in wanted),
        changed_since=_moment(data.get("changed_since")),
        unknown=[f"fields={name[:40]!r}" for name in wanted if name not in known_fields],
    )


def _limit(written: str | None) -> int:
    if written is None:
        return LIMIT
    if written.isascii() and written.isdigit() and len(written) <= 3 and 1 <= int(written) <= MOST:
        return int(written)
    raise Problem(400, _("limit skal være et helt tal fra 1 til 100."))


def _cursor(written: str | None) -> Cursor | None:
    if written is None:
        return None
    try:
        return Cursor.read(written)
    except ValueError:
        raise Problem(
            400, _("cursor kan ikke læses: brug den, der står i next, uden at ændre den.")
        ) from None


def _moment(written: str | None) -> datetime | None:
    """A day begins at midnight in Copenhagen, and a time without zone is Copenhagen's."""
    if written is None:
        return None
    try:
        # An unescaped + in an address means a space.
        moment = parse_datetime(written.replace(" ", "+")) if "T" in written else None
        day = None if moment else parse_date(written)
    except ValueError:
        moment = day = None
    if day:
        moment = datetime.combine(day, time())
    if moment is None or moment.year < 1970:
        raise Problem(
            400,
            _(
                "changed_since skal være en dag eller et tidspunkt efter ISO 8601, "
                "som 2026-11-01 eller 2026-11-01T08:00:00Z."
            ),
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
