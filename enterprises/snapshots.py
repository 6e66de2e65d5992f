"""From working copy to snapshot and back. schemas/publication-N.json says what a snapshot holds.

A snapshot is self-contained: it names its terms in both languages, so that it can be read when a
term is long gone. What the public must not see (internal notes, hidden addresses, who checked the
evidence) never enters one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from enterprises import taxonomies
from enterprises.models import (
    BuyerFacts,
    District,
    Enterprise,
    Evidence,
    HoursException,
    LegalForm,
    Link,
    Mark,
    MarkOf,
    Mission,
    Offer,
    Opening,
    OpeningHours,
    Ownership,
    Photo,
    Place,
    Sector,
    SectorOf,
    Term,
)
from enterprises.models.enterprise import FIGURES

Snapshot = dict[str, Any]
Row = TypeVar("Row", bound=models.Model)
OneTerm = TypeVar("OneTerm", bound=Term)

SCHEMA_VERSION = 3
# {version: what turns a snapshot of that version into one of the next}
UPGRADES: dict[int, Callable[[Snapshot], Snapshot]] = {
    1: dict,  # 2 adds photos; before them nobody had any
    2: dict,  # 3 adds who wants no requests; before it nobody had said so
}

# What of a place a hidden one keeps to itself.
ADDRESS = ("street", "postcode", "city", "latitude", "longitude")

# Relations take() walks: prefetch them to take many snapshots.
RELATIONS = (
    "legal_form",
    "ownership",
    "missions",
    models.Prefetch("sector_ranks", SectorOf.objects.select_related("sector")),
    "links",
    models.Prefetch("places", Place.objects.select_related("district")),
    "places__hours",
    "places__exceptions",
    "offers",
    "photos",
    "openings",
    "evidence",
    models.Prefetch("marks", MarkOf.objects.select_related("mark")),
    "buyer_facts__delivers_to",
)


class RestoreError(Exception):
    """A snapshot names something that no longer exists; the message says what."""


def upgrade(snapshot: Snapshot, version: int) -> Snapshot:
    """The snapshot as the present schema has it, however old it is."""
    while version < SCHEMA_VERSION:
        snapshot = UPGRADES[version](snapshot)
        version += 1
    return snapshot


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots say the same, even if a word of theirs has been replaced in between."""
    if comparable(one) == comparable(other):
        return True
    here, there = taxonomies.slugs(one), taxonomies.slugs(other)
    # What differs in other ways, or in which kinds of words there are at all, is not looked up.
    if here == there or {key for key, _slug in here} != {key for key, _slug in there}:
        return False
    if _beside_words(one) != _beside_words(other):
        return False
    known = taxonomies.words()
    return bool(comparable(taxonomies.as_now(one, known)) == comparable(taxonomies.as_now(other, known)))


def _beside_words(snapshot: Snapshot) -> Snapshot:
    return {key: value for key, value in comparable(snapshot).items() if key not in taxonomies.HELD}


def comparable(snapshot: Snapshot) -> Snapshot:
    """What counts when snapshots are compared.

    A term that staff have renamed since is still that term, and a fact of the register's that was read
    again still that fact.
    """
    plain: Snapshot = without_term_names(snapshot)
    return plain | {"rsv": plain["rsv"].get("registered")} if "rsv" in plain else plain


def without_term_names(value: Any) -> Any:
    if isinstance(value, dict):
        is_term = "slug" in value and "da" in value
        return {
            key: without_term_names(inner)
            for key, inner in value.items()
            if not (is_term and key in ("da", "en"))
        }
    return [without_term_names(inner) for inner in value] if isinstance(value, list) else value


# -- taking ---------------------------------------------------------------------------------------


