"""What somebody who typed this may mean; ranking.py has who answers it best.

A query becomes concepts, one for each telling word: the word itself and, worth a little less each, its
inflections and spellings, the compounds it is part of, what staff call the same, and what it may be the
beginning of. Rare concepts weigh more. Words for a district, a kind of job or a buyer's demand are
intents: they lift the listings that have it, and hide nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from directory.search import text
from directory.search.index import Index
from directory.search.lexicon import LINKS

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
# A way that is no sure one and more common than what was asked for is worth less, by this power of how much.
COMMONER = 0.5
# Of an expression known as a whole ("gå i stykker") the one telling word.
OF_A_SAYING = 0.8
# What weighs less: words that many a trade needs, and words that are in no group of staff's.
WEAK, UNSPOKEN_OF = 0.4, 0.6

# malerlærling and køkkenpraktik, but no word is short of a job
SHORTEST_TRADE, SHORTEST_KIND_OF_OPENING = 4, 4
BEFORE_A_VERB = frozenset("at bare gerne ikke jeg kan kunne må også skal skulle vi vil ville".split())

# "…", ”…”, “…”, „…“, »…« and «…»: keyboards differ
_PHRASE = re.compile(r'["“”„]([^"“”„]*)["“”„]|[»«]([^»«]*)[»«]')
# A leading minus is a slip or a dash here too.
_UNWANTED_PHRASE = re.compile(rf"(?<=\S)\s+-(?:{_PHRASE.pattern})")
_QUOTE = re.compile('["“”„»«]')
# 12 34 56 78, DK12345678 and CVR-nr. 12345678 are how people write a CVR number.
_CVR = re.compile(r"\b(?:dk|cvr)?[- ]?(\d\d) ?(\d\d) ?(\d\d) ?(\d\d)\b", re.IGNORECASE)
_MINUS = re.compile(r"(?:^|\s)-(\w\S*)")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What staff and the taxonomies say about words, keyed by stems so that inflections do not matter."""

    # stems of a term → (number of its group, the group's terms as words with what they are worth)
    same: Mapping[Words, list[tuple[int, list[tuple[Words, float]]]]]
    # stems of a name → the "facet:value"s it stands for
    intents: Mapping[Words, tuple[str, ...]]
    # stems of what a sector is also called → the "sector:slug"s
    sectors: Mapping[Words, tuple[str, ...]] = field(default_factory=dict)
    # stems that mean something by themselves, among them e-faktura's and it-hjælp's
    wholes: frozenset[str] = frozenset()
    longest: int = 1


@dataclass
class Concept:
    word: str
    # words (all needed together) → how much such a match is worth
    ways: dict[Words, float] = field(default_factory=dict)
    # of an intent what is meant by it; of a topic the sectors that practise it
    facets: tuple[str, ...] = ()
    weight: float = 1.0
    # whether staff's words for trades have it
    spoken_of: bool = False

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
    asked = _without_having(list(_asked(rest, vocabulary)))
    words = _telling(_with_sayings(asked, vocabulary))[:MOST_WORDS]
    _Reader(words, query, index, vocabulary, literally, open_ended=not typed.endswith(" ")).read()
    return query


