"""One reading of many companies. Each company is a transaction of its own, so that a run may be killed at
any moment: the next begins with those not read yet. What does not answer leaves the rest alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from enterprises import register
from enterprises.choices import DifferenceState, RegisterField
from enterprises.cvr import client, comparing
from enterprises.cvr.reading import Company, CompanyError
from enterprises.models import Enterprise, RegisterDifference, RegisterReading, Withdrawal

log = logging.getLogger(__name__)

# After so many batches in a row without an answer, the rest is left for another time.
MOST_SILENCES = 3
Numbered = Sequence[tuple[int, str]]


@dataclass
class Outcome:
    read: int = 0
    unreadable: int = 0
    unanswered: int = 0


def readable() -> QuerySet[Enterprise]:
    """Those who are in the register, as far as we know. Who is off the site is none of our business."""
    withdrawn = Withdrawal.objects.values("enterprise")
    return Enterprise.objects.filter(cvr__isnull=False, is_demo=False).exclude(
        current__isnull=True, pk__in=withdrawn
    )


def due(on: date) -> QuerySet[Enterprise]:
    return readable().exclude(register_reading__read_on=on, register_reading__cvr=F("cvr"))


def read(enterprises: QuerySet[Enterprise]) -> Outcome:
    """Read them in the register, those first that were not read for the longest time."""
    oldest_first = enterprises.order_by(F("register_reading__read_on").asc(nulls_first=True), "pk")
    waiting = [(pk, cvr) for pk, cvr in oldest_first.values_list("pk", "cvr") if cvr]
    outcome, terms, silences = Outcome(), comparing.Terms(), 0
    for batch in _batches(waiting):
        try:
            found = client.find([number for _pk, number in batch], timezone.localdate())
        except client.NoAnswerError:
            silences += 1
            if silences == MOST_SILENCES:
                break
            continue
        silences = 0
        _keep_all(batch, found, terms, outcome)
    outcome.unanswered = len(waiting) - outcome.read - outcome.unreadable
    return outcome


def _batches(waiting: Numbered) -> Iterator[Numbered]:
    for start in range(0, len(waiting), client.AT_ONCE):
        if start:
            client.wait(client.PAUSE)
        yield waiting[start : start + client.AT_ONCE]


def _keep_all(batch: Numbered, found: client.Found, terms: comparing.Terms, outcome: Outcome) -> None:
    for pk, number in batch:
        company = found.get(number)
        if isinstance(company, CompanyError):
            # Numbers of sole traders are theirs alone: ours names the enterprise as well.
            log.warning("The register's entry for enterprise %s cannot be read: %s", pk, company)
            outcome.unreadable += 1
        else:
            keep(pk, number, company, terms)
            outcome.read += 1


@transaction.atomic
def keep(pk: int, number: str, company: Company | None, terms: comparing.Terms) -> None:
    """Note what was read of one enterprise, None for a company that is not there, and what differs."""
    today = timezone.localdate()
    if not Enterprise.objects.select_for_update().filter(pk=pk, cvr=number).exists():
        return  # it has got another number in the meantime
    enterprise = (
        Enterprise.objects.select_related("legal_form")
        .prefetch_related("places", "sector_ranks__sector")
        .get(pk=pk)
    )
    facts = _facts(number, company, today)
    if company:
        address = comparing.address_told(enterprise, company, terms)
        facts |= {"names": [company.name.value, *company.other_names], "address": address}
    RegisterReading.objects.update_or_create(enterprise=enterprise, defaults=facts)
    if company is None:
        _keep_differences(enterprise, comparing.not_found(enterprise), today)
        return
    if company.rsv and company.rsv.value == enterprise.rsv_registered:
        register.record_rsv(enterprise, registered=company.rsv.value, read_on=today)
    _keep_differences(enterprise, comparing.differences(enterprise, company, terms), today)


def _facts(number: str, company: Company | None, today: date) -> dict[str, object]:
    facts: dict[str, object] = {"cvr": number, "read_on": today, "found": company is not None}
    facts |= {"names": [], "address": None}
    if company is None:
        return facts
    return facts | {
        "status": company.status.value if company.status else "",
        "started_on": company.started,
        "ended_on": company.ended,
        "branch_code": company.branch.value.code if company.branch else "",
        "branch": company.branch.value.text if company.branch else "",
        "rsv": company.rsv.value if company.rsv else None,
        "advertising_protected": company.advertising_protected,
    }


def _keep_differences(enterprise: Enterprise, found: list[comparing.Difference], today: date) -> None:
    left = {row.field: row for row in enterprise.register_differences.order_by("pk")}  # the latest of each
    for difference in found:
        _keep_difference(enterprise, difference, left.pop(difference.field, None), today)
    passed = [row.pk for row in left.values() if row.state in (DifferenceState.OPEN, DifferenceState.KEPT)]
    RegisterDifference.objects.filter(pk__in=passed).update(
        state=DifferenceState.GONE, decided_at=Coalesce("decided_at", Value(timezone.now()))
    )


def _keep_difference(
    enterprise: Enterprise, difference: comparing.Difference, last: RegisterDifference | None, today: date
) -> None:
    """An open one is brought up to date. What somebody decided to keep stays so while CVR says the same."""
    said = {
        "ours": difference.ours,
        "theirs": difference.theirs,
        "since": difference.since,
        "read_on": today,
        "urgent": difference.urgent,
    }
    if last and last.state == DifferenceState.OPEN:
        RegisterDifference.objects.filter(pk=last.pk).update(**said)
    elif not (last and last.state == DifferenceState.KEPT and last.theirs == difference.theirs):
        RegisterDifference.objects.create(
            enterprise=enterprise, field=RegisterField(difference.field), found_on=today, **said
        )
