"""Who edits a profile: inviting, leaving, and what the council's staff can do about it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises import claims, invitations, retention
from enterprises.choices import ClaimState, ClaimWay
from enterprises.masking import masked
from enterprises.models import Claim, Editorship, Enterprise, Invitation, User
from tests.builders import a_user, published, with_second_step
from tests.client import PolicingClient
from tests.test_claims import at, edits, explains, main

pytestmark = pytest.mark.django_db
OLE = "ole@example.dk"


def invites(client: Client, email: str = OLE) -> Any:
    return client.post(at("people"), {"email": email}, follow=True)


def link() -> str:
    address = re.search(r"https?://[^/]+(/min/invitation/\S+)", str(mail.outbox[-1].body))
    return address[1]  # type: ignore[index]


def logged_in(email: str = OLE, **fields: Any) -> Client:
    client = PolicingClient()
    client.force_login(a_user(email, **fields))
    return client


@pytest.mark.parametrize(
    ("address", "shown"),
    [("info@broed.dk", "in…@broed.dk"), ("ida@x.dk", "i…@x.dk"), ("a@x.dk", "a…@x.dk"), ("", "…@")],
)
def test_an_address_is_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


# -- inviting -------------------------------------------------------------------------------------


def test_a_colleague_is_invited_and_joins(editor: Client, visitor: Client) -> None:
    assert (
        "Invitationen er sendt til Ole@Example.dk" in invites(editor, " Ole@Example.dk").page.one("main").text
    )
    assert [sent.to for sent in mail.outbox] == [[OLE]]
    page = visitor.get(link()).page  # type: ignore[attr-defined]
    assert "o…@example.dk" in page.one("main").text and OLE not in page.one("main").text
    assert [a for a in page.all("a") if a.attrs.get("href", "").endswith(f"?next={link()}")]
    ole = logged_in()
    ole.get(link())
    assert not edits(OLE)
    answer = ole.post(link(), follow=True)
    assert answer.redirect_chain[-1][0] == at("edit-enterprise")
    claim = Claim.objects.get(user__email=OLE)
    assert (claim.way, claim.state) == (ClaimWay.INVITATION, ClaimState.ACCEPTED)
    assert claim.decided_by and claim.decided_by.email == "ida@example.dk"


def test_the_page_is_the_same_whether_an_address_has_an_account(editor: Client) -> None:
    a_user(OLE)
    texts = [invites(editor, email).page.one("main").text.replace(email, "") for email in (OLE, "x@x.dk")]
    assert texts[0].split("Inviteret")[0] == texts[1].split("Inviteret")[0]
    with_account, without = (str(sent.body).partition("http")[0] for sent in mail.outbox)
    assert with_account == without


def test_an_invitation_is_for_its_address_alone(editor: Client) -> None:
    invites(editor)
    thief = logged_in("tyv@example.dk")
    assert "men du er logget ind som tyv@example.dk" in main(thief, link())
    answer = thief.post(link())
    assert "anden adresse" in answer.page.one("main").text and not edits("tyv@example.dk")  # type: ignore[attr-defined]
    unproven = logged_in(OLE)
    User.objects.get(email=OLE).emailaddress_set.update(verified=False)  # type: ignore[attr-defined]
    unproven.post(link())
    assert not edits(OLE)


def test_an_invitation_is_good_once(editor: Client) -> None:
    invites(editor)
    ole = logged_in()
    ole.post(link())
    claims.leave(Editorship.objects.get(user__email=OLE))
    answer = ole.post(link())
    assert answer.status_code == 410 and not edits(OLE)


def test_an_invitation_expires(editor: Client) -> None:
    invites(editor)
    Invitation.objects.update(sent_at=timezone.now() - invitations.HOLDS_FOR - timedelta(seconds=1))
    ole = logged_in()
    assert ole.get(link()).status_code == 410
    ole.post(link())
    assert not edits(OLE)


def test_who_did_not_come_is_forgotten(editor: Client) -> None:
    invites(editor)
    retention.forget("invitations")
    assert Invitation.objects.exists()
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=61))
    retention.forget("invitations")
    assert not Invitation.objects.exists()


def test_an_invitation_is_taken_back(editor: Client) -> None:
    invites(editor)
    address = at("change-invitation", "broed-broer", Invitation.objects.get().pk)
    editor.post(address, {"do": "cancel"})
    assert editor.post(address, {"do": "cancel"}).status_code == 404
    ole = logged_in()
    assert ole.post(link()).status_code == 410 and not edits(OLE)


def test_sent_again_it_has_a_new_link(editor: Client) -> None:
    invites(editor)
    first = link()
    editor.post(at("change-invitation", "broed-broer", Invitation.objects.get().pk), {"do": "resend"})
    ole = logged_in()
    assert ole.get(first).status_code == 404
    ole.post(link())
    assert edits(OLE) and Invitation.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "0", "%00", "a" * 500])
def test_a_link_nobody_was_sent_leads_nowhere(editor: Client, token: str) -> None:
    invites(editor)
    assert editor.get(f"/min/invitation/{token}/").status_code == 404


@pytest.mark.parametrize(
    "email", ["", "ole", "ole@x.dk\nBcc: alle@x.dk", "a@x.dk,b@x.dk", "x" * 300 + "@x.dk"]
)
def test_what_is_no_address_is_not_written_to(editor: Client, email: str) -> None:
    assert editor.post(at("people"), {"email": email}).status_code == 422
    assert not mail.outbox and not Invitation.objects.exists()


def test_nobody_is_pestered(editor: Client) -> None:
    for _time in range(invitations.PER_ADDRESS):
        invites(editor)
    sent = len(mail.outbox)
    assert "for mange gange" in editor.post(at("people"), {"email": OLE}).page.one("main").text  # type: ignore[attr-defined]
    assert len(mail.outbox) == sent


def test_what_a_colleague_typed_is_masked(editor: Client, colleague: Client) -> None:
    invites(editor)
    assert OLE in main(editor, at("people"))
    assert OLE not in main(colleague, at("people")) and "o…@example.dk" in main(colleague, at("people"))
    assert "ida@example.dk" not in main(colleague, at("people"))


def test_strangers_neither_invite_nor_take_back(editor: Client, stranger: Client, bakery: Enterprise) -> None:
    assert stranger.post(at("people"), {"email": OLE}).status_code == 404
    invites(editor)
    key = Invitation.objects.get().pk
    for slug in ("broed-broer", "fremmed-co"):
        for do in ("cancel", "resend"):
            assert stranger.post(at("change-invitation", slug, key), {"do": do}).status_code == 404
    with pytest.raises(claims.ClaimError):
        invitations.invite(bakery, OLE, by=User.objects.get(email="sofie@example.dk"))
    assert Invitation.objects.get().cancelled_at is None and len(mail.outbox) == 1


def test_the_page_asks_the_database_equally_often(editor: Client, bakery: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")

    def more(number: int) -> None:
        claims.give(bakery, a_user(f"e{number}@example.dk"))
        claims.open_(bakery, a_user(f"c{number}@example.dk"), ClaimWay.EXPLANATION, "Mig")
        Invitation.objects.create(
            enterprise=bakery,
            email=f"i{number}@x.dk",
            digest=str(number),
            sent_at=timezone.now(),
            invited_by=ida,
        )

    counts = []
    editor.get(at("people"))
    for some in (range(1), range(1, 12)):
        for number in some:
            more(number)
        with CaptureQueriesContext(connection) as queries:
            editor.get(at("people"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8, counts


# -- leaving --------------------------------------------------------------------------------------


def test_one_of_several_leaves(editor: Client, colleague: Client, bakery: Enterprise) -> None:
    assert "De andre kan stadig rette." in main(editor, at("leave"))
    assert edits("ida@example.dk")
    answer = editor.post(at("leave"), follow=True)
    assert "ikke længere rette profilen for Brød & Broer" in answer.page.one("main").text  # type: ignore[attr-defined]
    assert editor.post(at("leave")).status_code == 404
    assert not edits("ida@example.dk") and edits("carl@example.dk")


def test_the_last_one_is_told_and_leaves_the_profile_to_be_claimed(
    editor: Client,
    visitor: Client,
    newcomer: Client,
    bakery: Enterprise,
) -> None:
    assert "Du er den sidste" in main(editor, at("leave"))
    editor.post(at("leave"))
    assert not Editorship.objects.exists() and visitor.get(at("profile")).status_code == 200
    assert "Nogen retter allerede" not in main(newcomer, at("claim"))


def test_an_account_that_goes_leaves_first(editor: Client, colleague: Client, bakery: Enterprise) -> None:
    from enterprises.accounts import leaving

    explains(logged_in())
    leaving.leave(User.objects.get(email="ida@example.dk"))
    leaving.leave(User.objects.get(email=OLE))
    assert [e.user.email for e in bakery.editorships.all()] == ["carl@example.dk"]
    assert Claim.objects.count() == 1


# -- the council's staff --------------------------------------------------------------------------


def decide(client: Client, claim: Claim, **told: str) -> Any:
    return client.post(reverse("admin:enterprises_claim_decide", args=[claim.pk]), told, follow=True)


def test_staff_answer_a_claim_and_it_is_logged(clerk: Client, newcomer: Client, ruth: User) -> None:
    explains(newcomer)
    claim = Claim.objects.get()
    waiting = clerk.get(reverse("admin:enterprises_claim_changelist"), {"waiting": "yes"})
    assert "Ruth Ny" in waiting.text
    assert "Jeg er forkvinde." in clerk.get(reverse("admin:enterprises_claim_decide", args=[claim.pk])).text
    decide(clerk, claim, _accept="1")
    assert edits() and mail.outbox[-1].to == [ruth.email]
    entry = LogEntry.objects.get()
    assert entry.user.email == "karen@example.dk" and "Ruth Ny kan nu rette" in entry.change_message
    assert "afgjort i mellemtiden" in decide(clerk, claim, _refuse="1", reason="Nej").text


def test_staff_refuse_with_a_reason(clerk: Client, newcomer: Client, ruth: User) -> None:
    explains(newcomer)
    claim = Claim.objects.get()
    assert "Skriv en begrundelse." in decide(clerk, claim, _refuse="1").text
    decide(clerk, claim, _refuse="1", reason="Vi kan ikke få fat i jer.")
    claim.refresh_from_db()
    assert claim.state == ClaimState.REFUSED and "få fat i jer" in str(mail.outbox[-1].body)
    assert "få fat i jer" in LogEntry.objects.get().change_message


def test_staff_take_an_editorship_back_with_its_invitations(clerk: Client, editor: Client) -> None:
    invites(editor)
    sent = link()
    editorship = Editorship.objects.get()
    led = clerk.get(reverse("admin:enterprises_editorship_change", args=[editorship.pk]))
    assert led.headers["Location"] == reverse("admin:enterprises_claim_decide", args=[editorship.claim_id])
    decide(clerk, editorship.claim, _revoke="1", reason="Har skiftet job.")
    assert not Editorship.objects.exists() and editor.get(at("edit-enterprise")).status_code == 404
    claim = Claim.objects.get()
    assert claim.state == ClaimState.REVOKED and claim.ended_by and claim.ended_by.email == "karen@example.dk"
    assert mail.outbox[-1].to == ["ida@example.dk"] and "skiftet job" in str(mail.outbox[-1].body)
    assert logged_in().post(sent).status_code == 410
    assert "ikke længere rette" in decide(clerk, claim, _revoke="1", reason="Igen").text


def test_staff_invite_from_the_enterprises_page(clerk: Client, bakery: Enterprise) -> None:
    page = reverse("admin:enterprises_invitation_invite", args=[bakery.pk])
    assert page in clerk.get(reverse("admin:enterprises_enterprise_change", args=[bakery.pk])).text
    clerk.post(page, {"email": OLE})
    assert mail.outbox[-1].to == [OLE] and LogEntry.objects.count() == 1
    logged_in().post(link())
    assert edits(OLE)


def test_staff_without_the_right_decide_nothing(newcomer: Client, bakery: Enterprise) -> None:
    from django.contrib.auth.models import Permission

    explains(newcomer)
    reader = a_user("lis@example.dk", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = PolicingClient()
    client.force_login(with_second_step(reader))
    claim = Claim.objects.get()
    page = client.get(reverse("admin:enterprises_claim_decide", args=[claim.pk]))
    assert page.status_code == 200 and "_accept" not in page.text
    assert decide(client, claim, _accept="1").status_code == 403
    assert client.post(reverse("admin:enterprises_invitation_invite", args=[bakery.pk])).status_code == 403
    with pytest.raises(claims.ClaimError):
        claims.accept(claim, by=reader)


def test_nothing_of_it_is_deleted_by_hand_but_goes_with_its_person(clerk: Client, editor: Client) -> None:
    editorship = Editorship.objects.get()
    for model, key in (("editorship", editorship.pk), ("claim", editorship.claim_id)):
        clerk.post(reverse(f"admin:enterprises_{model}_delete", args=[key]), {"post": "yes"})
    assert Editorship.objects.exists()
    ida = User.objects.get(email="ida@example.dk")
    clerk.post(reverse("admin:enterprises_user_delete", args=[ida.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=ida.pk).exists() and not Claim.objects.exists()


def test_no_other_enterprise_is_touched(editor: Client, stranger: Client) -> None:
    published("Tredje")
    explains(stranger)
    assert [c.enterprise.name for c in Claim.objects.filter(state=ClaimState.OPEN)] == ["Brød & Broer"]
    claims.accept(Claim.objects.get(state=ClaimState.OPEN), by=User.objects.get(email="ida@example.dk"))
    sofie = User.objects.get(email="sofie@example.dk")
    assert sofie.editorships.count() == 2
    claims.leave(sofie.editorships.get(enterprise__name="Brød & Broer"))
    assert sofie.editorships.count() == 1
