"""What a spreadsheet says of an enterprise that has editors: they see it at home, and say yes or no."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from enterprises import sections
from enterprises.choices import ImportState, Section, SuggestionState
from enterprises.imports.rows import COLUMNS, section_of
from enterprises.models import Enterprise, SectionPolicy, Suggestion, User
from tests.test_import_desk import done

pytestmark = pytest.mark.django_db

NAMED = {"name": "Brød & Broer", "postcode": "2200"}


@pytest.fixture
def karen(clerk: Client) -> User:
    return User.objects.get(email="karen@example.dk")


def suggested(karen: User, bakery: Enterprise, **cells: str) -> Suggestion:
    run = done(karen, NAMED | cells)
    assert run.state == ImportState.DONE
    return bakery.suggestions.get(state=SuggestionState.OPEN)


def answered(client: Client, one: Suggestion, answer: str) -> str:
    address = reverse("answer-suggestion", args=[one.enterprise.slug, one.pk])
    return client.post(address, {"answer": answer}, follow=True).page.one("main").text


def home(client: Client, bakery: Enterprise) -> str:
    return client.get(reverse("edit-enterprise", args=[bakery.slug])).page.one("main").text


def test_which_columns_are_whose() -> None:
    assert {column for column in COLUMNS if section_of(column) is None} == {"cvr", "source"}
    assert section_of("street") == Section.PLACES and section_of("members") == Section.OWNERSHIP
    assert sections.owner("evidence") is None


def test_editors_see_old_and_new_and_are_mailed(editor: Client, bakery: Enterprise, karen: User) -> None:
    suggested(karen, bakery, phone="87654321")
    text = home(editor, bakery)
    assert "Rådet foreslår" in text and bakery.phone in text and "87654321" in text
    (told,) = [message for message in mail.outbox if message.to == ["ida@example.dk"]]
    assert told.subject == "Rådet har et forslag til Brød & Broer"
    bakery.refresh_from_db()
    assert bakery.phone != "87654321"


@pytest.mark.parametrize("direct", [True, False])
def test_what_is_accepted_goes_the_way_of_an_edit(
    editor: Client, bakery: Enterprise, karen: User, direct: bool
) -> None:
    SectionPolicy.objects.filter(section=Section.CONTACT).update(direct=direct)
    one = suggested(karen, bakery, phone="87654321")
    assert ("alle kan se det nu" in answered(editor, one, "yes")) == direct
    bakery.refresh_from_db()
    one.refresh_from_db()
    assert (bakery.phone, one.state, one.decided_by.email) == ("87654321", "accepted", "ida@example.dk")
    assert (bakery.current.snapshot["contact"]["phone"] == "87654321") == direct
    assert "Rådet foreslår" not in home(editor, bakery)


def test_an_address_is_one_suggestion(editor: Client, bakery: Enterprise, karen: User) -> None:
    one = suggested(karen, bakery, street="Ny Gade 1", city="Kbh. N")
    assert len(one.changes) == 2
    answered(editor, one, "yes")
    place = bakery.places.get()
    assert (place.street, place.city, place.postcode) == ("Ny Gade 1", "Kbh. N", "2200")
    assert place.hours.count() == 5


def test_what_is_declined_changes_nothing(editor: Client, bakery: Enterprise, karen: User) -> None:
    one = suggested(karen, bakery, phone="87654321")
    assert "Forslaget er afvist" in answered(editor, one, "no")
    assert "afgjort i mellemtiden" in answered(editor, one, "yes")
    bakery.refresh_from_db()
    assert bakery.phone != "87654321"


def test_a_newer_list_takes_the_place_of_an_older(bakery: Enterprise, editor: Client, karen: User) -> None:
    suggested(karen, bakery, phone="87654321")
    assert suggested(karen, bakery, phone="11223344").changes[0]["after"] == "11223344"
    assert bakery.suggestions.filter(state=SuggestionState.GONE).count() == 1


@pytest.mark.parametrize(("now", "left"), [("12341234", "open"), ("87654321", "gone")])
def test_what_the_editors_changed_meanwhile_is_shown_before_it_is_overwritten(
    editor: Client, bakery: Enterprise, karen: User, now: str, left: str
) -> None:
    one = suggested(karen, bakery, phone="87654321")
    Enterprise.objects.filter(pk=bakery.pk).update(phone=now)
    assert "ændret i mellemtiden" in answered(editor, one, "yes")
    one.refresh_from_db()
    bakery.refresh_from_db()
    assert (bakery.phone, one.state) == (now, left)
    if left == "open":
        answered(editor, one, "yes")
        bakery.refresh_from_db()
        assert bakery.phone == "87654321"


def test_a_taxonomy_word_that_is_gone_is_told(editor: Client, bakery: Enterprise, karen: User) -> None:
    one = suggested(karen, bakery, phone="87654321")
    Suggestion.objects.filter(pk=one.pk).update(cells={"ownership": "Rumfart"}, field="ownership")
    one.refresh_from_db()
    assert "i mellemtiden" in answered(editor, one, "yes")


def test_others_cannot_answer(stranger: Client, bakery: Enterprise, editor: Client, karen: User) -> None:
    one = suggested(karen, bakery, phone="87654321")
    for client, address in (
        (stranger, reverse("answer-suggestion", args=[bakery.slug, one.pk])),
        (stranger, reverse("answer-suggestion", args=["fremmed-co", one.pk])),
    ):
        assert client.post(address, {"answer": "yes"}).status_code == 404
    one.refresh_from_db()
    assert one.state == SuggestionState.OPEN