def take(enterprise: Enterprise) -> Snapshot:
    return _filled(
        {
            "kind": enterprise.kind,
            "name": enterprise.name,
            "aliases": enterprise.aliases,
            "slug": enterprise.slug,
            "cvr": enterprise.cvr,
            "legal_form": _term(enterprise.legal_form),
            "ownership": _term(enterprise.ownership),
            "sectors": [
                _term(chosen.sector) for chosen in sorted(enterprise.sector_ranks.all(), key=lambda s: s.rank)
            ],
            "missions": [
                _term(mission)
                for mission in sorted(enterprise.missions.all(), key=lambda m: (m.position, m.slug))
            ],
            "tagline": _pair(enterprise, "tagline"),
            "description": _pair(enterprise, "description"),
            "impact": _pair(enterprise, "impact"),
            "founded": enterprise.founded,
            "figures": {
                figure: {"value": getattr(enterprise, figure), "year": getattr(enterprise, f"{figure}_year")}
                for figure in FIGURES
                if getattr(enterprise, figure) is not None
            },
            "contact": _plain(enterprise, "phone", "email", "website", name="contact_name"),
            "links": [_plain(link, "kind", "url", "label") for link in enterprise.links.all()],
            "places": [_place(place) for place in enterprise.places.all()],
            "offers": [
                _filled(
                    {
                        "name": _pair(offer, "name"),
                        "text": _pair(offer, "text"),
                        "audiences": offer.audiences,
                        "cpv": offer.cpv,
                        "delivery": _pair(offer, "delivery"),
                    }
                )
                for offer in enterprise.offers.all()
            ],
            "photos": [
                _plain(photo, "kind", "digest", "width", "height", "widths", "credit")
                | {"alt": _pair(photo, "alt")}
                for photo in enterprise.photos.all()
            ],
            "buyer": _buyer(enterprise),
            "openings": [
                _plain(opening, "kind", "count", "apply_by", "url")
                | {"title": _pair(opening, "title")}
                | _filled({"text": _pair(opening, "text")})
                for opening in enterprise.openings.all()
            ],
            "evidence": [
                _plain(
                    proof, "criterion", "proof", "source", "source_url", "dated", "checked_on", "expires_on"
                )
                | {"wording": _pair(proof, "wording")}
                for proof in enterprise.evidence.all()
            ],
            "marks": [
                _plain(held, "number", "source_url", "checked_on", "expires_on")
                | _filled(_term(held.mark) or {})
                for held in enterprise.marks.all()
            ],
            "rsv": _filled(
                {"registered": enterprise.rsv_registered, "read_on": _iso(enterprise.rsv_read_on)}
            ),
            "provenance": _filled(
                {
                    "source": enterprise.source,
                    "urls": enterprise.source_urls,
                    "checked_on": _iso(enterprise.source_checked_on),
                }
            ),
            "demo": enterprise.is_demo,
        }
    )


