"""Where to go from a search that found nothing: every way leads to something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from django.urls import reverse

from directory import facets
from directory.catalogue import Catalogue, Selection
from directory.search import text
from directory.search.query import Query, normalised

LANDING_PAGES = ("sector", "mission", "district")
MOST_NEAREST, MOST_LANDING_PAGES = 3, 3
# Quotes, and words with a minus before them.
_MARKS = re.compile(r'["“”»«]|(?:^|\s)-\w\S*')


@dataclass(frozen=True)
class Way:
    label: str
    url: str
    count: int


@dataclass(frozen=True)
class WaysOn:
    """Each is there only where it leads somewhere."""

    nearest: list[Way] = field(default_factory=list)
    unfiltered: Way | None = None
    without_words: Way | None = None
    without_filter: list[Way] = field(default_factory=list)
    landing_pages: list[Way] = field(default_factory=list)
    sectors: list[tuple[Any, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A search that found nothing."""

    catalogue: Catalogue
    query: Query
    selection: Selection
    # what the words alone find, as bits
    within: int
    # what the address says besides filters and page: q, exact, sort
    kept: dict[str, str]
    # of the page it was asked on, and is to go on from
    path: str

    def ways_on(self) -> WaysOn:
        landing_pages = self._landing_pages()
        sectors = [] if landing_pages else self.catalogue.counted("sector")
        without_filter = list(self._without_filter())
        chosen = [facet for facet, values in self.selection.items() if values]
        return WaysOn(
            nearest=list(islice(self._nearest(), MOST_NEAREST)),
            # Without the only filter is without that filter: told once.
            unfiltered=self._unfiltered() if len(chosen) > 1 else None,
            without_words=self._without_words() if chosen and self.kept["q"] else None,
            without_filter=without_filter,
            landing_pages=landing_pages,
            sectors=[(sector, count) for sector, count in sectors if count],
        )

    def _way(self, label: str, selection: Selection, found: int, **kept: str) -> Way | None:
        """The way with its count; None where it is a dead end too."""
        count = self.catalogue.matching(selection, found).bit_count()
        return Way(label, self.path + facets.query_string(selection, **kept), count) if count else None

    def _unfiltered(self) -> Way | None:
        return self._way("", {}, self.within, **self.kept)

    def _without_words(self) -> Way | None:
        return self._way("", self.selection, self.catalogue.everything, sort=self.kept["sort"])

    def _without_filter(self) -> Iterator[Way]:
        for facet, chosen in self.selection.items():
            if not chosen:
                continue
            labels = facets.values(self.catalogue, facet)
            rest = {name: values for name, values in self.selection.items() if name != facet}
            way = self._way(", ".join(labels[value] for value in chosen), rest, self.within, **self.kept)
            if way:
                yield way

    def _nearest(self) -> Iterator[Way]:
        """The query without quotes and minus words, and with unknown words as they may have been meant."""
        typed = self.kept["q"]
        plain = " ".join(_MARKS.sub(" ", typed).split())
        meant = [
            facets.corrected(plain, [(word, form)])
            for word in self.query.unknown
            for form in self._meant_by(word)
        ]
        for words in dict.fromkeys([plain, *meant]):
            if words and words != typed:
                yield from self._searching(words)

    def _searching(self, words: str) -> Iterator[Way]:
        """The search for other words: with the filters, else without."""
        _query, ranked = self.catalogue.search(words)
        found = self.catalogue.bits_of(ranked)
        kept = {"q": words, "sort": self.kept["sort"]}
        way = self._way(words, self.selection, found, **kept) or self._way(words, {}, found, **kept)
        if way:
            yield way

    def _meant_by(self, word: str) -> list[str]:
        lexicon = self.catalogue.index.lexicon
        return list(
            dict.fromkeys([*lexicon.spellings(word), *sorted(lexicon.loose.get(text.loose(word), ()))])
        )

    def _landing_pages(self) -> list[Way]:
        """The terms that share a word with the query, those that share most first."""
        asked = _stems(normalised(self.kept["q"]))
        if not asked:
            return []
        shared = []
        for order, facet in enumerate(LANDING_PAGES):
            for term, count in self.catalogue.counted(facet):
                common = len(asked & _stems(" . ".join(_names(term))))
                if count and common:
                    way = Way(str(term), reverse(facet, args=[term.slug]), count)
                    shared.append((-common, order, way))
        return [way for *_rank, way in sorted(shared, key=lambda found: found[:2])][:MOST_LANDING_PAGES]


def _names(term: Any) -> list[str]:
    short = [getattr(term, name, "") for name in ("short_da", "short_en")] if hasattr(term, "number") else []
    return [term.name_da, term.name_en, *short, *term.aliases]


# The terms' names come again with every search that finds nothing.
@lru_cache(maxsize=1_024)
def _stems(written: str) -> frozenset[str]:
    words = text.words(written)
    return frozenset(text.stem(word) for word in words if word not in text.STOP_WORDS and len(word) > 1)
