from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from directory import catalogue as catalogues
from directory import following, fragments
from directory.finding import Finding
from directory.fragments import Fragment
from directory.opening_hours import midnight
from directory.paging import Page, page_of

PER_PAGE = 24


def listing(request: HttpRequest) -> HttpResponse:
    finding = Finding(request.GET, catalogues.of(request), reverse("listing"))
    return results(request, finding, "listing.html")


def results(request: HttpRequest, finding: Finding, template: str, **more: Any) -> HttpResponse:
    """One page of the cards found, for the list and for the map that has the same list beside it."""
    if moved := finding.asked.moved_to:
        # As of profiles: for ever, but asked for each time.
        return HttpResponsePermanentRedirect(finding.path + moved, headers={"Cache-Control": "no-cache"})
    if located := finding.with_position():
        return redirect(located)
    page = page_of(request.GET.get("page"), finding.total, PER_PAGE)
    ids = finding.ids(page.start, page.end)
    of_listings = fragments.of_listings_found if finding.wanted else fragments.of_listings
    shown = of_listings(ids, finding.catalogue)
    query = finding.query_string(page=page.in_address)
    answer = render(
        request,
        template,
        {
            **more,
            "finding": finding,
            "filter": finding.asked,
            "cards": _cards(shown, finding),
            "page": page,
            "ways_on": finding.ways_on(),
            "facets": finding.facet_counts(),
            "page_urls": _page_urls(page, finding),
            "canonical": finding.path + query,
            # The names in it are the same in both languages, so it holds for the other one too.
            "kept_query": query,
            "followed_query": following.query_string(finding),
            # A single filter has a page of its own; combinations are for people, not for crawlers.
            "noindex": finding.is_narrowed,
        },
    )
    # Where htmx asked, this is the address to show.
    answer["HX-Push-Url"] = finding.path + query
    until = finding.holds_until(min((card.until for card in shown), default=midnight()))
    answer.fresh_until = until  # type: ignore[attr-defined]
    if finding.is_missed and not request.GET.get("page"):
        finding.note_missed()
        answer.count_again = finding.note_missed_again  # type: ignore[attr-defined]
    return answer


def _cards(shown: list[Fragment], finding: Finding) -> list[tuple[SafeString, float | None]]:
    """Each card, in a search with the words marked that it was found by, and how far away it is."""
    spot = finding.asked.spot
    known = finding.catalogue.distances([card.pk for card in shown], spot) if spot else {}
    wanted = finding.wanted
    return [(card.marked(wanted) if wanted else card.html, known.get(card.pk)) for card in shown]


def _page_urls(page: Page, finding: Finding) -> dict[str, str]:
    wanted = {"previous": page.number - 1, "next": page.number + 1}
    return {
        name: finding.query_string(page=str(number) if number > 1 else "") or "?"
        for name, number in wanted.items()
        if 1 <= number <= page.last
    }
