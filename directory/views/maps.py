"""The map of what is found, with the list beside it, and the points it draws."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from directory import catalogue as catalogues
from directory.catalogue import Catalogue
from directory.finding import Finding
from directory.map_points import View, ViewError, drawn
from directory.opening_hours import midnight
from directory.templatetags.city import short
from directory.tiles import tiles_found
from directory.views.listing import results


def city_map(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    finding = Finding(request.GET, catalogue, reverse("map"))
    places = catalogue.points.of(catalogue.flags(finding.bits))
    return results(
        request,
        finding,
        "map.html",
        places=len(places),
        without_place=finding.total - places.listings,
        points_url=reverse("map-points") + finding.query_string(sort="", near=""),
        tiles=tiles_found(finding),
        street_map=settings.STREET_MAP,
        districts=json.dumps(names_on_the_drawing(catalogue), ensure_ascii=False),
    )


def names_on_the_drawing(catalogue: Catalogue) -> list[tuple[str, float, float]]:
    districts = [
        district for district in catalogue.terms["district"].values() if district.number and district.latitude
    ]
    return [(short(district), district.latitude, district.longitude) for district in districts]


def points(request: HttpRequest) -> HttpResponse:
    """All places of what is found; of very many only those in the part of the map that is asked for."""
    asked = [request.GET.get(name, "") for name in ("bbox", "zoom")]
    try:
        view = View.of(*asked) if any(asked) else None
    except ViewError:
        return HttpResponseBadRequest(
            _("bbox skal være vest,syd,øst,nord i grader, og zoom et helt tal fra 0 til 19.") + "\n",
            content_type="text/plain; charset=utf-8",
        )
    catalogue = catalogues.of(request)
    finding = Finding(request.GET, catalogue, reverse("map"))
    answer = JsonResponse(
        drawn(catalogue, finding.bits, view),
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
        headers={"X-Robots-Tag": "noindex", "Cache-Control": "public, max-age=0, must-revalidate"},
    )
    answer.fresh_until = finding.holds_until(midnight())  # type: ignore[attr-defined]
    return answer