def _filled(values: Snapshot) -> Snapshot:
    """Without what is empty: an absent key and an empty value mean the same. False and 0 are answers."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _iso(value: Any) -> Any:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _plain(row: models.Model, *fields: str, **renamed: str) -> Snapshot:
    names = {field: field for field in fields} | renamed
    return _filled({key: _iso(getattr(row, field)) for key, field in names.items()})


def _pair(row: models.Model, field: str) -> Snapshot:
    return _filled({"da": getattr(row, f"{field}_da"), "en": getattr(row, f"{field}_en")})


def _term(term: Term | None) -> Snapshot | None:
    return {"slug": term.slug, "da": term.name_da, "en": term.name_en} if term else None


def _place(place: Place) -> Snapshot:
    shown = () if place.hidden else ADDRESS
    return _plain(place, *shown, "hidden") | _filled(
        {
            "label": _pair(place, "label"),
            "district": _term(place.district),
            "accessibility": _pair(place, "accessibility"),
            "hours": [
                _plain(interval, "opens", "closes", day="weekday")
                for interval in sorted(place.hours.all(), key=lambda h: (h.weekday, h.opens))
            ],
            "exceptions": [
                _plain(exception, "first_day", "last_day", "opens", "closes")
                | _filled({"note": _pair(exception, "note")})
                for exception in place.exceptions.all()
            ],
        }
    )


def _buyer(enterprise: Enterprise) -> Snapshot:
    try:
        facts = enterprise.buyer_facts
    except BuyerFacts.DoesNotExist:
        return {}
    return _plain(
        facts, "e_invoice", "city_wide", "collective_agreement", "consortium", "reserved_declared_on"
    ) | _filled(
        {
            "delivers_to": [
                _term(district) for district in sorted(facts.delivers_to.all(), key=lambda d: d.position)
            ],
            "capacity": _pair(facts, "capacity"),
            "insurance": _pair(facts, "insurance"),
            "requests_unwanted": facts.requests_unwanted or None,
        }
    )


# -- putting back ---------------------------------------------------------------------------------


def put_back(snapshot: Snapshot, enterprise: Enterprise) -> None:
    """Make the working copy what the snapshot says. Call it in a transaction.

    What snapshots never hold is kept: internal notes, and for a hidden address or a checked proof
    that still stands in the working copy, the address and the checker. Kept too is what has become
    truer since: the last reading of CVR, an address that has been hidden, and that requests are unwanted.
    """
    _refuse_what_others_have(snapshot, enterprise)
    checkers = {
        (proof.criterion, proof.wording_da, proof.checked_on): proof.checked_by_id
        for proof in enterprise.evidence.all()
    }
    hidden = [place for place in enterprise.places.all() if place.hidden]

    enterprise.kind = snapshot["kind"]
    enterprise.name = snapshot["name"]
    enterprise.aliases = snapshot.get("aliases", [])
    enterprise.slug = snapshot["slug"]
    enterprise.cvr = snapshot.get("cvr")
    enterprise.legal_form = _in_use(LegalForm, snapshot.get("legal_form"))
    enterprise.ownership = _in_use(Ownership, snapshot.get("ownership"))
    for field in ("tagline", "description", "impact"):
        _set_pair(enterprise, field, snapshot)
    enterprise.founded = snapshot.get("founded")
    for figure in FIGURES:
        stated = snapshot.get("figures", {}).get(figure, {})
        setattr(enterprise, figure, stated.get("value"))
        setattr(enterprise, f"{figure}_year", stated.get("year"))
    contact = snapshot.get("contact", {})
    enterprise.contact_name = contact.get("name", "")
    enterprise.phone, enterprise.email = contact.get("phone", ""), contact.get("email", "")
    enterprise.website = contact.get("website", "")
    provenance = snapshot.get("provenance", {})
    enterprise.source, enterprise.source_urls = provenance.get("source", ""), provenance.get("urls", [])
    enterprise.source_checked_on = _date(provenance.get("checked_on"))
    enterprise.save()

    enterprise.missions.set(_all_in_use(Mission, snapshot.get("missions", [])))
    _replace(
        SectorOf,
        enterprise,
        (
            {"sector": sector, "rank": i}
            for i, sector in enumerate(_all_in_use(Sector, snapshot.get("sectors", [])), 1)
        ),
    )
    _replace(Link, enterprise, _numbered(snapshot.get("links", [])))
    _replace(
        Offer,
        enterprise,
        _numbered(_flat(offer, "name", "text", "delivery") for offer in snapshot.get("offers", [])),
    )
    # Their widths are made again where any are missing: they may have been published before there were any.
    _replace(Photo, enterprise, _numbered(_flat(photo, "alt") for photo in snapshot.get("photos", [])))
    _replace(
        Opening, enterprise, _numbered(_flat(row, "title", "text") for row in snapshot.get("openings", []))
    )
    _replace(Evidence, enterprise, (_evidence(proof, checkers) for proof in snapshot.get("evidence", [])))
    _replace(
        MarkOf,
        enterprise,
        (
            {"mark": held} | {key: mark[key] for key in mark if key not in ("slug", "da", "en")}
            for held, mark in _marks(snapshot.get("marks", []))
        ),
    )
    _put_back_places(snapshot, enterprise, hidden)
    _put_back_buyer_facts(snapshot, enterprise)


def _refuse_what_others_have(snapshot: Snapshot, enterprise: Enterprise) -> None:
    others = Enterprise.objects.exclude(pk=enterprise.pk)
    for field, label in (("slug", _("Adressen")), ("cvr", _("CVR-nummeret"))):
        value = snapshot.get(field)
        if value and others.filter(**{field: value}).exists():
            raise RestoreError(
                _("%(label)s %(value)s hører nu til en anden virksomhed. Ret det hos den, og prøv igen.")
                % {"label": label, "value": value}
            )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _in_use(model: type[OneTerm], stated: Snapshot | None) -> OneTerm | None:
    """The word, or what has taken its place; None where it has gone out of use."""
    term = _found(model, stated)
    term = term.successor or term if term else None  # type: ignore[assignment]
    return None if term is None or term.retired_on else term


def _all_in_use(model: type[OneTerm], stated: Iterable[Snapshot]) -> list[OneTerm]:
    return list(dict.fromkeys(term for each in stated if (term := _in_use(model, each))))


def _marks(stated: Iterable[Snapshot]) -> Iterable[tuple[Mark, Snapshot]]:
    found: dict[Mark, Snapshot] = {}
    for each in stated:
        if mark := _in_use(Mark, each):
            found.setdefault(mark, each)
    return found.items()


def _found(model: type[OneTerm], term: Snapshot | None) -> OneTerm | None:
    if term is None:
        return None
    row: OneTerm | None = model.everything.select_related("successor").filter(slug=term["slug"]).first()
    if row is None:
        raise RestoreError(
            _("%(kind)s “%(name)s” findes ikke længere. Opret den igen, eller ret virksomheden i hånden.")
            % {"kind": str(model._meta.verbose_name).capitalize(), "name": term["da"]}
        )
    return row


def _set_pair(row: models.Model, field: str, snapshot: Snapshot) -> None:
    for language in ("da", "en"):
        setattr(row, f"{field}_{language}", snapshot.get(field, {}).get(language, ""))


def _flat(values: Snapshot, *pairs: str) -> Snapshot:
    flat = {key: value for key, value in values.items() if key not in pairs}
    for field in pairs:
        for language in ("da", "en"):
            flat[f"{field}_{language}"] = values.get(field, {}).get(language, "")
    return flat


def _numbered(rows: Iterable[Snapshot]) -> Iterable[Snapshot]:
    return ({"position": position} | row for position, row in enumerate(rows))


def _replace(model: type[Row], enterprise: Enterprise, rows: Iterable[Snapshot]) -> None:
    model._default_manager.filter(enterprise=enterprise).delete()
    model._default_manager.bulk_create([model(enterprise=enterprise, **row) for row in rows])


def _evidence(proof: Snapshot, checkers: dict[Any, int | None]) -> Snapshot:
    row = _flat(proof, "wording")
    row["checked_by_id"] = checkers.get((row["criterion"], row["wording_da"], _date(row.get("checked_on"))))
    return row


def _put_back_places(snapshot: Snapshot, enterprise: Enterprise, hidden: list[Place]) -> None:
    enterprise.places.all().delete()
    for position, stated in enumerate(snapshot.get("places", [])):
        values = _flat(stated, "label", "accessibility")
        hours, exceptions = values.pop("hours", []), values.pop("exceptions", [])
        values["district"] = _found(District, values.pop("district", None))
        if values["hidden"]:
            values |= _kept_address(hidden, values)
        elif values.get("street"):
            values["hidden"] = any(
                (place.street, place.postcode) == (values["street"], values.get("postcode", ""))
                for place in hidden
            )
        place = Place.objects.create(enterprise=enterprise, position=position, **values)
        OpeningHours.objects.bulk_create(
            OpeningHours(place=place, weekday=row["day"], opens=row["opens"], closes=row["closes"])
            for row in hours
        )
        HoursException.objects.bulk_create(
            HoursException(place=place, **_flat(row, "note")) for row in exceptions
        )


def _kept_address(hidden: list[Place], values: Snapshot) -> Snapshot:
    """The address of the hidden place that this must be: same district, and same label if there is one."""
    candidates = [place for place in hidden if place.district == values["district"]]
    if not candidates:
        return {}
    kept = min(candidates, key=lambda place: place.label_da != values["label_da"])
    hidden.remove(kept)
    return {field: getattr(kept, field) for field in ADDRESS}


def _put_back_buyer_facts(snapshot: Snapshot, enterprise: Enterprise) -> None:
    # Who has said that they will not be asked is not asked because of what they said before.
    unwanted = BuyerFacts.objects.filter(enterprise=enterprise, requests_unwanted=True).exists()
    BuyerFacts.objects.filter(enterprise=enterprise).delete()
    stated = snapshot.get("buyer", {}) | ({"requests_unwanted": True} if unwanted else {})
    if stated:
        values = _flat(stated, "capacity", "insurance")
        districts = [_found(District, term) for term in values.pop("delivers_to", [])]
        facts = BuyerFacts.objects.create(enterprise=enterprise, **values)
        facts.delivers_to.set(districts)  # type: ignore[arg-type]
