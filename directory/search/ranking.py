"""What each listing scores for a query that was understood."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from directory.search.index import WORTH, WORTH_AMONG_OPENINGS, WORTH_IN_NAMES, Index
from directory.search.query import Concept, Query

# What an intent adds to the score of a listing that has it.
LIFT = {"district": 1.2, "opening": 3.0, "buyer": 0.3}
# How much more a match is worth in the sector that practises what was asked for.
IN_ITS_SECTOR = 0.5
# A listing must match this share of what the query weighs, and of what the best listing scores.
LEAST_MATCHED = 0.12
LEAST_OF_BEST = 0.12
# How much of the score depends on how many of the concepts are matched.
COVERAGE = 0.5

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]


def rank(query: Query, index: Index, size: int, having: Mapping[str, Flags]) -> Scores:
    """What each listing scores, by position; 0 for those that do not match.

    `having` has for each "facet:value" of the intents who has it.
    """
    if query.unknown and not query.topics:
        return np.zeros(size)
    if not query.topics:
        scores = _lifts(query, having, size, LIFT) + _named_so(query, index, size)
    else:
        asked = sum(c.weight for c in query.topics) + len(query.unknown) * math.log(2 + index.listings)
        asks_for_opening = any(_kind(intent) == "opening" for intent in query.intents)
        worth_in = WORTH_AMONG_OPENINGS if asks_for_opening else WORTH
        scores, matched = np.zeros(size), np.zeros(size)
        for concept in query.topics:
            best = _best(concept, index, size, worth_in)
            if concept.facets:
                best *= 1 + IN_ITS_SECTOR * _having(concept, having, size)
            scores += concept.weight * best
            matched += concept.weight * np.minimum(1.0, best * 2)
        scores *= 1 - COVERAGE + COVERAGE * matched / asked
        _drop_the_least(scores)
        # A place lifts those most who do best what was asked for: the trade comes before the district.
        near = _lifts(query, having, size, ("district",)) * scores / (scores.max(initial=0.0) or 1.0)
        scores *= 1 + near + _lifts(query, having, size, ("opening", "buyer"))
        scores[matched < LEAST_MATCHED * asked] = 0
    for word in query.excluded:
        scores[_anywhere(word, index, size) > 0] = 0
    return scores


def _drop_the_least(scores: Scores) -> None:
    scores[scores < LEAST_OF_BEST * scores.max(initial=0.0)] = 0


def _lifts(query: Query, having: Mapping[str, Flags], size: int, kinds: Container[str]) -> Scores:
    """What the intents of some kinds add to the scores."""
    lifts = np.zeros(size)
    for intent in query.intents:
        if _kind(intent) not in kinds:
            continue
        lifts += _having(intent, having, size) * LIFT[_kind(intent)]
    return lifts


def _named_so(query: Query, index: Index, size: int) -> Scores:
    """Who has an intent's word in the name: Amager Bageri may well have moved to Valby."""
    words = (form for intent in query.intents for word in intent.word.split() for form in _forms(word, index))
    return index.best(words, size, WORTH_IN_NAMES)


def _having(concept: Concept, having: Mapping[str, Flags], size: int) -> Flags:
    who = np.zeros(size, bool)
    for facet in concept.facets:
        who |= having[facet]
    return who


def _kind(intent: Concept) -> str:
    return intent.facets[0].partition(":")[0]


def _best(concept: Concept, index: Index, size: int, worth_in: NDArray[np.float64]) -> Scores:
    """The best match of the concept in each listing."""
    single = ((way[0], worth) for way, worth in concept.ways.items() if len(way) == 1)
    best = index.best(single, size, worth_in)
    for way, worth in concept.ways.items():
        if len(way) > 1:
            together = np.minimum.reduce([_anywhere(word, index, size) for word in way])
            np.maximum(best, together * worth, out=best)
    return best


def _anywhere(word: str, index: Index, size: int) -> Scores:
    """Where the word stands in any inflection, and how well."""
    return index.best(_forms(word, index), size)


def _forms(word: str, index: Index) -> Iterable[tuple[str, float]]:
    return index.lexicon.inflections_of(word).items()
