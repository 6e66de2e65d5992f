"""Whether a door is open, by the wall clock in Copenhagen. 23 November 2026 is a Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from directory.opening_hours import COPENHAGEN, Status, best, intervals_on, status, week

Rows = list[dict[str, Any]]
MONDAY = date(2026, 11, 23)
DAYS = ("man", "tir", "ons", "tor", "fre", "lør", "søn")


def weekly(text: str) -> Rows:
    """("man 09:00-12:00, fre 22:00-02:00") as a snapshot has it."""
    parts = [part.split() for part in text.split(", ") if part]
    return [{"day": DAYS.index(day), "opens": span[:5], "closes": span[6:]} for day, span in parts]


def special(first: str, last: str, span: str = "") -> dict[str, Any]:
    times = {"opens": span[:5], "closes": span[6:]} if span else {}
    return {"first_day": first, "last_day": last, **times}


def at(text: str) -> datetime:
    """("lør 01:00") in the week of 23 November, or ("2026-12-24 10:00"), by the wall in Copenhagen."""
    day, _, clock = text.partition(" ")
    when = MONDAY + timedelta(days=DAYS.index(day)) if day in DAYS else date.fromisoformat(day)
    return datetime.fromisoformat(f"{when} {clock}").replace(tzinfo=COPENHAGEN)


SHOP = "man 09:00-12:00, man 13:00-17:00, tir 09:00-17:00, fre 22:00-02:00"


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        ("man 08:59", False, "man 09:00"),
        ("man 09:00", True, "man 12:00"),
        ("man 11:59", True, "man 12:00"),
        ("man 12:00", False, "man 13:00"),
        ("man 12:30", False, "man 13:00"),
        ("man 13:00", True, "man 17:00"),
        ("man 17:00", False, "tir 09:00"),
        ("ons 10:00", False, "fre 22:00"),
        ("fre 23:30", True, "lør 02:00"),
        ("lør 01:00", True, "lør 02:00"),
        ("lør 02:00", False, "2026-11-30 09:00"),
        ("søn 12:00", False, "2026-11-30 09:00"),
    ],
)
def test_doors_open_and_close_through_the_week(now: str, is_open: bool, changes: str) -> None:
    assert status(weekly(SHOP), [], at(now)) == Status(is_open, at(changes))


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        ("2026-12-24 10:00", False, "2026-12-28 10:00"),
        ("2026-12-26 10:00", False, "2026-12-28 10:00"),
        ("2026-12-28 10:30", True, "2026-12-28 11:00"),
        ("2026-12-28 12:00", False, "2026-12-29 09:00"),
        ("2026-12-23 17:00", False, "2026-12-28 10:00"),
    ],
)
def test_exceptions_replace_the_weeks_hours(now: str, is_open: bool, changes: str) -> None:
    hours = weekly(", ".join(f"{day} 09:00-17:00" for day in DAYS[:5]))
    exceptions = [
        special("2026-12-24", "2026-12-27"),
        special("2026-12-28", "2026-12-28", "10:00-11:00"),
    ]
    assert status(hours, exceptions, at(now)) == Status(is_open, at(changes))


def test_an_exception_may_open_a_day_that_is_else_closed() -> None:
    exceptions = [special("2026-11-29", "2026-11-29", "10:00-12:00")]
    assert status(weekly(SHOP), exceptions, at("søn 11:00")) == Status(True, at("søn 12:00"))
    assert status([], exceptions, at("søn 11:00")) == Status(True, at("søn 12:00"))


def test_a_night_that_began_before_an_exception_is_not_cut_short() -> None:
    exceptions = [special("2026-11-28", "2026-11-28")]
    assert status(weekly("fre 22:00-02:00"), exceptions, at("lør 01:00")) == Status(True, at("lør 02:00"))


def test_closed_for_longer_than_anyone_looks_ahead() -> None:
    assert status(weekly(SHOP), [special("2026-11-01", "2027-11-01")], at("man 10:00")) == Status(False, None)


@pytest.mark.parametrize("exceptions", [[], [special("2026-12-24", "2026-12-26")]])
def test_unknown_hours_are_neither_open_nor_closed(exceptions: Rows) -> None:
    assert status([], exceptions, at("man 10:00")) is None


def test_closing_when_it_opens_is_a_day_and_a_night() -> None:
    hours = weekly("man 08:00-08:00")
    assert status(hours, [], at("tir 07:59")) == Status(True, at("tir 08:00"))
    assert status(hours, [], at("tir 08:00")) == Status(False, at("2026-11-30 08:00"))


def test_what_never_closes_has_no_closing_time() -> None:
    hours = weekly(", ".join(f"{day} 00:00-00:00" for day in DAYS))
    assert status(hours, [], at("ons 03:00")) == Status(True, None)


def test_intervals_that_touch_or_overlap_are_one() -> None:
    hours = weekly("man 09:00-12:00, man 12:00-15:00, man 14:00-16:00, man 14:30-15:00")
    assert status(hours, [], at("man 10:00")) == Status(True, at("man 16:00"))


@pytest.mark.parametrize(
    ("hours", "moment", "is_open", "changes"),
    [
        # 29 March 2026: at 02:00 (01:00 UTC) it becomes 03:00.
        ("lør 22:00-02:00", "2026-03-29T00:59Z", True, "2026-03-29T01:00Z"),
        ("lør 22:00-02:00", "2026-03-29T01:00Z", False, "2026-04-04T20:00Z"),
        ("søn 01:00-04:00", "2026-03-29T00:59Z", True, "2026-03-29T02:00Z"),
        ("søn 01:00-04:00", "2026-03-29T02:00Z", False, "2026-04-04T23:00Z"),
        ("søn 02:00-03:00", "2026-03-29T01:00Z", False, "2026-04-05T00:00Z"),
        # 25 October 2026: at 03:00 (01:00 UTC) it becomes 02:00 again.
        ("lør 22:00-02:00", "2026-10-24T23:59Z", True, "2026-10-25T00:00Z"),
        ("lør 22:00-03:00", "2026-10-25T00:30Z", True, "2026-10-25T02:00Z"),
        ("lør 22:00-03:00", "2026-10-25T01:30Z", True, "2026-10-25T02:00Z"),
        ("lør 22:00-03:00", "2026-10-25T02:00Z", False, "2026-10-31T21:00Z"),
    ],
)
def test_clocks_change_under_open_doors(hours: str, moment: str, is_open: bool, changes: str) -> None:
    found = status(weekly(hours), [], datetime.fromisoformat(moment))
    assert found and found.is_open is is_open
    assert found.changes and found.changes.astimezone(UTC) == datetime.fromisoformat(changes)


def test_it_does_not_matter_which_zone_the_moment_is_told_in() -> None:
    assert status(weekly(SHOP), [], datetime(2026, 11, 23, 8, 30, tzinfo=UTC)) == Status(
        True, at("man 12:00")
    )


def test_hours_that_change_later_today_are_known_to() -> None:
    found = status(weekly(SHOP), [], at("fre 21:00"))
    assert found and found.same_day_as(at("fre 21:00"))
    assert not found.same_day_as(at("tor 21:00"))


def test_a_week_is_told_in_few_lines() -> None:
    hours = weekly(", ".join(f"{day} 09:00-17:00" for day in DAYS[:5]))
    assert week(hours).rows == [(0, 4, [("09:00", "17:00")]), (5, 6, [])]


# -- against the definition, minute by minute -----------------------------------------------------


def is_open_by_definition(hours: Rows, exceptions: Rows, now: datetime) -> bool:
    """Open in the minutes an interval of today, or one of yesterday that runs past midnight, covers."""
    local = now.astimezone(COPENHAGEN)
    minute = local.strftime("%H:%M")
    yesterday = local.date() - timedelta(days=1)
    return any(
        opens <= minute < closes or (closes <= opens and minute >= opens)
        for opens, closes in intervals_on(local.date(), hours, exceptions)
    ) or any(
        closes <= opens and minute < closes for opens, closes in intervals_on(yesterday, hours, exceptions)
    )


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
intervals = st.fixed_dictionaries({"day": st.integers(0, 6), "opens": clocks, "closes": clocks})


@st.composite
def exception(draw: st.DrawFn) -> dict[str, Any]:
    first = MONDAY + timedelta(days=draw(st.integers(-2, 9)))
    last = first + timedelta(days=draw(st.integers(0, 3)))
    times = {"opens": draw(clocks), "closes": draw(clocks)} if draw(st.booleans()) else {}
    return {"first_day": first.isoformat(), "last_day": last.isoformat(), **times}


@settings(deadline=None)
@given(
    st.lists(intervals, min_size=1, max_size=9),
    st.lists(exception(), max_size=3),
    st.integers(0, 9 * 24 * 60),
)
@example(weekly("fre 22:00-02:00"), [], 5 * 24 * 60 + 60)
@example(weekly("søn 20:00-04:00, man 00:00-00:00"), [], 30)
def test_status_agrees_with_its_definition(hours: Rows, exceptions: Rows, minutes: int) -> None:
    now = datetime.combine(MONDAY, datetime.min.time(), COPENHAGEN) + timedelta(minutes=minutes)
    found = status(hours, exceptions, now)
    assert found is not None
    assert found.is_open == is_open_by_definition(hours, exceptions, now)
    if found.changes:
        assert is_open_by_definition(hours, exceptions, found.changes) != found.is_open
        shortly_before = found.changes - timedelta(minutes=1)
        assert is_open_by_definition(hours, exceptions, shortly_before) == found.is_open


clocks_change = st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
near = st.integers(-24 * 60, 24 * 60)


@given(st.lists(intervals, min_size=1, max_size=6), clocks_change, near)
def test_status_agrees_with_its_definition_when_clocks_change(
    hours: Rows, day: datetime, minutes: int
) -> None:
    now = day + timedelta(minutes=minutes)
    found = status(hours, [], now)
    assert found and found.is_open == is_open_by_definition(hours, [], now)


def test_of_several_doors_the_open_one_is_told() -> None:
    moment = at("2026-11-25 12:00")  # a Wednesday
    morning = {"hours": [{"day": 2, "opens": "08:00", "closes": "10:00"}], "exceptions": []}
    day = {"hours": [{"day": 2, "opens": "09:00", "closes": "17:00"}], "exceptions": []}
    evening = {"hours": [{"day": 2, "opens": "11:00", "closes": "22:00"}], "exceptions": []}
    assert best([], moment) is None
    assert best([morning], moment) == status(morning["hours"], [], moment)
    assert best([morning, day, evening], moment) == Status(True, at("2026-11-25 22:00"))
