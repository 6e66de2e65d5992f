"""Which listings hold which words, and where: the name, what is offered, the line below the name …

One number for each listing a word occurs in, its position and the fields as bits, all words' numbers in
one array; so a hundred thousand listings take some tens of megabytes. A listing that changes gets a new
position and its old one is struck out by the catalogue; nothing is searched in place.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search import text
from directory.search.lexicon import Lexicon

# Where a word may stand, the heaviest first, with what a match there is worth.
FIELDS = {
    "name": 1.0, "offer": 0.82, "tagline": 0.76, "term": 0.48, "description": 0.45, "opening": 0.42,
    "other": 0.4,
}  # fmt: skip
# What a match in an opening's title is worth to those who ask for one.
OPENING_ASKED_FOR = 1.2
# A word in several places is worth its best place and a little of the others.
_SECOND_PLACE = 0.08
# Of several words for the same the best match counts, and a little of the others.
_ALSO = 0.1


def _worths(fields: dict[str, float]) -> NDArray[np.float64]:
    """What a match is worth, for each combination of fields as bits."""
    combinations = (
        sorted((worth for bit, worth in enumerate(fields.values()) if mask >> bit & 1), reverse=True)
        for mask in range(1 << len(fields))
    )
    return np.array([sum(found[:1]) + _SECOND_PLACE * sum(found[1:]) for found in combinations])


WORTH = _worths(FIELDS)
WORTH_AMONG_OPENINGS = _worths(FIELDS | {"opening": OPENING_ASKED_FOR})
WORTH_IN_NAMES = _worths(dict.fromkeys(FIELDS, 0.0) | {"name": 1.0})
# An entry is position << FIELD_BITS | fields.
FIELD_BITS = len(FIELDS)
_FIELDS = (1 << FIELD_BITS) - 1
_NOTHING = np.empty(0, np.uint32)
# How many listings may come after settling before everything is settled anew.
MOST_LATE = 2_000

Entries = NDArray[np.uint32]


def words_of(snapshot: dict[str, Any]) -> tuple[list[str], str]:
    """What a listing keeps of its words.

    The telling words, one string for each of FIELDS in which a word stands once; and all words in order
    between spaces, which is what a phrase is looked up in.
    """
    fields = [text.words(written) for written in _written(snapshot).values()]
    telling = [
        " ".join([word for word in dict.fromkeys(words) if word not in text.STOP_WORDS]) for words in fields
    ]
    return telling, " ".join(["", *chain.from_iterable(fields), ""])


def _written(snapshot: dict[str, Any]) -> dict[str, str]:
    pairs = {
        "name": [snapshot["name"], *snapshot.get("aliases", [])],
        "offer": [text_ for offer in snapshot.get("offers", []) for text_ in offer["name"].values()],
        "tagline": snapshot.get("tagline", {}).values(),
        "term": _term_names(snapshot),
        "description": [
            *snapshot.get("description", {}).values(),
            *snapshot.get("impact", {}).values(),
            *(text_ for offer in snapshot.get("offers", []) for text_ in offer.get("text", {}).values()),
        ],
        "opening": [text_ for opening in snapshot.get("openings", []) for text_ in opening["title"].values()],
        "other": [
            snapshot.get("cvr", ""),
            *(
                text_
                for opening in snapshot.get("openings", [])
                for text_ in opening.get("text", {}).values()
            ),
            *(place.get(part, "") for place in snapshot.get("places", []) for part in ADDRESS),
            *(snapshot.get("legal_form", {}).get(language, "") for language in ("da", "en")),
        ],
    }
    # A full stop between texts, so that no abbreviation or phrase runs from one into the next.
    return {field: " . ".join(pairs[field]) for field in FIELDS}


ADDRESS = ("street", "postcode", "city")


def _term_names(snapshot: dict[str, Any]) -> list[str]:
    terms = [*snapshot.get("sectors", []), *snapshot.get("missions", [])]
    terms += [snapshot.get("ownership", {}), *snapshot.get("marks", [])]
    return [term.get(language, "") for term in terms for language in ("da", "en")]


class Index:
    """Grows only: a catalogue that knows fewer positions than there are by now leaves the others out."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.size = 0
        # How many listings there are, without those struck out.
        self.listings = 0
        self._words: list[str] = []
        self._numbers: dict[str, int] = {}
        # The entries of word n are _entries[_starts[n]:_starts[n + 1]]; what came later is in _late.
        self._entries, self._starts = _NOTHING, np.zeros(1, np.int64)
        self._late: dict[int, array[int]] = {}
        self._settled = 0

    def add(self, position: int, fields: Sequence[str]) -> None:
        """Take in a listing's words. Positions must come in rising order."""
        masks: dict[str, int] = {}
        for bit, written in enumerate(fields):
            for word in written.split():
                masks[word] = masks.get(word, 0) | 1 << bit
        numbers, late = self._numbers, self._late
        for word, mask in masks.items():
            number = numbers.get(word)
            if number is None:
                number = numbers[word] = len(self._words)
                self._words.append(word)
            entries = late.get(number)
            if entries is None:
                entries = late[number] = array("I")
            entries.append(position << FIELD_BITS | mask)
        self.lexicon.add(masks)
        self.size = position + 1
        self.listings += 1
        if self._settled and self.size - self._settled > MOST_LATE:
            self.settle()

    def settle(self) -> None:
        """Put all entries into the one array."""
        counts = np.diff(
            self._starts, append=self._starts[-1:].repeat(len(self._words) + 1 - len(self._starts))
        )
        late = np.zeros(len(self._words), np.int64)
        for number, entries in self._late.items():
            late[number] = len(entries)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts + late)])
        settled = np.empty(starts[-1], np.uint32)
        for number in range(len(self._words)):
            settled[starts[number] : starts[number + 1]] = self._of(number)
            self._late.pop(number, None)  # as it goes, so that not all is held twice
        self._entries, self._starts, self._settled = settled, starts, self.size

    def remove(self, positions: Iterable[int]) -> None:
        """Count the words of listings that are no longer there no more."""
        gone = np.fromiter(positions, np.uint32)
        self.listings -= len(gone)
        places = np.flatnonzero(np.isin(self._entries >> FIELD_BITS, gone))
        settled = np.searchsorted(self._starts, places, "right") - 1
        numbers = [int(number) for number in settled]
        for number, entries in self._late.items():
            lost = np.isin(np.array(entries, np.uint32) >> FIELD_BITS, gone).sum()
            numbers += [number] * int(lost)
        self.lexicon.remove(self._words[number] for number in numbers)

    def entries(self, word: str) -> Entries:
        number = self._numbers.get(word)
        return _NOTHING if number is None else self._of(number)

    def _of(self, number: int) -> Entries:
        late = self._late.get(number)
        if number + 1 >= len(self._starts):
            return _NOTHING if late is None else np.array(late, np.uint32)
        settled = self._entries[self._starts[number] : self._starts[number + 1]]
        return settled if late is None else np.concatenate([settled, np.array(late, np.uint32)])

    def frequency(self, word: str) -> int:
        """In how many listings the word occurs, just so inflected; those struck out do not count."""
        return self.lexicon.counts.get(word, 0)

    def best(
        self, words: Iterable[tuple[str, float]], size: int, worth_in: NDArray[np.float64] = WORTH
    ) -> NDArray[np.float64]:
        """For each position below `size` how well any of the words matches, each worth so much."""
        found = [(entries, worth) for word, worth in words if len(entries := self.entries(word))]
        best = np.zeros(size)
        if not found:
            return best
        entries = np.concatenate([entries for entries, _worth in found])
        worths = np.repeat([worth for _entries, worth in found], [len(entries) for entries, _worth in found])
        positions = entries >> FIELD_BITS
        worths *= worth_in[entries & _FIELDS]
        if self.size > size:
            known = positions < size
            positions, worths = positions[known], worths[known]
        np.maximum.at(best, positions, worths)
        best += _ALSO * (np.bincount(positions, worths, size) - best)
        return best
