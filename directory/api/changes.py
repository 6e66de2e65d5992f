"""What has come, changed or gone since a moment, for those who keep a copy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.fields.json import KT

from directory.api.records import moment
from directory.finding import Finding
from directory.models import Listing
from directory.opening_hours import COPENHAGEN
from enterprises import snapshots
from enterprises.models import Publication, Withdrawal

Json = dict[str, Any]


def narrow(finding: Finding, since: datetime) -> None:
    """Leave in a finding only what was published or confirmed since."""
    day = since.astimezone(COPENHAGEN).date()
    changed = Listing.objects.filter(Q(published_at__gte=since) | Q(confirmed_on__gte=day))
    finding.bits &= finding.catalogue.bits_of(changed.values_list("pk", flat=True))
    finding.total = finding.bits.bit_count()


def withdrawn(since: datetime, after: int, most: int) -> list[tuple[int, Json]]:
    """Enterprises taken back since and not public again, by their keys, from the one after `after`."""
    last = Publication.objects.filter(enterprise=OuterRef("enterprise")).order_by("-number")
    rows = (
        Withdrawal.objects.filter(
            withdrawn_at__gte=since, enterprise__current__isnull=True, enterprise__gt=after
        )
        .order_by("enterprise", "-withdrawn_at", "-pk")
        .distinct("enterprise")
        .annotate(slug=Subquery(last.annotate(last=KT("snapshot__slug")).values("last")[:1]))
    )
    return [
        (pk, {"id": pk, "slug": slug, "withdrawn_at": moment(at)})
        for pk, slug, at in rows.values_list("enterprise", "slug", "withdrawn_at")[:most]
    ]


def history(enterprise: int) -> list[Json]:
    """Every publication with the sections in which it differs from the one before, the latest first."""
    told: list[Json] = []
    before: Json = {}
    for publication in Publication.objects.filter(enterprise=enterprise).order_by("number"):
        now = snapshots.upgrade(publication.snapshot, publication.schema_version)
        told.append(
            {
                "number": publication.number,
                "published_at": moment(publication.published_at),
                "change": publication.change,
                "sections": _differing(before, now),
            }
        )
        before = now
    return told[::-1]


def _only(section: str, snapshot: Json) -> Json:
    return {section: snapshot[section]} if section in snapshot else {}


def _differing(before: Json, now: Json) -> list[str]:
    sections: Iterable[str] = before.keys() | now.keys()
    return sorted(
        section for section in sections if not snapshots.same(_only(section, before), _only(section, now))
    )
