"""Writes records of hand-written or generated content as enterprises, and publishes them.

A record has the keys of the TOML files beside this module. What it leaves out is made up (made_up.py).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection, models, transaction

from enterprises import choices, copying, publishing, taxonomies
from enterprises.content import made_up
from enterprises.models import (
    BuyerFacts,
    District,
    Enterprise,
    Evidence,
    FormerSlug,
    HoursException,
    LegalForm,
    Mark,
    MarkOf,
    Mission,
    Offer,
    Opening,
    OpeningHours,
    Ownership,
    Place,
    Sector,
    SectorOf,
)
from enterprises.models.enterprise import FIGURES

CONTENT = Path(__file__).resolve().parent
Record = dict[str, Any]

# The day the demo city stands on: its checks and confirmations lie before it.
DEMO_DAY = date(2026, 11, 1)
FIGURES_YEAR = 2025
PROOFS = {
    "purpose": choices.Proof.STATUTES,
    "trade": choices.Proof.ANNUAL_REPORT,
    "independence": choices.Proof.STATEMENT,
    "inclusion": choices.Proof.STATUTES,
    "surplus": choices.Proof.STATUTES,
}
SOURCES = {
    choices.Proof.STATUTES: "Vedtægter",
    choices.Proof.ANNUAL_REPORT: "Årsrapport 2025",
    choices.Proof.STATEMENT: "Virksomhedens erklæring",
}
ENTERPRISE_RELATIONS = (
    "sector_ranks", "missions", "links", "places", "offers", "openings", "evidence", "marks",
)  # fmt: skip
_BUYER_FACTS = BuyerFacts.enterprise.field.remote_field
# As MarkOf.Meta has it.
MARK_ORDER = attrgetter("position")
WEEKDAYS = {day: number for number, day in enumerate(("man", "tir", "ons", "tor", "fre", "lør", "søn"))}


def council() -> list[Record]:
    return _records(CONTENT / "council.toml")


def demo_city() -> list[Record]:
    """The 240 hand-written fictional enterprises, in a fixed order."""
    return [record for file in sorted((CONTENT / "demo").glob("*.toml")) for record in _records(file)]


def _records(file: Path) -> list[Record]:
    return list(tomllib.loads(file.read_text(encoding="utf-8"))["enterprise"])


@transaction.atomic
def remove_demo() -> int:
    """Remove every demo enterprise and all that hangs on it. Returns how many there were."""
    demo = Enterprise.objects.filter(is_demo=True)
    count = demo.count()
    publishing.forget(demo)
    return count


# -- terms ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """The taxonomies by slug, former ones too, fetched once for many records."""

    sectors: dict[str, Sector] = field(default_factory=lambda: taxonomies.by_slug(Sector))
    missions: dict[str, Mission] = field(default_factory=lambda: taxonomies.by_slug(Mission))
    ownerships: dict[str, Ownership] = field(default_factory=lambda: taxonomies.by_slug(Ownership))
    legal_forms: dict[str, LegalForm] = field(default_factory=lambda: taxonomies.by_slug(LegalForm))
    districts: dict[str, District] = field(default_factory=lambda: taxonomies.by_slug(District))
    marks: dict[str, Mark] = field(default_factory=lambda: taxonomies.by_slug(Mark))


# -- writing --------------------------------------------------------------------------------------


@dataclass
class Taken:
    """What can be given only once, kept up to date through many batches."""

    slugs: set[str]
    cvr_numbers: set[str]

    @classmethod
    def from_database(cls) -> Taken:
        slugs = set(FormerSlug.objects.values_list("slug", flat=True))
        slugs |= set(Enterprise.objects.values_list("slug", flat=True))
        numbers = Enterprise.objects.filter(cvr__isnull=False).values_list("cvr", flat=True)
        return cls(slugs, {number for number in numbers if number})


class Batch:
    """The rows of some enterprises, gathered table by table and written with one statement each.

    Every row is also put where its owner keeps what it has prefetched, so that publishing need not
    read back what was just written.
    """

    def __init__(self, records: Sequence[Record], terms: Terms, taken: Taken, *, demo: bool) -> None:
        self.terms = terms
        self.taken = taken
        self.demo = demo
        self.enterprises: list[Enterprise] = []
        self.rows: dict[type[models.Model], list[models.Model]] = {}
        self.place_keys = iter(copying.reserve_keys(Place, len(records)))
        for key, record in zip(copying.reserve_keys(Enterprise, len(records)), records, strict=True):
            self._add(key, record)

    def _add(self, key: int, record: Record) -> None:
        enterprise = self._enterprise(key, record)
        random = Random(enterprise.slug)  # noqa: S311 – the same city every time, nothing secret
        if self.demo:
            made_up.give_contact(enterprise, random, self.taken.cvr_numbers)
        self.enterprises.append(enterprise)
        self._sectors_and_missions(enterprise, record)
        self._place(enterprise, record, random)
        self._offers_and_openings(enterprise, record)
        self._buyer_facts(enterprise, record)
        self._evidence_and_marks(enterprise, record, random)

    def write(self) -> None:
        copying.insert(self.enterprises)
        for rows in self.rows.values():
            copying.insert(rows)
        publishing.publish_new(self.enterprises)
        # Foreign keys are checked here, not for the whole city at once when the transaction ends.
        connection.check_constraints()

    def _row(self, row: models.Model, owner: models.Model | None = None, relation: str = "") -> None:
        self.rows.setdefault(type(row), []).append(row)
        if owner is not None:
            _prefetched(owner)[relation].append(row)

    def _slug(self, name: str) -> str:
        slug = publishing.free_slug(name, self.taken.slugs)
        self.taken.slugs.add(slug)
        return slug

    def _enterprise(self, key: int, record: Record) -> Enterprise:
        enterprise = Enterprise(
            pk=key,
            kind=record.get("kind", choices.Kind.ENTERPRISE),
            name=record["name"],
            aliases=record.get("aliases", []),
            slug=self._slug(record["name"]),
            cvr=record.get("cvr"),
            legal_form=self.terms.legal_forms.get(record.get("legal_form", "")),
            ownership=self.terms.ownerships.get(record.get("ownership", "")),
            founded=record.get("founded"),
            website=record.get("website", ""),
            email=record.get("email", ""),
            phone=record.get("phone", ""),
            source=record.get("source", ""),
            source_urls=record.get("source_urls", []),
            source_checked_on=date.fromisoformat(record["checked"]) if "checked" in record else None,
            is_demo=self.demo,
            **_pairs(record, "tagline", "description", "impact"),
        )
        for figure in FIGURES:
            value = record.get("members" if figure == "owner_members" else figure)
            if value is not None:
                setattr(enterprise, figure, value)
                setattr(enterprise, f"{figure}_year", record.get(f"{figure}_year", FIGURES_YEAR))
        _prefetched(enterprise).update({relation: [] for relation in ENTERPRISE_RELATIONS})
        return enterprise

    def _sectors_and_missions(self, enterprise: Enterprise, record: Record) -> None:
        for rank, slug in enumerate(record.get("sectors", []), 1):
            chosen = SectorOf(enterprise_id=enterprise.pk, sector=self.terms.sectors[slug], rank=rank)
            self._row(chosen, enterprise, "sector_ranks")
        through = Enterprise.missions.through
        for slug in record.get("missions", []):
            mission = self.terms.missions[slug]
            self._row(through(enterprise_id=enterprise.pk, mission_id=mission.pk))
            _prefetched(enterprise)["missions"].append(mission)

    def _place(self, enterprise: Enterprise, record: Record, random: Random) -> None:
        district = self.terms.districts.get(record.get("district", ""))
        if district is None and "street" not in record:
            return
        place = Place(
            pk=next(self.place_keys),
            enterprise_id=enterprise.pk,
            street=record.get("street", ""),
            postcode=record.get("postcode", ""),
            city=made_up.city(record.get("postcode", "")),
            district=district,
            **_pairs(record, "accessibility"),
        )
        if self.demo and district:
            place.latitude, place.longitude = made_up.position(district, random)
        _prefetched(place).update({"hours": [], "exceptions": []})
        self._row(place, enterprise, "places")
        for weekday, opens, closes in read_hours(record.get("hours", "")):
            interval = OpeningHours(place_id=place.pk, weekday=weekday, opens=opens, closes=closes)
            self._row(interval, place, "hours")
        if "hours" in record:
            christmas = HoursException(
                place_id=place.pk,
                first_day=date(DEMO_DAY.year, 12, 24),
                last_day=date(DEMO_DAY.year, 12, 26),
                note_da="Juleferie",
                note_en="Christmas",
            )
            self._row(christmas, place, "exceptions")

    def _offers_and_openings(self, enterprise: Enterprise, record: Record) -> None:
        for position, offer in enumerate(record.get("offers", [])):
            self._row(
                Offer(
                    enterprise_id=enterprise.pk,
                    position=position,
                    audiences=offer.get("audiences", []),
                    cpv=offer.get("cpv", []),
                    **_pairs(offer, "name", "text"),
                ),
                enterprise,
                "offers",
            )
        for position, opening in enumerate(record.get("openings", [])):
            self._row(
                Opening(
                    enterprise_id=enterprise.pk,
                    position=position,
                    kind=opening["kind"],
                    count=opening.get("count"),
                    **_pairs(opening, "title", "text"),
                ),
                enterprise,
                "openings",
            )

    def _buyer_facts(self, enterprise: Enterprise, record: Record) -> None:
        stated = record.get("buyer")
        if not stated:
            _BUYER_FACTS.set_cached_value(enterprise, None)
            return
        facts = BuyerFacts(
            enterprise_id=enterprise.pk,
            e_invoice=stated.get("e_invoice"),
            city_wide=stated.get("city_wide", False),
            collective_agreement=stated.get("collective_agreement"),
            consortium=stated.get("consortium"),
            reserved_declared_on=DEMO_DAY - timedelta(days=90) if stated.get("reserved") else None,
            **_pairs(stated, "capacity", "insurance"),
        )
        _BUYER_FACTS.set_cached_value(enterprise, facts)
        _prefetched(facts)["delivers_to"] = []
        self._row(facts)
        through = BuyerFacts.delivers_to.through
        for slug in stated.get("delivers_to", []):
            district = self.terms.districts[slug]
            self._row(through(buyerfacts_id=facts.pk, district_id=district.pk))
            _prefetched(facts)["delivers_to"].append(district)

    def _evidence_and_marks(self, enterprise: Enterprise, record: Record, random: Random) -> None:
        wordings = record.get("evidence", {})
        checked_on = DEMO_DAY - timedelta(days=random.randrange(20, 500))
        for criterion, wording in sorted(wordings.items()):
            proof = PROOFS[criterion]
            # Of those who have shown something for all five criteria most have been checked in full.
            checked = random.random() < (0.96 if len(wordings) == 5 else 0.5)
            self._row(
                Evidence(
                    enterprise_id=enterprise.pk,
                    criterion=criterion,
                    proof=proof,
                    wording_da=wording,
                    source=SOURCES[proof],
                    dated=date(FIGURES_YEAR, 12, 31) if proof == choices.Proof.ANNUAL_REPORT else None,
                    checked_on=checked_on if checked else None,
                    expires_on=checked_on + timedelta(days=3 * 365) if checked else None,
                ),
                enterprise,
                "evidence",
            )
        for mark in sorted((self.terms.marks[slug] for slug in record.get("marks", [])), key=MARK_ORDER):
            seen_on = date.fromisoformat(record["checked"]) if "checked" in record else checked_on
            self._row(MarkOf(enterprise_id=enterprise.pk, mark=mark, checked_on=seen_on), enterprise, "marks")
        if record.get("rsv"):
            enterprise.rsv_registered, enterprise.rsv_read_on = True, checked_on
        if self.demo and random.random() < 0.8:
            enterprise.confirmed_on = DEMO_DAY - timedelta(days=random.randrange(1, 330))


@transaction.atomic
def write(records: Iterable[Record], *, demo: bool, batch_size: int = 1_000) -> int:
    """Write and publish the records as new enterprises. Returns how many there were."""
    terms, taken = Terms(), Taken.from_database()
    count = 0
    for chunk in _chunks(records, batch_size):
        Batch(chunk, terms, taken, demo=demo).write()
        count += len(chunk)
    return count


def _chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _prefetched(row: models.Model) -> dict[str, list[Any]]:
    """Where Django keeps what prefetch_related() has found."""
    found: dict[str, list[Any]] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    return found


def _pairs(record: Record, *names: str) -> dict[str, str]:
    return {
        f"{name}_{language}": record.get(f"{name}_{language}", "").strip()
        for name in names
        for language in ("da", "en")
    }


# -- opening hours ---------------------------------------------------------------------------------

_SEGMENT = re.compile(r"^(?P<days>[a-zø]{3}(?:(?:-|, ?)[a-zø]{3})*) (?P<times>\d.*)$")


def read_hours(text: str) -> list[tuple[int, time, time]]:
    """("man-fre 8-12, 13-17; lør 9.30-14") as (weekday, opens, closes). What comes later wins."""
    found: dict[int, list[tuple[time, time]]] = {}
    for segment in filter(None, (part.strip() for part in text.split(";"))):
        match = _SEGMENT.match(segment)
        if match is None:
            raise ValueError(f"cannot read the hours {segment!r}")
        intervals = [tuple(map(_time, interval.strip().split("-"))) for interval in match["times"].split(",")]
        found |= {day: [(opens, closes) for opens, closes in intervals] for day in _days(match["days"])}
    return [(day, opens, closes) for day, intervals in found.items() for opens, closes in intervals]


def _days(text: str) -> Iterator[int]:
    for run in text.split(","):
        first, _, last = run.strip().partition("-")
        yield from range(WEEKDAYS[first], WEEKDAYS[last or first] + 1)


def _time(text: str) -> time:
    hour, _, minute = text.strip().replace(":", ".").partition(".")
    return time(int(hour) % 24, int(minute or 0))
