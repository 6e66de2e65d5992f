"""A shortlist as its pages show it: published enterprises, and gaps where one has been withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from directory import cards
from directory.cards import Card
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.profiles import Profile
from enterprises.models import Publication, Shortlist, ShortlistItem, Withdrawal


@dataclass(frozen=True)
class Gap:
    """Somebody who is no longer in the catalogue. Where they were merged, their old address leads on."""

    name: str
    slug: str
    withdrawn_at: datetime | None
    merged: bool


@dataclass(frozen=True)
class Entry:
    item: ShortlistItem
    profile: Profile | None
    card: Card | None
    gap: Gap | None
    # Whom to put it before to have it further up or down: an enterprise, or nobody for the end.
    # None where it cannot go further.
    up: int | None = None
    down: int | str | None = None
    first: int | None = None

    @property
    def pk(self) -> int:
        return self.item.enterprise_id

    @property
    def name(self) -> str:
        if self.profile:
            return self.profile.name
        return self.gap.name if self.gap else ""


def entries(shortlist: Shortlist, catalogue: Catalogue) -> list[Entry]:
    """All in the list's order. Two queries, and two more where there are gaps."""
    items = list(shortlist.items.all())
    listings = Listing.objects.for_profile().in_bulk([item.enterprise_id for item in items])
    left = gaps([item.enterprise_id for item in items if item.enterprise_id not in listings])
    now, keys = timezone.now(), [item.enterprise_id for item in items]
    shown = {card.pk: card for card in cards.cards(listings.values(), catalogue)}
    before = {after: key for key, after in pairwise(keys)}
    after_next = {key: keys[at + 2] if at + 2 < len(keys) else "" for at, key in enumerate(keys[:-1])}
    return [
        Entry(
            item=item,
            profile=Profile(listings[key], catalogue, now) if key in listings else None,
            card=shown.get(key),
            gap=left.get(key),
            up=before.get(key),
            down=after_next.get(key),
            first=keys[0] if at > 1 else None,
        )
        for at, (key, item) in enumerate(zip(keys, items, strict=True))
    ]


def gaps(gone: Sequence[int]) -> dict[int, Gap]:
    """What is left of enterprises that are no longer public. Two queries, or none where there are none."""
    if not gone:
        return {}
    last = Publication.objects.filter(enterprise__in=gone).order_by("enterprise_id", "-number")
    told = last.distinct("enterprise_id").values_list("enterprise_id", "snapshot__name", "snapshot__slug")
    newest = Withdrawal.objects.filter(enterprise__in=gone).order_by("enterprise_id", "-withdrawn_at", "-pk")
    taken_back = {row.enterprise_id: row for row in newest.distinct("enterprise_id")}
    found = {}
    for key, name, slug in told:
        row = taken_back.get(key)
        found[key] = Gap(name, slug, row.withdrawn_at if row else None, bool(row and row.merged_into_id))
    return found
