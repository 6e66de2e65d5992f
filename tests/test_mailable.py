"""An address with tricks is a sentence in every form that takes one, whoever has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enterprises.mailable import plain
from enterprises.models import Mail, User
from tests.builders import a_user
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db
SAID = "Mailadressen kan ikke bruges"
TRICKS = ("ida@kødbyen.dk", '"ida.smith"@example.dk', "ida@[127.0.0.1]")


@pytest.fixture(autouse=True)
def queue(settings: Any) -> None:
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"


@pytest.fixture
def owners(db: None) -> None:
    """Accounts from before anybody looked."""
    for address in TRICKS:
        a_user(address, name="Ida Ibsen")


@pytest.mark.parametrize("address", TRICKS)
@pytest.mark.parametrize("name", ["account_signup", "account_login"])
def test_getting_in_tells_nobody_whether_the_address_has_an_account(address: str, name: str) -> None:
    answers = []
    for _before_and_after in range(2):
        page = PolicingClient().post(reverse(name), {"email": address, "name": "Bo"}).page  # type: ignore[attr-defined]
        answers.append(page.one("main").text)
        assert SAID in answers[-1]
        User.objects.get_or_create(email=address)
    assert answers[0] == answers[1] and not Mail.objects.exists()


@pytest.mark.parametrize("address", TRICKS)
def test_so_it_is_when_moving_to_it(owners: None, visitor: Client, address: str) -> None:
    visitor.force_login(a_user("bo@example.dk"))
    visitor.post(reverse("account_reauthenticate"), {"password": "en lang sætning om brød"})
    page = visitor.post(reverse("account_email"), {"email": address}, follow=True).page  # type: ignore[attr-defined]
    assert SAID in page.one("main").text and not Mail.objects.exists()


@pytest.mark.parametrize("address", TRICKS)
def test_staff_are_told_when_they_write_it(clerk: Client, address: str) -> None:
    told = {"email": address, "name": "Bo", "usable_password": "false"}
    assert SAID in clerk.post(reverse("admin:enterprises_user_add"), told).text
    assert User.objects.count() == 1


def test_the_database_finds_the_same_ones(owners: None) -> None:
    good = [a_user(address).email for address in ("o'neil+x@example.dk", "x_1@sub.example.dk")]
    assert sorted(User.objects.filter(plain("email")).values_list("email", flat=True)) == sorted(good)


def test_who_has_one_can_still_leave(owners: None, visitor: Client) -> None:
    visitor.force_login(User.objects.get(email=TRICKS[0]))
    visitor.post(reverse("account_reauthenticate"), {"password": "en lang sætning om brød"})
    visitor.post(reverse("account-delete"), {"email": TRICKS[0]})
    assert not User.objects.filter(email=TRICKS[0]).exists()
