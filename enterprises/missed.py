"""Counts the searches that found nothing, so that the council sees what is wanted and missing."""

from __future__ import annotations

import logging
import re
import unicodedata
from datetime import date

from django.db import Error, connection
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
    SELECT %(day)s, %(text)s, %(language)s, 1
    WHERE (SELECT count(*) FROM {table} WHERE day = %(day)s) < %(most)s
       OR EXISTS (SELECT FROM {table} WHERE day = %(day)s AND text = %(text)s AND language = %(language)s)
    ON CONFLICT (day, text, language) DO UPDATE SET count = {table}.count + 1
"""

logger = logging.getLogger(__name__)


def note(text: str, language: str) -> None:
    """Count a search that found nothing. Never fails: a count is not worth a page.

    Call it when the page is made, outside any transaction that must still be of use.
    """
    kept = without_personal_data(text)
    if not kept:
        return
    row: dict[str, str | int | date] = {
        "day": timezone.localdate(),
        "text": kept,
        "language": language,
        "most": MOST_NEW_A_DAY,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(table=MissedSearch._meta.db_table), row)
    except Error:
        logger.warning("A search without results was not counted", exc_info=True)


def without_personal_data(text: str) -> str:
    """The text as it may be kept: lower case, on one line, bounded. Empty where it may not be kept at all."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c if c.isprintable() else " " for c in text)
    words = text.split()
    text = " ".join(words)
    if "@" in text or len(words) > MOST_WORDS or _LONG_NUMBER.search(text):
        return ""
    return text[:LONGEST_TEXT].rstrip() if any(map(str.isalnum, text)) else ""
