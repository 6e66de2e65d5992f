"""From publication to listing: what readers search, filter and see on cards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from directory.models import CatalogueChange, CatalogueState, Listing
from directory.search import index
from enterprises import copying, danish, evidence, publishing, snapshots, taxonomies
from enterprises.models import (
    District,
    Enterprise,
    LegalForm,
    Mark,
    Mission,
    Ownership,
    PageTextVersion,
    Publication,
    Sector,
    SynonymGroup,
    Threshold,
)

Part = CatalogueChange.Part
READ_BY_EVERY_PAGE = (Sector, Mission, Ownership, LegalForm, District, Mark, SynonymGroup)
# What else staff write for readers.
WRITTEN_BY_STAFF = (PageTextVersion, Threshold)
BATCH = 2_000
# Grows whenever build() makes another listing of the same publication; see rebuild_if_outdated().
SHAPE = 2
# What a profile may tell. Those that tell more come first among equals in a search.
TELLING = (
    "impact",
    "contact",
    "places",
    "offers",
    "openings",
    "buyer",
    "evidence",
    "figures",
    "missions",
    "founded",
)


def follow_publications() -> None:
    """Keep the listings true to the publications, in the transaction that publishes."""
    publishing.published.connect(_on_published, dispatch_uid="listing")
    publishing.sorted_anew.connect(_on_published, dispatch_uid="listing-sorted")
    publishing.withdrawn.connect(_on_withdrawn, dispatch_uid="listing")
    publishing.confirmed.connect(_on_confirmed, dispatch_uid="listing")
    for model in (*READ_BY_EVERY_PAGE, *WRITTEN_BY_STAFF):
        for signal in (post_save, post_delete):
            signal.connect(_on_term_changed, sender=model, dispatch_uid=f"listing-{model.__name__}")


def _on_published(publications: list[Publication], **_kwargs: Any) -> None:
    _store(publications)
    CatalogueChange.note(Part.LISTING, [publication.enterprise_id for publication in publications])


def _on_withdrawn(enterprises: list[Enterprise], **_kwargs: Any) -> None:
    gone = [enterprise.pk for enterprise in enterprises]
    Listing.objects.filter(pk__in=gone).delete()
    CatalogueChange.note(Part.LISTING, gone)


def _on_confirmed(enterprise: Enterprise, **_kwargs: Any) -> None:
    Listing.objects.filter(pk=enterprise.pk).update(
        confirmed_on=enterprise.confirmed_on, unanswered=enterprise.unanswered_on is not None
    )
    CatalogueChange.note(Part.LISTING, [enterprise.pk])


def _on_term_changed(**_kwargs: Any) -> None:
    CatalogueChange.note(Part.TERMS)


def rebuild_if_outdated() -> None:
    """Make the listings anew where they were made before the code learnt to make them in another shape."""
    if CatalogueState.objects.exclude(shape=SHAPE).exists():
        rebuild()


@transaction.atomic
def rebuild() -> int:
    """Make every listing anew from the current publications. Returns how many there are."""
    Listing.objects.filter(enterprise__current__isnull=True).delete()
    present = (
        Publication.objects.filter(pk=F("enterprise__current"))
        .select_related("enterprise")
        .only(
            "snapshot",
            "schema_version",
            "published_at",
            "enterprise__confirmed_on",
            "enterprise__unanswered_on",
        )
        .order_by("pk")
    )
    count = 0
    for batch in _batches(present.iterator(chunk_size=BATCH)):
        _store(batch)
        count += len(batch)
    CatalogueChange.note(Part.EVERYTHING)
    CatalogueState.objects.update(shape=SHAPE)
    return count


def _store(publications: list[Publication]) -> None:
    firsts = dict(
        Publication.objects.filter(enterprise__in=[p.enterprise_id for p in publications])
        .values("enterprise")
        .annotate(first=Min("published_at"))
        .values_list("enterprise", "first")
    )
    # Nothing refers to a listing, so a new one may simply take its place.
    Listing.objects.filter(pk__in=list(firsts)).delete()
    known = taxonomies.words()
    copying.insert([build(p, p.enterprise, firsts[p.enterprise_id], known) for p in publications])


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def build(
    publication: Publication, enterprise: Enterprise, first_published_at: datetime, known: taxonomies.Words
) -> Listing:
    """The listing with its words as they are now, whatever they were called when it was published."""
    snapshot = snapshots.upgrade(publication.snapshot, publication.schema_version)
    snapshot = taxonomies.as_now(snapshot, known)
    words, running = index.words_of(snapshot)
    figures = {figure: stated["value"] for figure, stated in snapshot.get("figures", {}).items()}
    return Listing(
        enterprise_id=enterprise.pk,
        publication_id=publication.pk,
        slug=snapshot["slug"],
        kind=snapshot["kind"],
        name=snapshot["name"],
        sort_key=danish.sort_key(snapshot["name"])[:240],
        card=card(snapshot),
        facets=facet_keys(snapshot, timezone.localdate()),
        completeness=sum(bool(snapshot.get(part)) for part in TELLING),
        points=points(snapshot),
        words=words,
        search_text=running,
        verified_until=evidence.verified_until(snapshot),
        confirmed_on=enterprise.confirmed_on,
        unanswered=enterprise.unanswered_on is not None,
        first_published_at=first_published_at,
        published_at=publication.published_at,
        is_demo=snapshot.get("demo", False),
        **figures,
    )


def points(snapshot: dict[str, Any]) -> list[float]:
    """Latitude and longitude of every place whose address is public, one after the other."""
    return [
        place[axis]
        for place in snapshot.get("places", [])
        if "latitude" in place and "longitude" in place
        for axis in ("latitude", "longitude")
    ]


def card(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What a card shows: slugs of terms, the first place's district and the hours of every place."""
    places = snapshot.get("places", [])
    first = places[0] if places else {}
    return {
        "tagline": snapshot.get("tagline", {}),
        "sectors": _slugs(snapshot.get("sectors")),
        "ownership": snapshot.get("ownership", {}).get("slug"),
        "legal_form": snapshot.get("legal_form", {}).get("slug"),
        "missions": _slugs(snapshot.get("missions")),
        "district": first.get("district", {}).get("slug"),
        "doors": [
            {"hours": place.get("hours", []), "exceptions": place.get("exceptions", [])}
            for place in places
            if place.get("hours") or place.get("exceptions")
        ],
        "rsv": snapshot.get("rsv", {}).get("registered", False),
        "openings": sorted({opening["kind"] for opening in snapshot.get("openings", [])}),
    }


