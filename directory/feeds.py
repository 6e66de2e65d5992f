"""Atom feeds (RFC 4287) of what is new and changed among what a search finds.

An entry is a publication, which never changes, so its id and its text never do either: what an enterprise
changes is a new entry, and takes the place of its last one. Long feeds have pages (RFC 5005).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import texts
from directory.finding import Finding
from directory.models import Listing
from directory.paging import Page
from enterprises import sections, snapshots
from enterprises.models import Publication
from enterprises.snapshots import Snapshot

PER_PAGE = 50
# A tag's date (RFC 4151): on it the host was ours.
SINCE = "2026-11-01"
# The date of a feed with nothing in it.
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


class PagedFeed(Atom1Feed):
    """Whose links tell the other pages, and whose date is that of what it says."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def latest_post_date(self) -> datetime:
        moments: list[datetime] = [item["updateddate"] for item in self.items]
        return max(moments, default=BEGAN)


def written(finding: Finding, page: Page, addresses: dict[str, str], words: str) -> str:
    """The feed of one page of what is found. Two queries. `addresses`: of the list, this page, and others."""
    language = get_language() or "da"
    feed = PagedFeed(
        title=_("Nyt og ændret i Den fælles by: %(words)s") % {"words": words},
        link=addresses.pop("alternate"),
        description="",
        language=language,
        author_name="Den fælles by",
        feed_url=addresses.pop("self"),
        feed_guid=_tag(f"feed/{language}/{finding.query_string()}"),
        feed_copyright=_("CC BY 4.0, Den fælles by"),
        pages=addresses,
    )
    listings = _latest(finding)[page.start : page.end]
    before = _before(listings)
    for listing in listings:
        feed.add_item(**_entry(listing, before.get(listing.enterprise_id)))
    return str(feed.writeString("utf-8"))


def _latest(finding: Finding) -> Any:
    earlier = Publication.objects.filter(
        enterprise=OuterRef("enterprise"), number__lt=OuterRef("publication__number")
    )
    found = Listing.objects.select_related("publication").defer("words", "search_text", "facets", "card")
    if finding.bits != finding.catalogue.everything:
        found = found.filter(pk__in=finding.ids())
    return found.annotate(earlier=Subquery(earlier.order_by("-number").values("pk")[:1])).order_by(
        "-published_at", "-pk"
    )


def _before(listings: Iterable[Any]) -> dict[int, Snapshot]:
    """What enterprises said before their present publication."""
    publications = Publication.objects.filter(pk__in=[one.earlier for one in listings if one.earlier])
    return {one.enterprise_id: snapshots.upgrade(one.snapshot, one.schema_version) for one in publications}


def _entry(listing: Listing, before: Snapshot | None) -> dict[str, Any]:
    publication = listing.publication
    now = snapshots.upgrade(publication.snapshot, publication.schema_version)
    title = _("Ny: %(name)s") if before is None else _("Ændret: %(name)s")
    told = [str(texts.pick(now.get("tagline")))]
    if before is not None:
        told.append(_changes(before, now))
    return {
        "title": _plain(title % {"name": listing.name}),
        "link": settings.SITE_URL + listing.get_absolute_url(),
        "description": "<br>".join(escape(_plain(line)) for line in told if line),
        "unique_id": _tag(f"{get_language()}/{listing.enterprise_id}/{publication.number}"),
        "pubdate": publication.published_at,
        "updateddate": publication.published_at,
    }


def _changes(before: Snapshot, now: Snapshot) -> str:
    changed = [str(section.label) for section in sections.differing(before, now)]
    if not snapshots.same(sections.rest(before), sections.rest(now)):
        changed.append(_("Rådets oplysninger"))
    if not changed:
        return _("Er i kataloget igen.")
    return _("Det, der er ændret: %(parts)s.") % {"parts": ", ".join(changed)}


def _tag(name: str) -> str:
    """An id that stays, whatever the page is called later."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{SINCE}:{name}"


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(character if character.isprintable() else " " for character in text)
