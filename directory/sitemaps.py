"""The addresses search engines should know, in both languages."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from directory.models import Listing
from enterprises.models import District, Mission, Ownership, Sector


class Bilingual(Sitemap):  # type: ignore[type-arg]
    i18n = True
    alternates = True
    x_default = True
    limit = 5_000


class ProfileMap(Bilingual):
    def items(self) -> QuerySet[Listing]:
        return Listing.objects.filter(is_demo=False).only("slug", "published_at").order_by("pk")

    def lastmod(self, item: Listing) -> datetime:
        return item.published_at


class PageMap(Bilingual):
    def items(self) -> list[tuple[str, str]]:
        pages = (
            "home",
            "listing",
            "map",
            "sectors",
            "ownerships",
            "missions",
            "districts",
            "about",
            "open-data",
            "open-data-api",
        )
        terms = (("sector", Sector), ("ownership", Ownership), ("mission", Mission), ("district", District))
        return [(name, "") for name in pages] + [
            (facet, slug) for facet, model in terms for slug in model.objects.values_list("slug", flat=True)
        ]

    def location(self, item: tuple[str, str]) -> str:
        name, slug = item
        return reverse(name, args=[slug] if slug else [])


SITEMAPS = {"pages": PageMap, "profiles": ProfileMap}
