"""A listing as a card shows it: what it sells first, then who owns it, then why it exists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from directory import houses, opening_hours, texts
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.shapes import Drawing
from enterprises.choices import Roof

UNKNOWN_WALL, UNKNOWN_ROOF = "#5d6b73", "#3c474d"


@dataclass(frozen=True)
class Card:
    pk: int
    slug: str
    name: str
    url: str
    tagline: texts.Text
    sector: Any
    ownership: Any
    missions: list[Any]
    district: Any
    house: SafeString
    opening: opening_hours.Status | None
    opens_today: bool
    rsv: bool
    verified: bool
    is_demo: bool
    # the paragraph with what else answers a search, where the tagline does not
    snippet: SafeString | str = ""
    # asked whether its facts still hold, it did not answer; when it last said so
    unanswered: bool = False
    confirmed_on: date | None = None


def cards(listings: Iterable[Listing], catalogue: Catalogue) -> list[Card]:
    now = timezone.now()
    return [_card(listing, catalogue, now) for listing in listings]


def _card(listing: Listing, catalogue: Catalogue, now: datetime) -> Card:
    shown = listing.card
    sector = catalogue.term("sector", next(iter(shown["sectors"]), None))
    ownership = catalogue.term("ownership", shown["ownership"])
    opening = opening_hours.best(shown["doors"], now)
    return Card(
        pk=listing.pk,
        slug=listing.slug,
        name=listing.name,
        url=listing.get_absolute_url(),
        tagline=texts.pick(shown["tagline"]),
        sector=sector,
        ownership=ownership,
        missions=list(filter(None, (catalogue.term("mission", slug) for slug in shown["missions"][:1]))),
        district=catalogue.term("district", shown["district"]),
        house=house(listing, sector, ownership, now),
        opening=opening,
        opens_today=opening is not None and opening.same_day_as(now.astimezone(opening_hours.COPENHAGEN)),
        rsv=shown["rsv"],
        verified=is_verified(listing, now),
        is_demo=listing.is_demo,
        unanswered=listing.unanswered,
        confirmed_on=listing.confirmed_on,
    )


def fresh_until(shown: Iterable[Card]) -> datetime:
    """Until when the cards say what is true: the first door that opens or closes, or else midnight."""
    changes = (card.opening.changes for card in shown if card.opening)
    return min([opening_hours.midnight(), *filter(None, changes)])


def is_verified(listing: Listing, now: datetime) -> bool:
    today = now.astimezone(opening_hours.COPENHAGEN).date()
    return listing.verified_until is not None and listing.verified_until >= today


@lru_cache(maxsize=2_048)
def _svg(key: str, wall: str, dark: str, roof: str, flag: bool) -> SafeString:
    # Safe: drawn by us from numbers, and from colours that the database holds to #rrggbb.
    return SafeString(houses.svg(houses.draw(key, wall, dark, roof, flag=flag)))


def drawing(listing: Listing, sector: Any, ownership: Any, now: datetime) -> Drawing:
    """An enterprise's house: wall by sector, roof by ownership, a flag when its grounds are confirmed."""
    *looks, flag = _looks(listing, sector, ownership, now)
    return houses.draw(*looks, flag=flag)


def house(listing: Listing, sector: Any, ownership: Any, now: datetime) -> SafeString:
    """The drawing as SVG."""
    return _svg(*_looks(listing, sector, ownership, now))


def _looks(listing: Listing, sector: Any, ownership: Any, now: datetime) -> tuple[str, str, str, str, bool]:
    return (
        str(listing.pk),
        sector.colour if sector else UNKNOWN_WALL,
        sector.colour_dark if sector else UNKNOWN_ROOF,
        ownership.roof if ownership else Roof.FLAT,
        is_verified(listing, now),
    )
