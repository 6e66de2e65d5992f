"""What somebody with an account and bad intentions tries against an enterprise that is not theirs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from enterprises import claim_codes, claims, invitations, rates
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.mitid import grants
from enterprises.models import Claim, Draft, Editorship, Enterprise, Invitation, ProofFile, User
from enterprises.views import admission
from tests.builders import a_user, an_enterprise

pytestmark = pytest.mark.django_db
CVR = "10000009"


@pytest.fixture(autouse=True)
def no_one_has_tried_yet() -> None:
    cache.clear()


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args or ["broed-broer"])


def types_the_code(client: Client) -> None:
    client.post(at("claim"), {"do": "code"})
    code = re.search(r"\w{4}-\w{4}", str(mail.outbox[-1].body))[0]  # type: ignore[index]
    client.post(at("claim-code"), {"code": code})


def edits(user: User) -> bool:
    return Editorship.objects.filter(user=user).exists()


# -- how often ------------------------------------------------------------------------------------


def time_passes(minutes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enterprises_limits SET expires = expires - %s * interval '1 minute'", [minutes]
        )


def test_what_was_done_too_often_is_not_forgotten_after_some_minutes(db: None) -> None:
    for _time in range(3):
        rates.count("try", "ruth", most=3, seconds=rates.DAY)
    time_passes(minutes=30)
    with pytest.raises(rates.TooOftenError):
        rates.count("try", "ruth", most=3, seconds=rates.DAY)


def test_one_person_does_not_use_up_the_codes_of_an_enterprise(
    newcomer: Client, ruth: User, bakery: Enterprise
) -> None:
    thief = a_user("tyv@example.dk")
    with pytest.raises(rates.TooOftenError):
        for _time in range(100):
            claim_codes.send(bakery, thief)
    types_the_code(newcomer)
    assert edits(ruth)


def test_another_enterprises_editor_does_not_use_up_the_invitations_of_an_address(
    editor: Client, stranger: Client
) -> None:
    with_bad_intentions = reverse("people", args=["fremmed-co"])
    for _time in range(invitations.PER_ADDRESS + 2):
        stranger.post(with_bad_intentions, {"email": "ole@example.dk"})
    assert editor.post(at("people"), {"email": "ole@example.dk"}).status_code == 302
    assert Invitation.objects.filter(enterprise__slug="broed-broer").count() == 1


def test_the_store_is_not_filled_with_files(newcomer: Client, ruth: User, pictures: object) -> None:
    claims.open_(an_enterprise("Kæden", criteria=()), ruth, ClaimWay.ADDED)
    address = at("admission-question", "kaeden", "purpose")
    for _time in range(admission.FILES_AN_HOUR):
        rates.count("proof", f"person-{ruth.pk}", most=1_000, seconds=rates.HOUR)
    sent = {"reply": "yes", "text_da": "Ja.", "text_en": "", "url": ""}
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7 %%EOF")
    answer = newcomer.post(address, sent | {"file": file})
    assert answer.status_code == 422 and "for mange gange" in answer.page.one(role="alert").text  # type: ignore[attr-defined]
    assert not ProofFile.objects.exists()


# -- once put out ---------------------------------------------------------------------------------


def test_whom_staff_put_out_does_not_come_back_by_the_enterprises_mail(
    newcomer: Client, ruth: User, bakery: Enterprise
) -> None:
    types_the_code(newcomer)
    claims.revoke(Editorship.objects.get(user=ruth), by=None, reason="Arbejder der ikke mere")
    cache.clear()
    types_the_code(newcomer)
    assert not edits(ruth)
    assert Claim.objects.get(user=ruth, state=ClaimState.OPEN).proven_at


def test_whom_staff_put_out_does_not_come_back_by_mitid(ruth: User, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(cvr=CVR)
    grants.grant(ruth, CVR)
    assert edits(ruth)
    claims.revoke(Editorship.objects.get(user=ruth), by=None, reason="Nej")
    grants.grant(ruth, CVR)
    grants.grant(ruth, CVR)
    assert not edits(ruth)
    assert Claim.objects.get(user=ruth, state=ClaimState.OPEN).way == ClaimWay.MITID
    claims.give(bakery, ruth)
    grants.grant(ruth, CVR)
    assert edits(ruth)


def test_whom_a_company_no_longer_vouches_for_leaves_no_door_open(ruth: User, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(cvr=CVR)
    grants.grant(ruth, CVR)
    accomplice = a_user("ven@example.dk")
    invitation = invitations.invite(bakery, accomplice.email, by=ruth)
    grants.grant(ruth, "10000017")
    with pytest.raises(claims.ClaimError):
        invitations.accept(invitation, accomplice)
    assert not Editorship.objects.exists()


# -- what breaks pages ----------------------------------------------------------------------------


@pytest.mark.parametrize("rows", ["9" * 5_000, "²", "-1", "1e9", ""])
def test_a_number_of_rows_that_nobody_can_have_breaks_no_page(
    editor: Client, bakery: Enterprise, rows: str
) -> None:
    address = at("edit-section", "broed-broer", "offers")
    sent = {"offers-TOTAL_FORMS": rows, "offers-INITIAL_FORMS": rows, "version": "", "revision": "0"}
    for pressed in ({"action": "draft"}, {"row": "add:offers"}, {}):
        assert editor.post(address, sent | pressed).status_code < 500
        assert editor.get(address).status_code == 200
        Draft.objects.all().delete()
    assert bakery.offers.count() == 1


# -- what others may keep -------------------------------------------------------------------------

PERSONAL = (
    *("edit-enterprise", "photos", "changes", "thread", "preview", "claim", "people", "leave"),
    *("admission", "my-signs", "my-numbers", "address-suggestions"),
)


def test_nothing_of_a_persons_own_pages_is_kept_by_anything_between(
    editor: Client, newcomer: Client, bakery: Enterprise
) -> None:
    addresses = [at(name) for name in PERSONAL]
    addresses += [at("edit-section", "broed-broer", section) for section in Section.values]
    addresses += [reverse(name) for name in ("my-enterprises", "account", "account-data", "add-enterprise")]
    for address in addresses:
        for client in (editor, newcomer):
            answer = client.get(address)
            told = answer.get("Cache-Control", "")
            assert answer.status_code == 404 or {"no-store", "private"} <= set(told.split(", ")), address


@pytest.mark.parametrize("name", ["home", "listing", "profile", "add"])
def test_a_public_page_says_nothing_of_who_reads_it(
    editor: Client, visitor: Client, bakery: Enterprise, name: str
) -> None:
    address = reverse(name, args=["broed-broer"] if name == "profile" else [])
    assert editor.get(address).content == visitor.get(address).content
