"""The whole catalogue in the process's memory, for what every page asks: terms, counts, which and how many.

Every listing has a position. One Python integer per "facet:value" holds a bit for each position, so any
combination of filters and all of its counts are a few `&`, `|` and `bit_count()`; what is sorted or
scored is arrays by position. Nothing here is translated or personal. A catalogue is never changed: when
the generation in the database has grown, the next request makes a new one from the last and what has
changed since.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, reduce
from operator import and_, or_
from threading import Lock
from typing import Any

import numpy as np
from django.db import OperationalError, router, transaction
from django.http import HttpRequest
from numpy.typing import NDArray

from directory import replica
from directory.intake import SUMS, Flags, Holdings, Intake, packed
from directory.models import CatalogueChange, CatalogueState, Listing
from directory.nearness import Spot
from directory.search.index import Index
from directory.search.query import Query, Vocabulary, normalised, understand
from directory.search.ranking import rank
from directory.search.suggestions import Suggestions
from directory.search.vocabulary import prepare
from enterprises.models import District, LegalForm, Mark, Mission, Ownership, Sector, SynonymGroup, Term

Selection = Mapping[str, tuple[str, ...]]
Positions = NDArray[np.int32]
Part = CatalogueChange.Part

TERMS: dict[str, type[Term]] = {
    "sector": Sector,
    "ownership": Ownership,
    "mission": Mission,
    "district": District,
    "mark": Mark,
    "legal_form": LegalForm,
}
# Scores that differ by less are equal.
SAME_SCORE = 1e4
MOST_DIFFERENCES = 5_000


@dataclass(frozen=True)
class Catalogue(Holdings):
    generation: int
    terms: dict[str, dict[str, Any]]
    # what slugs that are no longer in use stand for by now, by facet; empty for what stands for nothing
    former: dict[str, dict[str, str]]
    vocabulary: Vocabulary
    # by position, those struck out too
    rows: NDArray[np.void]
    # the positions of what is listed, as bits
    everything: int
    bits: dict[str, int]
    # positions in Danish alphabetical order
    by_name: Positions
    # the values of a facet with their names, by facet and language; see facets.py
    labels: dict[tuple[str, str], dict[str, str]] = field(repr=False)
    # what a card looks like, by enterprise and language; see fragments.py
    fragments: dict[tuple[int, str], Any] = field(repr=False)
    # what a profile looks like, by slug and language; see profile_pages.py
    profiles: dict[tuple[str, str], Any] = field(repr=False)

    # -- terms and counts -------------------------------------------------------------------------

    def term(self, facet: str, slug: str | None) -> Any:
        """The term as staff have it now; None where it has been deleted or gone out of use."""
        return self.terms[facet].get(self.present_slug(facet, slug or ""))

    def present_slug(self, facet: str, slug: str) -> str:
        """The slug of what has taken a term's place; itself where nothing has."""
        return self.former.get(facet, {}).get(slug) or slug

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

    @cached_property
    def sums(self) -> dict[str, int]:
        listed = self.rows[self.flags(self.everything)]
        return {
            "listed": len(listed),
            "demo": int(listed["is_demo"].sum()),
            "supplies_public": self.count("buyer", "public"),
            **{name: int(listed[name].sum(dtype=np.int64)) for name in SUMS},
        }

    # -- search -----------------------------------------------------------------------------------

    def search(self, typed: str, *, literally: bool = False) -> tuple[Query, Sequence[int]]:
        """What was understood of a query, and the ids of the listings found, best first."""
        query, positions = self.ranked(typed, literally=literally)
        return query, self.ids_at(positions)

    def ranked(self, typed: str, *, literally: bool = False) -> tuple[Query, Positions]:
        """What was understood of a query, and the positions of the listings found, best first.

        No SQL, except one query to look quoted phrases up word for word.
        """
        query = understand(typed, self.index, self.vocabulary, literally=literally)
        facets = {facet for concept in (*query.intents, *query.topics) for facet in concept.facets}
        having = {facet: self.flags(self.bits.get(facet, 0)) for facet in facets}
        scores = rank(query, self.index, len(self.rows), having)
        # A name comes first, whatever else matches.
        first = 1 + scores.max(initial=0.0)
        for position in self._named(normalised(typed), query, literally=literally):
            if position < len(scores):
                scores[position] += first
        scores[~self.flags(self.everything)] = 0
        if query.phrases:
            holding = Listing.objects.holding(query.phrases).values_list("pk", flat=True)
            scores[~np.isin(self.rows["pk"], list(holding))] = 0
        if query.unwanted_phrases:
            holding = Listing.objects.holding_any(query.unwanted_phrases).values_list("pk", flat=True)
            scores[np.isin(self.rows["pk"], list(holding))] = 0
        found = np.flatnonzero(scores)
        order = np.lexsort((self._standing[found], -np.round(scores[found] * SAME_SCORE)))
        return query, found[order].astype(np.int32)

    def _named(self, typed: str, query: Query, *, literally: bool) -> Sequence[int]:
        """Who is called so; only where something was not understood, also who nearly is."""
        found = self.names.exactly(typed)
        if not found and not literally and (query.unknown or query.corrections):
            found = self.names.nearly(typed)
        return found

    @cached_property
    def _standing(self) -> Positions:
        """What breaks ties, the lower first: completeness, then day of confirmation, then the name."""
        rows = self.rows
        by_name = np.full(len(rows), len(rows), np.int32)
        by_name[self.by_name] = np.arange(len(self.by_name), dtype=np.int32)
        return _places(np.lexsort((by_name, -rows["confirmed"], -rows["completeness"])))

    @cached_property
    def suggestions(self) -> Suggestions:
        """Made when somebody first types: only then it asks the database."""
        sectors = [term for term, count in self.counted("sector") if count]
        return Suggestions(sectors, self.plates, self.by_name.tolist())

    # -- place and time ---------------------------------------------------------------------------

    def open_at(self, moment: datetime) -> int:
        """Those with a door open, as bits."""
        return packed(self.doors.open_at(moment, len(self.rows))) & self.everything

    def nearest_first(self, found: int, origin: Spot) -> Positions:
        """The listings found, the nearest first; those without an address last, by name."""
        positions = self.among(self.by_name, found)
        kilometres = self.points.kilometres(origin, len(self.rows))[positions]
        return positions[np.argsort(kilometres, kind="stable")]

    def distances(self, ids: Iterable[int], origin: Spot) -> dict[int, float]:
        """In kilometres; of those that have an address."""
        here = np.isin(self.rows["pk"], list(ids)) & self.flags(self.everything)
        kilometres = self.points.kilometres(origin, len(self.rows))
        known = np.flatnonzero(here & np.isfinite(kilometres))
        return dict(zip(self.rows["pk"][known].tolist(), kilometres[known].tolist(), strict=True))

    # -- bits, positions and ids ------------------------------------------------------------------

    def flags(self, bits: int) -> Flags:
        size = len(self.rows)
        packed = np.frombuffer(bits.to_bytes(size // 8 + 1, "little"), np.uint8)
        return np.unpackbits(packed, count=size, bitorder="little").view(bool)

    def bits_of(self, ids: Iterable[int]) -> int:
        return packed(np.isin(self.rows["pk"], list(ids))) & self.everything

    def bits_at(self, positions: Positions) -> int:
        flags = np.zeros(len(self.rows), bool)
        flags[positions] = True
        return packed(flags)

    def ids_at(self, positions: Positions) -> list[int]:
        return self.rows["pk"][positions].tolist()  # type: ignore[no-any-return]

    def among(self, positions: Positions, bits: int) -> Positions:
        """Those of the positions whose bit is set, in their order."""
        return positions[self.flags(bits)[positions]]

    def name_key(self, position: int) -> tuple[str, int]:
        """What the order by name goes by."""
        return self.keys[position], int(self.rows["pk"][position])

    def in_order(self, found: int, order: str) -> Positions:
        """The listings found, in one of the orders: name, newest, confirmed."""
        positions = self._order(order)
        return positions if found == self.everything else self.among(positions, found)

    def first(self, found: int, order: str, count: int) -> list[int]:
        """The ids of the first few of the listings found."""
        return self.ids_at(self.in_order(found, order)[:count])

    def _order(self, order: str) -> Positions:
        return {"name": self.by_name, "newest": self._newest, "confirmed": self._confirmed}[order]

    @cached_property
    def _newest(self) -> Positions:
        return self._latest_first("first_published")

    @cached_property
    def _confirmed(self) -> Positions:
        return self._latest_first("confirmed")

    def _latest_first(self, column: str) -> Positions:
        return self.by_name[np.argsort(-self.rows[column][self.by_name], kind="stable")]

    # -- taking in what has changed ---------------------------------------------------------------

    def followed(self) -> Catalogue:
        """The catalogue of this moment, from this one and what has changed since."""
        # The generation first: what is published meanwhile leaves us out of date, never wrong about it.
        generation = CatalogueState.present()
        if generation == self.generation:  # who asked had an older one in mind
            return self
        parts, changed = CatalogueChange.since(self.generation)
        if Part.EVERYTHING in parts or not parts or len(self.rows) > 2 * len(self.by_name) + MOST_DIFFERENCES:
            return build()
        following = replace(self, generation=generation)
        if Part.TERMS in parts:
            following = replace(following, fragments={}, profiles={}, **_terms(self.index))
        return following._with(changed) if changed else following

    def _with(self, changed: set[int]) -> Catalogue:
        """This catalogue with some listings read anew: their old positions struck out, new ones added."""
        gone = self.flags(self.bits_of(changed))
        self.index.remove(np.flatnonzero(gone).tolist())
        struck = ~packed(gone)
        taken = Intake(len(self.rows), self)
        taken.read(Listing.objects.filter(pk__in=changed))
        bits = {key: value & struck for key, value in self.bits.items()}
        for key, value in taken.bits().items():
            bits[key] = bits.get(key, 0) | value
        rows = np.concatenate([self.rows, taken.rows()])
        following = replace(self, rows=rows)
        by_name = self.by_name[~gone[self.by_name]].tolist()
        for position in taken.positions:
            insort(by_name, position, key=following.name_key)
        return replace(
            following,
            everything=self.everything & struck | taken.everything,
            bits=bits,
            by_name=np.array(by_name, np.int32),
            fragments={key: kept for key, kept in self.fragments.items() if kept.pk not in changed},
            profiles={key: kept for key, kept in self.profiles.items() if kept.pk not in changed},
        )


def _places(order: NDArray[np.intp]) -> Positions:
    """Where in an order each position comes."""
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


_present: Catalogue | None = None
_building = Lock()


def present(generation: int | None = None) -> Catalogue:
    """The catalogue of this moment, or of the generation just asked of the database.

    One query, unless it is told the generation; a few where the catalogue has changed since the last call.
    """
    global _present
    if generation is None:
        generation = CatalogueState.present()
    known = _present
    if known is None or known.generation != generation:
        with _building:
            known = _present
            if known is None or known.generation != generation:
                _present = known = known.followed() if known else build()
    return known


def of(request: HttpRequest) -> Catalogue:
    """The catalogue as this request sees it from beginning to end."""
    found: Catalogue | None = getattr(request, "catalogue", None)
    if found is None:
        reading = replica.present()
        if reading and reading.generation is None:
            raise OperationalError("No database can tell the catalogue's generation.")
        found = present(reading.generation if reading else None)
        request.catalogue = found  # type: ignore[attr-defined]
    return found


def build() -> Catalogue:
    """The catalogue made from nothing but the database."""
    with transaction.atomic(using=router.db_for_read(Listing)):
        return _build()


def _build() -> Catalogue:
    generation = CatalogueState.present()
    held = Holdings.none()
    taken = Intake(0, held)
    taken.read(Listing.objects)
    held.index.settle()
    return Catalogue(
        **vars(held),
        generation=generation,
        **_terms(held.index),
        rows=taken.rows(),
        everything=taken.everything,
        bits=taken.bits(),
        by_name=np.arange(len(taken.positions), dtype=np.int32),
        fragments={},
        profiles={},
    )


def _terms(index: Index) -> dict[str, Any]:
    """What staff can change without a publication, as it is now."""
    vocabulary, spoken = prepare(SynonymGroup.objects.all(), District.objects.all(), Sector.objects.all())
    index.lexicon.other_words = spoken
    terms: dict[str, dict[str, Any]] = {}
    former: dict[str, dict[str, str]] = {}
    for facet, model in TERMS.items():
        known = list(model.everything.all())
        slugs = {term.pk: term.slug for term in known}
        terms[facet] = {term.slug: term for term in known if not term.retired_on}
        former[facet] = {term.slug: slugs.get(term.successor_id, "") for term in known if term.retired_on}
    return {"terms": terms, "former": former, "vocabulary": vocabulary, "labels": {}}
