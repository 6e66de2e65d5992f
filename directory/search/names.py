"""Who is called what somebody typed: however its words are joined, and with a slip or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.search import text

SHORTEST_CORRECTED = 5
LETTERS_FOR_A_SLIP, MOST_SLIPS = 5, 3


class Names:
    """Grows only: positions that a catalogue does not know or has struck out are for it to leave out."""

    def __init__(self) -> None:
        self._positions: dict[str, tuple[int, ...]] = {}
        # A slip makes a name a letter longer or shorter, so most need not be looked at.
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)

    def add(self, name: str, position: int) -> None:
        key = _key(name)
        if key not in self._positions:
            self._by_length[len(key)].append(key)
        self._positions[key] = (*self._positions.get(key, ()), position)

    def exactly(self, typed: str) -> Sequence[int]:
        key = _key(typed)
        return self._positions.get(key, ()) if key else ()

    def nearly(self, typed: str) -> list[int]:
        key = _key(typed)
        if len(key) < SHORTEST_CORRECTED:
            return []
        slips = min(MOST_SLIPS, len(key) // LETTERS_FOR_A_SLIP)
        lengths = range(len(key) - slips, len(key) + slips + 1)
        names = list(chain.from_iterable(self._by_length.get(length, ()) for length in lengths))
        found = process.extract(key, names, scorer=OSA.distance, score_cutoff=slips, limit=5)
        return [
            position
            for name, away, _key in found
            if away == found[0][1]
            for position in self._positions[name]
        ]


def _key(name: str) -> str:
    return text.loose("".join(word for word, _parts in text.tokens(name)))
