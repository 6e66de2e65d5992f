"""Who may change what: every address that takes a form, for everyone who sends it one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from enterprises import (
    alerts,
    claim_codes,
    confirmations,
    editing,
    invitations,
    proofs,
    proposals,
    publishing,
    sections,
)
from enterprises.choices import Reply, Section
from enterprises.cvr import deciding
from enterprises.inquiries import tokens
from enterprises.models import (
    Alert,
    Claim,
    ConfirmationRequest,
    CriterionAnswer,
    Enterprise,
    Invitation,
    RegisterDifference,
    Suggestion,
    User,
)
from enterprises.photos import keeping
from tests import images
from tests.builders import an_enterprise, let_in
from tests.client import PolicingClient
from tests.inquiring import answered, recipient, written
from tests.inquiring import sent as an_inquiry
from tests.test_access import BOTH_LANGUAGES, ONE_LANGUAGE, PERSONAS, STAFF_PEOPLE
from tests.test_editing_any_order import contact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]

EVERYBODY = (*PERSONAS, "claimant", "adder")
OURS, UNSENT, ADDED = "broed-broer", "moebler", "kaeden"


def are(**exceptions: int) -> dict[str, int]:
    """404, but 302 to the log-in for a visitor, and whatever is said of others."""
    return dict.fromkeys(EVERYBODY, 404) | {"visitor": 302} | exceptions


def all_are(status: int, **exceptions: int) -> dict[str, int]:
    return dict.fromkeys(EVERYBODY, status) | exceptions


EDITORS = are(editor=302, colleague=302)
ADDERS = are(adder=302)
LOGGED_IN = all_are(200, visitor=302)
# Not now: only in the midst of something, or only for those who have what it takes away.
NOT_NOW = all_are(302)
DRAFTS = are(visitor=401, editor=200, colleague=200, claimant=200)

# By the name of the address: what it takes and what is sent, what each gets, and whose word changes anything.
# What follows a name says with what it is tried; {braces} are filled in from `world`.
Row = tuple[list[str], dict[str, str], dict[str, int], tuple[str, ...]]
BOTH, ALL_BUT_VISITOR = ("editor", "colleague"), tuple(who for who in EVERYBODY if who != "visitor")
POSTS: dict[str, Row] = {
    # -- the enterprise's own pages
    "confirm-facts": ([OURS], {}, EDITORS, BOTH),
    "decide-cvr": ([OURS, "{differs}"], {"seen": "{differs_seen}", "keep": ""}, EDITORS, BOTH),
    "photos no file": ([OURS], {"kind": "photo", "alt_da": "Brød"}, are(editor=200, colleague=200), ()),
    "change-photo": ([OURS, "{photo}"], {"do": "save", "alt_da": "Nyt"}, EDITORS, BOTH),
    "change-photo remove": ([OURS, "{photo}"], {"do": "remove"}, EDITORS, BOTH),
    "edit-section save": (
        [OURS, "contact"],
        {"{contact}": ""},
        # A claimant's is kept as a draft; without a signature, nothing is kept for who has been logged out.
        EDITORS | {"claimant": 302},
        (*BOTH, "claimant"),
    ),
    **{
        f"edit-section draft of {section}": (
            [OURS, section],
            {"action": "draft", "x": "1", "revision": "0"},
            DRAFTS,
            (*BOTH, "claimant"),
        )
        for section in Section.values
        if section != "photos"
    },
    "changes": ([UNSENT], {"seen": "{seen}", "text": "Hej"}, EDITORS, BOTH),
    "changes that wait already": ([OURS], {"seen": "x", "text": "Hej"}, EDITORS, ()),
    "thread": ([OURS], {"text": "Hej"}, EDITORS, BOTH),
    "withdraw-proposal": ([OURS], {}, EDITORS, BOTH),
    "answer-suggestion": ([OURS, "{suggested}"], {"answer": "yes"}, EDITORS, BOTH),
    "answer-suggestion no": ([OURS, "{suggested}"], {"answer": "no"}, EDITORS, BOTH),
    "people": ([OURS], {"email": "ny@example.dk"}, EDITORS, BOTH),
    "answer-claim": ([OURS, "{claim}"], {"do": "accept"}, EDITORS, BOTH),
    "answer-claim no": ([OURS, "{claim}"], {"do": "refuse"}, EDITORS, BOTH),
    "change-invitation": ([OURS, "{invitation}"], {"do": "cancel"}, EDITORS, BOTH),
    "change-invitation again": ([OURS, "{invitation}"], {"do": "resend"}, EDITORS, BOTH),
    "leave": ([OURS], {}, EDITORS, BOTH),
    # -- of one that waits to be let in
    "admission-question": ([ADDED, "trade"], {"reply": "yes", "text_da": "Ja."}, ADDERS, ("adder",)),
    "remove-proof": ([ADDED, "{proof}"], {}, ADDERS, ("adder",)),
    "edit-section of the added": (
        [ADDED, "who"],
        {"action": "draft", "revision": "0"},
        are(visitor=401, adder=200),
        ("adder",),
    ),
    "photos of the added": ([ADDED], {"kind": "logo"}, are(adder=200), ()),
    "changes of the added": ([ADDED], {"seen": "x", "text": ""}, ADDERS, ()),
    "thread of the added": ([ADDED], {"text": "Hej"}, ADDERS, ()),
    "people of the added": ([ADDED], {"email": "ny@example.dk"}, ADDERS, ()),
    "answer-claim of the added": ([ADDED, "{added}"], {"do": "accept"}, ADDERS, ()),
    "leave the added": ([ADDED], {}, are(), ()),
    "confirm-facts of the added": ([ADDED], {}, ADDERS, ()),
    "claim the added": ([ADDED], {"do": "explain", "explanation": "Mig"}, are(), ()),
    # -- getting in
    "add-enterprise": ([], {"name": "Nyt", "others": ""}, all_are(302), ALL_BUT_VISITOR),
    "claim": (
        [OURS],
        {"do": "explain", "explanation": "Jeg er kasserer."},
        NOT_NOW,
        ("stranger", *STAFF_PEOPLE, "claimant", "adder"),
    ),
    "claim by code": ([OURS], {"do": "code"}, NOT_NOW, ("stranger", *STAFF_PEOPLE, "claimant", "adder")),
    "claim by another's invitation": ([OURS], {"do": "invitation"}, NOT_NOW, ()),
    "claim-code": ([OURS], {"code": "BCDF-GHJK"}, NOT_NOW | {"claimant": 200}, ("claimant",)),
    "withdraw-claim": ([OURS], {}, NOT_NOW, ("claimant",)),
    "invitation": (["{token}"], {}, all_are(200), ()),
    # -- those who hold the mail, and readers
    "confirm": (["{asked}"], {}, all_are(200), EVERYBODY),
    "confirm-gone": (["{asked}"], {}, all_are(200), EVERYBODY),
    "followed": (["{followed}"], {"do": "stop"}, all_are(200), EVERYBODY),
    "followed confirmed": (["{followed}"], {"do": "confirm"}, all_are(200), EVERYBODY),
    "report-error": ([OURS], {"message": "Lukket om mandagen"}, all_are(302), EVERYBODY),
    "clicked": ([], {}, all_are(204), ()),
    # From a page of ours alone, which the browser says; see tests/test_shortlists.py.
    "ask-to-follow": ([], {"email": "ny@example.dk"}, all_are(403), ()),
    "save-to-shortlist": ([], {"enterprise": "1"}, all_are(403), ()),
    "save-several-to-shortlist": ([], {"enterprise": "1"}, all_are(403), ()),
    "number-check": ([], {"list": "13585628"}, all_are(403), ()),
    "change-shortlist": ([], {"list": "1", "do": "delete"}, all_are(403), ()),
    # Keeps nothing.
    "preview-text": (
        ["about"],
        {"title_da": "Nyt"},
        all_are(302, clerk=200, chief=200, curator=403, auditor=403, developer=403),
        (),
    ),
    "write-inquiry": ([], {"to": "1"}, all_are(403), ()),
    "write-shared-inquiry": (["x" * 32], {"to": "1"}, all_are(403), ()),
    # -- those who hold a link to a buyer's inquiry
    "inquiry": (["{inquiry}"], {"do": "confirm"}, all_are(302), EVERYBODY),
    "inquiry thanks": (["{sent_inquiry}"], {"do": "thank"}, all_are(302), EVERYBODY),
    "inquiry outcome": (["{sent_inquiry}"], {"outcome": "bought"}, all_are(302), EVERYBODY),
    "answer-inquiry": (["{asked_inquiry}"], {"answer": "no"}, all_are(302), EVERYBODY),
    "report-inquiry": (["{asked_inquiry}"], {"text": "Reklame"}, all_are(302), EVERYBODY),
    # -- the account: each word changes one's own alone (tests/test_accounts.py), and an empty one nothing
    "account": ([], {}, LOGGED_IN, ()),
    "account name": ([], {"name": "Nyt Navn"}, NOT_NOW, ALL_BUT_VISITOR),
    "account_login": ([], {}, NOT_NOW | {"visitor": 200}, ()),
    "account_request_login_code": ([], {}, NOT_NOW | {"visitor": 200}, ()),
    "account-log-in-by-password": ([], {}, NOT_NOW | {"visitor": 200}, ()),
    "account_signup": ([], {}, NOT_NOW | {"visitor": 200}, ()),
    "account_confirm_login_code": ([], {}, NOT_NOW, ()),
    "account_email_verification_sent": ([], {}, NOT_NOW, ()),
    "mfa_authenticate": ([], {}, NOT_NOW, ()),
    "mfa_login_webauthn": ([], {}, NOT_NOW, ()),
    "account_reauthenticate": ([], {}, LOGGED_IN, ()),
    "mfa_reauthenticate": ([], {}, NOT_NOW | dict.fromkeys(STAFF_PEOPLE, 200), ()),
    "mfa_reauthenticate_webauthn": ([], {}, NOT_NOW, ()),
    "account_logout": ([], {}, NOT_NOW, ()),
    "account_email": ([], {}, NOT_NOW, ()),
    "account-email-codes": ([], {}, NOT_NOW, ()),
    "account_change_password": ([], {}, LOGGED_IN, ()),
    "account_set_password": ([], {}, NOT_NOW, ()),
    "mfa_activate_totp": ([], {}, NOT_NOW, ()),
    "mfa_deactivate_totp": ([], {}, are(**dict.fromkeys(STAFF_PEOPLE, 302)), ()),
    "mfa_generate_recovery_codes": ([], {}, NOT_NOW, ()),
    "mfa_add_webauthn": ([], {}, NOT_NOW, ()),
    "mfa_edit_webauthn": (["1"], {}, NOT_NOW, ()),
    "mfa_remove_webauthn": (["1"], {}, NOT_NOW, ()),
    "usersessions_list": ([], {}, NOT_NOW, ()),
    "account-delete": ([], {"email": "ida@example.dk"}, NOT_NOW, ()),
    "mitid-disconnect": ([], {}, NOT_NOW, ()),
    "socialaccount_signup": ([], {}, NOT_NOW, ()),
}

# What is written as one goes along: who has logged in from where, and how often something was tried.
PASSING = {"django_session", "usersessions_usersession"}


# The desk's own, which tests/test_admin.py holds.
DESK = {"index", "logout"}


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, Client]:
    return {name: request.getfixturevalue(name) for name in EVERYBODY}


@pytest.fixture
def world(people: dict[str, Client], bakery: Enterprise, pictures: object) -> dict[str, Any]:
    """Something to change everywhere, and the keys that the addresses and forms need."""
    cache.clear()
    ida, rikke, nora = (User.objects.get(email=f"{name}@example.dk") for name in ("ida", "rikke", "nora"))
    photo = keeping.add(bakery, images.encoded(images.picture(200, 150)), kind="photo", alt_da="Brød")
    claim = claim_codes.send(bakery, rikke)
    token = "t" * 43
    invitation = invitations.invite(bakery, "ole@example.dk", by=ida)
    Invitation.objects.filter(pk=invitation.pk).update(digest=invitations._digest(token))
    added = Claim.objects.get(user=nora)
    answer = CriterionAnswer.objects.create(
        enterprise=added.enterprise, criterion="purpose", reply=Reply.YES, text_da="Vi er til for andre."
    )
    proof = proofs.add(answer, b"%PDF-1.7 %%EOF", called="a.pdf")
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Nyt, der venter")
    version = sections.version(editing.fresh(bakery), Section.CONTACT)
    proposals.submit(bakery, by=ida, having_seen=proposals.seen(editing.fresh(bakery)))
    moebler = an_enterprise("Møbler", criteria=("purpose",))
    publishing.publish(moebler)
    Enterprise.objects.filter(pk=moebler.pk).update(tagline_da="Nyt, der ikke er sendt")
    for name in BOTH:
        let_in(User.objects.get(pk=people[name].session["_auth_user_id"]), moebler)
    phone = {"column": "phone", "before": bakery.phone, "after": "11223344"}
    suggested = Suggestion.objects.create(
        enterprise=bakery, field="phone", cells={"phone": "11223344"}, changes=[phone]
    )
    today = timezone.localdate()
    asked = ConfirmationRequest.objects.create(enterprise=bakery, asked_on=today, mailed_on=today)
    differs = RegisterDifference.objects.create(
        enterprise=bakery, field="founded", ours=None, theirs=2012, found_on=today, read_on=today
    )
    inquiry = an_inquiry(bakery, moebler)
    answered(inquiry, bakery)
    return {
        "differs": differs.pk,
        "differs_seen": deciding.seen(differs),
        "photo": photo.pk,
        "claim": claim.pk,
        "added": added.pk,
        "invitation": invitation.pk,
        "token": token,
        "proof": proof.pk,
        "suggested": suggested.pk,
        "asked": confirmations.token_of(asked),
        "inquiry": tokens.of_buyer(written(bakery, what="Andet")),
        "sent_inquiry": tokens.of_buyer(inquiry),
        "asked_inquiry": tokens.of_enterprise(recipient(inquiry, moebler)),
        "followed": alerts.token_of(Alert.objects.create(email="ole@example.dk", language="da", words="x")),
        "seen": proposals.seen(editing.fresh(moebler)),
        "contact": {"version": version, "revision": "0", **contact("11 11 11 11").dict()},
    }


def digests() -> dict[str, str]:
    """What each table holds."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - PASSING
    each = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"  # noqa: S608
        for table in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(each)
        return dict(cursor.fetchall())


