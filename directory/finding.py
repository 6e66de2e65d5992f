"""What an address asks for and what of the catalogue answers it: one for the list, the map and all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import facets, nearness
from directory.catalogue import Catalogue, Positions
from directory.filters import ListingFilter
from directory.search.query import Query
from directory.snippets import Wanted
from directory.ways_on import Asked, WaysOn
from enterprises import addresses, missed


class Finding:
    """Read from an address, under the path of the page that shows it."""

    def __init__(self, data: QueryDict, catalogue: Catalogue, path: str) -> None:
        self.catalogue, self.path = catalogue, path
        self.asked = ListingFilter(data, catalogue)
        self.query = Query()
        # The bits of what the words find that is open when it must be, whatever the filters.
        self.within = catalogue.everything
        if self.asked.query:
            self.query, self._ranked = catalogue.ranked(self.asked.typed, literally=self.asked.literally)
            self.within = catalogue.bits_at(self._ranked)
        if self.asked.open_now:
            self.within &= catalogue.open_at(timezone.now())
        self.bits = catalogue.matching(self.asked.selection, self.within)
        self.total = self.bits.bit_count()

    @cached_property
    def positions(self) -> Positions:
        """All that is found, in the order asked for."""
        asked = self.asked
        if asked.order == "relevance":
            return self.catalogue.among(self._ranked, self.bits)
        if asked.order == "nearest" and asked.spot:
            return self.catalogue.nearest_first(self.bits, asked.spot)
        return self.catalogue.in_order(self.bits, asked.order)

    def ids(self, start: int = 0, end: int | None = None) -> list[int]:
        """The ids of a part of it."""
        return self.catalogue.ids_at(self.positions[start:end])

    @cached_property
    def wanted(self) -> Wanted:
        """The words to mark in what is found; empty where none were searched for."""
        return Wanted.of(self.query)

    @cached_property
    def kept(self) -> dict[str, str]:
        """What the address says besides filters and page, as it is written in every link from here."""
        asked = self.asked
        return {
            "q": asked.query,
            "near": asked.near_to if asked.spot else "",
            "open": "1" if asked.open_now else "",
            "exact": "1" if asked.literally else "",
            "sort": asked.form.cleaned_data["sort"],
        }

    def query_string(self, **changed: str) -> str:
        """The one way to write this state, or it with something else changed."""
        return facets.query_string(self.asked.selection, **(self.kept | changed))

    def with_values(self, facet: str, values: Iterable[str]) -> str:
        """This state with other values chosen in a facet, as a query string."""
        return facets.query_string({**self.asked.selection, facet: tuple(values)}, **self.kept)

    def facet_counts(self) -> list[facets.Facet]:
        return facets.with_counts(self.catalogue, self.asked.selection, self.within)

    @cached_property
    def chips(self) -> list[facets.Chip]:
        """Everything that narrows what is found, each with the address without it."""
        asked, chips = self.asked, []
        if asked.open_now:
            chips.append(facets.Chip(_("Åbent nu"), self.path + self.query_string(open="")))
        if asked.spot:
            near = _("Nær %(place)s") % {"place": asked.spot.label}
            chips.append(facets.Chip(near, self.path + self.query_string(near="")))
        return [*chips, *facets.chips(self.catalogue, asked.selection, self.path, **self.kept)]

    @cached_property
    def corrected(self) -> str:
        """The query as it was understood where a word was misspelt."""
        return facets.corrected(self.asked.query, self.query.corrections)

    @property
    def literal_url(self) -> str:
        return self.path + self.query_string(exact="1")

    @property
    def unfiltered_url(self) -> str:
        return self.path + facets.query_string({}, q=self.asked.query)

    @cached_property
    def is_narrowed(self) -> bool:
        return bool(sum(map(len, self.asked.selection.values())) or any(self.kept.values()))

    def ways_on(self) -> WaysOn | None:
        """Where to go from here; None where something was found."""
        if self.total:
            return None
        asked = Asked(self.catalogue, self.query, self.asked.selection, self.within, self.kept, self.path)
        return asked.ways_on()

    def with_position(self) -> str | None:
        """Where this is found near a street address, with its position; None where none was written."""
        asked = self.asked
        if asked.spot or not asked.near_to or not (found := addresses.find(asked.near_to)):
            return None
        near = nearness.written(found.title, found.latitude, found.longitude)
        return self.path + self.query_string(near=near)

    @property
    def unknown_place(self) -> str:
        """What was to be near by, where nobody knows it."""
        return "" if self.asked.spot else self.asked.near_to

    @property
    def knows_addresses(self) -> bool:
        return addresses.is_on()

    def holds_until(self, latest: datetime) -> datetime:
        """Until when this is what one finds: somebody's door may open any minute.

        Not at all near a place of somebody's own, or one that nobody knows yet.
        """
        if self.asked.near_to and (self.asked.spot is None or self.asked.spot.is_exact):
            return timezone.now()
        if not self.asked.open_now:
            return latest
        soon = timezone.now() + timedelta(minutes=1)
        return min(latest, soon.replace(second=0))

    @property
    def is_missed(self) -> bool:
        """Whether the words, and no filter, are why nothing was found; stop words alone ask for nothing."""
        told = self.query.topics or self.query.unknown
        return bool(told) and not (self.total or self.asked.open_now or any(self.asked.selection.values()))

    def note_missed(self) -> None:
        """Count the words for the council's list of what was not found."""
        missed.note(self.asked.query, get_language() or "da")

    @property
    def note_missed_again(self) -> Callable[[dict[str, Any]], None]:
        """Counts them when a kept page is shown anew; does not hold on to the finding."""
        text, language = self.asked.query, get_language() or "da"
        return lambda _environ: missed.note_later(text, language)
