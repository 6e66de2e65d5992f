"""Where an address leads that nobody is public under now."""

from __future__ import annotations

from directory.models import Listing
from enterprises.models import Enterprise, FormerSlug


def is_known(slug: str) -> bool:
    """Whether anybody was ever public under it."""
    return FormerSlug.objects.filter(slug=slug).exists()


def present_slug(slug: str) -> str | None:
    """The slug of who is meant now: renamed and merged ones lead on. None where they are withdrawn."""
    former = FormerSlug.objects.select_related("enterprise").filter(slug=slug).first()
    return present_slug_of(former.enterprise) if former else None


def present_slug_of(enterprise: Enterprise | None) -> str | None:
    seen: set[int] = set()
    while enterprise is not None and enterprise.pk not in seen:
        listing = Listing.objects.filter(pk=enterprise.pk).only("slug").first()
        if listing:
            return listing.slug
        seen.add(enterprise.pk)
        withdrawal = enterprise.withdrawals.select_related("merged_into").first()
        enterprise = withdrawal.merged_into if withdrawal else None
    return None
