"""From what somebody typed to listings in order.

A query becomes concepts, one for each telling word: the word itself and, worth a little less each, its
inflections and spellings, the compounds it is part of, what staff call the same, and what it may be the
beginning of. A listing's score is what its best match for each concept is worth, rare concepts counting
more. Words for a district, a kind of job or a buyer's demand are intents: they lift the listings that
have it, and hide nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from directory.search import text
from directory.search.index import Index

LONGEST = 200
MOST_WORDS = 12

SPELT_LOOSELY = 0.96
CORRECTED = 0.85
SAME_THING = 0.6
# English asked for: the Danish word first in the group, and its other words. Danish asked for: English.
TRANSLATED, ALSO_TRANSLATED, IN_ENGLISH = 0.9, 0.7, 0.4
BEGINNING = 0.8
BEGINNING_OF_KNOWN = 0.3
PARTS_TOGETHER = 0.7
ONE_PART = 0.3
# Ways worth as much say how rare a concept is.
SURE = 0.8
# What an intent adds to the score of a listing that has it.
LIFT = {"district": 1.2, "opening": 3.0, "buyer": 0.3}
# A listing must match this share of what the query weighs, and of what the best listing scores.
LEAST_MATCHED = 0.12
LEAST_OF_BEST = 0.12
# How much of the score depends on how many of the concepts are matched.
COVERAGE = 0.4

# "…", ”…”, “…”, „…“, »…« and «…»: keyboards differ
_PHRASE = re.compile(r'["“”„]([^"“”„]*)["“”„]|[»«]([^»«]*)[»«]')
# A leading minus is a slip or a dash here too.
_UNWANTED_PHRASE = re.compile(rf"(?<=\S)\s+-(?:{_PHRASE.pattern})")
_QUOTE = re.compile('["“”„»«]')
# 12 34 56 78, DK12345678 and CVR-nr. 12345678 are how people write a CVR number.
_CVR = re.compile(r"\b(?:dk|cvr)?[- ]?(\d\d) ?(\d\d) ?(\d\d) ?(\d\d)\b", re.IGNORECASE)
_MINUS = re.compile(r"(?:^|\s)-(\w\S*)")

Words = tuple[str, ...]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Vocabulary:
    """What staff and the taxonomies say about words, keyed by stems so that inflections do not matter."""

    # stems of a term → (number of its group, the other terms as words with what they are worth)
    same: Mapping[Words, list[tuple[int, list[tuple[Words, float]]]]]
    # stems of a name → the "facet:value"s it stands for
    intents: Mapping[Words, tuple[str, ...]]
    # stems that mean something by themselves, among them e-faktura's and it-hjælp's
    wholes: frozenset[str] = frozenset()
    longest: int = 1


@dataclass
class Concept:
    word: str
    # words (all needed together) → how much such a match is worth
    ways: dict[Words, float] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    weight: float = 1.0

    def add(self, words: Sequence[str], worth: float) -> None:
        key = tuple(words)
        self.ways[key] = max(worth, self.ways.get(key, 0.0))


@dataclass
class Query:
    """What was understood."""

    topics: list[Concept] = field(default_factory=list)
    intents: list[Concept] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    unwanted_phrases: list[str] = field(default_factory=list)
    # (what was typed, what it was taken for)
    corrections: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def normalised(typed: str) -> str:
    """The query on one line, bounded, without what no keyboard writes."""
    kept = "".join(c if c.isprintable() else " " for c in typed[: LONGEST * 4])
    return " ".join(kept.split())[:LONGEST]


def understand(typed: str, index: Index, vocabulary: Vocabulary, *, literally: bool = False) -> Query:
    """Read a query against the words of the catalogue. `literally` corrects no spelling."""
    query = Query()
    rest = normalised(typed)
    for match in _UNWANTED_PHRASE.finditer(rest):
        words = text.words(next(filter(None, match.groups()), ""))
        if words:
            query.unwanted_phrases.append(" ".join(words))
    rest = _UNWANTED_PHRASE.sub(" ", rest)
    for match in _PHRASE.finditer(rest):
        words = text.words(next(filter(None, match.groups()), ""))
        if words:
            query.phrases.append(" ".join(words))
    rest = _CVR.sub(r" \1\2\3\4", _QUOTE.sub(" ", rest))
    # A leading minus is a slip or a dash: a query cannot consist of what it does not want.
    for match in _MINUS.finditer(rest):
        if match.start() > 0:
            query.excluded += _telling(text.words(match[1]))
    rest = _MINUS.sub(lambda match: " " if match.start() > 0 else f" {match[1]}", rest)
    words = _telling(_asked(rest, vocabulary))[:MOST_WORDS]
    _Reader(words, query, index, vocabulary, literally, open_ended=not typed.endswith(" ")).read()
    return query


def _asked(typed: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The words of a query. e-faktura is one word where the whole is known to mean something."""
    for whole, parts in text.tokens(typed):
        if parts and text.stem(whole) not in vocabulary.wholes:
            yield from parts
        else:
            yield whole


