"""A reader tells that something on a profile is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises import reports
from enterprises.models import Enterprise, ErrorReport
from tests.builders import published
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db
FORM = "/virksomheder/broed-broer/meld-fejl/"


def reported(client: Client, **fields: str) -> Any:
    return client.post(FORM, {"message": "I har lukket om mandagen.", **fields})


def test_a_report_reaches_the_council_and_the_reader_is_thanked(visitor: Client, bakery: Enterprise) -> None:
    answer = reported(visitor, email="kunde@example.dk")
    thanks = visitor.get(answer.headers["Location"]).page
    assert "Tak." in thanks.one(role="status").text
    assert not thanks.one("main").all("form")
    report = ErrorReport.objects.get()
    assert (report.enterprise, report.email) == (bakery, "kunde@example.dk")
    assert report.message == "I har lukket om mandagen."


def test_no_address_is_needed(visitor: Client, bakery: Enterprise) -> None:
    assert reported(visitor).status_code == 302
    assert ErrorReport.objects.get().email == ""


@pytest.mark.parametrize(
    ("wrong", "where"), [({"message": " "}, "message"), ({"email": "ikke en adresse"}, "email")]
)
def test_mistakes_are_named_beside_the_field_and_nothing_is_lost(
    visitor: Client, bakery: Enterprise, wrong: dict[str, str], where: str
) -> None:
    page = reported(visitor, **{"message": "Noget", **wrong}).page
    assert page.one(role="alert").one("a").attrs["href"] == f"#id_{where}"
    entry = page.one("input", "textarea", id=f"id_{where}")
    assert entry.attrs["aria-invalid"] == "true"
    assert page.all(id=entry.attrs["aria-describedby"])
    assert not ErrorReport.objects.exists()
    if where == "email":
        assert page.one("textarea").text == "Noget"


def test_a_message_of_a_book_is_refused(visitor: Client, bakery: Enterprise) -> None:
    assert reported(visitor, message="æ" * 2001).page.one(role="alert")
    assert reported(visitor, message="æ" * 2000).status_code == 302


def test_a_program_that_fills_in_everything_is_thanked_for_nothing(
    visitor: Client, bakery: Enterprise
) -> None:
    assert reported(visitor, website="https://spam.example").status_code == 302
    assert not ErrorReport.objects.exists()


def test_people_never_meet_the_trap(visitor: Client, bakery: Enterprise) -> None:
    trap = visitor.get(FORM).page.one("input", name="website")
    assert trap.attrs["tabindex"] == "-1"
    assert any(around.attrs.get("aria-hidden") == "true" for around in trap.ancestors)


def test_a_flood_is_stopped_and_forgotten_after_an_hour(visitor: Client, bakery: Enterprise) -> None:
    assert [reported(visitor).status_code for _ in range(6)] == [302] * 5 + [429]
    assert reported(visitor).headers["Retry-After"] == "3600"
    ErrorReport.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert reported(visitor).status_code == 302


def test_a_flood_over_all_profiles_is_stopped_too(visitor: Client, bakery: Enterprise) -> None:
    other = published("En Anden")
    ErrorReport.objects.bulk_create(ErrorReport(enterprise=other, message="!") for _ in range(reports.IN_ALL))
    assert reported(visitor).status_code == 429


def test_a_form_from_elsewhere_is_refused_in_plain_words(bakery: Enterprise) -> None:
    answer = reported(PolicingClient(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "Formularen var for gammel" in answer.page.text


def test_the_form_works_with_its_token(bakery: Enterprise) -> None:
    client = PolicingClient(enforce_csrf_checks=True)
    token = client.get(FORM).page.one("input", name="csrfmiddlewaretoken").attrs["value"]
    assert reported(client, csrfmiddlewaretoken=token).status_code == 302


def test_the_form_is_no_page_for_search_engines_and_exists_in_english(
    visitor: Client, bakery: Enterprise
) -> None:
    assert visitor.get(FORM).page.all("meta", name="robots", content="noindex")
    with override("en"):
        address = reverse("report-error", args=[bakery.slug])
        assert visitor.post(address, {"message": "Wrong"}).headers["Location"].startswith(address)
