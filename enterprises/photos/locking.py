"""Keeps those who write to the store apart from the one who deletes.

Writers share a lock that the one who deletes has for itself, so nothing is deleted between being written
and being named by a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Any number that no other lock has.
LOCK = 1_464_002_611


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which what one writes to the store stays, if the rows that name it do."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock_shared")
        yield


@contextmanager
def alone() -> Iterator[None]:
    with transaction.atomic():
        _lock("pg_advisory_xact_lock")
        yield


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
