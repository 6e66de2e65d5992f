"""Whether a door is open, by the wall clock in Copenhagen.

Intervals come from snapshots: {"day": 0–6 from Monday, "opens": "09:00", "closes": "17:00"}; one that
closes at or before it opens runs past midnight. Exceptions replace the week's hours on their dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
LOOK_AHEAD = 14


def midnight() -> datetime:
    """When today ends in Copenhagen."""
    tomorrow = timezone.now().astimezone(COPENHAGEN).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), COPENHAGEN)


@dataclass(frozen=True)
class Status:
    """Open until `changes`, or closed until then. `changes` is None where nothing is in sight."""

    is_open: bool
    changes: datetime | None

    def same_day_as(self, moment: datetime) -> bool:
        return self.changes is not None and self.changes.date() == moment.date()


def intervals_on(
    day: date, hours: list[dict[str, Any]], exceptions: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """(opens, closes) of one date, in order; exceptions first."""
    special = [e for e in exceptions if e["first_day"] <= day.isoformat() <= e["last_day"]]
    if special:
        return sorted((e["opens"], e["closes"]) for e in special if "opens" in e)
    return sorted((h["opens"], h["closes"]) for h in hours if h["day"] == day.weekday())


def status(hours: list[dict[str, Any]], exceptions: list[dict[str, Any]], now: datetime) -> Status | None:
    """Open or closed at a moment (aware); None where no hours are known at all."""
    if not hours and not any("opens" in e for e in exceptions):
        return None
    local = now.astimezone(COPENHAGEN).replace(tzinfo=None)
    spans: list[tuple[datetime, datetime]] = []
    for ahead in range(-1, LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        for opens, closes in intervals_on(day, hours, exceptions):
            start = datetime.combine(day, time.fromisoformat(opens))
            end = datetime.combine(day, time.fromisoformat(closes))
            end += timedelta(days=1) if closes <= opens else timedelta()
            if spans and start <= spans[-1][1]:  # the next interval takes over where this one ends
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
    for start, end in spans:
        if start <= local < end:
            around_the_clock = end - start >= timedelta(days=LOOK_AHEAD - 1)
            return Status(True, None if around_the_clock else end.replace(tzinfo=COPENHAGEN))
        if local < start:
            return Status(False, start.replace(tzinfo=COPENHAGEN))
    return Status(False, None)


def best(doors: list[dict[str, Any]], now: datetime) -> Status | None:
    """Of several places the one to be told of: one that is open, the longest; else the next to open."""
    found = [status(door["hours"], door["exceptions"], now) for door in doors]
    known = [each for each in found if each]
    always = datetime.max.replace(tzinfo=COPENHAGEN)
    openings = [each for each in known if each.is_open]
    if openings:
        return max(openings, key=lambda each: each.changes or always)
    return min(known, key=lambda each: each.changes or always, default=None)


@dataclass(frozen=True)
class Week:
    """A week's hours as rows: (first weekday, last weekday, intervals), equal neighbours together."""

    rows: list[tuple[int, int, list[tuple[str, str]]]]


def week(hours: list[dict[str, Any]]) -> Week:
    rows: list[tuple[int, int, list[tuple[str, str]]]] = []
    for day in range(7):
        intervals = sorted((h["opens"], h["closes"]) for h in hours if h["day"] == day)
        if rows and rows[-1][2] == intervals:
            rows[-1] = (rows[-1][0], day, intervals)
        else:
            rows.append((day, day, intervals))
    return Week(rows)
