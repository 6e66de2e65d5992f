"""Prints the addresses of each row as JSON: many different ones, from the city's own words."""

from __future__ import annotations

import json
from itertools import islice, product
from urllib.parse import urlencode

import django


def addresses() -> dict[str, list[str]]:
    from directory import catalogue, facets
    from directory.models import Listing

    present = catalogue.present()
    pairs = [
        {"sector": sector, "district": district}
        for sector, district in product(facets.values(present, "sector"), facets.values(present, "district"))
    ][::3][:40]
    slugs = list(Listing.objects.order_by("pk").values_list("slug", flat=True)[:200])
    words = list(dict.fromkeys(word for slug in slugs for word in slug.split("-") if len(word) > 4))[:60]
    kinds = (lambda w: w, lambda w: w + "en", lambda w: w[:2] + w[3:], lambda w: f"{w} nørrebro")
    queries = [kinds[at % 4](word) for at, word in enumerate(words)]
    prefixes = islice(dict.fromkeys(word[:n] for word in words for n in (2, 3, 4)), 100)
    return {
        "H": ["/tests.bench"],
        "home": ["/"],
        "listing": ["/virksomheder/"],
        "listing, two facets": [_listing(**pair) for pair in pairs],
        "text search": [_listing(q=query) for query in queries],
        "text search, facets": [
            _listing(q=query, **pairs[at % len(pairs)]) for at, query in enumerate(queries)
        ],
        "page 40": [_listing(page=40)],
        "profile": [f"/virksomheder/{slug}/" for slug in slugs],
        "map data": ["/kort/punkter"],
        "suggestions": ["/virksomheder/forslag?" + urlencode({"q": prefix}) for prefix in prefixes],
    }


def _listing(**parameters: object) -> str:
    return "/virksomheder/?" + urlencode(parameters)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(addresses()))
