"""When something is wrong: what happened, where to go, in the reader's language."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.views import errors
from enterprises import publishing
from enterprises.models import Enterprise
from tests.client import PolicingClient, parsed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "language"),
    [("/findes/ikke/", "da"), ("/en/no/such/page/", "en"), ("/virksomheder/ingen/", "da"), ("/%00", "da")],
)
def test_an_unknown_address_gets_a_helpful_page(visitor: Client, address: str, language: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 404
    assert answer.page.one("html").attrs["lang"] == language
    main = answer.page.one("main")
    assert main.one("input", name="q") and main.all("a")


def test_an_error_page_costs_no_query(visitor: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        visitor.get("/findes/ikke/")
    assert len(asked) == 0


def test_a_missing_slash_is_added(visitor: Client) -> None:
    answer = visitor.get("/virksomheder?q=br%C3%B8d")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/virksomheder/?q=br%C3%B8d")


def test_gone_is_not_the_same_as_never_there(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    page = visitor.get(reverse("profile", args=[bakery.slug])).page
    assert "ikke længere i kataloget" in page.one("main").text
    assert page.one("main").one("input", name="q")


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_our_own_mistake_is_called_that(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise error("a secret detail")

    monkeypatch.setattr("directory.catalogue.build", broken)
    for address, language in (("/", "da"), ("/en/", "en")):
        answer = PolicingClient(raise_request_exception=False).get(address)
        assert answer.status_code == status
        assert ("Retry-After" in answer.headers) == (status == 503)
        assert answer.page.one(class_="error-code").text == str(status)
        assert answer.page.one("html").attrs["lang"] == language
        assert answer.page.one("h1").text
        assert "a secret detail" not in answer.content.decode()


def test_our_own_mistake_can_be_told_without_a_database(django_db_blocker: pytest.FixtureRequest) -> None:
    with django_db_blocker.block():  # type: ignore[attr-defined]
        assert errors.server_error(HttpRequest()).status_code == 500


@pytest.mark.parametrize(
    ("view", "status"),
    [("bad_request", 400), ("forbidden", 403), ("not_found", 404), ("gone", 410), ("too_many_requests", 429)],
)
def test_every_error_names_itself_and_leads_home(view: str, status: int) -> None:
    answer = getattr(errors, view)(RequestFactory().get("/"))
    main = parsed(answer.content.decode()).one("main")
    assert answer.status_code == status
    assert main.one(class_="error-code").text == str(status)
    assert "/" in {a.attrs["href"] for a in main.all("a")}


def test_a_host_that_is_not_ours_is_refused(visitor: Client) -> None:
    answer = visitor.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_error_pages_are_not_for_search_engines_to_keep(visitor: Client) -> None:
    assert not visitor.get("/findes/ikke/").page.all("link", rel="canonical")