def facet_keys(snapshot: dict[str, Any], today: date) -> list[str]:
    """Every "facet:value" an enterprise can be filtered by on a day, sorted.

    What runs out (an opening's last day to apply, a certificate) leaves the filters when the listing
    is next made: rebuild the listings nightly.
    """
    buyer = snapshot.get("buyer", {})
    offers = snapshot.get("offers", [])
    values: dict[str, Iterable[str | None]] = {
        "sector": _slugs(snapshot.get("sectors")),
        # not a filter of its own: what it lives from, for "others in the same trade"
        "trade": _slugs(snapshot.get("sectors"))[:1],
        "ownership": [snapshot.get("ownership", {}).get("slug")],
        "mission": _slugs(snapshot.get("missions")),
        "district": [place.get("district", {}).get("slug") for place in snapshot.get("places", [])],
        "opening": [
            opening["kind"]
            for opening in snapshot.get("openings", [])
            if opening.get("apply_by", "9999") >= today.isoformat()
        ],
        "mark": [
            *_slugs(
                [
                    mark
                    for mark in snapshot.get("marks", [])
                    if mark.get("expires_on", "9999") >= today.isoformat()
                ]
            ),
            Mark.RSV if snapshot.get("rsv", {}).get("registered") else None,
        ],
        "buyer": [
            "public" if any("public" in offer.get("audiences", ()) for offer in offers) else None,
            "e-invoice" if buyer.get("e_invoice") else None,
            "city-wide" if buyer.get("city_wide") else None,
            "collective-agreement" if buyer.get("collective_agreement") else None,
            "consortium" if buyer.get("consortium") else None,
            "reserved" if buyer.get("reserved_declared_on") else None,
        ],
    }
    return sorted({f"{facet}:{value}" for facet, found in values.items() for value in found if value})


def _slugs(terms: list[dict[str, Any]] | None) -> list[str]:
    return [term["slug"] for term in terms or []]
