"""A publication shaped for its public page: only what has content, terms as staff have them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directory import cards, opening_hours, shown_photos, texts
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.shapes import Drawing
from directory.shown_photos import ShownPhoto
from enterprises import choices, evidence, snapshots

FIGURES: dict[str, str | Promise] = {
    "employees": _("Ansatte"),
    "special_terms": _("Ansatte på særlige vilkår"),
    "owner_members": _("Medejere og medlemmer"),
    "volunteers": _("Frivillige"),
}
EXCEPTIONS_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Criterion:
    label: str
    # unknown, stated by the enterprise, confirmed by the council, or confirmed once and expired
    state: str = "unknown"
    wording: texts.Text | None = None
    source: texts.Text | None = None
    source_url: str = ""
    dated: date | None = None
    checked_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class DatedInterval:
    first_day: date
    last_day: date
    opens: str
    closes: str
    note: texts.Text


@dataclass(frozen=True)
class Place:
    label: texts.Text
    street: str
    postcode: str
    city: str
    district: Any
    hidden: bool
    accessibility: texts.Text
    position: tuple[float, float] | None
    status: opening_hours.Status | None
    opens_today: bool
    week: opening_hours.Week | None
    exceptions: list[DatedInterval]

    @property
    def address(self) -> str:
        return ", ".join(filter(None, (self.street, f"{self.postcode} {self.city}".strip())))

    @property
    def routes(self) -> list[tuple[str, str]]:
        """Route planners that know the way there; none where the address is not public."""
        if self.hidden or not (self.position or self.street):
            return []
        goal = ",".join(map(str, self.position)) if self.position else self.address
        return [
            ("OpenStreetMap", f"https://www.openstreetmap.org/directions?{urlencode({'to': goal})}"),
            (
                "Google Maps",
                f"https://www.google.com/maps/dir/?{urlencode({'api': 1, 'destination': goal})}",
            ),
        ]


class Profile:
    """What the profile page, its vCard and its linked data are made from."""

    def __init__(self, listing: Listing, catalogue: Catalogue, now: datetime) -> None:
        self.listing = listing
        self.catalogue = catalogue
        self.now = now
        self.today = now.astimezone(opening_hours.COPENHAGEN).date()
        publication = listing.publication
        self.published_at = publication.published_at
        self.snapshot = snapshots.upgrade(publication.snapshot, publication.schema_version)

    # -- who ---------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.listing.name

    @property
    def slug(self) -> str:
        return self.listing.slug

    @property
    def is_organisation(self) -> bool:
        return self.listing.kind == choices.Kind.ORGANISATION

    def _text(self, field: str) -> texts.Text:
        return texts.pick(self.snapshot.get(field))

    @cached_property
    def tagline(self) -> texts.Text:
        return self._text("tagline")

    @cached_property
    def description(self) -> texts.Text:
        return self._text("description")

    @cached_property
    def impact(self) -> texts.Text:
        return self._text("impact")

    def _terms(self, facet: str, field: str) -> list[Any]:
        found = (self.catalogue.term(facet, stated["slug"]) for stated in self.snapshot.get(field, []))
        # Two of them may be one by now.
        return list(dict.fromkeys(term for term in found if term is not None))

    def _term(self, facet: str, field: str) -> Any:
        return self.catalogue.term(facet, self.snapshot.get(field, {}).get("slug"))

    @cached_property
    def sectors(self) -> list[Any]:
        return self._terms("sector", "sectors")

    @cached_property
    def sector(self) -> Any:
        return next(iter(self.sectors), None)

    @cached_property
    def missions(self) -> list[Any]:
        return self._terms("mission", "missions")

    @cached_property
    def ownership(self) -> Any:
        return self._term("ownership", "ownership")

    @cached_property
    def legal_form(self) -> Any:
        return self._term("legal_form", "legal_form")

    @cached_property
    def districts(self) -> list[Any]:
        return list({place.district.slug: place.district for place in self.places if place.district}.values())

    @property
    def founded(self) -> int | None:
        return self.snapshot.get("founded")

    @property
    def cvr(self) -> str:
        return str(self.snapshot.get("cvr", ""))

    @cached_property
    def drawing(self) -> Drawing:
        return cards.drawing(self.listing, self.sector, self.ownership, self.now)

    @cached_property
    def house(self) -> Any:
        return cards.house(self.listing, self.sector, self.ownership, self.now)

    @property
    def figures(self) -> list[tuple[str | Promise, int, int]]:
        stated = self.snapshot.get("figures", {})
        return [
            (label, stated[name]["value"], stated[name]["year"])
            for name, label in FIGURES.items()
            if name in stated
        ]

    @property
    def changed_on(self) -> date | None:
        """The day the profile was changed after the enterprise last confirmed it; None if it was not."""
        publication, confirmed_on = self.listing.publication, self.listing.confirmed_on
        published_on = self.published_at.astimezone(opening_hours.COPENHAGEN).date()
        changed = publication.number > 1 and confirmed_on is not None and published_on > confirmed_on
        return published_on if changed else None

    # -- how to reach them -------------------------------------------------------------------------

    @property
    def contact(self) -> dict[str, str]:
        return dict(self.snapshot.get("contact", {}))

    @property
    def dialled(self) -> str:
        """The telephone number as a phone dials it."""
        digits = self.contact.get("phone", "").replace(" ", "")
        return digits if digits.startswith("+") else f"+45{digits}"

    @property
    def links(self) -> list[tuple[str, str]]:
        return [
            (link.get("label") or str(choices.LinkKind(link["kind"]).label), link["url"])
            for link in self.snapshot.get("links", [])
        ]

    @cached_property
    def places(self) -> list[Place]:
        return [self._place(stated) for stated in self.snapshot.get("places", [])]

    def _place(self, stated: dict[str, Any]) -> Place:
        hours, exceptions = stated.get("hours", []), stated.get("exceptions", [])
        status = opening_hours.status(hours, exceptions, self.now)
        here = self.now.astimezone(opening_hours.COPENHAGEN)
        return Place(
            label=texts.pick(stated.get("label")),
            street=stated.get("street", ""),
            postcode=stated.get("postcode", ""),
            city=stated.get("city", ""),
            district=self.catalogue.term("district", stated.get("district", {}).get("slug")),
            hidden=stated["hidden"],
            accessibility=texts.pick(stated.get("accessibility")),
            position=(stated["latitude"], stated["longitude"]) if "latitude" in stated else None,
            status=status,
            opens_today=status is not None and status.same_day_as(here),
            week=opening_hours.week(hours) if hours else None,
            exceptions=[interval for interval in map(_dated, exceptions) if self._is_near(interval)],
        )

    def _is_near(self, interval: DatedInterval) -> bool:
        return interval.last_day >= self.today and interval.first_day <= self.today + EXCEPTIONS_AHEAD

    # -- what they look like -----------------------------------------------------------------------

    @cached_property
    def _pictures(self) -> list[ShownPhoto]:
        return shown_photos.of(self.snapshot.get("photos", []))

    @property
    def logo(self) -> ShownPhoto | None:
        return next((photo for photo in self._pictures if photo.is_logo), None)

    @property
    def photos(self) -> list[ShownPhoto]:
        return [photo for photo in self._pictures if not photo.is_logo]

    # -- what they sell and offer ------------------------------------------------------------------

    @cached_property
    def offers(self) -> list[dict[str, Any]]:
        return [
            {
                "name": texts.pick(offer["name"]),
                "text": texts.pick(offer.get("text")),
                "audiences": [str(choices.Audience(value).label) for value in offer.get("audiences", [])],
                "cpv": offer.get("cpv", []),
                "delivery": texts.pick(offer.get("delivery")),
            }
            for offer in self.snapshot.get("offers", [])
        ]

    @cached_property
    def openings(self) -> list[dict[str, Any]]:
        """Ways in, except those whose time to apply has passed."""
        return [
            {
                "kind": str(choices.OpeningKind(opening["kind"]).label),
                "title": texts.pick(opening["title"]),
                "text": texts.pick(opening.get("text")),
                "count": opening.get("count"),
                "apply_by": _day(opening.get("apply_by")),
                "url": opening.get("url", ""),
            }
            for opening in self.snapshot.get("openings", [])
            if opening.get("apply_by", "9999") >= self.today.isoformat()
        ]

    @cached_property
    def cpv(self) -> list[str]:
        return sorted({code for offer in self.offers for code in offer["cpv"]})

    @cached_property
    def buyer(self) -> list[tuple[str | Promise, Any]]:
        """Facts for buyers as (label, answer) rows; what nobody has said is left out."""
        return [(label, answer) for label, answer in self.buyer_facts if answer]

    @cached_property
    def buyer_facts(self) -> list[tuple[str | Promise, Any]]:
        stated = self.snapshot.get("buyer", {})
        districts = self._delivers_to(stated)
        return [
            (_("CVR-nummer"), self.cvr),
            (_("Virksomhedsform"), self.legal_form),
            (_("E-faktura"), _yes_or_no(stated.get("e_invoice"))),
            (_("Leverer i"), districts),
            (_("Kapacitet"), texts.pick(stated.get("capacity"))),
            (_("Forsikring"), texts.pick(stated.get("insurance"))),
            (_("Overenskomst"), _yes_or_no(stated.get("collective_agreement"))),
            (_("Går sammen med andre om opgaver"), _yes_or_no(stated.get("consortium"))),
            (_("CPV-koder"), ", ".join(self.cpv)),
            (_("Forespørgsler gennem kataloget"), _("nej tak") if stated.get("requests_unwanted") else ""),
        ]

    def _delivers_to(self, stated: dict[str, Any]) -> Any:
        if stated.get("city_wide"):
            return pgettext_lazy("leverer i", "hele København")
        found = [self.catalogue.term("district", term["slug"]) for term in stated.get("delivers_to", [])]
        return ", ".join(str(term) for term in found if term)

    @property
    def reserved_declared_on(self) -> date | None:
        return _day(self.snapshot.get("buyer", {}).get("reserved_declared_on"))

    # -- why they are here -------------------------------------------------------------------------

    @cached_property
    def criteria(self) -> list[Criterion]:
        """All five criteria, if anything at all is known; each with its best proof."""
        proofs = evidence.best_proofs(self.snapshot, self.today)
        if not proofs:
            return []
        return [self._criterion(str(label), proofs.get(value)) for value, label in choices.Criterion.choices]

    def _criterion(self, label: str, proof: dict[str, Any] | None) -> Criterion:
        if proof is None:
            return Criterion(label)
        confirmed = evidence.is_confirmed(proof, self.today)
        return Criterion(
            label=label,
            state="confirmed" if confirmed else "expired" if "checked_on" in proof else "stated",
            wording=texts.pick(proof["wording"]),
            source=texts.Text(proof.get("source", ""), "da"),
            source_url=proof.get("source_url", ""),
            dated=_day(proof.get("dated")),
            checked_on=_day(proof.get("checked_on")),
            expires_on=_day(proof.get("expires_on")),
        )

    @property
    def is_verified(self) -> bool:
        return cards.is_verified(self.listing, self.now)

    @cached_property
    def marks(self) -> list[dict[str, Any]]:
        """Memberships and certificates that still hold."""
        return [
            {"term": term, "number": mark.get("number", ""), "checked_on": _day(mark.get("checked_on"))}
            for mark in self.snapshot.get("marks", [])
            if (term := self.catalogue.term("mark", mark["slug"]))
            and mark.get("expires_on", "9999") >= self.today.isoformat()
        ]

    @property
    def rsv_read_on(self) -> date | None:
        """The day CVR was read and said RSV; None where it said no or was never read."""
        rsv = self.snapshot.get("rsv", {})
        return _day(rsv.get("read_on")) if rsv.get("registered") else None

    @property
    def provenance(self) -> dict[str, Any]:
        stated = self.snapshot.get("provenance", {})
        if not stated:
            return {}
        source = texts.Text(stated.get("source", ""), "da")
        return {**stated, "source": source, "checked_on": _day(stated.get("checked_on"))}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _dated(stated: dict[str, Any]) -> DatedInterval:
    return DatedInterval(
        first_day=date.fromisoformat(stated["first_day"]),
        last_day=date.fromisoformat(stated["last_day"]),
        opens=stated.get("opens", ""),
        closes=stated.get("closes", ""),
        note=texts.pick(stated.get("note")),
    )


def _yes_or_no(answer: bool | None) -> Promise | str:
    if answer is None:
        return ""
    return _("Ja") if answer else _("Nej")
