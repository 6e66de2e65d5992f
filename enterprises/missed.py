"""Counts the searches that found nothing, so that the council sees what is wanted and missing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.utils import timezone

from enterprises.counting import Counts
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

Search = tuple[date, str, str]


def _row(search: Search, times: int) -> dict[str, str | int | date]:
    day, text, language = search
    return {"day": day, "text": text, "language": language, "times": times, "most": MOST_NEW_A_DAY}


_counts: Counts[Search] = Counts(
    "Searches without results", lambda: _COUNT.format(table=MissedSearch._meta.db_table), _row
)


def note(text: str, language: str) -> None:
    """Count a search that found nothing. Never fails: a count is not worth a page.

    Call it when the page is made, outside any transaction that must still be of use.
    """
    note_later(text, language)
    _counts.write_unless_away()


def note_later(text: str, language: str) -> None:
    """Count a search that a kept page answers: written with others, by whoever comes when it is due."""
    if kept := without_personal_data(text):
        _counts.add((timezone.localdate(), kept, language))


def without_personal_data(text: str) -> str:
    """The text as it may be kept: lower case, on one line, bounded. Empty where it may not be kept at all."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c if c.isprintable() else " " for c in text)
    words = text.split()
    text = " ".join(words)
    if "@" in text or len(words) > MOST_WORDS or _LONG_NUMBER.search(text):
        return ""
    return text[:LONGEST_TEXT].rstrip() if any(map(str.isalnum, text)) else ""
