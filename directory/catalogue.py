"""The whole catalogue in the process's memory, for what every page asks: terms, counts, which and how many.

One Python integer per "facet:value" holds a bit for each listing, in Danish alphabetical order, so any
combination of filters and all of its counts are a few `&`, `|` and `bit_count()`. Nothing here is
translated or personal. A catalogue is never changed: when the generation in the database has grown,
the next request builds a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, or_
from threading import Lock
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpRequest

from directory.models import CatalogueState, Listing
from directory.search import text
from directory.search.index import Index
from directory.search.query import Query, Vocabulary, normalised, rank, understand
from directory.search.suggestions import Suggestions
from directory.search.vocabulary import prepare
from enterprises.models import District, LegalForm, Mark, Mission, Ownership, Sector, SynonymGroup, Term

Selection = Mapping[str, tuple[str, ...]]

TERMS: dict[str, type[Term]] = {
    "sector": Sector,
    "ownership": Ownership,
    "mission": Mission,
    "district": District,
    "mark": Mark,
    "legal_form": LegalForm,
}


# How many bytes of bits are added at a time.
GROWTH = 64


@dataclass(frozen=True)
class Catalogue:
    generation: int
    terms: dict[str, dict[str, Any]]
    ids: list[int]
    bits: dict[str, int]
    orders: dict[str, list[int]]
    sums: dict[str, int]
    index: Index
    vocabulary: Vocabulary
    # folded names → positions, for those who type a name in full
    names: dict[str, list[int]]
    # what breaks ties between equal matches, the higher first: completeness, then day of confirmation
    standings: list[tuple[int, int]]
    positions: dict[int, int] = field(repr=False)

    @property
    def everything(self) -> int:
        return (1 << len(self.ids)) - 1

    def term(self, facet: str, slug: str | None) -> Any:
        """The term as staff have it now; None where it has been deleted."""
        return self.terms[facet].get(slug or "")

    def count(self, facet: str, value: str) -> int:
        return self.bits.get(f"{facet}:{value}", 0).bit_count()

    def counted(self, facet: str) -> list[tuple[Any, int]]:
        """Every term of a facet, in staff's order, with how many listings have it."""
        return [(term, self.count(facet, slug)) for slug, term in self.terms[facet].items()]

    def matching(self, selection: Selection, within: int | None = None) -> int:
        """The listings with any of the values in each facet chosen from, as bits."""
        chosen = [self._any(facet, values) for facet, values in selection.items() if values]
        return reduce(and_, chosen, self.everything if within is None else within)

    def counts(self, selection: Selection, facet: str, values: Iterable[str], within: int) -> dict[str, int]:
        """For each value how many one gets with it, whatever else of its own facet is chosen."""
        others = self.matching({name: chosen for name, chosen in selection.items() if name != facet}, within)
        return {value: (others & self.bits.get(f"{facet}:{value}", 0)).bit_count() for value in values}

    def _any(self, facet: str, values: Iterable[str]) -> int:
        return reduce(or_, (self.bits.get(f"{facet}:{value}", 0) for value in values), 0)

    def search(self, typed: str, *, literally: bool = False) -> tuple[Query, list[int]]:
        """What was understood of a query, and the ids of the listings found, best first.

        No SQL, except one query to look quoted phrases up word for word.
        """
        query = understand(typed, self.index, self.vocabulary, literally=literally)
        facets = {facet for intent in query.intents for facet in intent.facets}
        having = {facet: self.positions_of(self.bits.get(facet, 0)) for facet in facets}
        name = " ".join(text.words(normalised(typed)))
        named = self.names.get(name, []) if name else []
        ranked = [position for _score, position in rank(query, self.index, having, self.standings)]
        found = [self.ids[position] for position in dict.fromkeys([*named, *ranked])]
        if query.phrases:
            holding = Listing.objects.holding(query.phrases)
            kept = set(holding.filter(pk__in=found).values_list("pk", flat=True))
            found = [pk for pk in found if pk in kept]
        for phrase in query.unwanted_phrases:
            holding = Listing.objects.holding([phrase])
            unwanted = set(holding.filter(pk__in=found).values_list("pk", flat=True))
            found = [pk for pk in found if pk not in unwanted]
        return query, found

    @cached_property
    def suggestions(self) -> Suggestions:
        """Made when somebody first types: only then it asks the database."""
        return Suggestions(term for term, count in self.counted("sector") if count)

    def positions_of(self, found: int) -> list[int]:
        flags = found.to_bytes(len(self.ids) // 8 + 1, "little")
        return [position for position in range(len(self.ids)) if flags[position >> 3] >> (position & 7) & 1]

    def bits_of(self, ids: Iterable[int]) -> int:
        flags = bytearray(len(self.ids) // 8 + 1)
        for pk in ids:
            position = self.positions.get(pk)
            if position is not None:
                flags[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(flags, "little")

    def in_order(self, found: int, order: str) -> Iterator[int]:
        """The ids of the listings found, in one of `orders`."""
        flags = found.to_bytes(len(self.ids) // 8 + 1, "little")
        return (
            self.ids[position]
            for position in self.orders[order]
            if flags[position >> 3] >> (position & 7) & 1
        )


_present: Catalogue | None = None
_building = Lock()


def present() -> Catalogue:
    """The catalogue of this moment. One query, unless it has changed since the last call."""
    global _present
    generation = CatalogueState.present()
    known = _present
    if known is None or known.generation != generation:
        with _building:
            known = _present
            if known is None or known.generation != generation:
                _present = known = build()
    return known


def of(request: HttpRequest) -> Catalogue:
    """The catalogue as this request sees it from beginning to end."""
    found: Catalogue | None = getattr(request, "catalogue", None)
    if found is None:
        found = present()
        request.catalogue = found  # type: ignore[attr-defined]
    return found


@transaction.atomic
def build() -> Catalogue:
    # The generation first: what is published meanwhile leaves us out of date, never wrong about it.
    generation = CatalogueState.present()
    ids: list[int] = []
    flags: dict[str, bytearray] = {}
    dates: list[tuple[Any, Any]] = []
    words = Index()
    names: dict[str, list[int]] = {}
    standings: list[tuple[int, int]] = []
    rows = Listing.objects.order_by("sort_key", "pk").values_list(
        "pk", "facets", "first_published_at", "confirmed_on", "words", "name", "completeness"
    )
    for position, row in enumerate(rows.iterator(chunk_size=5_000)):
        pk, facets, first_published_at, confirmed_on, fields, name, completeness = row
        words.add(position, fields)
        names.setdefault(" ".join(text.words(name)), []).append(position)
        standings.append((completeness, confirmed_on.toordinal() if confirmed_on else 0))
        ids.append(pk)
        dates.append((first_published_at.timestamp(), confirmed_on.toordinal() if confirmed_on else 0))
        for key in facets:
            array = flags.setdefault(key, bytearray())
            if position >> 3 >= len(array):
                array.extend(bytes((position >> 3) - len(array) + GROWTH))
            array[position >> 3] |= 1 << (position & 7)
    by_name = list(range(len(ids)))
    vocabulary, spoken = prepare(SynonymGroup.objects.all(), District.objects.all())
    words.lexicon.other_words = spoken
    return Catalogue(
        generation=generation,
        terms={
            facet: {term.slug: term for term in model._default_manager.all()}
            for facet, model in TERMS.items()
        },
        ids=ids,
        bits={key: int.from_bytes(value, "little") for key, value in flags.items()},
        orders={
            "name": by_name,
            "newest": sorted(by_name, key=lambda position: -dates[position][0]),
            "confirmed": sorted(by_name, key=lambda position: -dates[position][1]),
        },
        sums=_sums(),
        index=words,
        vocabulary=vocabulary,
        names=names,
        standings=standings,
        positions={pk: position for position, pk in enumerate(ids)},
    )


def _sums() -> dict[str, int]:
    found = Listing.objects.aggregate(
        listed=Count("pk"),
        owner_members=Sum("owner_members"),
        employees=Sum("employees"),
        special_terms=Sum("special_terms"),
        volunteers=Sum("volunteers"),
        supplies_public=Count("pk", filter=Q(facets__contains=["buyer:public"])),
        demo=Count("pk", filter=Q(is_demo=True)),
    )
    return {name: value or 0 for name, value in found.items()}
