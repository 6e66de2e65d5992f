from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import catalogue as catalogues
from directory import facets, fragments, snippets
from directory.cards import Card, cards
from directory.catalogue import Catalogue
from directory.filters import ListingFilter
from directory.fragments import Fragment
from directory.models import Listing
from directory.opening_hours import midnight
from directory.paging import Page, page_of
from directory.search.query import Query
from directory.texts import Text
from directory.ways_on import Asked
from enterprises import missed, snapshots

PER_PAGE = 24


def listing(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    asked = ListingFilter(request.GET, catalogue)
    found = _found(asked, catalogue)
    ids, total, within = found.ids, found.total, found.within
    page = page_of(request.GET.get("page"), total, PER_PAGE)
    path, selection = reverse("listing"), asked.selection
    kept = {
        "q": asked.query,
        "near": asked.near_to if asked.spot else "",
        "open": "1" if asked.open_now else "",
        "exact": "1" if asked.literally else "",
        "sort": asked.form.cleaned_data["sort"],
    }
    corrected = facets.corrected(asked.query, found.query.corrections)
    query = facets.query_string(selection, **kept, page=page.in_address)
    shown = _cards(ids[page.start : page.end], catalogue, found.query)
    answer = render(
        request,
        "listing.html",
        {
            "filter": asked,
            "cards": _with_distances(shown, ids[page.start : page.end], asked),
            "page": page,
            "ways_on": None if total else Asked(catalogue, found.query, selection, within, kept).ways_on(),
            "corrected": corrected,
            "literal_url": path + facets.query_string(selection, **(kept | {"exact": "1"})),
            "facets": facets.with_counts(catalogue, selection, within),
            "chips": [*_chips(asked, path, kept), *facets.chips(catalogue, selection, path, **kept)],
            "page_urls": _page_urls(page, selection, kept),
            "canonical": path + query,
            # The names in it are the same in both languages, so it holds for the other one too.
            "kept_query": query,
            # A single filter has a page of its own; combinations are for people, not for crawlers.
            "noindex": bool(sum(map(len, selection.values())) or any(kept.values())),
        },
    )
    answer.fresh_until = min((card.until for card in shown), default=midnight())  # type: ignore[attr-defined]
    if asked.open_now:
        # Somebody else's door may open before one of those shown closes.
        soon = timezone.now() + timedelta(minutes=1)
        answer.fresh_until = min(answer.fresh_until, soon.replace(second=0))  # type: ignore[attr-defined]
    if _is_missed(asked, found) and not request.GET.get("page"):
        missed.note(asked.query, get_language() or "da")
        answer.fresh_until = timezone.now()  # type: ignore[attr-defined]  # each is to be counted
    return answer


def _chips(asked: ListingFilter, path: str, kept: dict[str, str]) -> list[facets.Chip]:
    """The chips of what is no facet."""
    found = []
    if asked.open_now:
        rest = facets.query_string(asked.selection, **(kept | {"open": ""}))
        found.append(facets.Chip(_("Åbent nu"), path + rest))
    if asked.spot:
        rest = facets.query_string(asked.selection, **(kept | {"near": ""}))
        found.append(facets.Chip(_("Nær %(place)s") % {"place": asked.spot.label}, path + rest))
    return found


def _with_distances(
    shown: list[Fragment], ids: Sequence[int], asked: ListingFilter
) -> list[tuple[Fragment, float | None]]:
    known = asked.catalogue.distances(ids, asked.spot) if asked.spot else {}
    return [(card, known.get(pk)) for card, pk in zip(shown, ids, strict=False)]


def _is_missed(asked: ListingFilter, found: _Found) -> bool:
    """Whether the words, and no filter, are why nothing was found; stop words alone ask for nothing."""
    told = found.query.topics or found.query.unknown
    return bool(told) and not (found.total or asked.open_now or any(asked.selection.values()))


def _cards(ids: Iterable[int], catalogue: Catalogue, query: Query) -> list[Fragment]:
    """The cards of a page; in a search with the words marked that each was found by."""
    wanted = snippets.Wanted.of(query)
    if not wanted:
        return fragments.of_listings(ids, catalogue)
    rows = Listing.objects.select_related("publication").for_cards(ids)
    shown = zip(cards(rows, catalogue), rows, strict=True)
    return fragments.of_cards(_marked(card, row, wanted) for card, row in shown)


def _marked(card: Card, row: Listing, wanted: snippets.Wanted) -> Card:
    told, _worth = wanted.matched_in(card.tagline)
    publication = row.publication
    snapshot = snapshots.upgrade(publication.snapshot, publication.schema_version)
    return replace(
        card,
        # A name is in no language.
        name=snippets.mark(Text(card.name, ""), wanted),
        tagline=snippets.mark(card.tagline, wanted),
        snippet=None if told else snippets.snippet(snapshot, wanted),
    )


@dataclass(frozen=True)
class _Found:
    ids: Sequence[int]
    total: int
    # the bits of what the words alone find, whatever the filters
    within: int
    query: Query


def _found(asked: ListingFilter, catalogue: Catalogue) -> _Found:
    query, within = Query(), catalogue.everything
    ranked: Sequence[int] = ()
    if asked.query:
        query, ranked = catalogue.search(asked.typed, literally=asked.literally)
        within = catalogue.bits_of(ranked)
    if asked.open_now:
        within &= catalogue.open_at(timezone.now())
    found = catalogue.matching(asked.selection, within)
    return _Found(_in_order(asked, catalogue, found, ranked), found.bit_count(), within, query)


def _in_order(asked: ListingFilter, catalogue: Catalogue, found: int, ranked: Sequence[int]) -> Sequence[int]:
    if asked.order == "relevance":
        kept = set(catalogue.in_order(found, "name"))
        return [pk for pk in ranked if pk in kept]
    if asked.order == "nearest" and asked.spot:
        return catalogue.nearest_first(found, asked.spot)
    return catalogue.in_order(found, asked.order)


def _page_urls(page: Page, selection: catalogues.Selection, kept: dict[str, str]) -> dict[str, str]:
    wanted = {"previous": page.number - 1, "next": page.number + 1}
    return {
        name: facets.query_string(selection, **kept, page=str(number) if number > 1 else "") or "?"
        for name, number in wanted.items()
        if 1 <= number <= page.last
    }
