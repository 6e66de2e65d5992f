"""Landing pages: every sector, ownership, mission and district with its text and its enterprises."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory import catalogue as catalogues
from directory import facets, fragments, linked_data
from directory.opening_hours import midnight
from directory.tiles import tiles

SHOWN = 12
INDEXES = {
    "sector": ("sectors", _("Brancher"), _("Hvad de laver, fra frokostordninger til bogføring.")),
    "ownership": (
        "ownerships",
        _("Ejerskab"),
        _("Hvem der bestemmer og ejer. Husenes tage viser det: hvert ejerskab har sit eget."),
    ),
    "mission": ("missions", _("Formål"), _("Hvorfor de findes, og hvad overskuddet og arbejdet skal nytte.")),
    "district": (
        "districts",
        _("Bydele"),
        _("Hvor i byen de holder til. Jo mørkere felt, jo flere virksomheder."),
    ),
}


def index(request: HttpRequest, facet: str) -> HttpResponse:
    catalogue = catalogues.of(request)
    name, heading, lede = INDEXES[facet]
    context = {
        "facet": facet,
        "heading": heading,
        "lede": lede,
        "terms": catalogue.counted(facet),
        "tiles": tiles(catalogue) if facet == "district" else [],
        "canonical": reverse(name),
    }
    return render(request, "term_index.html", context)


def landing(request: HttpRequest, facet: str, slug: str) -> HttpResponse:
    catalogue = catalogues.of(request)
    term = catalogue.terms[facet].get(slug)
    if term is None:
        return _elsewhere(catalogue, facet, slug)
    found = catalogue.matching({facet: (slug,)})
    name, heading, _lede = INDEXES[facet]
    trail = [(str(heading), reverse(name)), (str(term), reverse(facet, args=[slug]))]
    selection = {facet: (slug,)}
    other = "district" if facet != "district" else "sector"
    counts = catalogue.counts(selection, other, catalogue.terms[other], catalogue.everything)
    shown = fragments.of_listings(catalogue.first(found, "name", SHOWN), catalogue)
    context = {
        "facet": facet,
        "term": term,
        "trail": trail,
        "cards": shown,
        "total": found.bit_count(),
        "query": facets.query_string(selection),
        "all_url": reverse("listing") + facets.query_string(selection),
        "narrower": [
            (
                catalogue.term(other, value),
                count,
                reverse("listing") + facets.query_string({**selection, other: (value,)}),
            )
            for value, count in counts.items()
            if count
        ],
        "breadcrumbs": linked_data.breadcrumbs(trail),
        "canonical": reverse(facet, args=[slug]),
    }
    answer = render(request, "term.html", context)
    answer.fresh_until = min((card.until for card in shown), default=midnight())  # type: ignore[attr-defined]
    return answer


def _elsewhere(catalogue: catalogues.Catalogue, facet: str, slug: str) -> HttpResponse:
    """A former address leads on; of a word that has gone out of use, to those that are left."""
    if slug not in catalogue.former[facet]:
        raise Http404
    present = catalogue.former[facet][slug]
    if not present:
        return redirect(INDEXES[facet][0])
    # As of profiles: for ever, but asked for each time.
    return HttpResponsePermanentRedirect(
        reverse(facet, args=[present]), headers={"Cache-Control": "no-cache"}
    )