def _telling(words: Iterable[str]) -> list[str]:
    """Words that tell something: no stop words, lone letters or numbers but postcodes and CVR numbers."""
    return list(
        dict.fromkeys(
            word
            for word in words
            if word not in text.STOP_WORDS and len(word) > 1 and (not word.isdigit() or len(word) in (4, 8))
        )
    )


class _Reader:
    """Turns the words of one query into its concepts."""

    def __init__(
        self,
        words: list[str],
        query: Query,
        index: Index,
        vocabulary: Vocabulary,
        literally: bool,
        *,
        open_ended: bool,
    ) -> None:
        self.words = words
        self.stems = [text.stem(word) for word in words]
        self.query = query
        self.index = index
        self.lexicon = index.lexicon
        self.vocabulary = vocabulary
        self.literally = literally
        self.open_ended = open_ended
        self.claimed: set[int] = set()

    def read(self) -> None:
        position = 0
        while position < len(self.words):
            position += self._intent(position) or self._expression(position) or self._topic(position)
        for concept in self.query.topics:
            concept.weight = self._rarity(concept)

    def _intent(self, position: int) -> int:
        """How many words from here are the name of an intent; 0 for none."""
        for length in range(min(self.vocabulary.longest, len(self.words) - position), 0, -1):
            span = self.words[position : position + length]
            for stems in (tuple(map(text.stem, span)), (text.stem("".join(span)),)):
                facets = self.vocabulary.intents.get(stems)
                if facets:
                    self.query.intents.append(Concept(" ".join(span), facets=facets))
                    return length
        return 0

    def _expression(self, position: int) -> int:
        """How many words from here are one expression that staff's groups know; 0 for none."""
        for length in range(min(self.vocabulary.longest, len(self.words) - position), 1, -1):
            stems = tuple(self.stems[position : position + length])
            if stems in self.vocabulary.same:
                span = self.words[position : position + length]
                concept = Concept(" ".join(span))
                concept.add(span, 1.0)
                self._inflections(concept, "".join(span), 1.0)
                self._add_groups(concept, stems, 1.0)
                for word in span:
                    self._with_kin(concept, word, ONE_PART)
                self.query.topics.append(concept)
                return length
        return 0

    def _topic(self, position: int) -> int:
        word = self.words[position]
        concept = Concept(word)
        self._inflections(concept, word, 1.0)
        if not concept.ways:
            for form in self.lexicon.loose.get(text.loose(word), ()):
                self._with_kin(concept, form, SPELT_LOOSELY)
        self._add_compounds(concept, word, 1.0)
        if self.open_ended and position == len(self.words) - 1 and len(word) >= 3:
            worth = BEGINNING_OF_KNOWN if concept.ways else BEGINNING
            for form in self.lexicon.beginning_with(word):
                concept.add([form], worth)
        self._joined(concept, position)
        self._add_groups(concept, (self.stems[position],), 1.0)
        if not concept.ways:
            self._guess(concept, word)
        if concept.ways:
            self.query.topics.append(concept)
        else:
            self.query.unknown.append(word)
        return 1

    def _inflections(self, concept: Concept, word: str, worth: float) -> None:
        for form, near in self.lexicon.inflections_of(word).items():
            concept.add([form], worth * near)

    def _add_compounds(self, concept: Concept, word: str, worth: float) -> None:
        for compound, share in self.lexicon.compounds_of(word).items():
            concept.add([compound], worth * share)

    def _with_kin(self, concept: Concept, word: str, worth: float) -> None:
        self._inflections(concept, word, worth)
        self._add_compounds(concept, word, worth)

    def _joined(self, concept: Concept, position: int) -> None:
        """cykel værksted is also cykelværksted."""
        for left, right in ((position - 1, position), (position, position + 1)):
            if left >= 0 and right < len(self.words):
                for link in ("", "s", "e"):
                    self._inflections(concept, self.words[left] + link + self.words[right], 1.0)

    def _add_groups(self, concept: Concept, stems: Words, sureness: float) -> None:
        """What staff's groups call the same. A group speaks for one concept of a query only."""
        for group, others in self.vocabulary.same.get(stems, ()):
            if group in self.claimed:
                continue
            self.claimed.add(group)
            for other, worth in others:
                if len(other) == 1:
                    self._with_kin(concept, other[0], sureness * worth)
                else:
                    concept.add(other, sureness * worth)

    def _guess(self, concept: Concept, word: str) -> None:
        """A word the catalogue does not know: misspelt, or put together."""
        spellings = [] if self.literally else self.lexicon.spellings(word)
        for number, form in enumerate(spellings):
            self._with_kin(concept, form, CORRECTED)
            self._add_groups(concept, (text.stem(form),), CORRECTED)
            if number == 0 and concept.ways:
                self.query.corrections.append((word, form))
        if not concept.ways:
            parts = self.lexicon.parts(word)
            if parts:
                concept.add(parts, PARTS_TOGETHER)
                for part in parts:
                    self._inflections(concept, part, ONE_PART)

    def _rarity(self, concept: Concept) -> float:
        """Rare concepts weigh more. Counted by the fullest of the sure ways, so that variants add nothing.

        A wide group of synonyms or a common beginning says little of how rare what was asked for is.
        """
        surest = min(SURE, max(concept.ways.values(), default=0.0))
        sure = (way for way, worth in concept.ways.items() if worth >= surest)
        fullest = max((self.index.frequency(way[0]) for way in sure), default=0)
        return math.log(1 + (self.index.size + 1) / (fullest + 1))


