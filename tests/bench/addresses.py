"""Prints the addresses of each row as JSON: many different ones, from the city's own words."""

from __future__ import annotations

import json
from itertools import islice, product
from random import Random
from urllib.parse import urlencode

import django

from tests.bench.table import MIXED

# How many addresses a mixed day knows, and of which rows.
ADDRESSES = 280
READ = ("listing, two facets", "text search", "text search, facets", "page 40", "profile")


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
    kinds = (
        lambda w: w,
        lambda w: w + "en",
        lambda w: w[:2] + w[3:],
        lambda w: f"{w} nørrebro",
        lambda w: f"{w}sværksted",
    )
    queries = [kinds[at % len(kinds)](word) for at, word in enumerate(words)]
    prefixes = islice(dict.fromkeys(word[:n] for word in words for n in (2, 3, 4)), 100)
    rows = {
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
        "API": ["/api/v1/enterprises?" + urlencode(pair) for pair in pairs],
    }
    return rows | {MIXED: _mixed(rows)}


def _mixed(rows: dict[str, list[str]]) -> list[str]:
    """What people ask for on a day: few pages often, many now and then."""
    random = Random(1)  # noqa: S311 – the same day in every run
    asked = [path for row in READ for path in rows[row]]
    random.shuffle(asked)
    known = list(dict.fromkeys(["/", "/virksomheder/", *asked]))[:ADDRESSES]
    weights = [1 / rank for rank in range(1, len(known) + 1)]
    return random.choices(known, weights, k=20_000)


def _listing(**parameters: object) -> str:
    return "/virksomheder/?" + urlencode(parameters)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(addresses()))
