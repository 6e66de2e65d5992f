from __future__ import annotations

from random import Random

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from directory import catalogue as catalogues
from directory import fragments
from directory.cards import Card, cards
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.opening_hours import midnight
from directory.tiles import tiles

STREET = 16
NEWEST = 4


def home(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    street = _street(catalogue)
    newest = fragments.of_listings(catalogue.first(catalogue.everything, "newest", NEWEST), catalogue)
    answer = render(
        request,
        "home.html",
        {
            "street": street,
            "newest": newest,
            "sums": catalogue.sums,
            "tiles": tiles(catalogue),
            "sectors": catalogue.counted("sector"),
            "ownerships": catalogue.counted("ownership"),
            "canonical": reverse("home"),
        },
    )
    answer.fresh_until = min((card.until for card in newest), default=midnight())  # type: ignore[attr-defined]
    return answer


def _street(catalogue: Catalogue) -> list[Card]:
    """Today's street: other houses tomorrow, the same all day."""
    count = min(STREET, len(catalogue.by_name))
    places = Random(timezone.localdate().toordinal()).sample(range(len(catalogue.by_name)), count)  # noqa: S311
    return cards(Listing.objects.for_cards(catalogue.ids_at(catalogue.by_name[places])), catalogue)
