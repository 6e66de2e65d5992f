"""What comes by one query is what prefetching brings."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises import publishing, snapshots, whole
from enterprises.models import BuyerFacts, District, Enterprise, HoursException, Mark, MarkOf
from tests.builders import a_place, published


def both_ways() -> list[tuple[Enterprise, Enterprise]]:
    rows = Enterprise.objects.select_related("current", "legal_form", "ownership").order_by("pk")
    prefetched = list(rows.prefetch_related(*snapshots.RELATIONS, "withdrawals"))
    filled = list(rows)
    whole.fill(filled)
    return list(zip(prefetched, filled, strict=True))


@pytest.fixture
def everything(bakery: Enterprise) -> Enterprise:
    """With a row in every relation."""
    other = a_place(bakery, district=None, street="Havnegade 3")
    HoursException.objects.create(place=other, first_day=date(2026, 12, 24), last_day=date(2026, 12, 26))
    HoursException.objects.create(
        place=other, first_day=date(2026, 12, 31), last_day=date(2026, 12, 31), opens=time(9), closes=time(12)
    )
    facts = BuyerFacts.objects.create(enterprise=bakery, e_invoice=True)
    facts.delivers_to.set(District.objects.order_by("-position")[:3])
    for mark in Mark.objects.order_by("-position")[:3]:
        MarkOf.objects.create(enterprise=bakery, mark=mark, checked_on=date(2026, 1, 1))
    bakery.links.create(kind="webshop", url="https://broed.example/shop", position=1)
    bakery.openings.create(kind="job", title_da="Bager", apply_by=date(2027, 1, 1))
    bakery.withdrawals.create(withdrawn_at=timezone.now(), reason="Lukket")
    return bakery


def test_a_whole_city_is_the_same_as_prefetched(city: list[Enterprise], everything: Enterprise) -> None:
    found = both_ways()
    assert len(found) > 30
    for prefetched, filled in found:
        assert snapshots.take(filled) == snapshots.take(prefetched)
        assert publishing.has_changes(filled) == publishing.has_changes(prefetched)
        assert list(filled.withdrawals.all()) == list(prefetched.withdrawals.all())


def test_it_takes_one_query_and_what_it_brings_takes_no_more(everything: Enterprise) -> None:
    published("Nummer to")
    rows = list(Enterprise.objects.select_related("current", "legal_form", "ownership"))
    with CaptureQueriesContext(connection) as captured:
        whole.fill(rows)
        for row in rows:
            snapshots.take(row)
            publishing.has_changes(row)
            list(row.withdrawals.all())
            assert all(place.enterprise is row for place in row.places.all())
    assert len(captured) == 1


def test_what_is_saved_of_it_is_saved_as_it_was(everything: Enterprise) -> None:
    row = Enterprise.objects.get(pk=everything.pk)
    before = snapshots.take(row)
    whole.fill([row])
    for place in row.places.all():
        place.save()
        for hours in place.hours.all():
            hours.save()
    for mark in row.marks.all():
        mark.save()
    assert snapshots.take(Enterprise.objects.get(pk=everything.pk)) == before


def test_none_is_none(db: None) -> None:
    whole.fill([])