def sent(row: Row, world: dict[str, Any], name: str) -> tuple[str, dict[str, str]]:
    kwargs, data, _expected, _writes = row
    address = reverse(name.split()[0], args=[part.format(**world) for part in kwargs])
    if "{contact}" in data:
        return address, world["contact"]
    return address, {key: value.format(**world) for key, value in data.items()}


@pytest.mark.parametrize("who", EVERYBODY)
def test_everyone_changes_what_is_theirs(who: str, people: dict[str, Client], world: dict[str, Any]) -> None:
    before = digests()
    got, wrote = {}, set()
    for name, row in POSTS.items():
        address, data = sent(row, world, name)
        with transaction.atomic():
            client = PolicingClient()
            client.cookies.update(people[who].cookies)
            got[name] = client.post(address, data).status_code
            if digests() != before:
                wrote.add(name)
            transaction.set_rollback(True)
    assert got == {name: expected[who] for name, (_args, _data, expected, _who) in POSTS.items()}
    assert wrote == {name for name, (_args, _data, _expected, writers) in POSTS.items() if who in writers}


# -- that none is missing -------------------------------------------------------------------------


def _everywhere() -> dict[str, str]:
    table = ONE_LANGUAGE | BOTH_LANGUAGES
    return {name: reverse(name.split()[0], kwargs=kwargs) for name, (kwargs, _expected) in table.items()}


