"""The name on every door: what maps and suggestions show of a listing, held compactly."""

from __future__ import annotations

import re
from array import array

_SPELT_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")


class Lines:
    """A text by position, compact enough for a hundred thousand. Grows only.

    All lie in one text, each ended by a NUL, which PostgreSQL never holds.
    """

    def __init__(self) -> None:
        self._text, self._starts = bytearray(), array("I")

    def put(self, position: int, line: str) -> None:
        # An intake that was broken off has left its own behind.
        del self._starts[position:]
        self._starts.append(len(self._text))
        self._text += line.encode() + b"\0"

    def __getitem__(self, position: int) -> str:
        start = self._starts[position]
        return self._text[start : self._text.index(0, start)].decode()


class Plates(Lines):
    """The name on every door, and the slug where it does not follow from the name."""

    def add(self, position: int, name: str, slug: str) -> None:
        self.put(position, name if plain_slug(name) == slug else f"{name}\n{slug}")

    def name(self, position: int) -> str:
        return self[position].partition("\n")[0]

    def slug(self, position: int) -> str:
        name, _newline, slug = self[position].partition("\n")
        return slug or plain_slug(name)


def plain_slug(name: str) -> str:
    """The slug that most names have; static/js/map.js follows the same rule."""
    return _SEPARATORS.sub("-", name.lower().translate(_SPELT_OUT))[:60].strip("-")