# -- ranking --------------------------------------------------------------------------------------


def rank(query: Query, index: Index, size: int, having: Mapping[str, NDArray[np.bool_]]) -> Scores:
    """What each listing scores, by position; 0 for those that do not match.

    `having` has for each "facet:value" of the intents who has it.
    """
    lifts = _lifts(query, having, size)
    if not query.topics:
        scores = lifts if not query.unknown else np.zeros(size)
    else:
        asked = sum(c.weight for c in query.topics) + len(query.unknown) * math.log(2 + index.size)
        scores, matched = np.zeros(size), np.zeros(size)
        for concept in query.topics:
            best = _best(concept, index, size)
            scores += concept.weight * best
            matched += concept.weight * np.minimum(1.0, best * 2)
        scores *= (1 - COVERAGE + COVERAGE * matched / asked) * (1 + lifts)
        scores[matched < LEAST_MATCHED * asked] = 0
    for word in query.excluded:
        scores[_anywhere(word, index, size) > 0] = 0
    scores[scores < LEAST_OF_BEST * scores.max(initial=0.0)] = 0
    return scores


def _lifts(query: Query, having: Mapping[str, NDArray[np.bool_]], size: int) -> Scores:
    lifts = np.zeros(size)
    for intent in query.intents:
        who = np.zeros(size, bool)
        for facet in intent.facets:
            who |= having[facet]
        lifts += who * LIFT[intent.facets[0].partition(":")[0]]
    return lifts


def _best(concept: Concept, index: Index, size: int) -> Scores:
    """The best match of the concept in each listing."""
    best = index.best(((way[0], worth) for way, worth in concept.ways.items() if len(way) == 1), size)
    for way, worth in concept.ways.items():
        if len(way) > 1:
            together = np.minimum.reduce([_anywhere(word, index, size) for word in way])
            np.maximum(best, together * worth, out=best)
    return best


def _anywhere(word: str, index: Index, size: int) -> Scores:
    """Where the word stands in any inflection, and how well."""
    return index.best(index.lexicon.inflections_of(word).items(), size)
