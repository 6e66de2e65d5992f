"""Whose door is open just now, for the whole catalogue at once."""

from __future__ import annotations

from array import array
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory import opening_hours

DAY = 24 * 60
WEEK = 7 * DAY


class Doors:
    """Every interval of the week, in minutes from Monday 00.00, with the listing's position.

    Grows only, like the index. Listings with special days are few, and asked one by one.
    """

    def __init__(self) -> None:
        self._positions, self._opens, self._closes = array("I"), array("H"), array("H")
        self._special: dict[int, list[dict[str, Any]]] = {}

    def add(self, position: int, doors: list[dict[str, Any]]) -> None:
        if any(door["exceptions"] for door in doors):
            self._special[position] = doors
            return
        for door in doors:
            for interval in door["hours"]:
                opens = interval["day"] * DAY + _minutes(interval["opens"])
                closes = interval["day"] * DAY + _minutes(interval["closes"])
                closes += DAY if closes <= opens else 0
                self._add(position, opens, min(closes, WEEK))
                if closes > WEEK:
                    self._add(position, 0, closes - WEEK)

    def _add(self, position: int, opens: int, closes: int) -> None:
        self._positions.append(position)
        self._opens.append(opens)
        self._closes.append(closes)

    def open_at(self, moment: datetime, size: int) -> NDArray[np.bool_]:
        """For each position below `size` whether a door is open."""
        local = moment.astimezone(opening_hours.COPENHAGEN)
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        now = (np.array(self._opens) <= minute) & (minute < np.array(self._closes))
        positions = np.array(self._positions)[now]
        flags = np.zeros(size, bool)
        flags[positions[positions < size]] = True
        for position, doors in self._special.items():
            if position < size:
                status = opening_hours.best(doors, moment)
                flags[position] = status is not None and status.is_open
        return flags


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)
