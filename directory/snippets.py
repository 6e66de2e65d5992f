"""Shows why a listing was found: marks the matched words, and picks the passage that says it best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeData
from django.utils.translation import get_language

from directory.search import text
from directory.search.query import Query
from directory.texts import LANGUAGES, Text

LONGEST = 160
CUT = "…"

# A word as it is written: an abbreviation, or letters and digits joined by hyphens; é may be two characters.
_LETTER = "[^\\W_][\u0300-\u036f]*"
_WRITTEN = re.compile(rf"(?:[^\W\d_]\.){{2,}}(?:[^\W\d_]\b)?|(?:{_LETTER})+(?:[-/'’](?:{_LETTER})+)*")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")


class Marked(Text, SafeData):
    """A text as HTML: escaped, with <mark> around the words that were searched for."""

    __slots__ = ()


@dataclass(frozen=True)
class Wanted:
    """What a query is about, word by word."""

    # folded word → (number of the topic, how much a match is worth)
    words: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    # stems that only count where all are there → the same
    expressions: dict[tuple[str, ...], list[tuple[int, float]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words or self.expressions)

    @classmethod
    def of(cls, query: Query) -> Wanted:
        words: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        expressions: defaultdict[tuple[str, ...], list[tuple[int, float]]] = defaultdict(list)
        for number, topic in enumerate(query.topics):
            for way, worth in topic.ways.items():
                match = (number, worth * topic.weight)
                if len(way) == 1:
                    words[way[0]].append(match)
                else:
                    expressions[tuple(map(text.stem, way))].append(match)
        return cls(dict(words), dict(expressions))

    @cached_property
    def best(self) -> float:
        """What a text is worth that answers every topic in the best way."""
        most: defaultdict[int, float] = defaultdict(float)
        for number, worth in chain(*self.words.values(), *self.expressions.values()):
            most[number] = max(most[number], worth)
        return sum(most.values())

    def matched_in(self, here: set[str]) -> tuple[set[str], float]:
        """Which of a text's folded words were searched for, and how well it answers the query."""
        found = self.words.keys() & here
        if not found and not self.expressions:
            return found, 0.0
        matches = [match for word in found for match in self.words[word]]
        if self.expressions:
            stems = {word: text.stem(word) for word in here}
            for expression, known in self.expressions.items():
                if set(stems.values()).issuperset(expression):
                    matches += known
                    found |= {word for word, stem in stems.items() if stem in expression}
        best: defaultdict[int, float] = defaultdict(float)
        for number, worth in matches:
            best[number] = max(best[number], worth)
        return found, sum(best.values())


def mark(shown: Text, wanted: Wanted) -> Marked:
    """The text with the matched words marked, each whole."""
    return Passage.of(shown).marked(wanted)


def _with_marks(shown: Text, found: set[str]) -> Marked:
    if not found:
        return Marked(escape(shown), shown.language)
    pieces = []
    end = 0
    for start, stop in _spans(shown, found):
        pieces += [escape(shown[end:start]), "<mark>", escape(shown[start:stop]), "</mark>"]
        end = stop
    return Marked("".join([*pieces, escape(shown[end:])]), shown.language)


class Passage(NamedTuple):
    """A text that may tell why a listing was found, and its folded words in one string."""

    text: Text
    words: str

    @classmethod
    def of(cls, shown: Text) -> Passage:
        return cls(shown, " ".join(text.words(shown)))

    @property
    def each(self) -> set[str]:
        return set(self.words.split())

    def marked(self, wanted: Wanted) -> Marked:
        """The text with the matched words marked, each whole."""
        found, _worth = wanted.matched_in(self.each)
        return _with_marks(self.text, found)


def passages(snapshot: dict[str, Any]) -> list[Passage]:
    """What a search may be answered by besides name and tagline, in the present language first."""
    return [Passage.of(shown) for shown in _passages(snapshot) if shown]


def snippet(told: Iterable[Passage], wanted: Wanted) -> Marked | None:
    """The offer or the sentence that answers the query best, marked. None where none does."""
    best: Passage | None = None
    most = 0.0
    for passage in told:
        _found, worth = wanted.matched_in(passage.each)
        if worth > most:
            best, most = passage, worth
            if most >= wanted.best:
                break
    return mark(shortened(best.text, wanted), wanted) if best else None


def _passages(snapshot: dict[str, Any]) -> Iterator[Text]:
    """Offers before the description, and the reader's own language before the other."""
    here = get_language() or "da"
    for language in dict.fromkeys((here, *LANGUAGES)):
        for offer in snapshot.get("offers", []):
            if name := offer["name"].get(language):
                yield Text(name, language)
        description = snapshot.get("description", {}).get(language, "")
        for sentence in _BETWEEN_SENTENCES.split(description):
            yield Text(sentence.strip(), language)


def shortened(passage: Text, wanted: Wanted) -> Text:
    """At most LONGEST characters around the first match, cut between words."""
    if len(passage) <= LONGEST:
        return passage
    found, _worth = wanted.matched_in(set(text.words(passage)))
    first = next(_spans(passage, found), (0, 0))
    room = LONGEST - 2 * len(f" {CUT}")
    start = _start(passage, first, room)
    stop = _stop(passage, max(start + 1, first[1]), start + room)
    before = f"{CUT} " if start else ""
    after = f" {CUT}" if stop < len(passage) else ""
    return Text(f"{before}{passage[start:stop].strip()}{after}", passage.language)


def _start(passage: str, first: tuple[int, int], room: int) -> int:
    """Where to begin so that the first match is in sight: at the beginning, or a word some way before it."""
    begins, ends = first
    if ends <= room:
        return 0
    earliest = max(0, min(begins, ends - room * 2 // 3))
    space = passage.find(" ", earliest, begins)
    return space + 1 if space >= 0 else begins


def _stop(passage: str, earliest: int, latest: int) -> int:
    if len(passage) <= latest:
        return len(passage)
    space = passage.rfind(" ", earliest, latest + 1)
    return space if space >= 0 else latest


def _spans(written: str, found: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where the words stand that fold to one of those found."""
    kept = set(found)
    if kept:
        for match in _WRITTEN.finditer(written):
            if not kept.isdisjoint(_folded(match.group())):
                yield match.span()


# The words of a city's texts come again and again.
@lru_cache(maxsize=1 << 13)
def _folded(written: str) -> tuple[str, ...]:
    return tuple(text.words(written))
