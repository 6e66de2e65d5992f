"""Counts that are written together, so that no reader waits for one and none costs a page a query.

What is counted waits in the process for a few seconds, is added up, and is written in one statement by
whoever comes when it is due. A count is not worth a page: what cannot be written waits on.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Generic, TypeVar

from django.db import Error, connection, transaction

# What waits is written so many seconds after the first of it.
WRITTEN_AFTER = 5
# A database that is away must not keep each reader waiting.
TRIED_AGAIN_AFTER = 60

logger = logging.getLogger(__name__)
Key = TypeVar("Key", bound=tuple[Any, ...])


class Counts(Generic[Key]):
    """One kind of count. `statement` writes a row that `row` makes of a key and how often it was counted."""

    def __init__(
        self,
        what: str,
        statement: Callable[[], str],
        row: Callable[[Key, int], Mapping[str, Any]],
        most_waiting: int = 500,
    ) -> None:
        self._what, self._statement, self._row, self._most = what, statement, row, most_waiting
        self._lock = Lock()
        self.forget()
        _all.append(self)

    def forget(self) -> None:
        self._waiting: Counter[Key] = Counter()
        self._due = self._away_until = 0.0

    def add(self, key: Key) -> None:
        with self._lock:
            if not self._waiting:
                self._due = time.monotonic() + WRITTEN_AFTER
            if key in self._waiting or len(self._waiting) < self._most:
                self._waiting[key] += 1

    def write_if_due(self) -> None:
        if self._waiting and time.monotonic() >= max(self._due, self._away_until):
            self.write()

    def write_unless_away(self) -> None:
        if time.monotonic() >= self._away_until:
            self.write()

    def write(self) -> None:
        with self._lock:
            counts = dict(self._waiting)
            self._waiting.clear()
        if counts and not self._written(counts):
            with self._lock:
                self._waiting.update(counts)
            self._away_until = time.monotonic() + TRIED_AGAIN_AFTER

    def _written(self, counts: dict[Key, int]) -> bool:
        # In one order, so that no two processes lock each other out.
        rows = [self._row(key, times) for key, times in sorted(counts.items())]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(self._statement(), rows)
        except Error:
            logger.warning("%s not counted", self._what, exc_info=True)
            return False
        return True


_all: list[Counts[Any]] = []


def write_waiting_if_due() -> None:
    for counts in _all:
        counts.write_if_due()


def write_waiting() -> None:
    """A process that ends writes what it has counted."""
    for counts in _all:
        counts.write()


def forget_waiting() -> None:
    """For tests, whose rows are rolled back."""
    for counts in _all:
        counts.forget()
