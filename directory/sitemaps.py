"""The addresses search engines should know, in both languages: an index, and gzipped files of addresses.

Made while they are sent, so that one of 50,000 addresses takes no more memory than one of ten.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import override

from directory.models import Listing
from enterprises.models import District, Mission, Ownership, Sector

# The protocol's own limit.
MOST = 50_000
PAGES = (
    *("home", "listing", "map", "sectors", "ownerships", "missions", "districts", "about"),
    *("open-data", "open-data-api", "llms"),
)
TERMS = (("sector", Sector), ("ownership", Ownership), ("mission", Mission), ("district", District))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
CHUNK = 500
GZIP = 31


@dataclass(frozen=True)
class Page:
    """One page, which has an address in each language."""

    name: str
    slug: str = ""
    changed: datetime | None = None


def index() -> str:
    parts = ["pages.xml.gz", *(f"profiles-{number}.xml.gz" for number in range(1, _files() + 1))]
    told = "".join(f"<sitemap><loc>{settings.SITE_URL}/sitemap-{part}</loc></sitemap>\n" for part in parts)
    return f"{HEAD}<sitemapindex {SPACE}>\n{told}</sitemapindex>\n"


def pages() -> Iterable[Page]:
    yield from map(Page, PAGES)
    for name, model in TERMS:
        yield from (Page(name, slug) for slug in model.objects.values_list("slug", flat=True))


def profiles(number: int) -> Iterable[Page] | None:
    """Those of one file; None where there is no such file."""
    if not 1 <= number <= _files():
        return None
    first = (number - 1) * _pages_in_a_file()
    shown = _profiles().values_list("slug", "published_at")[first : first + _pages_in_a_file()]
    # Read whole, since what is read bit by bit would be read after the request: some 100 bytes each.
    return [Page("profile", slug, changed) for slug, changed in shown]


def _profiles() -> QuerySet[Listing]:
    return Listing.objects.filter(is_demo=False).order_by("pk")


def _files() -> int:
    return -(-_profiles().count() // _pages_in_a_file()) or 1


def _pages_in_a_file() -> int:
    return MOST // len(settings.LANGUAGES)


def gzipped(shown: Iterable[Page]) -> Iterator[bytes]:
    packing = zlib.compressobj(wbits=GZIP)
    for part in _written(shown):
        yield packing.compress(part.encode())
    yield packing.flush()


def _written(shown: Iterable[Page]) -> Iterator[str]:
    yield f'{HEAD}<urlset {SPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    left = iter(shown)
    while some := list(islice(left, CHUNK)):
        yield "".join(map(_entries, some))
    yield "</urlset>\n"


def _entries(page: Page) -> str:
    """An entry for the page in each language, each with all the others."""
    addresses = {language: pattern.replace("SLUG", page.slug) for language, pattern in _patterns(page.name)}
    named = [*addresses.items(), ("x-default", addresses[settings.LANGUAGE_CODE])]
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}"/>' for language, address in named
    )
    changed = f"<lastmod>{page.changed:%Y-%m-%d}</lastmod>" if page.changed else ""
    return "".join(f"<url><loc>{address}</loc>{changed}{links}</url>\n" for address in addresses.values())


@lru_cache
def _patterns(name: str) -> list[tuple[str, str]]:
    """The address in each language, with SLUG where the page's goes. Slugs need no escaping."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            args = ["SLUG"] if name == "profile" or name in dict(TERMS) else []
            found.append((language, escape(f"{settings.SITE_URL}{reverse(name, args=args)}")))
    return found
