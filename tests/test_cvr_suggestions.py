"""What CVR suggests to an enterprise's editors, on their own home page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from enterprises import publishing
from enterprises.choices import DifferenceState
from enterprises.cvr import deciding, runs
from enterprises.models import Enterprise, RegisterDifference, SectionPolicy, User
from tests.builders import a_place, published
from tests.register_service import COOPERATIVE, Register

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery(db: None) -> Enterprise:
    """As the register has it, but for its registration as a social enterprise."""
    return published("Brød & Broer", cvr=COOPERATIVE, founded=2012)


@pytest.fixture
def renamed(bakery: Enterprise, cvr: Register) -> RegisterDifference:
    cvr.entry(COOPERATIVE)["navne"][-1]["navn"] = "Brød & Broer Nord A.M.B.A."
    return read(bakery, "name")


def read(enterprise: Enterprise, field: str) -> RegisterDifference:
    runs.read(runs.readable().filter(pk=enterprise.pk))
    return RegisterDifference.objects.get(enterprise=enterprise, field=field, state="open")


def home(client: Client) -> Any:
    return client.get(reverse("edit-enterprise", args=["broed-broer"])).page  # type: ignore[attr-defined]


def press(client: Client, row: RegisterDifference, **said: str) -> str:
    address = reverse("decide-cvr", args=["broed-broer", row.pk])
    return client.post(address, {"seen": deciding.seen(row)} | said, follow=True).content.decode()


def test_both_values_stand_there_with_their_dates(editor: Client, renamed: RegisterDifference) -> None:
    told = home(editor).one("section", id="cvr").text
    for said in ("Brød & Broer", "Brød & Broer Nord", "læst", "Overtag fra CVR", "Vi har ret"):
        assert said in told


def test_nothing_stands_there_without_a_difference(editor: Client, bakery: Enterprise) -> None:
    assert not home(editor).all("section", id="cvr")


def test_only_what_is_the_enterprises_own_is_suggested(
    editor: Client, bakery: Enterprise, cvr: Register
) -> None:
    cvr.entry(COOPERATIVE)["virksomhedsstatus"] = [{"status": "UNDER KONKURS", "periode": {}}]
    runs.read(runs.readable().filter(pk=bakery.pk))
    assert not home(editor).all("section", id="cvr")


def test_one_press_is_the_editors_own_change_and_waits_for_the_council(
    editor: Client, bakery: Enterprise, renamed: RegisterDifference
) -> None:
    assert "Send ændringen til rådet" in press(editor, renamed, take="")
    bakery.refresh_from_db()
    assert "Nord" in bakery.name and "Nord" not in bakery.current.snapshot["name"]
    assert publishing.has_changes(bakery)
    renamed.refresh_from_db()
    assert (renamed.state, str(renamed.decided_by)) == (DifferenceState.TAKEN, "Ida Editor")
    assert not home(editor).all("section", id="cvr")


def test_where_changes_need_no_council_everybody_sees_it(
    editor: Client, bakery: Enterprise, renamed: RegisterDifference
) -> None:
    SectionPolicy.objects.update_or_create(section="who", defaults={"direct": True})
    assert "alle kan se det nu" in press(editor, renamed, take="")
    bakery.refresh_from_db()
    assert "Nord" in bakery.current.snapshot["name"]


def test_the_editor_is_right_and_says_why(
    editor: Client, clerk: Client, bakery: Enterprise, renamed: RegisterDifference
) -> None:
    press(editor, renamed, keep="", word="Det gamle navn er på skiltet.")
    renamed.refresh_from_db()
    assert renamed.state == DifferenceState.KEPT and "Nord" not in Enterprise.objects.get(pk=bakery.pk).name
    kept = clerk.get(reverse("admin:enterprises_registerdifference_changelist"), {"state": "kept"})
    assert "Det gamle navn er på skiltet." in kept.content.decode()
    # Nobody is asked again while CVR says the same.
    runs.read(runs.readable().filter(pk=bakery.pk))
    assert not home(editor).all("section", id="cvr")


def test_what_was_not_seen_is_not_decided(
    editor: Client, bakery: Enterprise, renamed: RegisterDifference, cvr: Register
) -> None:
    cvr.entry(COOPERATIVE)["navne"][-1]["navn"] = "Noget tredje"
    read(bakery, "name")
    assert "siger noget andet. Se efter igen" in press(editor, renamed, take="")
    assert "Brød" in Enterprise.objects.get(pk=bakery.pk).name


def test_the_second_of_two_is_told(editor: Client, colleague: Client, renamed: RegisterDifference) -> None:
    press(editor, renamed, keep="")
    assert "afgjort i mellemtiden" in press(colleague, renamed, take="")


def test_what_one_press_cannot_do_is_done_by_hand(editor: Client, bakery: Enterprise, cvr: Register) -> None:
    a_place(bakery, street="Jagtvej 1", postcode="2200", city="København N")
    cvr.entry(COOPERATIVE)["beliggenhedsadresse"][-1] |= {"vejnavn": "Amagerbrogade"}
    row = read(bakery, "address")
    told = home(editor).one("section", id="cvr")
    assert reverse("edit-section", args=["broed-broer", "places"]) in {a.attrs["href"] for a in told.all("a")}
    assert "Overtag fra CVR" not in told.text
    press(editor, row, take="")
    row.refresh_from_db()
    assert row.state == DifferenceState.OPEN


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("visitor", 302), ("clerk", 404)])
def test_nobody_else_decides(
    who: str, status: int, request: pytest.FixtureRequest, renamed: RegisterDifference
) -> None:
    client: Client = request.getfixturevalue(who)
    address = reverse("decide-cvr", args=["broed-broer", renamed.pk])
    assert client.post(address, {"seen": deciding.seen(renamed), "take": ""}).status_code == status
    renamed.refresh_from_db()
    assert renamed.state == DifferenceState.OPEN


def test_anothers_difference_is_not_reached(editor: Client, renamed: RegisterDifference) -> None:
    other = published("Fremmed & Co", cvr=None)
    RegisterDifference.objects.filter(pk=renamed.pk).update(enterprise=other)
    address = reverse("decide-cvr", args=["broed-broer", renamed.pk])
    assert editor.post(address, {"seen": deciding.seen(renamed), "take": ""}).status_code == 404
    renamed.refresh_from_db()
    assert renamed.state == DifferenceState.OPEN


def test_it_costs_one_query(editor: Client, bakery: Enterprise, cvr: Register) -> None:
    home(editor)
    counts = []
    for change in ({}, {"navn": "Nyt navn"}):
        cvr.entry(COOPERATIVE)["navne"][-1] |= change
        runs.read(runs.readable().filter(pk=bakery.pk))
        with CaptureQueriesContext(connection) as queries:
            home(editor)
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            deciding.suggestions(bakery)
        assert len(queries) == 1
    assert counts[0] == counts[1]


def test_in_english_too(editor: Client, renamed: RegisterDifference) -> None:
    with override("en"):
        page = home(editor)
    assert "CVR says" in page.one("section", id="cvr").text


def test_whoever_decided_is_a_person(renamed: RegisterDifference, editor: Client) -> None:
    press(editor, renamed, keep="")
    renamed.refresh_from_db()
    assert renamed.decided_by == User.objects.get(email="ida@example.dk")