def _asked(typed: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The words of a query. e-faktura is one word where the whole is known to mean something."""
    for whole, parts in text.tokens(typed):
        if parts and text.stem(whole) not in vocabulary.wholes:
            yield from parts
        else:
            yield whole


def _without_having(words: list[str]) -> list[str]:
    """A have is a garden, but not where somebody vil gerne have something."""
    return [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word != "have" or before not in BEFORE_A_VERB
    ]


def _with_sayings(words: list[str], vocabulary: Vocabulary) -> Iterator[str]:
    """The words, but "gå i stykker" as one where staff's groups know it so."""
    stems = list(map(text.stem, words))
    position = 0
    while position < len(words):
        for length in range(min(vocabulary.longest, len(words) - position), 1, -1):
            if (" ".join(stems[position : position + length]),) in vocabulary.same:
                break
        else:
            length = 1
        yield " ".join(words[position : position + length])
        position += length


def _telling(words: Iterable[str]) -> list[str]:
    """Words that tell something: no stop words, lone letters or numbers but postcodes and CVR numbers."""
    return list(
        dict.fromkeys(
            word
            for word in words
            if word not in text.STOP_WORDS and len(word) > 1 and (not word.isdigit() or len(word) in (4, 8))
        )
    )


def _apart(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """murerlærling as murer and lærling: the trade and the kind of opening."""
    for cut in range(SHORTEST_TRADE, len(word) - SHORTEST_KIND_OF_OPENING + 1):
        kind = word[cut:]
        facets = vocabulary.intents.get((text.stem(kind),), ("",))
        if facets[0].startswith("opening:") and (text.stem(word),) not in vocabulary.intents:
            return word[:cut], kind
    return (word,)


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
        self.words = [part for word in words for part in _apart(word, vocabulary)]
        self.stems = [" ".join(map(text.stem, word.split())) for word in self.words]
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
            position += (
                self._intent(position)
                or self._expression(position)
                or self._compound(position)
                or self._topic(position)
            )
        for concept in self.query.topics:
            concept.weight = self._rarity(concept)
            if text.stem(concept.word) in text.WEAK_STEMS:
                concept.weight *= WEAK
            if not concept.spoken_of:
                concept.weight *= UNSPOKEN_OF
            for way, worth in concept.ways.items():
                if worth < SURE:
                    concept.ways[way] = worth * min(1.0, self._rarest(way) / concept.weight) ** COMMONER

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
                self._ask_staff(concept, stems, 1.0)
                for word in span:
                    self._with_kin(concept, word, ONE_PART)
                self.query.topics.append(concept)
                return length
        return 0

    def _compound(self, position: int) -> int:
        """How many words from here are one word that is known, written apart: cykel værksted; 0 for none."""
        pair = self.words[position : position + 2]
        if len(pair) < 2:
            return 0
        left, right = meant = [self._as_meant(word) for word in pair]
        for joined in (left + link + right for link in LINKS):
            if not self._is_known(joined):
                continue
            concept = Concept(" ".join(pair))
            self._with_kin(concept, joined, 1.0)
            if all(map(self.lexicon.knows, meant)):
                concept.add(meant, 1.0)
            self._ask_staff(concept, (text.stem(joined),), 1.0)
            for word in meant:
                self._with_kin(concept, word, ONE_PART)
            self.query.topics.append(concept)
            self.query.corrections += [
                (typed, word) for typed, word in zip(pair, meant, strict=True) if typed != word
            ]
            return 2
        return 0

    def _as_meant(self, word: str) -> str:
        """The word, or where nobody knows it, the one it is most likely to be a slip for."""
        return word if self._is_known(word) else next(iter(self._spellings(word)), word)

    def _is_known(self, word: str) -> bool:
        """Whether the catalogue has it in some inflection, or staff speak of it."""
        return self.lexicon.knows(word) or (text.stem(word),) in self.vocabulary.same

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
        self._ask_staff(concept, (self.stems[position],), 1.0)
        if " " in word:
            for part in _telling(word.split()):
                self._with_kin(concept, part, OF_A_SAYING)
        if not concept.ways:
            if self._misspelt_intent(word):
                return 1
            self._guess(concept, word)
        if concept.ways:
            self.query.topics.append(concept)
        else:
            self.query.unknown.append(word)
        return 1

    def _misspelt_intent(self, word: str) -> bool:
        for form in self._spellings(word)[:1]:
            if facets := self.vocabulary.intents.get((text.stem(form),)):
                self.query.intents.append(Concept(form, facets=facets))
                self.query.corrections.append((word, form))
                return True
        return False

    def _spellings(self, word: str) -> list[str]:
        return [] if self.literally else self.lexicon.spellings(word)

    def _inflections(self, concept: Concept, word: str, worth: float) -> None:
        for form, near in self.lexicon.inflections_of(word).items():
            concept.add([form], worth * near)

    def _add_compounds(self, concept: Concept, word: str, worth: float) -> None:
        for compound, share in self.lexicon.compounds_of(word).items():
            concept.add([compound], worth * share)

    def _with_kin(self, concept: Concept, word: str, worth: float) -> None:
        self._inflections(concept, word, worth)
        self._add_compounds(concept, word, worth)

    def _ask_staff(self, concept: Concept, stems: Words, sureness: float) -> None:
        """What staff's groups call the same, and whose trade it is. A group speaks for one concept only."""
        groups = self.vocabulary.same.get(stems, ())
        for group, others in groups:
            if group in self.claimed:
                continue
            self.claimed.add(group)
            for other, worth in others:
                if len(other) == 1:
                    self._with_kin(concept, other[0], sureness * worth)
                elif all(map(self.lexicon.knows, other)):
                    concept.add(other, sureness * worth)
        sectors = self.vocabulary.sectors
        found = sectors.get(stems) or [
            sector
            for _group, others in groups[:1]
            for other, _worth in others
            for sector in sectors.get(tuple(map(text.stem, other)), ())
        ]
        concept.facets = tuple(dict.fromkeys([*concept.facets, *found]))
        concept.spoken_of |= bool(groups or found)

    def _guess(self, concept: Concept, word: str) -> None:
        """A word the catalogue does not know: misspelt, or put together."""
        for number, form in enumerate(self._spellings(word)):
            self._with_kin(concept, form, CORRECTED)
            self._ask_staff(concept, (text.stem(form),), CORRECTED)
            if number == 0 and concept.ways:
                self.query.corrections.append((word, form))
        if not concept.ways:
            parts = self.lexicon.parts(word)
            if len(parts) == 1:
                self._with_kin(concept, parts[0], CORRECTED)
                self._ask_staff(concept, (text.stem(parts[0]),), CORRECTED)
            elif parts:
                concept.add(parts, PARTS_TOGETHER)
                for part in parts:
                    if (text.stem(part),) in self.vocabulary.same:
                        self._inflections(concept, part, ONE_PART)

    def _rarity(self, concept: Concept) -> float:
        """Rare concepts weigh more. Counted by the fullest of the sure ways, so that variants add nothing.

        A wide group of synonyms or a common beginning says little of how rare what was asked for is.
        """
        surest = min(SURE, max(concept.ways.values(), default=0.0))
        sure = (way for way, worth in concept.ways.items() if worth >= surest)
        fullest = max((self.index.frequency(way[0]) for way in sure), default=0)
        return self._weight(fullest)

    def _weight(self, count: int) -> float:
        return math.log(1 + (self.index.listings + 1) / (count + 1))

    def _rarest(self, way: Words) -> float:
        if len(way) == 1:
            return self._weight(self.index.frequency(way[0]))
        forms = (sum(map(self.index.frequency, self.lexicon.inflections_of(word))) for word in way)
        return self._weight(min(forms))
