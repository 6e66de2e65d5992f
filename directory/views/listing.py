from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from directory import catalogue as catalogues
from directory import facets
from directory.cards import cards
from directory.catalogue import Catalogue
from directory.filters import SORTS, ListingFilter
from directory.models import Listing
from directory.paging import Page, page_of

PER_PAGE = 24


def listing(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    asked = ListingFilter(request.GET, catalogue)
    ids, total, within = _found(asked, catalogue)
    page = page_of(request.GET.get("page"), total, PER_PAGE)
    rows = Listing.objects.for_cards(islice(ids, page.start, page.end))
    path, selection = reverse("listing"), asked.selection
    kept = {"q": asked.query, "sort": asked.form.cleaned_data["sort"]}
    query = facets.query_string(selection, **kept, page=page.in_address)
    return render(
        request,
        "listing.html",
        {
            "filter": asked,
            "cards": cards(rows, catalogue),
            "page": page,
            "facets": facets.with_counts(catalogue, selection, within),
            "chips": facets.chips(catalogue, selection, path, **kept),
            "sorts": {name: label for name, label in SORTS.items() if name != "relevance" or asked.query},
            "page_urls": _page_urls(page, selection, kept),
            "canonical": path + query,
            # The names in it are the same in both languages, so it holds for the other one too.
            "kept_query": query,
            # A single filter has a page of its own; combinations are for people, not for crawlers.
            "noindex": bool(asked.query or sum(map(len, selection.values())) or kept["sort"]),
        },
    )


def _found(asked: ListingFilter, catalogue: Catalogue) -> tuple[Iterator[int], int, int]:
    """The ids found, in order; how many; and the bits of what the words alone find."""
    if not asked.query:
        found = catalogue.matching(asked.selection)
        return catalogue.in_order(found, asked.order), found.bit_count(), catalogue.everything
    ranked = list(Listing.objects.ranked(asked.query))
    within = catalogue.bits_of(ranked)
    found = catalogue.matching(asked.selection, within)
    if asked.order == "relevance":
        kept = set(catalogue.in_order(found, "name"))
        return iter([pk for pk in ranked if pk in kept]), found.bit_count(), within
    return catalogue.in_order(found, asked.order), found.bit_count(), within


def _page_urls(page: Page, selection: catalogues.Selection, kept: dict[str, str]) -> dict[str, str]:
    wanted = {"previous": page.number - 1, "next": page.number + 1}
    return {
        name: facets.query_string(selection, **kept, page=str(number) if number > 1 else "") or "?"
        for name, number in wanted.items()
        if 1 <= number <= page.last
    }
