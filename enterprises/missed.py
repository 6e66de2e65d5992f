"""Counts the searches that found nothing, so that the council sees what is wanted and missing."""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from collections import Counter
from datetime import date, timedelta
from threading import Lock

from django.db import Error, connection, transaction
from django.utils import timezone

from enterprises.models import MissedSearch
from enterprises.models.missed import LONGEST_TEXT

MOST_WORDS = 6
# So that a robot cannot fill the table. Texts already there are counted on.
MOST_NEW_A_DAY = 2_000
# A CPR number, a telephone number, an account: however its digits are grouped.
_LONG_NUMBER = re.compile(r"\d(?:[\s./-]*\d){5,}")

# One statement, so that two who search at once are both counted.
_COUNT = """
    INSERT INTO {table} (day, text, language, count)
    SELECT %(day)s, %(text)s, %(language)s, %(times)s
    WHERE (SELECT count(*) FROM {table} WHERE day = %(day)s) < %(most)s
       OR EXISTS (SELECT FROM {table} WHERE day = %(day)s AND text = %(text)s AND language = %(language)s)
    ON CONFLICT (day, text, language) DO UPDATE SET count = {table}.count + excluded.count
"""

# Those that kept pages answer are written together, so many seconds after the first of them.
WRITTEN_AFTER = 5
# A database that is away must not keep each reader waiting.
TRIED_AGAIN_AFTER = 60
MOST_WAITING = 500

logger = logging.getLogger(__name__)

Search = tuple[date, str, str]
_waiting: Counter[Search] = Counter()
_due = 0.0
_away_until = 0.0
_lock = Lock()


def note(text: str, language: str) -> None:
    """Count a search that found nothing. Never fails: a count is not worth a page.

    Call it when the page is made, outside any transaction that must still be of use.
    """
    note_later(text, language)
    if time.monotonic() >= _away_until:
        write_waiting()


def note_later(text: str, language: str) -> None:
    """Count a search that a kept page answers: written with others, by whoever comes when it is due."""
    global _due
    if kept := without_personal_data(text):
        with _lock:
            if not _waiting:
                _due = time.monotonic() + WRITTEN_AFTER
            search = (timezone.localdate(), kept, language)
            if search in _waiting or len(_waiting) < MOST_WAITING:
                _waiting[search] += 1


def write_waiting_if_due() -> None:
    if _waiting and time.monotonic() >= max(_due, _away_until):
        write_waiting()


def write_waiting() -> None:
    """Write what waits; a process that ends does it too. What cannot be written waits on."""
    global _away_until
    with _lock:
        searches = dict(_waiting)
        _waiting.clear()
    if searches and not _write(searches):
        with _lock:
            _waiting.update(searches)
        _away_until = time.monotonic() + TRIED_AGAIN_AFTER


def _write(searches: dict[Search, int]) -> bool:
    # In one order, so that no two processes lock each other out.
    rows: list[dict[str, str | int | date]] = [
        {"day": day, "text": text, "language": language, "times": times, "most": MOST_NEW_A_DAY}
        for (day, text, language), times in sorted(searches.items())
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_COUNT.format(table=MissedSearch._meta.db_table), rows)
    except Error:
        logger.warning("A search without results was not counted", exc_info=True)
        return False
    return True


def forget_older_than(days: int) -> None:
    MissedSearch.objects.filter(day__lt=timezone.localdate() - timedelta(days=days)).delete()


def without_personal_data(text: str) -> str:
    """The text as it may be kept: lower case, on one line, bounded. Empty where it may not be kept at all."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c if c.isprintable() else " " for c in text)
    words = text.split()
    text = " ".join(words)
    if "@" in text or len(words) > MOST_WORDS or _LONG_NUMBER.search(text):
        return ""
    return text[:LONGEST_TEXT].rstrip() if any(map(str.isalnum, text)) else ""
