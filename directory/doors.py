"""Whose door is open just now, for the whole catalogue at once."""

from __future__ import annotations

from array import array
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory import opening_hours

DAY = 24 * 60
SHUT = 0xFFFF


class Doors:
    """The hours of every door, in minutes from midnight, and its special days. Grows only, like the index."""

    def __init__(self) -> None:
        # the listing's position of each door
        self._positions = array("I")
        # the weekly hours: door, weekday, from, until (after 24.00 where they run past midnight)
        self._hours = (array("I"), array("B"), array("H"), array("H"))
        # the special days: door, first and last day's ordinal, from, until; SHUT all day
        self._special = (array("I"), array("I"), array("I"), array("H"), array("H"))

    def add(self, position: int, doors: list[dict[str, Any]]) -> None:
        for door in doors:
            number = len(self._positions)
            self._positions.append(position)
            for interval in door["hours"]:
                _append(self._hours, number, interval["day"], *_minutes(interval))
            for special in door["exceptions"]:
                first, last = (
                    date.fromisoformat(special[end]).toordinal() for end in ("first_day", "last_day")
                )
                minutes = _minutes(special) if "opens" in special else (SHUT, SHUT)
                _append(self._special, number, first, last, *minutes)

    def open_at(self, moment: datetime, size: int) -> NDArray[np.bool_]:
        """For each position below `size` whether a door is open."""
        local = moment.astimezone(opening_hours.COPENHAGEN)
        minute = local.hour * 60 + local.minute
        today = local.date()
        # Yesterday's hours may run into today.
        now = self._open_on(today, minute) | self._open_on(today - timedelta(days=1), minute + DAY)
        positions = np.array(self._positions)[now]
        flags = np.zeros(size, bool)
        flags[positions[positions < size]] = True
        return flags

    def _open_on(self, day: date, minute: int) -> NDArray[np.bool_]:
        """Which doors a day's hours hold open at a minute of it; special days replace the week's."""
        doors, weekdays, opens, closes = map(np.array, self._hours)
        open_now = np.zeros(len(self._positions), bool)
        open_now[doors[(weekdays == day.weekday()) & (opens <= minute) & (minute < closes)]] = True
        doors, first, last, opens, closes = map(np.array, self._special)
        on_day = (first <= day.toordinal()) & (day.toordinal() <= last)
        open_now[doors[on_day]] = False
        open_now[doors[on_day & (opens <= minute) & (minute < closes)]] = True
        return open_now


def _append(columns: tuple[array[int], ...], *row: int) -> None:
    for column, value in zip(columns, row, strict=True):
        column.append(value)


def _minutes(interval: dict[str, Any]) -> tuple[int, int]:
    opens, closes = (
        int(clock[:2]) * 60 + int(clock[3:5]) for clock in (interval["opens"], interval["closes"])
    )
    return opens, closes + (DAY if closes <= opens else 0)
