from __future__ import annotations

from random import Random

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from directory import catalogue as catalogues
from directory.cards import cards, fresh_until
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.tiles import tiles

STREET = 16
NEWEST = 4


def home(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    street = _street(catalogue)
    newest = catalogue.first(catalogue.everything, "newest", NEWEST)
    found = cards(Listing.objects.for_cards(dict.fromkeys([*street, *newest])), catalogue)
    by_id = {card.pk: card for card in found}
    answer = render(
        request,
        "home.html",
        {
            "street": [by_id[pk] for pk in street if pk in by_id],
            "newest": [by_id[pk] for pk in newest if pk in by_id],
            "sums": catalogue.sums,
            "tiles": tiles(catalogue),
            "sectors": catalogue.counted("sector"),
            "ownerships": catalogue.counted("ownership"),
            "canonical": reverse("home"),
        },
    )
    answer.fresh_until = fresh_until(found)  # type: ignore[attr-defined]
    return answer


def _street(catalogue: Catalogue) -> list[int]:
    """Today's street: other houses tomorrow, the same all day."""
    count = min(STREET, len(catalogue.ids))
    return Random(timezone.localdate().toordinal()).sample(catalogue.ids, count)  # noqa: S311
