"""Several windows, a log-in that runs out, the preview beside the form: nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enterprises.choices import Section
from enterprises.models import Draft, Editorship, Enterprise, User
from enterprises.views import logged_out
from tests.client import PolicingClient
from tests.test_editing import address, draft, fresh, opened

pytestmark = pytest.mark.django_db


# -- another window -------------------------------------------------------------------------------


def test_saving_tells_of_a_draft_in_another_window(editor: Client, bakery: Enterprise) -> None:
    one, other = opened(editor, "who"), opened(editor, "who")
    draft(editor, "who", one, tagline_da="Fra det ene")
    answer = editor.post(address("who"), other | {"tagline_da": "Fra det andet"}, follow=True)
    assert "Du har en kladde af “Hvem I er” fra et andet vindue" in answer.page.text
    page = editor.get(address("who")).page
    assert "Fra det andet" in page.one(class_="conflict").text
    assert page.one(id="id_tagline_da").attrs["value"] == "Fra det ene"


def test_a_draft_that_says_what_was_saved_elsewhere_is_gone(editor: Client, bakery: Enterprise) -> None:
    one, other = opened(editor, "who"), opened(editor, "who")
    draft(editor, "who", one, tagline_da="Det samme")
    answer = editor.post(address("who"), other | {"tagline_da": "Det samme"}, follow=True)
    assert not answer.page.all(role="alert")
    assert not Draft.objects.exists()


# -- logged out -----------------------------------------------------------------------------------


def sent_logged_out(sent: dict[str, Any], **changes: Any) -> tuple[Client, Any]:
    client = PolicingClient()
    return client, client.post(address("who"), sent | changes)


def test_what_is_sent_after_the_log_in_ran_out_is_there_when_one_is_back(
    editor: Client, bakery: Enterprise
) -> None:
    sent = opened(editor, "who")
    editor.logout()
    answer = editor.post(address("who"), sent | {"tagline_da": "Skrevet for sent"}, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"?next={address('who')}")
    assert "Det, du skrev, er gemt som din kladde" in answer.page.text
    assert fresh(bakery).tagline_da == "Frokost og brød til møder"
    editor.force_login(User.objects.get(email="ida@example.dk"))
    assert opened(editor, "who")["tagline_da"] == "Skrevet for sent"


def test_the_script_is_told_and_goes_on_keeping(editor: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "who") | {"action": "draft"}
    _client, answer = sent_logged_out(sent, tagline_da="Ét")
    assert (answer.status_code, answer.json()["revision"]) == (401, 1)
    assert "Du er logget ud" in answer.json()["told"]
    sent_logged_out(sent, tagline_da="To", revision="1")
    assert opened(editor, "who")["tagline_da"] == "To"


def test_only_the_form_of_an_editor_is_kept(editor: Client, colleague: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "who")
    forged = {
        "none": "",
        "another key": signing.dumps([1, bakery.pk, "who"], salt="another"),
        "another section": opened(editor, "offers")["made_for"],
    }
    for made_for in forged.values():
        _client, answer = sent_logged_out(sent, made_for=made_for)
        assert answer.status_code == 302
    Editorship.objects.all().delete()
    sent_logged_out(sent)
    assert not Draft.objects.exists()


def test_a_person_who_may_no_longer_log_in_gets_no_draft(editor: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "who")
    User.objects.update(is_active=False)
    sent_logged_out(sent)
    assert not Draft.objects.exists()


def test_what_cannot_be_kept_is_told(editor: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "who")
    draft(editor, "who", sent, tagline_da="Fra et andet vindue")
    client, answer = sent_logged_out(sent, tagline_da="Fra det gamle")
    assert "tilbageknap" in client.get(answer.url).page.text
    assert opened(editor, "who")["tagline_da"] == "Fra et andet vindue"


def test_a_form_of_the_day_before_the_last_month_is_too_old(
    editor: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = opened(editor, "who")
    monkeypatch.setattr(logged_out, "LONGEST", -1)
    sent_logged_out(sent)
    assert not Draft.objects.exists()


def test_a_forged_post_of_somebody_logged_out_is_refused(editor: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "who")
    assert PolicingClient(enforce_csrf_checks=True).post(address("who"), sent).status_code == 403
    assert not Draft.objects.exists()


# -- the preview ----------------------------------------------------------------------------------


@pytest.mark.parametrize("section", Section.values)
def test_every_section_shows_the_preview_beside_its_form(
    editor: Client, bakery: Enterprise, section: str
) -> None:
    answer = editor.get(address(section))
    frame = answer.page.one("iframe")
    assert frame.attrs["src"] == reverse("preview", args=[bakery.slug]) + "?ramme=1"
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    home = editor.get(reverse("edit-enterprise", args=[bakery.slug]))
    assert "frame-src" not in home["Content-Security-Policy"]


def test_the_preview_shows_what_is_typed_and_its_links_open_outside_the_frame(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    draft(editor, "who", opened(editor, "who"), tagline_da="Boller hver morgen")
    url = reverse("preview", args=[bakery.slug]) + "?ramme=1"
    page = editor.get(url).page
    assert "Boller hver morgen" in page.one("main").text
    assert page.one("base").attrs["target"] == "_blank"
    assert "Boller hver morgen" not in colleague.get(url).page.one("main").text


def test_the_preview_costs_the_same_with_many_rows(
    editor: Client, bakery: Enterprise, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("preview", args=[bakery.slug])
    editor.get(url)
    with django_assert_max_num_queries(70) as few:
        editor.get(url)
    for number in range(20):
        bakery.offers.create(name_da=f"Ydelse {number}", position=number + 1)
    with django_assert_max_num_queries(70) as many:
        editor.get(url)
    assert len(many) == len(few)
