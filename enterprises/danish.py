"""Danish letters: how names sort, fold and turn into addresses."""

from __future__ import annotations

import re
import unicodedata

_SORTED_AFTER_Z = str.maketrans({"æ": "{a", "ä": "{a", "ø": "{b", "ö": "{b", "å": "{c", "ü": "y", "ß": "ss"})
_SPELT_OUT = str.maketrans(
    {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ß": "ss", "þ": "th", "ð": "d"}
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_NOT_IN_SORT_KEYS = re.compile(r"[^a-z0-9{ ]+")


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return _NOT_ASCII.sub(_without_combining, unicodedata.normalize("NFD", text))


def _without_combining(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if not unicodedata.combining(c))


def sort_key(text: str) -> str:
    """A key whose byte order is Danish alphabetical order: … z æ ø å, aa as å, case and accents aside.

    The brace is the first character after z in ASCII, so plain "C" collation sorts the keys right.
    """
    text = unicodedata.normalize("NFC", text).lower().replace("aa", "å").translate(_SORTED_AFTER_Z)
    return " ".join(_NOT_IN_SORT_KEYS.sub(" ", _without_accents(text)).split())


def fold(text: str) -> str:
    """Text for comparing: lower case, æøå spelt out, everything but letters and digits as one space."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_SPELT_OUT)
    return " ".join(_SEPARATORS.sub(" ", _without_accents(text)).split())


def slugify(text: str) -> str:
    """An address for a name: "Rød Grød & Co" becomes "roed-groed-co"."""
    return fold(text).replace(" ", "-")[:60].strip("-") or "virksomhed"
