"""What the public saw at moments of the past, read from the publications and never from a working copy."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from enterprises import evidence
from enterprises.choices import Criterion
from enterprises.models import Publication, Withdrawal

# One jsonb_to_record, so that each snapshot is unpacked once.
_FACTS = """
    SELECT p.id, s.ownership, s.sectors, s.missions, s.places, s.openings, s.evidence
    FROM {table} p
    CROSS JOIN LATERAL jsonb_to_record(p.snapshot)
        AS s(ownership jsonb, sectors jsonb, missions jsonb, places jsonb, openings jsonb, evidence jsonb)
    WHERE p.id = ANY(%s)
"""


# JSON as it comes from the database, or nothing.
Text = str | None
CRITERIA = frozenset(Criterion.values)


@dataclass(frozen=True)
class Moment:
    """The end of a year, or now where it has not ended."""

    year: int
    at: datetime

    @property
    def day(self) -> date:
        """The last day of which the moment tells."""
        return timezone.localdate(self.at - timedelta(microseconds=1))


def moments(last: int, count: int, now: datetime) -> list[Moment]:
    return [Moment(year, min(beginning(year + 1), now)) for year in range(last - count + 1, last + 1)]


def beginning(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 1, 1))  # noqa: DTZ001


@dataclass(frozen=True)
class Term:
    slug: str
    da: str
    en: str


@dataclass(frozen=True)
class Facts:
    """What a publication says, as far as the report counts it."""

    ownership: frozenset[Term]
    sector: frozenset[Term]
    mission: frozenset[Term]
    district: frozenset[Term]
    # Each with its kind and the last day to apply.
    openings: Sequence[tuple[str, date | None]]
    proofs: Sequence[dict[str, Any]]

    def confirmed(self, day: date) -> set[str]:
        """The criteria that have a confirmed proof on the day."""
        return {
            proof["criterion"]
            for proof in self.proofs
            if proof["criterion"] in CRITERIA
            and proof.get("checked_on", "9") <= day.isoformat()
            and evidence.is_confirmed(proof, day)
        }


@dataclass(frozen=True)
class Shown:
    """A publication that was the present one at a moment."""

    enterprise: int
    publication: int
    published_at: datetime


class History:
    """All publications and withdrawals, by two queries; `facts` of those that are asked for, by one more."""

    def __init__(self) -> None:
        self._published: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
        self._withdrawn: dict[int, list[datetime]] = defaultdict(list)
        rows = Publication.objects.order_by("enterprise_id", "number")
        for enterprise, at, key in rows.values_list("enterprise_id", "published_at", "pk"):
            self._published[enterprise].append((at, key))
        withdrawals = Withdrawal.objects.order_by("enterprise_id", "withdrawn_at")
        for enterprise, at in withdrawals.values_list("enterprise_id", "withdrawn_at"):
            self._withdrawn[enterprise].append(at)

    @property
    def first_year(self) -> int | None:
        firsts = [published[0][0] for published in self._published.values()]
        return timezone.localtime(min(firsts)).year if firsts else None

    def shown_at(self, at: datetime) -> list[Shown]:
        found = []
        for enterprise, published in self._published.items():
            number = bisect_left(published, (at, 0))
            if number == 0:
                continue
            published_at, key = published[number - 1]
            ended = any(published_at <= moment < at for moment in self._withdrawn.get(enterprise, ()))
            if not ended:
                found.append(Shown(enterprise, key, published_at))
        return found

    def first_shown(self, since: datetime, until: datetime) -> int:
        """How many became public for the first time."""
        return sum(since <= published[0][0] < until for published in self._published.values())

    def withdrawn(self, since: datetime, until: datetime) -> int:
        return sum(any(since <= at < until for at in moments) for moments in self._withdrawn.values())


def facts(publications: Collection[int]) -> dict[int, Facts]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(table=Publication._meta.db_table), [list(publications)])
        return {key: _facts(*columns) for key, *columns in cursor.fetchall()}


def _json(text: Text) -> Any:
    return json.loads(text) if text else []


def _facts(
    ownership: Text, sectors: Text, missions: Text, places: Text, openings: Text, proofs: Text
) -> Facts:
    return Facts(
        _terms(ownership),
        _terms(sectors),
        _terms(missions),
        _named(place["district"] for place in _json(places) if "district" in place),
        [(each["kind"], _day(each.get("apply_by"))) for each in _json(openings)],
        _json(proofs),
    )


# Thousands say the same few things.
@lru_cache(maxsize=4096)
def _terms(text: Text) -> frozenset[Term]:
    stated = _json(text)
    return _named([stated] if isinstance(stated, dict) else stated)


def _named(stated: Iterable[dict[str, str]]) -> frozenset[Term]:
    return frozenset(Term(term["slug"], term["da"], term["en"]) for term in stated)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
