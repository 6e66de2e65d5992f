"""The pages for frames on other sites, and the page where one makes the code for one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from directory import cards, embed, facets, following
from directory import catalogue as catalogues
from directory.catalogue import Catalogue
from directory.embed import Look
from directory.finding import Finding
from directory.models import Listing
from directory.page_cache import REVALIDATE
from directory.tiles import tiles_found
from directory.views.maps import names_on_the_drawing
from enterprises.views.framing import shows_preview

# How high a frame should be: for the list by how many it shows.
LIST_HEIGHTS = {3: 560, 6: 640, 12: 760, 24: 760}
MAP_HEIGHT, CARD_SIZE = 620, ("420", 230)


@require_safe
@embed.framable
def card_list(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    finding = Finding(request.GET, catalogue, reverse("listing"))
    listings = Listing.objects.for_cards(finding.ids(0, embed.count_of(request.GET)))
    shown = cards.cards(listings, catalogue)
    response = _framed(
        request, finding, "embed/list.html", cards=[(card, embed.state(card)) for card in shown]
    )
    response.fresh_until = finding.holds_until(cards.fresh_until(shown))  # type: ignore[attr-defined]
    return response


@require_safe
@embed.framable_with_scripts
def city_map(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    finding = Finding(request.GET, catalogue, reverse("listing"))
    places = catalogue.points.of(catalogue.flags(finding.bits))
    response = _framed(
        request,
        finding,
        "embed/map.html",
        places=len(places),
        without_place=finding.total - places.listings,
        points_url=reverse("map-points") + finding.query_string(sort="", near=""),
        tiles=tiles_found(finding),
        street_map=settings.STREET_MAP,
        districts=json.dumps(names_on_the_drawing(catalogue), ensure_ascii=False),
    )
    response.fresh_until = finding.holds_until(cards.fresh_until([]))  # type: ignore[attr-defined]
    return response


def _framed(request: HttpRequest, finding: Finding, template: str, **more: Any) -> HttpResponse:
    context = {
        "look": Look.of(request.GET),
        "finding": finding,
        "words": following.in_words(finding),
        "total": finding.total,
        "list_url": finding.path + finding.query_string(),
    }
    response = render(request, template, context | more)
    response["Cache-Control"] = REVALIDATE
    return response


# -- the page that makes the code -----------------------------------------------------------------

KINDS = {
    "list": gettext_lazy("En liste"),
    "map": gettext_lazy("Et kort over byen"),
    "card": gettext_lazy("Én virksomhed"),
}


class EmbedForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Hvad vil du vise?"), choices=list(KINDS.items()))
    enterprise = forms.CharField(
        label=gettext_lazy("Hvilken virksomhed?"),
        help_text=gettext_lazy("Navnet eller profilens adresse. Kun når du vil vise én."),
        required=False,
        max_length=200,
    )
    q = forms.CharField(label=gettext_lazy("Søgeord"), required=False, max_length=200)
    sector = forms.ChoiceField(label=gettext_lazy("Branche"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("Bydel"), required=False)
    count = forms.TypedChoiceField(
        label=gettext_lazy("Hvor mange på listen?"),
        choices=[(str(count), str(count)) for count in sorted(embed.COUNTS)],
        required=False,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Lyst eller mørkt"), choices=list(embed.THEMES.items()), required=False
    )
    colour = forms.ChoiceField(
        label=gettext_lazy("Farve på links og knapper"), choices=list(embed.COLOURS.items()), required=False
    )

    def __init__(self, data: dict[str, str], catalogue: Catalogue) -> None:
        super().__init__(data)
        for facet in ("sector", "district"):
            field: Any = self.fields[facet]
            field.choices = [("", _("Alle")), *facets.values(catalogue, facet).items()]


@require_safe
@shows_preview
def builder(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    found = following.finding(request.GET, catalogue)
    look, count = Look.of(request.GET), embed.count_of(request.GET)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "list"
    enterprise = request.GET.get("enterprise", "").strip()
    # Filled in with what was understood, so that it is always right but for an enterprise nobody knows.
    form = EmbedForm(
        {
            "kind": kind,
            "enterprise": enterprise,
            "q": found.asked.query,
            "sector": next(iter(found.asked.selection["sector"]), ""),
            "district": next(iter(found.asked.selection["district"]), ""),
            "count": str(count),
            "theme": look.theme,
            "colour": look.colour,
        },
        catalogue,
    )
    listing = _meant(enterprise) if kind == "card" else None
    if kind == "card" and listing is None:
        told = _("Skriv navnet på en virksomhed, der er i kataloget, eller dens adresse her.")
        form.add_error("enterprise", told)
    path, title, width, height = _shown(kind, found, look, count, listing)
    context = {
        "form": form,
        "kind": kind,
        "words": following.in_words(found),
        "others": list(_without_field(found, form)),
        "path": path,
        "frame_title": title,
        "height": height,
        "html": embed.snippet(path, title, width, height),
        "canonical": reverse("embed-builder"),
        "kept_query": f"?{request.GET.urlencode()}" if request.GET else "",
        "noindex": bool(request.GET),
    }
    return render(request, "embed/builder.html", context)


def _without_field(found: Finding, form: EmbedForm) -> Iterator[tuple[str, str]]:
    """Facets and values that the form has no field for: they came along from the list, and go along."""
    for facet, values in found.asked.selection.items():
        for value in values[1:] if facet in form.fields else values:
            yield facet, value


def _meant(written: str) -> Listing | None:
    """By its name, or by the last part of its profile's address."""
    slug = urlsplit(written).path.rstrip("/").rpartition("/")[2]
    return Listing.objects.filter(Q(slug=slug) | Q(name__iexact=written)).order_by("pk").first()


def _shown(
    kind: str, found: Finding, look: Look, count: int, listing: Listing | None
) -> tuple[str, str, str, int]:
    """The address in the frame, what the frame is called, and how wide and high it should be."""
    looks = {"theme": look.theme, "colour": look.colour}
    if listing:
        written = urlencode({key: value for key, value in looks.items() if value})
        path = reverse("sign-card", args=[listing.slug]) + (f"?{written}" if written else "")
        return path, _("%(name)s i Den fælles by") % {"name": listing.name}, *CARD_SIZE
    title = _("Virksomheder i Den fælles by: %(words)s") % {"words": following.in_words(found)}
    if kind == "map":
        return reverse("embed-map") + found.query_string(**looks), title, "100%", MAP_HEIGHT
    told = "" if count == embed.COUNTS[0] else str(count)
    return reverse("embed-list") + found.query_string(count=told, **looks), title, "100%", LIST_HEIGHTS[count]
