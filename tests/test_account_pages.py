"""Looking after one's own account: address, sessions, data, leaving."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from enterprises import claims, publishing
from enterprises.models import Enterprise, Publication, User
from tests.builders import PASSWORD, a_user, with_second_step
from tests.client import PolicingClient
from tests.test_accounts import IDA, asks_for_a_code, by_password, code_in, is_in, types

pytestmark = pytest.mark.django_db
NEW = "ny@example.dk"


@pytest.fixture
def ida(bakery: Enterprise) -> User:
    """Logs in by code alone, so nothing asks her for a password again."""
    ida = a_user(IDA, None, name="Ida Editor")
    claims.give(bakery, ida)
    return ida


@pytest.fixture
def her(ida: User) -> Client:
    client = PolicingClient()
    asks_for_a_code(client, IDA)
    types(client, code_in(mail.outbox.pop()))
    assert is_in(client)
    return client


def test_ones_name_can_be_changed(her: Client, ida: User) -> None:
    her.post(reverse("account"), {"name": "Ida Ibsen"})
    ida.refresh_from_db()
    assert ida.name == "Ida Ibsen"


# -- another address ------------------------------------------------------------------------------


def moves(client: Client, new: str = NEW) -> dict[str, str]:
    """Asks for another address. Returns the codes by who got them."""
    mail.outbox.clear()
    page = client.post(reverse("account_email"), {"email": new}, follow=True).page  # type: ignore[attr-defined]
    assert page.one("h1").text == "Skriv de to koder"
    return {m.to[0]: code_in(m) for m in mail.outbox if "    " in m.body}


def confirms(client: Client, old: str, new: str) -> str:
    client.post(reverse("account-email-codes"), {"old_code": old, "new_code": new})
    return User.objects.get(name="Ida Editor").email


def test_an_address_is_changed_when_both_have_confirmed(her: Client, ida: User) -> None:
    codes = moves(her, "Ny@Example.dk")
    assert confirms(her, codes[IDA], codes[NEW]) == NEW
    assert mail.outbox[-1].to == [IDA]
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    old, new = PolicingClient(), PolicingClient()
    asks_for_a_code(old, IDA)
    assert "ingen konto" in mail.outbox[-1].subject
    asks_for_a_code(new, NEW)
    types(new, code_in(mail.outbox[-1]))
    assert is_in(new)


def test_one_code_is_not_enough(her: Client) -> None:
    codes = moves(her)
    assert confirms(her, "BBBB-BBBB", codes[NEW]) == IDA
    assert confirms(her, codes[NEW], codes[IDA]) == IDA
    assert confirms(her, codes[IDA], "") == IDA


def test_three_tries_end_a_change_of_address(her: Client) -> None:
    codes = moves(her)
    for _try in range(3):
        confirms(her, "BBBB-BBBB", "BBBB-BBBB")
    assert confirms(her, codes[IDA], codes[NEW]) == IDA


def test_the_codes_of_a_change_expire(her: Client) -> None:
    codes = moves(her)
    session = her.session
    session["moving_to"] |= {"at": session["moving_to"]["at"] - 15 * 60 - 1}
    session.save()
    assert confirms(her, codes[IDA], codes[NEW]) == IDA


def test_the_address_of_somebody_else_is_not_given_away(her: Client) -> None:
    a_user(NEW, name="Nina")
    codes = moves(her)
    assert codes.keys() == {IDA}
    assert "allerede en konto" in mail.outbox[1].subject
    assert confirms(her, codes[IDA], "") == confirms(her, codes[IDA], "BBBB-BBBB") == IDA


def test_an_address_that_was_taken_meanwhile_stays_theirs(her: Client) -> None:
    codes = moves(her)
    a_user(NEW, name="Nina")
    assert confirms(her, codes[IDA], codes[NEW]) == IDA


def test_the_desk_changes_an_address_and_the_old_one_no_longer_lets_in(clerk: Client, ida: User) -> None:
    told = {"email": NEW, "name": "Ida Editor", "is_active": "on", "editorships-TOTAL_FORMS": "0"}
    told |= {"editorships-INITIAL_FORMS": "0"}
    clerk.post(reverse("admin:enterprises_user_change", args=[ida.pk]), told)
    ida.refresh_from_db()
    assert ida.email == NEW
    asks_for_a_code(PolicingClient(), IDA)
    assert "ingen konto" in mail.outbox[-1].subject


# -- sessions -------------------------------------------------------------------------------------


def test_sessions_that_are_revoked_end(ida: User) -> None:
    here, there = PolicingClient(), PolicingClient(headers={"user-agent": "Et andet sted 1.0"})
    ida.set_password(PASSWORD)
    ida.save()
    for client in (here, there):
        by_password(client)
        assert is_in(client)
    kept = there.session.session_key
    assert "Et andet sted 1.0" in here.get(reverse("usersessions_list")).page.one("main").text  # type: ignore[attr-defined]
    here.post(reverse("usersessions_list"))
    assert is_in(here) and not is_in(there)
    assert not Session.objects.filter(session_key=kept).exists()


def test_nothing_is_kept_of_where_one_was_logged_in(her: Client, ida: User) -> None:
    assert UserSession.objects.filter(user=ida).count() == 1
    her.post(reverse("account_logout"))
    assert not UserSession.objects.filter(user=ida).exists()


def test_a_new_password_ends_the_other_sessions(ida: User) -> None:
    here, there = PolicingClient(), PolicingClient()
    ida.set_password(PASSWORD)
    ida.save()
    for client in (here, there):
        by_password(client)
    new = "en helt anden sætning om brød"
    told = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post(reverse("account_change_password"), told)
    assert is_in(here) and not is_in(there)


def test_an_account_that_is_closed_is_out_at_once(her: Client, ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(is_active=False)
    assert not is_in(her)


# -- data and leaving -----------------------------------------------------------------------------


def test_a_person_gets_all_that_is_kept_of_them_and_nothing_of_others(
    her: Client, bakery: Enterprise
) -> None:
    ida = with_second_step(User.objects.get(email=IDA))
    bakery.name = "Brød & Kager"
    bakery.save()
    publishing.publish(bakery, by=ida)
    a_user("anden@example.dk")
    answer = her.get(reverse("account-data"))
    data = json.loads(answer.content)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert data["account"]["email"] == IDA
    assert [(row["enterprise_name"], row["state"]) for row in data["claims"]] == [(bakery.name, "accepted")]
    assert [row["number"] for row in data["publications"]] == [2]
    assert [row["type"] for row in data["second_steps"]] == ["totp"]
    assert len(data["sessions"]) == 1
    text = answer.content.decode()
    assert "anden@example.dk" not in text and "secret" not in text and "password" not in text


def test_leaving_takes_the_person_and_leaves_what_was_published(
    her: Client, bakery: Enterprise, visitor: Client
) -> None:
    bakery.tagline_da = "Kager til møder"
    bakery.save()
    publishing.publish(bakery, by=User.objects.get(email=IDA))
    page = her.get(reverse("account-delete")).page  # type: ignore[attr-defined]
    assert "Brød & Broer" in page.one("main").text
    answer = her.post(reverse("account-delete"), {"email": " Ida@example.dk"})
    assert answer.page.one("h1").text == "Din konto er slettet"  # type: ignore[attr-defined]
    assert not User.objects.filter(email=IDA).exists() and not is_in(her)
    assert mail.outbox[-1].to == [IDA]
    bakery.refresh_from_db()
    assert bakery.current and bakery.editorships.count() == 0
    assert list(Publication.objects.values_list("number", "published_by")) == [(2, None), (1, None)]
    assert visitor.get(reverse("profile", args=[bakery.slug])).status_code == 200


def test_leaving_ends_every_session(her: Client) -> None:
    other = PolicingClient()
    asks_for_a_code(other, IDA)
    types(other, code_in(mail.outbox.pop()))
    her.post(reverse("account-delete"), {"email": IDA})
    assert not is_in(other)
    assert not Session.objects.filter(session_key=other.session.session_key).exists()


def test_nobody_leaves_by_mistake(her: Client) -> None:
    page = her.post(reverse("account-delete"), {"email": "en anden"}).page  # type: ignore[attr-defined]
    assert page.one(role="alert").text
    assert User.objects.filter(email=IDA).exists()


def test_who_has_a_password_is_asked_for_it_before_leaving(editor: Client) -> None:
    answer = editor.post(reverse("account-delete"), {"email": IDA})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert User.objects.filter(email=IDA).exists()


def test_staff_are_let_go_by_a_colleague(clerk: Client) -> None:
    clerk.session["account_authentication_methods"] = []
    answer = clerk.get(reverse("account-delete"))
    assert not answer.page.all("form", method="post", class_="form")  # type: ignore[attr-defined]


def test_another_persons_key_cannot_be_reached(her: Client) -> None:
    with_second_step(a_user("anden@example.dk"))
    from allauth.mfa.models import Authenticator

    theirs = Authenticator.objects.create(
        user=User.objects.get(email="anden@example.dk"), type="webauthn", data={"name": "Deres"}
    )
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        for ask in (her.get, her.post):
            assert ask(reverse(name, args=[theirs.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()
