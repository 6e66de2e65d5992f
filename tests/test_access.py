"""Who may see what: every address of the site, for everyone who walks in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import override

from enterprises import publishing
from enterprises.models import Enterprise
from tests.builders import an_enterprise

pytestmark = pytest.mark.django_db

PERSONAS = ("visitor", "editor", "colleague", "stranger", "clerk")
EVERYONE = dict.fromkeys(PERSONAS, 200)
REDIRECTED = dict.fromkeys(PERSONAS, 302)
LOGGED_IN = EVERYONE | {"visitor": 302}
STAFF = REDIRECTED | {"clerk": 200}
EDITORS = {"visitor": 302, "editor": 200, "colleague": 200, "stranger": 404, "clerk": 404}
BAKERY = {"slug": "broed-broer"}
# Its key is filled in when it is known.
OF_BAKERY = {"pk": ""}

# Every name in directory/urls.py and enterprises/urls.py: what it takes, and what each persona gets.
ONE_LANGUAGE: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "healthz": ({}, EVERYONE),
    "readyz": ({}, EVERYONE),
    "robots": ({}, EVERYONE),
    "sitemap": ({}, EVERYONE),
    "sitemap-part": ({"section": "profiles"}, EVERYONE),
    "favicon": ({}, REDIRECTED),
    "was": ({}, REDIRECTED),
    "house-image": (BAKERY, EVERYONE),
    "badge": (BAKERY | {"language": "da", "look": "light", "suffix": "svg"}, EVERYONE),
    "qr-code": (BAKERY | {"suffix": "png"}, EVERYONE),
    # A browser posts to it.
    "clicked": ({}, dict.fromkeys(PERSONAS, 405)),
    "api": ({}, REDIRECTED),
    "api-enterprises": ({}, EVERYONE),
    "api-enterprise": (BAKERY, EVERYONE),
    "api-enterprises-csv": ({}, EVERYONE),
    "api-enterprises-ndjson": ({}, EVERYONE),
    "api-places": ({}, EVERYONE),
    "api-taxonomies": ({}, EVERYONE),
    "api-statistics": ({}, EVERYONE),
    "api-openapi": ({}, EVERYONE),
    "api-unknown": ({"rest": "nothing"}, dict.fromkeys(PERSONAS, 404)),
}
BOTH_LANGUAGES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "home": ({}, EVERYONE),
    "listing": ({}, EVERYONE),
    "suggestions": ({}, EVERYONE),
    "places": ({}, EVERYONE),
    "map": ({}, EVERYONE),
    "map-points": ({}, EVERYONE),
    "profile": (BAKERY, EVERYONE),
    "vcard": (BAKERY, EVERYONE),
    "report-error": (BAKERY, EVERYONE),
    "sign-card": (BAKERY, EVERYONE),
    "window-sign": (BAKERY, EVERYONE),
    "sectors": ({}, EVERYONE),
    "sector": ({"slug": "mad-catering"}, EVERYONE),
    "ownerships": ({}, EVERYONE),
    "ownership": ({"slug": "medarbejderejet"}, EVERYONE),
    "missions": ({}, EVERYONE),
    "mission": ({"slug": "unge"}, EVERYONE),
    "districts": ({}, EVERYONE),
    "district": ({"slug": "noerrebro"}, EVERYONE),
    "about": ({}, EVERYONE),
    "accessibility": ({}, EVERYONE),
    "privacy": ({}, EVERYONE),
    "open-data": ({}, EVERYONE),
    "open-data-api": ({}, EVERYONE),
    "style-guide": ({}, EVERYONE),
    "log-in": ({}, EVERYONE),
    # Logging out is a form, so a link cannot do it.
    "log-out": ({}, dict.fromkeys(PERSONAS, 405)),
    "my-enterprises": ({}, LOGGED_IN),
    # Of a token that nobody was sent.
    "confirm": ({"token": "1.x"}, dict.fromkeys(PERSONAS, 404)),
    "confirm-gone": ({"token": "1.x"}, dict.fromkeys(PERSONAS, 404)),
    "my-signs": (OF_BAKERY, EDITORS),
    "my-numbers": (OF_BAKERY, EDITORS),
    "admin:index": ({}, STAFF),
}


@pytest.fixture
def persona(request: pytest.FixtureRequest, bakery: Enterprise) -> tuple[str, Client]:
    return request.param, request.getfixturevalue(request.param)


@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
@pytest.mark.parametrize("language", ["da", "en"])
def test_everyone_gets_what_is_theirs(persona: tuple[str, Client], language: str, bakery: Enterprise) -> None:
    who, client = persona
    table = BOTH_LANGUAGES | (ONE_LANGUAGE if language == "da" else {})
    with override(language):
        addresses = {
            name: reverse(name, kwargs=kwargs | ({"pk": bakery.pk} if "pk" in kwargs else {}))
            for name, (kwargs, _expected) in table.items()
        }
    got = {name: client.get(address).status_code for name, address in addresses.items()}
    assert got == {name: expected[who] for name, (_kwargs, expected) in table.items()}


def test_the_table_has_every_address() -> None:
    assert set(_names(get_resolver().url_patterns)) == {*ONE_LANGUAGE, *BOTH_LANGUAGES} - {"admin:index"}


def _names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name
        elif pattern.namespace != "admin":
            yield from _names(pattern.url_patterns)


@pytest.mark.parametrize("persona", PERSONAS, indirect=True)
@pytest.mark.parametrize("name", ["profile", "vcard", "report-error", "house-image", "api-enterprise"])
def test_nobody_sees_a_draft(persona: tuple[str, Client], name: str) -> None:
    draft = an_enterprise("Ikke klar endnu")
    assert persona[1].get(reverse(name, args=[draft.slug])).status_code == 404
    listing = persona[1].get(reverse("listing"), {"q": "klar"})
    assert draft.name not in listing.content.decode()


def test_an_editor_finds_their_own_enterprises_only(editor: Client, stranger: Client) -> None:
    mine, theirs = (client.get(reverse("my-enterprises")).page.one("main") for client in (editor, stranger))
    assert "Brød & Broer" in mine.text and "Fremmed & Co" not in mine.text
    assert "Fremmed & Co" in theirs.text and "Brød & Broer" not in theirs.text


def test_a_withdrawn_profile_keeps_its_editor(editor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket for sommeren")
    assert "Profilen er ikke udgivet." in editor.get(reverse("my-enterprises")).page.one("main").text


def test_one_logs_in_with_mail_and_password_and_out_again(visitor: Client, editor: Client) -> None:
    account = {"username": "ida@example.dk", "password": "en lang sætning om brød"}
    assert visitor.post(reverse("log-in"), account).headers["Location"] == reverse("my-enterprises")
    assert visitor.get(reverse("my-enterprises")).status_code == 200
    assert visitor.post(reverse("log-out")).headers["Location"] == reverse("home")
    assert visitor.get(reverse("my-enterprises")).status_code == 302


def test_a_wrong_password_is_said_in_plain_words(visitor: Client, editor: Client) -> None:
    page = visitor.post(reverse("log-in"), {"username": "ida@example.dk", "password": "gættet"}).page
    assert page.one(role="alert").text
    assert page.one("input", name="username").attrs["value"] == "ida@example.dk"


def test_logging_in_leads_to_no_other_site(visitor: Client, editor: Client) -> None:
    account = {"username": "ida@example.dk", "password": "en lang sætning om brød"}
    answer = visitor.post(reverse("log-in"), account | {"next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("my-enterprises")
