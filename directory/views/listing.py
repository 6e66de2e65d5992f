from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from directory import catalogue as catalogues
from directory import fragments, snippets
from directory.cards import Card, cards
from directory.catalogue import Catalogue
from directory.finding import Finding
from directory.fragments import Fragment
from directory.models import Listing
from directory.opening_hours import midnight
from directory.paging import Page, page_of
from directory.search.query import Query
from directory.texts import Text
from enterprises import snapshots

PER_PAGE = 24


def listing(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    finding = Finding(request.GET, catalogue, reverse("listing"))
    page = page_of(request.GET.get("page"), finding.total, PER_PAGE)
    ids = finding.ids[page.start : page.end]
    shown = _cards(ids, catalogue, finding.query)
    query = finding.query_string(page=page.in_address)
    answer = render(
        request,
        "listing.html",
        {
            "finding": finding,
            "filter": finding.asked,
            "cards": _with_distances(shown, ids, finding),
            "page": page,
            "ways_on": finding.ways_on(),
            "facets": finding.facet_counts(),
            "page_urls": _page_urls(page, finding),
            "canonical": finding.path + query,
            # The names in it are the same in both languages, so it holds for the other one too.
            "kept_query": query,
            # A single filter has a page of its own; combinations are for people, not for crawlers.
            "noindex": finding.is_narrowed,
        },
    )
    until = finding.holds_until(min((card.until for card in shown), default=midnight()))
    if finding.is_missed and not request.GET.get("page"):
        finding.note_missed()
        until = timezone.now()  # each is to be counted
    answer.fresh_until = until  # type: ignore[attr-defined]
    return answer


def _with_distances(
    shown: list[Fragment], ids: Sequence[int], finding: Finding
) -> list[tuple[Fragment, float | None]]:
    spot = finding.asked.spot
    known = finding.catalogue.distances(ids, spot) if spot else {}
    return [(card, known.get(pk)) for card, pk in zip(shown, ids, strict=False)]


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


def _page_urls(page: Page, finding: Finding) -> dict[str, str]:
    wanted = {"previous": page.number - 1, "next": page.number + 1}
    return {
        name: finding.query_string(page=str(number) if number > 1 else "") or "?"
        for name, number in wanted.items()
        if 1 <= number <= page.last
    }
