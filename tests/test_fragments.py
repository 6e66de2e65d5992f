"""Cards made once: the same as made anew, and never older than what they tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from directory import catalogue as catalogues
from directory import fragments, opening_hours
from enterprises.models import Enterprise, Sector
from tests.builders import published, republished

pytestmark = pytest.mark.django_db


def shown(*enterprises: Enterprise) -> list[str]:
    ids = [enterprise.pk for enterprise in enterprises]
    return [fragment.html for fragment in fragments.of_listings(ids, catalogues.present())]


def test_a_kept_card_asks_the_database_nothing(bakery: Enterprise) -> None:
    first = shown(bakery)
    catalogue = catalogues.present()
    with CaptureQueriesContext(connection) as queries:
        again = fragments.of_listings([bakery.pk], catalogue)
    assert not len(queries)
    assert [fragment.html for fragment in again] == first


def test_the_order_asked_for_is_kept(bakery: Enterprise) -> None:
    other = published("Aben")
    shown(other)
    assert ["Aben" in html for html in shown(bakery, other)] == [False, True]


def test_a_change_of_the_listing_shows(bakery: Enterprise) -> None:
    other = published("Aben")
    before = shown(bakery, other)
    republished(bakery, tagline_da="Nu også kager")
    after = shown(bakery, other)
    assert "Nu også kager" in after[0] and after[1] == before[1]


def test_a_change_of_a_term_shows(bakery: Enterprise) -> None:
    shown(bakery)
    sector = Sector.objects.get(slug="mad-catering")
    sector.name_da = "Alt godt til ganen"
    sector.save()
    assert "Alt godt til ganen" in shown(bakery)[0]


def test_each_language_has_its_own(bakery: Enterprise) -> None:
    danish = shown(bakery)
    with override("en"):
        assert "Lunch and bread" in shown(bakery)[0]
    assert shown(bakery) == danish


def test_a_card_holds_until_the_door_opens_or_closes(
    bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = timezone.now()
    monkeypatch.setattr(opening_hours, "best", lambda *_: opening_hours.Status(True, moment))
    assert "open" in shown(bakery)[0]
    closed = opening_hours.Status(False, moment + timedelta(days=1))
    monkeypatch.setattr(opening_hours, "best", lambda *_: closed)
    assert 'class="closed"' in shown(bakery)[0]


def test_no_more_are_kept_than_may_be(bakery: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_KEPT", 1)
    others = [published(name) for name in ("Aben", "Bien", "Cirklen")]
    for enterprise in others:
        assert enterprise.name in shown(enterprise)[0]
    assert len(catalogues.present().fragments) <= 2
