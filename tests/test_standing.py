"""An editor's home and list: what is public, what waits, what has grown old, and the button that confirms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from enterprises import confirmations, proposals, publishing
from enterprises.models import Enterprise, MarkOf, Opening, ProfileCount, Proposal, User
from tests.builders import a_place, an_enterprise, let_in, published

pytestmark = pytest.mark.django_db
HERE = ["broed-broer"]
TODAY = timezone.localdate()
YEAR = timedelta(days=366)


def home(client: Client) -> Any:
    return client.get(reverse("edit-enterprise", args=HERE)).page.one("main")  # type: ignore[attr-defined]


def mine(client: Client) -> str:
    return client.get(reverse("my-enterprises")).page.one("main").text  # type: ignore[attr-defined,no-any-return]


def confirm(client: Client) -> Any:
    return client.post(reverse("confirm-facts", args=HERE), follow=True)


def seen(enterprise: Enterprise, what: str, count: int, text: str = "", months_ago: int = 0) -> None:
    month = (TODAY - timedelta(days=30 * months_ago)).replace(day=1)
    ProfileCount.objects.create(enterprise=enterprise, month=month, what=what, count=count, text=text)


# -- does it still hold? ----------------------------------------------------------------------------


def test_an_editor_confirms_without_being_asked(editor: Client, visitor: Client, bakery: Enterprise) -> None:
    assert "I har ikke bekræftet profilen endnu." in home(editor).text
    page = confirm(editor).page
    assert "Tak." in page.one(role="status").text
    assert f"Sidst bekræftet {date_format(TODAY)}." in page.one("main").text
    assert date_format(TODAY) in visitor.get(reverse("profile", args=HERE)).page.one("main").text  # type: ignore[attr-defined]


def test_the_yearly_question_is_answered_at_home(editor: Client, bakery: Enterprise) -> None:
    publishing.confirm(bakery, on=TODAY - YEAR)
    assert "Vi spurgte jer" not in home(editor).text
    confirmations.send_due(TODAY)
    assert "Vi spurgte jer" in home(editor).text and "Passer det stadig?" in mine(editor)
    confirm(editor)
    assert "Vi spurgte jer" not in home(editor).text and "Passer det stadig?" not in mine(editor)
    assert confirmations.send_due(TODAY + timedelta(weeks=4)) == 0


def test_the_mark_is_told_and_goes_away(editor: Client, bakery: Enterprise) -> None:
    publishing.mark_unanswered(bakery, on=TODAY)
    assert "I ikke har bekræftet den" in home(editor).text and "ikke bekræftet" in mine(editor)
    confirm(editor)
    assert "I ikke har bekræftet den" not in home(editor).text


def test_what_is_not_public_cannot_be_confirmed(editor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    assert "Alt passer" not in home(editor).text
    confirm(editor)
    assert Enterprise.objects.get().confirmed_on is None


@pytest.mark.parametrize("who", ["visitor", "stranger", "clerk"])
def test_only_editors_confirm(request: pytest.FixtureRequest, bakery: Enterprise, who: str) -> None:
    client = request.getfixturevalue(who)
    assert client.post(reverse("confirm-facts", args=HERE)).status_code in (302, 404)
    assert Enterprise.objects.get(slug="broed-broer").confirmed_on is None


def test_what_has_grown_old_is_told(editor: Client, bakery: Enterprise) -> None:
    def a_job(title: str, days: int) -> None:
        Opening.objects.create(
            enterprise=bakery, kind="job", title_da=title, apply_by=TODAY + timedelta(days=days)
        )

    a_job("Bager", 0)
    MarkOf.objects.create(enterprise=bakery, mark_id="fsc", expires_on=TODAY)
    assert "for gammelt" not in home(editor).text + mine(editor)
    a_job("Kok", -1)
    MarkOf.objects.update(expires_on=TODAY - timedelta(days=1))
    page = home(editor)
    assert "“Kok” havde frist" in page.text and "“Bager”" not in page.text and "gjaldt til" in page.text
    assert "Ret det" in [link.text for link in page.all("a", href="/min/broed-broer/ret/openings/")]
    assert "noget er for gammelt" in mine(editor)


# -- numbers ----------------------------------------------------------------------------------------


def test_the_numbers_of_twelve_months_are_told(editor: Client, bakery: Enterprise) -> None:
    seen(bakery, "view", 1200)
    seen(bakery, "view", 34, months_ago=6)
    seen(bakery, "view", 5000, months_ago=14)
    seen(bakery, "phone", 7)
    seen(bakery, "search", 9, text="surdejsbrød")
    seen(bakery, "search", 1, text="hemmeligt")
    text = home(editor).text
    assert "1.234" in text and "surdejsbrød" in text and "hemmeligt" not in text
    assert home(editor).all("dd")[-1].text == "7"
    assert "Vist 1.234 gange" in mine(editor)


# -- the list ---------------------------------------------------------------------------------------


def test_the_list_tells_what_waits(editor: Client, clerk: Client, bakery: Enterprise) -> None:
    assert "17 på plads" in mine(editor)
    Enterprise.objects.update(tagline_da="Ny")
    assert "ændringer, der ikke er sendt" in mine(editor)
    page = editor.get(reverse("changes", args=HERE)).page  # type: ignore[attr-defined]
    editor.post(reverse("changes", args=HERE), {"seen": page.one("input", name="seen").attrs["value"]})
    assert "ændringer hos rådet" in mine(editor)
    karen, proposal = User.objects.get(email="karen@example.dk"), Proposal.objects.get()
    proposals.say(proposal, "Hvorfor?", by=karen, from_council=True)
    assert "rådet venter på jeres svar" in mine(editor)
    proposals.say(proposal, "Derfor.", by=User.objects.get(email="ida@example.dk"), from_council=False)
    assert "ændringer hos rådet" in mine(editor)
    proposals.reject(proposal, "Nej", by=karen)
    assert "rådet har sagt nej" in mine(editor)


def test_the_list_asks_the_database_equally_often_for_one_and_five(
    editor: Client, bakery: Enterprise
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            mine(editor)
        return len(asked)

    ida = User.objects.get(email="ida@example.dk")
    Proposal.objects.create(enterprise=bakery).messages.create(text="Hej", from_council=True, author=ida)
    queries()  # reads the catalogue, which is kept
    few = queries()
    for number in range(4):
        other = published(f"Nr. {number}") if number else an_enterprise("Kladden")
        a_place(other, hours=())
        let_in(ida, other)
        Proposal.objects.create(enterprise=other).messages.create(text="Hej", from_council=True, author=ida)
    queries()
    assert queries() == few <= 24
