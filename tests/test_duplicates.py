"""Who may already be here: names folded, and enterprises found by what they share."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from enterprises import danish, duplicates
from enterprises.choices import Likeness
from enterprises.duplicates import Facts, bare_name, candidates, domain, end_of_phone, facts_of
from enterprises.models import Enterprise
from tests.builders import an_enterprise

pytestmark = pytest.mark.django_db
AT_THE_BAKERY = (("Blågårdsgade 12", "2200"),)
NEXT_DOOR = (("Blågårdsgade 14", "2200"),)


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return an_enterprise(cvr="25063864")


@pytest.fixture
def other(db: None) -> Enterprise:
    """Shares nothing with the bakery but the postcode."""
    nothing: dict[str, Any] = {"phone": "", "email": "", "website": ""}
    return an_enterprise("Cykelværkstedet Kæden", **nothing)


def found(**facts: Any) -> dict[str, tuple[Likeness, ...]]:
    return {one.enterprise.name: one.reasons for one in candidates(Facts(**facts))}


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Brød & Broer", "broed broer"),
        ("BRØD OG BROER ApS", "broed og broer"),
        ("Brød & Broer A.m.b.a.", "broed broer"),
        ("Brød & Broer AMBA", "broed broer"),
        ("Analyse & Tal F.M.B.A.", "analyse tal"),
        ("Kæden S.M.B.A. under stiftelse", "kaeden"),
        ("Kæden I/S", "kaeden"),
        ("Foreningen Grøn Gård", "groen gaard"),
        ("Den selvejende institution Sydhavnens Folkehus", "sydhavnens folkehus"),
        ("Århus Andelsforening", "aarhus"),
        # Legal words inside other words stay, and so does a name that is nothing else.
        ("Fondue & Apsis", "fondue apsis"),
        ("Foreningen", "foreningen"),
        ("!!!", ""),
    ],
)
def test_a_bare_name_says_who_and_not_how_registered(name: str, bare: str) -> None:
    assert bare_name(name) == bare


@given(st.text(max_size=60))
def test_a_bare_name_holds_letters_and_digits_only(name: str) -> None:
    once = bare_name(name)
    assert once == danish.fold(once) and len(bare_name(once)) <= len(once)


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://www.Broed.example/om?x#y", "broed.example"),
        ("http://broed.example:8000", "broed.example"),
        ("https://facebook.com/broed", ""),
        ("https://da-dk.facebook.com/broed", ""),
        ("https://[broed", ""),
        ("", ""),
    ],
)
def test_a_website_comes_down_to_its_host(website: str, host: str) -> None:
    assert domain(website) == host


def test_a_telephone_number_comes_down_to_its_digits() -> None:
    assert end_of_phone("+45 00 00 12 34") == end_of_phone("00001234") == "00001234"
    assert end_of_phone("112") == ""


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"cvr": "25063864"}, Likeness.CVR),
        ({"name": "Brod og broer aps", "addresses": AT_THE_BAKERY}, Likeness.NAME_AND_ADDRESS),
        ({"name": "Brødogbroer", "addresses": NEXT_DOOR}, Likeness.NAME_NEAR_BY),
        ({"name": "Brød & Broer Nørrebro", "addresses": NEXT_DOOR}, Likeness.NAME_NEAR_BY),
        ({"name": "Broer & Brød", "positions": ((55.6868, 12.5563),)}, Likeness.NAME_NEAR_BY),
        ({"name": "Brød & Broer A/S"}, Likeness.NAME),
        ({"website": "http://www.broed.example/kontakt"}, Likeness.WEBSITE),
        ({"phone": "+45 0000 1234"}, Likeness.PHONE),
        ({"email": "HEJ@broed.example"}, Likeness.MAIL),
    ],
)
def test_who_shares_something_is_found_and_says_what(
    bakery: Enterprise, other: Enterprise, facts: dict[str, Any], reason: Likeness
) -> None:
    assert found(**facts) == {"Brød & Broer": (reason,)}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "Blomster og buketter", "addresses": AT_THE_BAKERY},
        {"name": "Brød & Boller", "addresses": (("Amagerbrogade 1", "2300"),)},
        {"name": "Brødogbroer", "positions": ((55.72, 12.5),)},
        {"website": "https://facebook.com/broed"},
        {"phone": "12 34"},
    ],
)
def test_who_shares_nothing_is_not_found(
    bakery: Enterprise, other: Enterprise, facts: dict[str, Any]
) -> None:
    assert found(**facts) == {}


def test_many_reasons_are_told_of_once_and_the_certain_come_first(bakery: Enterprise) -> None:
    twin = an_enterprise("Brød og Broer")
    facts = Facts(name="Brød & Broer", cvr="25063864", email="hej@broed.example", addresses=AT_THE_BAKERY)
    [first, second] = candidates(facts)
    assert first.enterprise == bakery and first.is_certain
    assert first.reasons == (Likeness.CVR, Likeness.NAME_AND_ADDRESS, Likeness.MAIL)
    assert second.enterprise == twin and not second.is_certain


def test_nobody_is_their_own_double(bakery: Enterprise) -> None:
    assert candidates(facts_of(bakery)) == []
    twin = an_enterprise("Brød og Broer")
    assert [one.enterprise for one in candidates(facts_of(bakery))] == [twin]


def test_only_those_are_told_of_who_may_be(bakery: Enterprise) -> None:
    assert candidates(Facts(cvr="25063864"), Enterprise.objects.filter(current__isnull=False)) == []


def test_a_question_costs_the_same_however_many_are_alike(bakery: Enterprise) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert candidates(facts)
        return len(asked)

    facts = Facts(
        "Brød & Broer", "25063864", "https://broed.example", "00 00 12 34", "hej@broed.example", AT_THE_BAKERY
    )
    few = queries()
    for number in range(20):
        an_enterprise(f"Brød & Broer {number}", hours=())
    assert queries() == few == 4
    assert len(candidates(facts)) == duplicates.MOST


@pytest.mark.parametrize(
    "facts",
    [{"cvr": "1"}, {"website": "https://x.example"}, {"phone": "12345678"}, {"email": "x@x.example"}],
)
def test_what_is_theirs_alone_is_looked_up_by_an_index(bakery: Enterprise, facts: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            candidates(Facts(**facts))
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan and "Index Cond" in plan, plan
