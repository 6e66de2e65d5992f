"""What the public may have of an enterprise, in the shape that openapi.json promises.

Every field is named here: what a snapshot comes to hold later does not leave by itself. Left out on
purpose are the contact person, telephone and mail address: nothing tells which of them are a person's
own or belong to an enterprise under protection against advertising (reklamebeskyttelse), and a list of
all of them has no other use. They stand on the profile. So do photos: those who took them have the
rights to them, and we cannot license them on. Hidden addresses never enter a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from directory import identities
from directory.models import Listing
from enterprises import snapshots
from enterprises.models.enterprise import FIGURES

Json = dict[str, Any]

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ATTRIBUTION = "Den fælles by"
FIELDS = (
    "id", "slug", "kind", "name", "aliases", "urls", "cvr", "legal_form", "ownership", "sectors",
    "missions", "tagline", "description", "impact", "founded", "figures", "website", "links", "places",
    "offers", "buyer", "openings", "evidence", "verified_until", "marks", "rsv", "provenance",
    "publication", "confirmed_on", "demo", "licence", "attribution",
)  # fmt: skip


class Words(Protocol):
    """The lists of words as staff have them now: the catalogue, or nothing but these."""

    @property
    def terms(self) -> dict[str, dict[str, Any]]: ...

    def term(self, facet: str, slug: str | None) -> Any: ...


def rows(ids: Iterable[int]) -> list[Listing]:
    """The listings in the order of their ids, with what a record needs. One query."""
    return Listing.objects.select_related("publication").defer("card", "points").for_cards(ids)


def record(listing: Listing, words: Words, today: date) -> Json:
    publication = listing.publication
    snapshot = snapshots.upgrade(publication.snapshot, publication.schema_version)
    return {
        "id": listing.pk,
        "slug": listing.slug,
        "kind": listing.kind,
        "name": listing.name,
        "aliases": snapshot.get("aliases", []),
        "urls": {"id": identities.enterprise(listing.pk), **urls(listing.slug)},
        "cvr": snapshot.get("cvr"),
        "legal_form": _term(words, "legal_form", snapshot.get("legal_form")),
        "ownership": _term(words, "ownership", snapshot.get("ownership")),
        "sectors": _terms(words, "sector", snapshot.get("sectors")),
        "missions": _terms(words, "mission", snapshot.get("missions")),
        "tagline": _pair(snapshot.get("tagline")),
        "description": _pair(snapshot.get("description")),
        "impact": _pair(snapshot.get("impact")),
        "founded": snapshot.get("founded"),
        "figures": {figure: _figure(snapshot, figure) for figure in FIGURES},
        "website": snapshot.get("contact", {}).get("website"),
        "links": [_plain(link, "kind", "url", "label") for link in snapshot.get("links", [])],
        "places": [place(words, stated) for stated in snapshot.get("places", [])],
        "offers": [_offer(offer) for offer in snapshot.get("offers", [])],
        "buyer": _buyer(words, snapshot.get("buyer")),
        "openings": [
            _plain(opening, "kind", "count", "apply_by", "url")
            | {"title": _pair(opening["title"]), "text": _pair(opening.get("text"))}
            for opening in snapshot.get("openings", [])
            if opening.get("apply_by", "9999") >= today.isoformat()
        ],
        "evidence": [
            _plain(proof, "criterion", "proof", "source", "source_url", "dated", "checked_on", "expires_on")
            | {"wording": _pair(proof["wording"])}
            for proof in snapshot.get("evidence", [])
        ],
        "verified_until": listing.verified_until and listing.verified_until.isoformat(),
        "marks": [
            term | _plain(mark, "number", "source_url", "checked_on", "expires_on")
            for mark in snapshot.get("marks", [])
            if (term := _term(words, "mark", mark))
        ],
        "rsv": _plain(snapshot.get("rsv", {}), "registered", "read_on"),
        "provenance": _plain(snapshot.get("provenance", {}), "source", "checked_on")
        | {"urls": snapshot.get("provenance", {}).get("urls", [])},
        "publication": {
            "number": publication.number,
            "published_at": moment(listing.published_at),
            "first_published_at": moment(listing.first_published_at),
        },
        "confirmed_on": listing.confirmed_on and listing.confirmed_on.isoformat(),
        "demo": listing.is_demo,
        "licence": LICENCE,
        "attribution": attribution(),
    }


def attribution() -> str:
    """What to write where the data is used."""
    return f"{ATTRIBUTION}, {settings.SITE_URL}"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def urls(slug: str) -> Json:
    """The profile in both languages, and this record."""
    return {name: pattern.replace("SLUG", slug) for name, pattern in _patterns().items()}


@lru_cache
def _patterns() -> dict[str, str]:
    found = {}
    for language in ("da", "en"):
        with override(language):
            found[language] = f"{settings.SITE_URL}{reverse('profile', args=['SLUG'])}"
    return found | {"api": f"{settings.SITE_URL}{reverse('api-enterprise', args=['SLUG'])}"}


def place(words: Words, stated: Json) -> Json:
    """Of a hidden place a snapshot holds no address."""
    return _plain(stated, "hidden", "street", "postcode", "city", "latitude", "longitude") | {
        "label": _pair(stated.get("label")),
        "district": _term(words, "district", stated.get("district")),
        "accessibility": _pair(stated.get("accessibility")),
        "hours": [_plain(interval, "day", "opens", "closes") for interval in stated.get("hours", [])],
        "exceptions": [
            _plain(exception, "first_day", "last_day", "opens", "closes")
            | {"note": _pair(exception.get("note"))}
            for exception in stated.get("exceptions", [])
        ],
    }


def _offer(stated: Json) -> Json:
    return {
        "name": _pair(stated["name"]),
        "text": _pair(stated.get("text")),
        "audiences": stated.get("audiences", []),
        "cpv": stated.get("cpv", []),
        "delivery": _pair(stated.get("delivery")),
    }


def _buyer(words: Words, stated: Json | None) -> Json | None:
    """None where nobody has asked the enterprise."""
    if stated is None:
        return None
    return _plain(
        stated, "e_invoice", "city_wide", "collective_agreement", "consortium", "reserved_declared_on"
    ) | {
        "delivers_to": _terms(words, "district", stated.get("delivers_to")),
        "capacity": _pair(stated.get("capacity")),
        "insurance": _pair(stated.get("insurance")),
    }


def _figure(snapshot: Json, figure: str) -> Json | None:
    stated = snapshot.get("figures", {}).get(figure)
    return _plain(stated, "value", "year") if stated else None


def _plain(stated: Json, *names: str) -> Json:
    return {name: stated.get(name) for name in names}


def _pair(stated: Json | None) -> Json:
    return _plain(stated or {}, "da", "en")


def _term(words: Words, facet: str, stated: Json | None) -> Json | None:
    """As staff call it now; None where it has been deleted since."""
    term = words.term(facet, (stated or {}).get("slug"))
    return {"slug": term.slug, "da": term.name_da, "en": term.name_en} if term else None


def _terms(words: Words, facet: str, stated: Iterable[Json] | None) -> list[Json]:
    found = (_term(words, facet, each) for each in stated or ())
    # Two of them may be one by now.
    return list({term["slug"]: term for term in found if term}.values())
