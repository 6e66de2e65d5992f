"""Which listings hold which words, and where: the name, what is offered, the line below the name …

Postings are two flat arrays for each word, so a hundred thousand listings take some tens of megabytes.
A listing that changes gets a new position and its old one is struck out; nothing is searched in place.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from directory.search import text
from directory.search.lexicon import Lexicon

# Where a word may stand, the heaviest first, with what a match there is worth.
FIELDS = {"name": 1.0, "offer": 0.82, "tagline": 0.76, "term": 0.62, "description": 0.45, "other": 0.4}
# A word in several places is worth its best place and a little of the others.
_SECOND_PLACE = 0.08


def _worth(mask: int) -> float:
    worths = [worth for bit, worth in enumerate(FIELDS.values()) if mask >> bit & 1]
    return worths[0] + _SECOND_PLACE * sum(worths[1:]) if worths else 0.0


WORTH = [_worth(mask) for mask in range(1 << len(FIELDS))]


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
        "other": [
            snapshot.get("cvr", ""),
            *(text_ for opening in snapshot.get("openings", []) for text_ in opening["title"].values()),
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


class Postings:
    """The positions a word occurs at, each with the fields as bits."""

    __slots__ = ("fields", "positions")

    def __init__(self) -> None:
        self.positions = array("I")
        self.fields = bytearray()

    def add(self, position: int, field: int) -> None:
        if self.positions and self.positions[-1] == position:
            self.fields[-1] |= 1 << field
        else:
            self.positions.append(position)
            self.fields.append(1 << field)

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.positions, self.fields, strict=True)


class Index:
    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.postings: dict[str, Postings] = {}
        self.size = 0

    def add(self, position: int, fields: Sequence[str]) -> None:
        """Take in a listing's words. Positions must come in rising order."""
        seen: set[str] = set()
        for field, written in enumerate(fields):
            for word in written.split():
                posting = self.postings.get(word)
                if posting is None:
                    posting = self.postings[word] = Postings()
                posting.add(position, field)
                seen.add(word)
        self.lexicon.add(seen)
        self.size += 1

    def worths(self, word: str) -> Iterator[tuple[int, float]]:
        """(position, how well it matches) for every listing with the word, just so inflected."""
        found = self.postings.get(word)
        if found is None:
            return iter(())
        return zip(found.positions, map(WORTH.__getitem__, found.fields), strict=True)