def _forms(client: Client, address: str) -> Iterator[str]:
    """The names of the addresses that a page's forms post to."""
    answer = client.get(address)
    for form in getattr(answer, "page", ()) and answer.page.all("form", method="post"):  # type: ignore[attr-defined]
        action = form.attrs.get("action") or address
        try:
            yield resolve(action.partition("?")[0]).url_name or ""
        except Resolver404:
            raise AssertionError(f"{address} posts to {action}, which leads nowhere") from None


def test_the_table_has_every_address_that_takes_a_form(
    people: dict[str, Client], world: dict[str, Any]
) -> None:
    """Those that a page posts to, and those that are for nothing else."""
    tried = {name.split()[0] for name in POSTS}
    found = set()
    for name, address in _everywhere().items():
        for client in (people["visitor"], people["editor"], people["claimant"]):
            if client.get(address).status_code == 405:
                found.add(name.split()[0])
            found.update(_forms(client, address))
    assert {"edit-section", "claim", "report-error", "account-delete", "leave", "remove-proof"} <= found
    assert not found - tried - DESK


def test_what_takes_no_form_changes_nothing_when_sent_one(
    people: dict[str, Client], world: dict[str, Any]
) -> None:
    tried = {name.split()[0] for name in POSTS}
    before = digests()
    forms = {"do": "accept", "action": "draft", "email": "x@example.dk", "text": "Hej", "name": "Nyt"}
    for name, address in _everywhere().items():
        if name.split()[0] not in tried:
            for who in ("visitor", "editor", "clerk"):
                status = people[who].post(address, forms).status_code
                assert status == 405 or status == people[who].get(address).status_code, (name, who, status)
    assert digests() == before
