"""Who may see what: every address of the site, for everyone who walks in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import override

from enterprises import publishing
from enterprises.choices import Section
from enterprises.models import Enterprise
from tests.builders import an_enterprise

pytestmark = pytest.mark.django_db

# Of those at the desk, all but developers see what enterprises prepare. "clerk" may do everything there.
READERS = ("clerk", "curator", "chief", "auditor")
STAFF_PEOPLE = (*READERS, "developer")
PERSONAS = ("visitor", "editor", "colleague", "stranger", *STAFF_PEOPLE)
EVERYONE = dict.fromkeys(PERSONAS, 200)
REDIRECTED = dict.fromkeys(PERSONAS, 302)
SEE_OTHER = dict.fromkeys(PERSONAS, 303)
LOGGED_IN = EVERYONE | {"visitor": 302}
ENTRANCE = REDIRECTED | {"visitor": 200}
STRANGE = dict.fromkeys(PERSONAS, 404) | {"visitor": 302}
STAFF = REDIRECTED | dict.fromkeys(STAFF_PEOPLE, 200)
THE_BAKERYS = STRANGE | {"editor": 200, "colleague": 200}
BAKERY = {"slug": "broed-broer"}
NOT_THERE = dict.fromkeys(PERSONAS, 404)
NOBODYS_LIST = {"token": "x" * 32}
NOBODYS_PICTURE = {"digest": "ab" * 16, "width": "480", "extension": "jpg"}

# Every name in directory/urls.py and enterprises/urls.py: what it takes, and what each persona gets.
ONE_LANGUAGE: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "healthz": ({}, EVERYONE),
    "readyz": ({}, EVERYONE),
    "robots": ({}, EVERYONE),
    "sitemap": ({}, EVERYONE),
    "sitemap-pages": ({}, EVERYONE),
    "sitemap-profiles": ({"number": "1"}, EVERYONE),
    # Off without a key.
    "index-now-key": ({}, dict.fromkeys(PERSONAS, 404)),
    "dataset-id": ({}, SEE_OTHER),
    # Nobody has it.
    "enterprise-id": ({"pk": "0"}, dict.fromkeys(PERSONAS, 404)),
    "scheme-id": ({"facet": "sector"}, SEE_OTHER),
    "concept-id": ({"facet": "sector", "slug": "it-data"}, SEE_OTHER),
    # No night has passed.
    "dump": ({}, dict.fromkeys(PERSONAS, 404)),
    "dump-checksum": ({}, dict.fromkeys(PERSONAS, 404)),
    "dataset-jsonld": ({}, EVERYONE),
    "dataset-turtle": ({}, EVERYONE),
    "favicon": ({}, REDIRECTED),
    "was": ({}, REDIRECTED),
    "house-image": (BAKERY, EVERYONE),
    "photo": (NOBODYS_PICTURE, dict.fromkeys(PERSONAS, 404)),
    "badge": (BAKERY | {"language": "da", "look": "light", "suffix": "svg"}, EVERYONE),
    "qr-code": (BAKERY | {"suffix": "png"}, EVERYONE),
    # A browser posts to it.
    "clicked": ({}, dict.fromkeys(PERSONAS, 405)),
    "api": ({}, REDIRECTED),
    "api-enterprises": ({}, EVERYONE),
    "api-enterprise": (BAKERY, EVERYONE),
    "api-enterprise-jsonld": (BAKERY, EVERYONE),
    "api-enterprises-csv": ({}, EVERYONE),
    "api-enterprises-ndjson": ({}, EVERYONE),
    "api-enterprises-jsonld": ({}, EVERYONE),
    "api-places": ({}, EVERYONE),
    "api-taxonomies": ({}, EVERYONE),
    "api-taxonomies-jsonld": ({}, EVERYONE),
    "api-taxonomies-turtle": ({}, EVERYONE),
    "api-context": ({}, EVERYONE),
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
    "shortlist": ({}, EVERYONE),
    "shortlist-saved": ({}, EVERYONE),
    # Nobody has a list, and nobody was given a link.
    "shortlist-compare": ({}, NOT_THERE),
    "shortlist-file": ({"suffix": "csv"}, NOT_THERE),
    "shared-shortlist": (NOBODYS_LIST, NOT_THERE),
    "shared-shortlist-compare": (NOBODYS_LIST, NOT_THERE),
    "shared-shortlist-file": (NOBODYS_LIST | {"suffix": "xlsx"}, NOT_THERE),
    # No list, no inquiry; who has a link, tests/test_inquiries.py says.
    "write-inquiry": ({}, NOT_THERE),
    "write-shared-inquiry": (NOBODYS_LIST, NOT_THERE),
    "inquiry-written": ({}, EVERYONE),
    "inquiry": (NOBODYS_LIST, NOT_THERE),
    "answer-inquiry": (NOBODYS_LIST, NOT_THERE),
    "report-inquiry": (NOBODYS_LIST, NOT_THERE),
    "save-to-shortlist": ({}, dict.fromkeys(PERSONAS, 405)),
    "save-several-to-shortlist": ({}, dict.fromkeys(PERSONAS, 405)),
    "number-check": ({}, EVERYONE),
    "change-shortlist": ({}, dict.fromkeys(PERSONAS, 405)),
    "follow": ({}, EVERYONE),
    "ask-to-follow": ({}, dict.fromkeys(PERSONAS, 405)),
    # Of a token that nobody was sent.
    "followed": ({"token": "1.x"}, NOT_THERE),
    "feed": ({}, EVERYONE),
    "embed-list": ({}, EVERYONE),
    "embed-map": ({}, EVERYONE),
    "embed-builder": ({}, EVERYONE),
    "about": ({}, EVERYONE),
    "add": ({}, EVERYONE),
    "add-enterprise": ({}, LOGGED_IN),
    "grounds": ({}, EVERYONE),
    "order": ({}, EVERYONE),
    "buying": ({}, EVERYONE),
    "accessibility": ({}, EVERYONE),
    "privacy": ({}, EVERYONE),
    "open-data": ({}, EVERYONE),
    "open-data-api": ({}, EVERYONE),
    "llms": ({}, EVERYONE),
    "style-guide": ({}, EVERYONE),
    "account": ({}, LOGGED_IN),
    "account_login": ({}, ENTRANCE),
    "account_request_login_code": ({}, ENTRANCE),
    "account-log-in-by-password": ({}, ENTRANCE),
    "account_signup": ({}, ENTRANCE),
    # Only in the midst of logging in.
    "account_confirm_login_code": ({}, REDIRECTED),
    "account_email_verification_sent": ({}, REDIRECTED),
    "mfa_authenticate": ({}, REDIRECTED),
    "mfa_login_webauthn": ({}, REDIRECTED),
    "socialaccount_signup": ({}, REDIRECTED),
    "socialaccount_login_cancelled": ({}, EVERYONE),
    "account_inactive": ({}, EVERYONE),
    # To ask again, one needs a password; to ask by the second step, that.
    "account_reauthenticate": ({}, LOGGED_IN),
    "mfa_reauthenticate": ({}, STAFF),
    "mfa_reauthenticate_webauthn": ({}, REDIRECTED),
    "account_logout": ({}, LOGGED_IN),
    "account_email": ({}, LOGGED_IN),
    "account-email-codes": ({}, REDIRECTED),
    "account_change_password": ({}, LOGGED_IN),
    "account_set_password": ({}, REDIRECTED),
    "mfa_index": ({}, LOGGED_IN),
    # Nobody has any yet. What could let somebody else in, asks first who it is.
    "mfa_activate_totp": ({}, REDIRECTED),
    "mfa_deactivate_totp": ({}, STRANGE | dict.fromkeys(STAFF_PEOPLE, 302)),
    "mfa_view_recovery_codes": ({}, STRANGE),
    "mfa_generate_recovery_codes": ({}, REDIRECTED),
    "mfa_download_recovery_codes": ({}, STRANGE),
    "mfa_list_webauthn": ({}, LOGGED_IN),
    "mfa_add_webauthn": ({}, REDIRECTED),
    "mfa_edit_webauthn": ({"pk": "1"}, REDIRECTED),
    "mfa_remove_webauthn": ({"pk": "1"}, REDIRECTED),
    "usersessions_list": ({}, LOGGED_IN),
    "account-data": ({}, LOGGED_IN),
    "account-delete": ({}, LOGGED_IN),
    # There is no MitID unless it is configured.
    "mitid_login": ({}, dict.fromkeys(PERSONAS, 404)),
    "mitid_callback": ({}, dict.fromkeys(PERSONAS, 404)),
    "mitid-disconnect": ({}, dict.fromkeys(PERSONAS, 405) | {"visitor": 302}),
    "my-enterprises": ({}, LOGGED_IN),
    "photos": (BAKERY, THE_BAKERYS),
    "change-photo": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    "edit-enterprise": (BAKERY, THE_BAKERYS),
    **{f"edit-section {section}": (BAKERY | {"section": section}, THE_BAKERYS) for section in Section.values},
    "address-suggestions": (BAKERY, THE_BAKERYS),
    "changes": (BAKERY, THE_BAKERYS),
    "thread": (BAKERY, THE_BAKERYS),
    # A form too.
    "withdraw-proposal": (BAKERY, dict.fromkeys(PERSONAS, 405)),
    "confirm-facts": (BAKERY, dict.fromkeys(PERSONAS, 405)),
    "decide-cvr": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    # Posted to from the desk; who looks without is led to the page as it is.
    "preview-text": (
        {"key": "about"},
        REDIRECTED | dict.fromkeys(("curator", "auditor", "developer"), 403),
    ),
    "preview": (BAKERY, THE_BAKERYS | dict.fromkeys(READERS, 200)),
    "answer-suggestion": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    # Of a token that nobody was sent.
    "confirm": ({"token": "1.x"}, dict.fromkeys(PERSONAS, 404)),
    "confirm-gone": ({"token": "1.x"}, dict.fromkeys(PERSONAS, 404)),
    # Whoever edits it is led to it.
    "claim": (BAKERY, LOGGED_IN | {"editor": 302, "colleague": 302}),
    # Nobody waits for a code.
    "claim-code": (BAKERY, REDIRECTED),
    "withdraw-claim": (BAKERY, dict.fromkeys(PERSONAS, 405)),
    "people": (BAKERY, THE_BAKERYS),
    "leave": (BAKERY, THE_BAKERYS),
    "answer-claim": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    "change-invitation": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    # Of a token that nobody was sent.
    "invitation": ({"token": "x"}, dict.fromkeys(PERSONAS, 404)),
    "admission": (BAKERY, THE_BAKERYS),
    # Asked of new ones only; the bakery is in.
    "admission-question": (
        BAKERY | {"criterion": "purpose"},
        STRANGE | {"editor": 302, "colleague": 302},
    ),
    # There is no such file.
    "proof-file": (BAKERY | {"pk": "1"}, STRANGE),
    "remove-proof": (BAKERY | {"pk": "1"}, dict.fromkeys(PERSONAS, 405)),
    "my-signs": (BAKERY, THE_BAKERYS),
    "my-numbers": (BAKERY, THE_BAKERYS),
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
            name: reverse(name.split()[0], kwargs=kwargs) for name, (kwargs, _expected) in table.items()
        }
    got = {name: client.get(address).status_code for name, address in addresses.items()}
    assert got == {name: expected[who] for name, (_kwargs, expected) in table.items()}


# Whoever waits may keep drafts of all but pictures, and see them on the page that all see.
WAITING = {"preview": 200, "address-suggestions": 200} | {
    f"edit-section {section}": 200 for section in Section.values if section != Section.PHOTOS
}


@pytest.mark.parametrize("language", ["da", "en"])
def test_who_waits_gets_what_strangers_get_and_where_to_draft(
    claimant: Client, language: str, bakery: Enterprise
) -> None:
    with override(language):
        addresses = {
            name: reverse(name.split()[0], kwargs=kwargs)
            for name, (kwargs, _expected) in BOTH_LANGUAGES.items()
        }
    got = {name: claimant.get(address).status_code for name, address in addresses.items()}
    assert got == {name: expected["stranger"] for name, (_kw, expected) in BOTH_LANGUAGES.items()} | WAITING


# Of what is no more than added, whoever added it sees all that editors see, but those there are yet to be.
ADDED = {"people": 302, "leave": 404, "admission-question": 200, "claim": 404, "claim-code": 404}
ADDED_TO_OTHERS = {"claim": 404, "claim-code": 404}


@pytest.mark.parametrize("who", ["visitor", "editor", "stranger", "claimant", *STAFF_PEOPLE, "adder"])
def test_what_is_only_added_is_its_persons_and_the_councils(
    who: str, request: pytest.FixtureRequest, adder: Client, bakery: Enterprise
) -> None:
    client = adder if who == "adder" else request.getfixturevalue(who)
    got, wanted = {}, {}
    for name, (kwargs, expected) in BOTH_LANGUAGES.items():
        if kwargs.get("slug") != BAKERY["slug"]:
            continue
        address = reverse(name.split()[0], kwargs=kwargs | {"slug": "kaeden"})
        if not address.startswith("/min/"):
            continue
        got[name] = client.get(address).status_code
        if who == "adder":
            wanted[name] = ADDED.get(name, expected["editor"])
        elif who == "visitor":
            wanted[name] = expected["visitor"]
        else:
            as_stranger = who if who in STAFF_PEOPLE else "stranger"
            wanted[name] = ADDED_TO_OTHERS.get(name, expected[as_stranger])
    assert len(got) > 25 and got == wanted


FRAMED = {"sign-card", "embed-list", "embed-map"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_other_sites_may_frame_what_is_made_for_it_and_nothing_else(
    visitor: Client, editor: Client, language: str
) -> None:
    with override(language):
        table = BOTH_LANGUAGES | (ONE_LANGUAGE if language == "da" else {})
        addresses = {name: reverse(name.split()[0], kwargs=kwargs) for name, (kwargs, _e) in table.items()}
    for client in (visitor, editor):
        for name, address in addresses.items():
            answer = client.get(address)
            policy, told = answer["Content-Security-Policy"], answer.get("X-Frame-Options")
            if name in FRAMED:
                assert told is None and "frame-ancestors *" in policy, name
            elif name == "preview":
                assert told == "SAMEORIGIN" or answer.status_code != 200
            else:
                assert told == "DENY" and "frame-ancestors 'none'" in policy, name


def test_the_table_has_every_address() -> None:
    assert set(_names(get_resolver().url_patterns)) == _tried() - {"admin:index"}


def _tried() -> set[str]:
    """What follows a name in the tables says with what it is tried."""
    return {name.split()[0] for name in (*ONE_LANGUAGE, *BOTH_LANGUAGES)}


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
