"""Profiles as HTML, each made once and kept while it holds, as cards are in fragments.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import linked_data
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.opening_hours import midnight
from directory.profiles import Profile
from directory.texts import Text

# Of some 10 kB each.
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class ProfilePage:
    pk: int
    slug: str
    name: str
    tagline: Text
    is_demo: bool
    # what it lives from, and where: for others like it
    trade: tuple[str, ...]
    districts: tuple[str, ...]
    body: SafeString
    linked_data: SafeString
    until: datetime


def of_slug(slug: str, catalogue: Catalogue) -> ProfilePage | None:
    """The page of whoever is listed under the slug. One query, or none where it is kept."""
    kept, key = catalogue.profiles, (slug, get_language() or "da")
    page: ProfilePage | None = kept.get(key)
    if page is None or page.until <= timezone.now():
        listing = Listing.objects.for_profile().filter(slug=slug).first()
        page = made(Profile(listing, catalogue, timezone.now())) if listing else None
        if page:
            if len(kept) > MOST_KEPT:
                for old in list(islice(kept, MOST_KEPT // 2)):
                    kept.pop(old, None)
            kept[key] = page
    return page


def made(profile: Profile) -> ProfilePage:
    path = reverse("profile", args=[profile.slug])
    trail = [(_("Virksomheder"), reverse("listing"))]
    if profile.sector:
        trail.append((str(profile.sector), reverse("sector", args=[profile.sector.slug])))
    told = [linked_data.organisation(profile), linked_data.breadcrumbs([*trail, (profile.name, path)])]
    context = {
        "profile": profile,
        "trail": trail,
        "canonical": path,
        "site_url": settings.SITE_URL,
        "street_map": settings.STREET_MAP,
    }
    doors = [place.status.changes for place in profile.places if place.status and place.status.changes]
    return ProfilePage(
        pk=profile.listing.pk,
        slug=profile.slug,
        name=profile.name,
        tagline=profile.tagline,
        is_demo=profile.listing.is_demo,
        trade=tuple(sector.slug for sector in profile.sectors[:1]),
        districts=tuple(district.slug for district in profile.districts),
        body=SafeString(get_template("profile/body.html").render(context)),
        linked_data=SafeString("".join(map(linked_data.script, told))),
        until=min([midnight(), *doors]),
    )
