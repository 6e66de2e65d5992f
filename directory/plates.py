"""The name on every door: what a map shows of a listing, compact enough for a hundred thousand."""

from __future__ import annotations

import re
from array import array

_SPELT_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")


class Plates:
    """By position the name, and the slug where it does not follow from the name. Grows only.

    All lie in one text, each ended by a NUL, which PostgreSQL never holds.
    """

    def __init__(self) -> None:
        self._text, self._starts = bytearray(), array("I")

    def add(self, position: int, name: str, slug: str) -> None:
        # An intake that was broken off has left its own behind.
        del self._starts[position:]
        self._starts.append(len(self._text))
        self._text += (name if plain_slug(name) == slug else f"{name}\n{slug}").encode() + b"\0"

    def __getitem__(self, position: int) -> str:
        start = self._starts[position]
        return self._text[start : self._text.index(0, start)].decode()


def plain_slug(name: str) -> str:
    """The slug that most names have; static/js/map.js follows the same rule."""
    return _SEPARATORS.sub("-", name.lower().translate(_SPELT_OUT))[:60].strip("-")
