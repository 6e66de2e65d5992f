"""Getting in: by a code, by password, by a second step; and that nobody else does."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from enterprises.models import User
from tests.builders import PASSWORD, SECRET, a_user, with_second_step
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db
IDA = "ida@example.dk"


@pytest.fixture
def ida() -> User:
    return a_user(IDA, name="Ida Editor")


def code_in(message: Any) -> str:
    return re.search(r"^    (\w{4}-\w{4})$", message.body, re.MULTILINE)[1]  # type: ignore[index]


def asks_for_a_code(client: Client, email: str, query: str = "") -> Any:
    return client.post(reverse("account_login") + query, {"email": email}, follow=True)


def types(client: Client, code: str, name: str = "account_confirm_login_code") -> Any:
    return client.post(reverse(name), {"code": code})


def by_password(client: Client, email: str = IDA, password: str = PASSWORD, **headers: str) -> Any:
    return client.post(
        reverse("account-log-in-by-password"), {"login": email, "password": password}, **headers
    )


def is_in(client: Client) -> bool:
    return client.get(reverse("my-enterprises")).status_code == 200


def app_code() -> str:
    return totp.format_hotp_value(totp.hotp_value(SECRET, next(iter(totp.yield_hotp_counters_from_time()))))


# -- by code --------------------------------------------------------------------------------------


def test_a_code_by_mail_lets_in(visitor: Client, ida: User) -> None:
    page = asks_for_a_code(visitor, "Ida@Example.dk ").page
    assert IDA in page.one("main").text
    assert types(visitor, code_in(mail.outbox[0])).headers["Location"] == reverse("my-enterprises")
    assert is_in(visitor)
    assert visitor.post(reverse("account_logout")).headers["Location"] == reverse("home")
    assert not is_in(visitor)


def test_one_comes_back_to_where_one_wanted_to_go(visitor: Client, ida: User) -> None:
    wanted = reverse("account")
    asks_for_a_code(visitor, IDA, f"?next={wanted}")
    answer = visitor.post(
        reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[0]), "next": wanted}
    )
    assert answer.headers["Location"] == wanted


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_logging_in_leads_to_no_other_site(visitor: Client, ida: User, elsewhere: str) -> None:
    asks_for_a_code(visitor, IDA)
    told = {"code": code_in(mail.outbox[0]), "next": elsewhere}
    answer = visitor.post(reverse("account_confirm_login_code"), told)
    assert answer.headers["Location"] == reverse("my-enterprises")


def test_an_account_made_at_the_desk_is_confirmed_by_its_first_code(visitor: Client) -> None:
    ole = User.objects.create_user("ole@example.dk", name="Ole")
    asks_for_a_code(visitor, ole.email)
    types(visitor, code_in(mail.outbox[0]))
    if not is_in(visitor):
        types(visitor, code_in(mail.outbox[-1]), "account_email_verification_sent")
    assert is_in(visitor)
    assert EmailAddress.objects.get(user=ole).verified


def test_a_code_works_once_and_only_where_it_was_asked_for(visitor: Client, ida: User) -> None:
    asks_for_a_code(visitor, IDA)
    code, thief = code_in(mail.outbox[0]), PolicingClient()
    asks_for_a_code(thief, "tyv@example.dk")
    types(thief, code)
    assert not is_in(thief)
    types(visitor, code)
    visitor.post(reverse("account_logout"))
    types(visitor, code)
    asks_for_a_code(visitor, IDA)
    types(visitor, code)
    assert not is_in(visitor)


def test_a_code_expires(visitor: Client, ida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asks_for_a_code(visitor, IDA)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 15 * 60 + 1)
    types(visitor, code_in(mail.outbox[0]))
    assert not is_in(visitor)


def test_three_wrong_tries_end_a_code(visitor: Client, ida: User) -> None:
    asks_for_a_code(visitor, IDA)
    assert types(visitor, "BBBB-BBBB").page.one(role="alert").text
    for _again in range(2):
        types(visitor, "BBBB-BBBB")
    types(visitor, code_in(mail.outbox[0]))
    assert not is_in(visitor)


def test_mails_speak_the_language_of_the_page(visitor: Client, ida: User) -> None:
    with override("en"):
        asks_for_a_code(visitor, IDA)
    asks_for_a_code(PolicingClient(), IDA)
    assert [message.subject for message in mail.outbox] == [
        "Your code for Den fælles by", "Din kode til Den fælles by",
    ]  # fmt: skip
    assert "http://testserver" in mail.outbox[0].body


# -- nobody is told who has an account ------------------------------------------------------------


def seen(answer: Any, email: str) -> tuple[Any, ...]:
    """All a stranger can see of an answer, but for what they typed themselves."""
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    text = token.sub("", answer.content.decode()).replace(email, "…")
    cookies = sorted(answer.client.cookies)
    return answer.status_code, answer.redirect_chain, text, cookies


def test_codes_tell_nobody_who_has_an_account(ida: User) -> None:
    known, unknown = (seen(asks_for_a_code(PolicingClient(), who), who) for who in (IDA, "bo@example.dk"))
    assert known == unknown
    assert [len(message.to) for message in mail.outbox] == [1, 1]
    assert "ingen konto" in mail.outbox[1].subject


def test_wrong_codes_tell_neither(ida: User) -> None:
    answers = []
    for who in (IDA, "bo@example.dk"):
        client = PolicingClient()
        asks_for_a_code(client, who)
        for _try in range(3):
            answer = client.post(reverse("account_confirm_login_code"), {"code": "BBBB-BBBB"}, follow=True)
            answers.append(seen(answer, who))
    assert answers[:3] == answers[3:]


def test_signing_up_tells_nobody_who_has_an_account(ida: User) -> None:
    answers = []
    for who in (IDA, "bo@example.dk"):
        told = {"email": who, "name": "Bo"}
        answers.append(seen(PolicingClient().post(reverse("account_signup"), told, follow=True), who))
    assert answers[0] == answers[1]
    assert "allerede en konto" in mail.outbox[0].subject
    assert User.objects.get(email=IDA).name == "Ida Editor"


def test_passwords_tell_nobody_who_has_an_account(ida: User) -> None:
    answers = []
    for who in (IDA, "bo@example.dk"):
        told = {"login": who, "password": "gættet"}
        answer = PolicingClient().post(reverse("account-log-in-by-password"), told, follow=True)
        assert answer.page.one(role="alert").text
        answers.append(seen(answer, who))
    assert answers[0] == answers[1]


def test_a_new_account_is_in_once_its_address_is_confirmed(visitor: Client) -> None:
    visitor.post(reverse("account_signup"), {"email": "Bo@Example.dk", "name": "Bo Bager"})
    assert not is_in(visitor)
    types(visitor, code_in(mail.outbox[0]), "account_email_verification_sent")
    assert is_in(visitor)
    bo = User.objects.get(email="bo@example.dk")
    assert bo.name == "Bo Bager" and not bo.has_usable_password() and not bo.is_staff


# -- limits ---------------------------------------------------------------------------------------


def test_a_thousand_passwords_from_everywhere_are_stopped(ida: User) -> None:
    for number in range(1000):
        address = f"10.0.{number // 250}.{number % 250}"
        by_password(Client(), password=f"gæt {number}", REMOTE_ADDR=address)
    client = Client()
    by_password(client, REMOTE_ADDR="10.9.9.9")
    assert not is_in(client)


def test_a_machine_that_tries_everybody_is_stopped(visitor: Client) -> None:
    answers = [by_password(visitor, f"nr{number}@example.dk").status_code for number in range(40)]
    assert answers[0] == 200 and answers[-1] == 429


def test_nobodys_mailbox_is_flooded(ida: User) -> None:
    for number in range(20):
        client = Client()
        client.post(reverse("account_login"), {"email": IDA}, REMOTE_ADDR=f"10.0.0.{number}")
    assert len(mail.outbox) == 3


def test_attempts_are_counted_in_the_database_without_addresses(ida: User) -> None:
    by_password(Client(), password="gættet", REMOTE_ADDR="192.0.2.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM enterprises_limits")
        rows = cursor.fetchall()
    assert rows
    assert not [row for row in rows if "192.0.2.77" in str(row) or IDA in str(row)]


# -- the second step ------------------------------------------------------------------------------


def test_a_second_step_is_asked_for_after_password_and_after_code(ida: User) -> None:
    with_second_step(ida)
    first, second = PolicingClient(), PolicingClient()
    by_password(first)
    asks_for_a_code(second, IDA)
    types(second, code_in(mail.outbox[-1]))
    assert not is_in(first) and not is_in(second)
    assert types(first, "000000", "mfa_authenticate").status_code == 200
    assert not is_in(first)
    assert types(first, app_code(), "mfa_authenticate").headers["Location"] == reverse("my-enterprises")
    assert is_in(first) and not is_in(second)


def test_a_code_of_the_app_or_for_emergencies_works_once(ida: User) -> None:
    with_second_step(ida)
    for code in (app_code(), RecoveryCodes.activate(ida).get_unused_codes()[0]):
        first, second = PolicingClient(), PolicingClient()
        for client in (first, second):
            by_password(client)
            types(client, code, "mfa_authenticate")
        assert is_in(first) and not is_in(second)


@pytest.fixture
def new_clerk() -> Client:
    client = PolicingClient()
    client.force_login(a_user("nye@example.dk", is_staff=True, is_superuser=True))
    return client


ADMIN = (
    "admin:index",
    "admin:enterprises_enterprise_changelist",
    "admin:enterprises_user_add",
    "admin:jsi18n",
)


@pytest.mark.parametrize("name", ADMIN)
def test_staff_without_a_second_step_never_see_the_desk(new_clerk: Client, name: str) -> None:
    for ask in (new_clerk.get, new_clerk.post):
        answer = ask(reverse(name), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("mfa_index")
        assert "Du arbejder for rådet." in answer.page.one("main").text


def test_emergency_codes_alone_are_no_second_step(new_clerk: Client) -> None:
    RecoveryCodes.activate(User.objects.get(email="nye@example.dk"))
    assert new_clerk.get(reverse("admin:index")).status_code == 302


def test_staff_who_set_one_up_get_to_the_desk(
    visitor: Client, django_capture_on_commit_callbacks: Any
) -> None:
    clerk = a_user("nye@example.dk", None, is_staff=True, is_superuser=True)
    asks_for_a_code(visitor, clerk.email)
    types(visitor, code_in(mail.outbox[0]))
    secret = visitor.get(reverse("mfa_activate_totp")).page.one("code").text
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    with django_capture_on_commit_callbacks(execute=True):
        types(visitor, totp.format_hotp_value(totp.hotp_value(secret, counter)), "mfa_activate_totp")
    assert visitor.get(reverse("admin:index")).status_code == 200
    assert [m.body for m in mail.outbox if "En app er blevet din kontos andet trin." in m.body]


def test_the_desks_own_door_is_the_same_as_everybodys(visitor: Client, editor: Client) -> None:
    wanted = reverse("admin:enterprises_user_changelist")
    answer = visitor.get(wanted, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next={wanted}"
    assert editor.get(reverse("admin:login")).status_code == 403
    told = {"username": "karen@example.dk", "password": PASSWORD}
    assert visitor.post(reverse("admin:login"), told).status_code == 302
    assert visitor.get(reverse("admin:index")).status_code == 302


def test_an_administrator_lets_a_colleague_with_a_lost_phone_start_again(clerk: Client, ida: User) -> None:
    with_second_step(ida)
    told = {"action": "remove_second_step", "_selected_action": [ida.pk]}
    clerk.post(reverse("admin:enterprises_user_changelist"), told)
    assert not Authenticator.objects.filter(user=ida).exists()


def test_others_at_the_desk_cannot_remove_a_second_step(ida: User) -> None:
    helper = with_second_step(a_user("hjaelper@example.dk", is_staff=True))
    with_second_step(ida)
    from django.contrib.auth.models import Permission

    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="enterprises"))
    client = Client()
    client.force_login(helper)
    told = {"action": "remove_second_step", "_selected_action": [ida.pk]}
    client.post(reverse("admin:enterprises_user_changelist"), told)
    assert Authenticator.objects.filter(user=ida).exists()
