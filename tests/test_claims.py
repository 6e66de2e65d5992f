"""Getting in: whoever claims a profile shows that it is theirs, and until then changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises import claim_codes, claims, invitations, publishing, rates
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.models import Claim, Draft, Editorship, Enterprise, MailedCode, User
from tests.builders import a_user, published
from tests.client import PolicingClient
from tests.test_editing import filled

pytestmark = pytest.mark.django_db
RUTH = "ruth@broed.example"


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args or ["broed-broer"])


def main(client: Client, address: str) -> str:
    return client.get(address).page.one("main").text  # type: ignore[attr-defined,no-any-return]


def the_code() -> str:
    return re.search(r"\w{4}-\w{4}", str(mail.outbox[-1].body))[0]  # type: ignore[index]


def asks_for_a_code(client: Client) -> str:
    client.post(at("claim"), {"do": "code"})
    return the_code()


def explains(client: Client, why: str = "Jeg er forkvinde.") -> Any:
    return client.post(at("claim"), {"do": "explain", "explanation": why}, follow=True)


def edits(email: str = RUTH) -> bool:
    return Editorship.objects.filter(user__email=email).exists()


# -- the way there --------------------------------------------------------------------------------


def test_every_profile_asks_whose_it_is(visitor: Client, bakery: Enterprise) -> None:
    links = visitor.get(at("profile")).page.all("a")  # type: ignore[attr-defined]
    assert [a.attrs["href"] for a in links if a.text == "Er det din virksomhed?"] == [at("claim")]
    answer = visitor.get(at("claim"))
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"?next={at('claim')}")


def test_who_edits_it_already_is_led_there(editor: Client) -> None:
    assert editor.get(at("claim")).headers["Location"] == at("edit-enterprise")


def test_only_the_public_address_and_name_are_shown(newcomer: Client, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(slug="hemmelig", name="Hemmelig")
    assert "Er Brød & Broer din virksomhed?" in main(newcomer, at("claim"))
    explains(newcomer)
    assert "Brød & Broer" in main(newcomer, reverse("my-enterprises"))
    assert newcomer.get(at("claim", "hemmelig")).status_code == 404


def test_what_is_not_public_cannot_be_claimed(newcomer: Client, bakery: Enterprise) -> None:
    explains(newcomer)
    publishing.withdraw(bakery, reason="Lukket")
    for name in ("claim", "claim-code", "preview"):
        assert newcomer.get(at(name)).status_code == 404
    assert newcomer.get(at("edit-section", "broed-broer", "who")).status_code == 404
    assert "Brød" not in main(newcomer, reverse("my-enterprises"))


# -- by a code ------------------------------------------------------------------------------------


def test_the_code_from_the_profiles_own_mail_lets_the_first_one_in(
    newcomer: Client, bakery: Enterprise
) -> None:
    assert "he…" not in main(newcomer, at("claim")) and "h…@broed.example" in main(newcomer, at("claim"))
    code = asks_for_a_code(newcomer)
    assert mail.outbox[-1].to == ["hej@broed.example"] and RUTH in str(mail.outbox[-1].body)
    assert not edits() and "Skriv koden" in main(newcomer, at("claim-code"))
    answer = newcomer.post(at("claim-code"), {"code": f" {code.lower().replace('-', '')} "}, follow=True)
    assert answer.redirect_chain[-1][0] == at("edit-enterprise")
    assert "Velkommen" in answer.page.one("main").text  # type: ignore[attr-defined]
    claim = Claim.objects.get()
    assert (claim.way, claim.state, claim.decided_by) == (ClaimWay.CODE, ClaimState.ACCEPTED, None)
    assert claim.proven_at and not MailedCode.objects.exists()
    assert mail.outbox[-1].to == [RUTH] and "Du kan nu rette" in mail.outbox[-1].subject


def test_where_somebody_edits_already_a_right_code_still_waits(
    editor: Client, newcomer: Client, bakery: Enterprise
) -> None:
    assert "Nogen retter allerede profilen" in main(newcomer, at("claim"))
    newcomer.post(at("claim"), {"do": "code"})
    told = next(sent for sent in mail.outbox if sent.to == ["ida@example.dk"])
    assert "Ruth Ny" in str(told.body) and at("people") in str(told.body)
    code = next(sent for sent in mail.outbox if sent.to == ["hej@broed.example"])
    typed = re.search(r"\w{4}-\w{4}", str(code.body))[0]  # type: ignore[index]
    answer = newcomer.post(at("claim-code"), {"code": typed}, follow=True)
    assert "Koden var rigtig." in answer.page.one("main").text  # type: ignore[attr-defined]
    assert not edits()
    assert "Har skrevet den kode" in main(editor, at("people"))


def test_a_code_is_good_once_and_only_for_who_asked(newcomer: Client, bakery: Enterprise) -> None:
    code = asks_for_a_code(newcomer)
    another = PolicingClient()
    another.force_login(a_user("tyv@example.dk"))
    assert another.post(at("claim-code"), {"code": code}).headers["Location"] == at("claim")
    asks_for_a_code(another)
    another.post(at("claim-code"), {"code": code})
    assert not edits("tyv@example.dk")
    newcomer.post(at("claim-code"), {"code": code})
    assert edits()
    claims.leave(Editorship.objects.get())
    assert newcomer.post(at("claim-code"), {"code": code}).headers["Location"] == at("claim")
    asks_for_a_code(newcomer)
    newcomer.post(at("claim-code"), {"code": code})
    assert not edits()


def test_a_new_code_ends_the_one_before(newcomer: Client, bakery: Enterprise) -> None:
    first, second = asks_for_a_code(newcomer), asks_for_a_code(newcomer)
    newcomer.post(at("claim-code"), {"code": first})
    assert not edits()
    newcomer.post(at("claim-code"), {"code": second})
    assert edits()


def test_codes_are_not_guessed(newcomer: Client, bakery: Enterprise) -> None:
    code = asks_for_a_code(newcomer)
    for _try in range(claim_codes.MOST_TRIES - 1):
        answer = newcomer.post(at("claim-code"), {"code": "BCDF-GHJK"})
        assert "Koden passer ikke" in answer.page.one("main").text  # type: ignore[attr-defined]
    answer = newcomer.post(at("claim-code"), {"code": "BCDF-GHJK"}, follow=True)
    assert "gælder ikke længere" in answer.page.one("main").text  # type: ignore[attr-defined]
    newcomer.post(at("claim-code"), {"code": code})
    assert not edits()


def test_a_code_expires(newcomer: Client, bakery: Enterprise) -> None:
    code = asks_for_a_code(newcomer)
    MailedCode.objects.update(sent_at=timezone.now() - claim_codes.HOLDS_FOR - timedelta(seconds=1))
    newcomer.post(at("claim-code"), {"code": code})
    assert not edits()


def test_nobody_reads_a_code_in_the_database(newcomer: Client, ruth: User, bakery: Enterprise) -> None:
    code = asks_for_a_code(newcomer)
    kept = MailedCode.objects.get()
    assert code not in str(vars(kept)) and len(kept.digest) == 64


def test_a_mail_box_is_not_flooded(newcomer: Client, ruth: User, bakery: Enterprise) -> None:
    for number in range(claim_codes.PER_ENTERPRISE):
        claim_codes.send(bakery, a_user(f"n{number}@example.dk"))
    sent = len(mail.outbox)
    answer = newcomer.post(at("claim"), {"do": "code"}, follow=True)
    assert "for mange gange" in answer.page.one("main").text  # type: ignore[attr-defined]
    assert len(mail.outbox) == sent and not Claim.objects.filter(user=ruth).exists()


def test_only_an_address_that_all_can_read_is_written_to(newcomer: Client, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(email="ny@example.dk")
    asks_for_a_code(newcomer)
    assert mail.outbox[-1].to == ["hej@broed.example"]


def test_without_an_address_no_code_is_offered(newcomer: Client) -> None:
    published("Stille", email="")
    assert "kode" not in main(newcomer, at("claim", "stille"))
    newcomer.post(at("claim", "stille"), {"do": "code"})
    assert not mail.outbox and not Claim.objects.exists()


# -- by an explanation ----------------------------------------------------------------------------


def test_an_explanation_waits_for_an_answer(newcomer: Client, bakery: Enterprise) -> None:
    answer = explains(newcomer, "Jeg er forkvinde.\nRing bare.")
    text = answer.page.one("main").text
    assert "Din anmodning venter" in text and "Jeg er forkvinde." in text and not edits()
    assert not mail.outbox
    explains(newcomer, "Nej, kasserer.")
    assert Claim.objects.get().explanation == "Nej, kasserer."
    newcomer.post(at("withdraw-claim"))
    assert Claim.objects.get().state == ClaimState.WITHDRAWN
    newcomer.post(at("withdraw-claim"))
    explains(newcomer)
    assert Claim.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "\x00"])
def test_an_explanation_explains(newcomer: Client, bakery: Enterprise, text: str) -> None:
    explains(newcomer, text)
    assert not Claim.objects.exists()


def test_nasty_texts_are_only_texts(editor: Client, newcomer: Client, ruth: User) -> None:
    nasty = '<script>alert(1)</script>"><img src=x onerror=y>&amp;\u202e'
    ruth.name = "Bcc: alle@x.dk\n<b>"
    ruth.save()
    assert explains(newcomer, nasty).status_code == 200
    page = editor.get(at("people")).page  # type: ignore[attr-defined]
    assert "<script>alert(1)</script>" in page.one("main").text
    assert [str(sent.to) for sent in mail.outbox] == ["['ida@example.dk']"]


def test_claims_are_not_made_by_the_hundred(newcomer: Client, ruth: User, bakery: Enterprise) -> None:
    for _time in range(10):
        rates.count("claim", f"person-{ruth.pk}", most=100, seconds=rates.DAY)
    assert "for mange gange" in explains(newcomer).page.one("main").text
    assert not Claim.objects.exists()


# -- the answer -----------------------------------------------------------------------------------


def test_an_editor_says_yes(editor: Client, newcomer: Client, bakery: Enterprise) -> None:
    explains(newcomer)
    assert "1 person vil være med" in main(editor, at("edit-enterprise"))
    claim = Claim.objects.get(state=ClaimState.OPEN)
    editor.post(at("answer-claim", "broed-broer", claim.pk), {"do": "accept"})
    assert edits() and mail.outbox[-1].to == [RUTH]
    claim.refresh_from_db()
    assert claim.decided_by and claim.decided_by.email == "ida@example.dk"


def test_an_editor_says_no_with_a_reason(editor: Client, newcomer: Client, bakery: Enterprise) -> None:
    explains(newcomer)
    claim = Claim.objects.get(state=ClaimState.OPEN)
    for _pressed in range(2):
        told = {"do": "refuse", "reason": "Vi kender dig ikke.\x00"}
        answer = editor.post(at("answer-claim", "broed-broer", claim.pk), told, follow=True)
    assert "afgjort i mellemtiden" in answer.page.one("main").text  # type: ignore[attr-defined]
    assert not edits() and "Vi kender dig ikke." in str(mail.outbox[-1].body)
    assert len([sent for sent in mail.outbox if sent.to == [RUTH]]) == 1


def test_strangers_answer_nothing(
    editor: Client, newcomer: Client, stranger: Client, visitor: Client, bakery: Enterprise
) -> None:
    explains(newcomer)
    claim = Claim.objects.get(state=ClaimState.OPEN)
    for client, slug in ((newcomer, "broed-broer"), (stranger, "broed-broer"), (stranger, "fremmed-co")):
        answer = client.post(at("answer-claim", slug, claim.pk), {"do": "accept"})
        assert answer.status_code == 404
    assert visitor.post(at("answer-claim", "broed-broer", claim.pk), {"do": "accept"}).status_code == 302
    assert not edits()
    with pytest.raises(claims.ClaimError):
        claims.accept(claim, by=User.objects.get(email="sofie@example.dk"))


def test_who_has_been_put_out_answers_no_more(editor: Client, newcomer: Client, bakery: Enterprise) -> None:
    explains(newcomer)
    claim = Claim.objects.get(state=ClaimState.OPEN)
    ida = User.objects.get(email="ida@example.dk")
    claims.revoke(Editorship.objects.get(user=ida), by=None, reason="Stoppet")
    assert editor.post(at("answer-claim", "broed-broer", claim.pk), {"do": "accept"}).status_code == 404
    with pytest.raises(claims.ClaimError):
        claims.accept(claim, by=ida)


# -- drafts while one waits -----------------------------------------------------------------------


def keeps_a_draft(client: Client, section: str = "who", **changes: Any) -> Any:
    address = at("edit-section", "broed-broer", section)
    return client.post(address, filled(client.get(address).page) | changes, follow=True)  # type: ignore[attr-defined]


def test_a_draft_is_kept_for_later_and_saves_nothing(
    newcomer: Client, ruth: User, editor: Client, bakery: Enterprise
) -> None:
    assert newcomer.get(at("edit-section", "broed-broer", "who")).status_code == 404
    explains(newcomer)
    answer = keeps_a_draft(newcomer, tagline_da="Ruths linje")
    assert "Kladden er gemt. Kun du kan se den." in answer.page.one("main").text
    assert "Ruths linje" in newcomer.get(at("preview")).content.decode()
    bakery.refresh_from_db()
    assert bakery.tagline_da == "Frokost og brød til møder"
    for client, name in ((editor, "preview"), (editor, "edit-enterprise")):
        assert "Ruths linje" not in client.get(at(name)).content.decode()
    section = at("edit-section", "broed-broer", "who")
    assert "Ruths linje" not in editor.get(section).content.decode()
    claims.accept(Claim.objects.get(user=ruth), by=User.objects.get(email="ida@example.dk"))
    page = newcomer.get(section).page  # type: ignore[attr-defined]
    assert filled(page)["tagline_da"] == "Ruths linje"
    newcomer.post(section, filled(page))
    bakery.refresh_from_db()
    assert bakery.tagline_da == "Ruths linje" and not Draft.objects.exists()


def test_who_waits_sees_only_what_all_see(newcomer: Client, bakery: Enterprise) -> None:
    place = bakery.places.get()
    place.hidden = True
    place.save()
    publishing.publish(bakery)
    bakery.refresh_from_db()
    bakery.tagline_da, bakery.phone, bakery.notes = "Ikke udgivet", "99 99 99 99", "Intern"
    bakery.save()
    bakery.offers.update(name_da="Hemmelig ydelse")
    before = Enterprise.objects.values().get(pk=bakery.pk)
    explains(newcomer)
    secrets = ("Ikke udgivet", "99 99 99 99", "Intern", "Hemmelig ydelse", "Blågårdsgade")
    sections = [at("edit-section", "broed-broer", s) for s in Section.values if s != Section.PHOTOS]
    for address in [*sections, at("preview"), at("claim")]:
        answer = newcomer.get(address)
        assert answer.status_code == 200, address
        assert not [secret for secret in secrets if secret in answer.content.decode()], address
    assert Enterprise.objects.values().get(pk=bakery.pk) == before
    assert bakery.places.get() == place and bakery.offers.get().name_da == "Hemmelig ydelse"


@pytest.mark.parametrize(
    "name", ["edit-enterprise", "changes", "thread", "photos", "people", "leave", "my-signs", "my-numbers"]
)
def test_who_waits_gets_to_no_page_of_the_editors(newcomer: Client, bakery: Enterprise, name: str) -> None:
    explains(newcomer)
    assert newcomer.get(at(name)).status_code == 404


@pytest.mark.parametrize("section", [s for s in Section.values if s != Section.PHOTOS])
def test_every_section_can_be_drafted(newcomer: Client, ruth: User, bakery: Enterprise, section: str) -> None:
    explains(newcomer)
    publications = bakery.publications.count()
    assert keeps_a_draft(newcomer, section).status_code == 200
    assert Draft.objects.filter(user=ruth, section=section).exists()
    assert bakery.publications.count() == publications


def test_rows_are_added_and_drafts_kept_while_typing(newcomer: Client, bakery: Enterprise) -> None:
    explains(newcomer)
    address = at("edit-section", "broed-broer", "offers")
    opened = filled(newcomer.get(address).page)  # type: ignore[attr-defined]
    answer = newcomer.post(address, opened | {"row": "add:offers"})
    assert answer.status_code == 302 and "#" in answer.headers["Location"]
    typing = filled(newcomer.get(address).page) | {"action": "draft"}  # type: ignore[attr-defined]
    assert newcomer.post(address, typing).json()["revision"] == 2
    stale = newcomer.post(address, typing | {"offers-0-name_da": "Andet", "action": ""})
    assert "et andet vindue" in stale.page.one("main").text  # type: ignore[attr-defined]
    newcomer.post(address, {"action": "discard", "revision": "2"})
    assert not Draft.objects.exists()


def test_a_refused_claim_closes_the_drafts_and_loses_none(
    newcomer: Client, editor: Client, bakery: Enterprise
) -> None:
    explains(newcomer)
    keeps_a_draft(newcomer, tagline_da="Ruths linje")
    claim = Claim.objects.get(state=ClaimState.OPEN)
    claims.refuse(claim, by=User.objects.get(email="ida@example.dk"), reason="Nej")
    assert newcomer.get(at("edit-section", "broed-broer", "who")).status_code == 404
    assert newcomer.get(at("preview")).status_code == 404
    explains(newcomer, "Prøv nu.")
    assert "Ruths linje" in newcomer.get(at("edit-section", "broed-broer", "who")).content.decode()


# -- in other ways --------------------------------------------------------------------------------


def test_an_invitation_that_waits_is_offered(newcomer: Client, editor: Client, bakery: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")
    assert "inviteret" not in main(newcomer, at("claim"))
    invitations.invite(bakery, RUTH, by=ida)
    assert "Tag imod invitationen" in main(newcomer, at("claim"))
    newcomer.post(at("claim"), {"do": "invitation"})
    assert Claim.objects.get(user__email=RUTH).way == ClaimWay.INVITATION and edits()


@pytest.mark.parametrize(
    ("way", "said"), [(ClaimWay.MITID, "MitID Erhverv"), (ClaimWay.STAFF, "Rådets medarbejdere")]
)
def test_editors_are_told_of_whom_they_have_not_let_in(
    editor: Client, ruth: User, bakery: Enterprise, way: ClaimWay, said: str
) -> None:
    claims.give(bakery, ruth, way=way)
    (told,) = mail.outbox
    assert told.to == ["ida@example.dk"] and said in str(told.body) and "Ruth Ny (ru…@" in str(told.body)


def test_what_staff_give_closes_what_was_asked(newcomer: Client, ruth: User, bakery: Enterprise) -> None:
    explains(newcomer)
    claims.give(bakery, ruth)
    assert Claim.objects.get().state == ClaimState.ACCEPTED
    with pytest.raises(claims.ClaimError):
        claims.open_(bakery, ruth, ClaimWay.CODE)
