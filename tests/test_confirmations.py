"""Once a year each enterprise is asked whether its facts hold; what comes of it, and what does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory import listings
from enterprises import choices, confirmations, publishing
from enterprises.models import ConfirmationRequest, Enterprise, MarkOf, Opening
from tests.builders import a_user, let_in, published, republished

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)
TODAY = timezone.localdate()
LONG_AGO = TODAY - timedelta(days=366)


@pytest.fixture
def bakery(db: None) -> Enterprise:
    """Confirmed more than a year ago."""
    enterprise = published("Brød & Broer")
    publishing.confirm(enterprise, on=LONG_AGO)
    return enterprise


def asked(today: date = TODAY) -> ConfirmationRequest:
    confirmations.send_due(today)
    return ConfirmationRequest.objects.get()


def links(request: ConfirmationRequest) -> tuple[str, str]:
    token = confirmations.token_of(request)
    return reverse("confirm", args=[token]), reverse("confirm-gone", args=[token])


def recipients() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


# -- who is asked, and when -----------------------------------------------------------------------


def test_one_is_asked_when_a_year_has_passed(bakery: Enterprise) -> None:
    assert confirmations.send_due(LONG_AGO + timedelta(days=364)) == 0
    assert confirmations.send_due(LONG_AGO + timedelta(days=365)) == 1
    assert recipients() == ["hej@broed.example"]


def test_one_that_never_confirmed_is_asked_a_year_after_it_came(db: None) -> None:
    published("Aldrig")
    assert confirmations.send_due(TODAY + timedelta(days=364)) == 0
    assert confirmations.send_due(TODAY + timedelta(days=365)) == 1


@pytest.mark.parametrize("stale", ["opening", "certificate"])
def test_one_whose_facts_look_stale_is_asked_after_half_a_year(bakery: Enterprise, stale: str) -> None:
    day = TODAY - timedelta(days=31)
    if stale == "opening":
        Opening.objects.create(enterprise=bakery, kind="job", title_da="Bager", apply_by=day)
    else:
        MarkOf.objects.create(enterprise=bakery, mark_id="fsc", expires_on=day)
    publishing.confirm(bakery, on=TODAY - timedelta(days=181))
    assert confirmations.send_due(TODAY) == 0
    publishing.confirm(bakery, on=TODAY - timedelta(days=182))
    assert confirmations.send_due(TODAY) == 1


def test_drafts_withdrawn_ones_and_the_demo_are_left_alone(bakery: Enterprise) -> None:
    demo = published("Demo", is_demo=True)
    publishing.confirm(demo, on=LONG_AGO)
    publishing.withdraw(bakery, reason="Lukket")
    assert confirmations.send_due(TODAY) == 0


def test_editors_are_written_to_each_by_themselves(bakery: Enterprise) -> None:
    for address in ("ida@example.dk", "carl@example.dk"):
        let_in(a_user(address), bakery)
    let_in(a_user("gone@example.dk", is_active=False), bakery)
    confirmations.send_due(TODAY)
    assert [message.to for message in mail.outbox] == [["ida@example.dk"], ["carl@example.dk"]]
    assert all(f"{settings.SITE_URL}/min/" in str(message.body) for message in mail.outbox)


@pytest.mark.parametrize("fields", [{"mail_unwanted": True}, {"email": ""}])
def test_an_address_that_must_not_be_written_to_is_not(bakery: Enterprise, fields: dict[str, object]) -> None:
    Enterprise.objects.update(**fields)
    assert confirmations.send_due(TODAY) == 0 and not mail.outbox
    let_in(a_user(), bakery)
    assert confirmations.send_due(TODAY) == 1
    assert recipients() == ["ida@example.dk"]


def test_a_whole_city_is_not_written_to_in_one_night(
    bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.confirm(published("Den anden"), on=LONG_AGO)
    monkeypatch.setattr(confirmations, "MOST_ASKED_A_NIGHT", 1)
    assert [confirmations.send_due(TODAY) for _night in range(3)] == [1, 1, 0]


# -- the mail -------------------------------------------------------------------------------------


def test_the_mail_has_three_links_in_both_languages(visitor: Client, bakery: Enterprise) -> None:
    Enterprise.objects.update(name="Brød\n& <Broer>")
    confirmations.send_due(TODAY)
    (message,) = mail.outbox
    text = str(message.body)
    assert message.subject == "Passer det stadig, der står om Brød & <Broer>?"
    danish, english = text.split("– – –")
    assert danish.startswith("Hej\n\nPasser det stadig") and "Is what is said about" in english
    assert "\n\n\n" not in text and "&amp;" not in text
    for part in (danish, english):
        addresses = re.findall(rf"{settings.SITE_URL}(\S+)", part)
        assert len(addresses) == 4  # the profile, and the three answers
        assert [visitor.get(address).status_code for address in addresses] == [200] * 4
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


# -- reminders, the mark, the council's list ------------------------------------------------------


def test_reminders_come_after_three_and_six_weeks_then_the_mark(bakery: Enterprise) -> None:
    sent = {}
    for week in range(12):
        for _run in range(2):  # the job may be run twice
            if confirmations.send_due(TODAY + week * WEEK):
                sent[week] = len(mail.outbox)
        bakery.refresh_from_db()
        assert (bakery.unanswered_on is not None) == (week >= 9), week
    assert sent == {0: 1, 3: 2, 6: 3}
    assert "skrevet før" in str(mail.outbox[1].body) and "sidste gang" in str(mail.outbox[2].body)


def test_a_job_that_rested_does_not_send_all_at_once(bakery: Enterprise) -> None:
    confirmations.send_due(TODAY)
    for days in (70, 71, 83):
        confirmations.send_due(TODAY + timedelta(days=days))
    assert len(mail.outbox) == 2
    confirmations.send_due(TODAY + timedelta(days=84))
    assert len(mail.outbox) == 3


class DiesAtTheSecond(locmem.EmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if mail.outbox:
            raise KeyboardInterrupt
        return super().send_messages(messages)


def test_a_job_that_is_killed_sends_the_rest_later_and_nothing_twice(
    bakery: Enterprise, settings: Any
) -> None:
    publishing.confirm(published("Den anden", email="anden@example.dk"), on=LONG_AGO - WEEK)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.test_confirmations.DiesAtTheSecond"
    with pytest.raises(KeyboardInterrupt):
        confirmations.send_due(TODAY)
    assert [str(row.enterprise) for row in ConfirmationRequest.objects.all()] == ["Den anden"]
    settings.EMAIL_BACKEND = usual
    confirmations.send_due(TODAY)
    assert recipients() == ["anden@example.dk", "hej@broed.example"]


# -- those whom nobody can ask --------------------------------------------------------------------

DESK = "admin:enterprises_confirmationrequest_changelist"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"mail_unwanted": True}, "vil ikke have mail"),
        ({"email": ""}, "har ingen mailadresse"),
        ({"email": "hej@kødbyen.dk"}, "kan ikke nås på mailadressen"),
        ({"email": "in\nvalid@example.dk"}, "kan ikke nås på mailadressen"),
        ({"email": "a..b@example.dk"}, "kan ikke nås på mailadressen"),
    ],
)
def test_who_cannot_be_asked_reaches_the_council_and_keeps_nobody_else_from_it(
    clerk: Client, bakery: Enterprise, fields: dict[str, object], reason: str
) -> None:
    publishing.confirm(published("Den anden", email="anden@example.dk"), on=LONG_AGO)
    Enterprise.objects.filter(pk=bakery.pk).update(**fields)
    for _night in range(2):
        confirmations.send_due(TODAY)
        assert recipients() == ["anden@example.dk"]
        (row,) = clerk.get(reverse(DESK)).context["cl"].result_list
        assert row.enterprise == bakery
    assert "kan ikke spørges" in clerk.get(reverse(DESK)).text and reason in clerk.get(reverse(DESK)).text
    bakery.refresh_from_db()
    assert bakery.unanswered_on is None


def test_who_could_not_be_asked_is_once_there_is_an_editor(clerk: Client, bakery: Enterprise) -> None:
    Enterprise.objects.update(email="")
    confirmations.send_due(TODAY)
    let_in(a_user(), bakery)
    assert confirmations.send_due(TODAY + WEEK) == 1 and recipients() == ["ida@example.dk"]
    request = ConfirmationRequest.objects.get()
    assert (request.asked_on, request.mails) == (TODAY + WEEK, 1)
    assert clerk.get(reverse(DESK)).context["cl"].result_count == 0


def test_one_whose_editors_leave_before_they_answer_cannot_be_asked_any_more(bakery: Enterprise) -> None:
    Enterprise.objects.update(email="")
    editorship = let_in(a_user(), bakery)
    confirmations.send_due(TODAY)
    editorship.delete()
    assert confirmations.send_due(TODAY + 3 * WEEK) == 0
    assert confirmations.cannot_be_asked().get().enterprise == bakery


def marked(enterprise: Enterprise) -> None:
    publishing.mark_unanswered(enterprise, on=TODAY)


def test_the_mark_shows_on_profile_card_and_badge_until_it_is_confirmed(
    visitor: Client, bakery: Enterprise
) -> None:
    def pages() -> list[str]:
        addresses = ("/virksomheder/broed-broer/", "/virksomheder/", "/skilte/broed-broer/kort/")
        return [visitor.get(address).page.one("main").text for address in addresses]  # type: ignore[attr-defined]

    assert not any("Ikke bekræftet siden" in text for text in pages())
    marked(bakery)
    assert all("Ikke bekræftet siden" in text for text in pages())
    badge = "/skilte/broed-broer/maerke-da-light.svg"
    assert "Ikke bekræftet for nylig" in visitor.get(badge).content.decode()
    republished(bakery, tagline_da="Nyt brød")  # changing is not confirming
    listings.rebuild()
    assert all("Ikke bekræftet siden" in text for text in pages())
    publishing.confirm(bakery, on=TODAY)
    assert not any("Ikke bekræftet siden" in text for text in pages())
    assert "Grundlag bekræftet" in visitor.get(badge).content.decode()


def test_the_council_is_offered_the_silent_and_the_gone(clerk: Client, bakery: Enterprise) -> None:
    desk = reverse("admin:enterprises_confirmationrequest_changelist")

    def offered() -> list[str]:
        return [str(row.enterprise) for row in clerk.get(desk).context["cl"].result_list]

    silent = ConfirmationRequest.objects.create(
        enterprise=bakery, asked_on=TODAY - 26 * WEEK, mailed_on=TODAY - 20 * WEEK, mails=3
    )
    gone = published("Lukket & Slukket")
    request = ConfirmationRequest.objects.create(enterprise=gone, asked_on=TODAY, mailed_on=TODAY)
    assert offered() == ["Brød & Broer"]
    confirmations.answer(request, choices.Answer.GONE, TODAY)
    assert offered() == ["Brød & Broer", "Lukket & Slukket"]
    publishing.withdraw(gone, reason="Findes ikke mere")
    assert offered() == ["Brød & Broer"]
    publishing.confirm(bakery, on=TODAY)
    assert offered() == []
    silent.refresh_from_db()
    assert silent.answer == "holds"
    assert clerk.get(desk, {"standing": "answered"}).context["cl"].result_count == 2


# -- the links ------------------------------------------------------------------------------------


def test_reading_a_link_answers_nothing_and_its_button_does(visitor: Client, bakery: Enterprise) -> None:
    holds, _gone = links(asked())
    for _scanner in range(3):
        page = visitor.get(holds).page  # type: ignore[attr-defined]
        assert len(page.one("main").all("button")) == 1
    bakery.refresh_from_db()
    assert bakery.confirmed_on == LONG_AGO
    answer = visitor.post(holds)
    assert answer.status_code == 200 and not answer.cookies
    bakery.refresh_from_db()
    assert bakery.confirmed_on == TODAY
    assert confirmations.send_due(TODAY + 10 * WEEK) == 0


def test_a_link_works_without_a_login_and_without_a_cookie(bakery: Enterprise) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(links(asked())[0]).status_code == 200


def test_gone_tells_the_council_and_withdraws_nothing(visitor: Client, bakery: Enterprise) -> None:
    request = asked()
    _holds, gone = links(request)
    visitor.get(gone)
    request.refresh_from_db()
    assert request.answer == ""
    visitor.post(gone)
    request.refresh_from_db()
    bakery.refresh_from_db()
    assert request.answer == "gone" and bakery.is_public and bakery.confirmed_on == LONG_AGO
    assert confirmations.send_due(TODAY + 10 * WEEK) == 0
    bakery.refresh_from_db()
    assert bakery.unanswered_on is None


def test_a_used_link_answers_kindly_and_changes_nothing(visitor: Client, bakery: Enterprise) -> None:
    request = asked()
    holds, gone = links(request)
    visitor.post(holds)
    for address in (holds, gone):
        for answer in (visitor.get(address), visitor.post(address)):
            assert answer.status_code == 410
            assert "allerede svaret" in answer.page.one("main").text  # type: ignore[attr-defined]
    request.refresh_from_db()
    assert request.answer == "holds"


def test_an_old_link_answers_kindly_and_changes_nothing(visitor: Client, bakery: Enterprise) -> None:
    holds, gone = links(_old(bakery))
    for address in (holds, gone):
        for answer in (visitor.get(address), visitor.post(address)):
            assert answer.status_code == 410
            assert "for gammelt" in answer.page.one("main").text  # type: ignore[attr-defined]
    bakery.refresh_from_db()
    assert bakery.confirmed_on == LONG_AGO


def _old(enterprise: Enterprise) -> ConfirmationRequest:
    day = TODAY - 27 * WEEK
    return ConfirmationRequest.objects.create(enterprise=enterprise, asked_on=day, mailed_on=day)


def test_a_link_of_a_withdrawn_one_answers_kindly(visitor: Client, bakery: Enterprise) -> None:
    holds, _gone = links(asked())
    publishing.withdraw(bakery, reason="Lukket")
    assert visitor.get(holds).status_code == visitor.post(holds).status_code == 410


@pytest.mark.parametrize("token", ["1", "1.", "x.y", "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_made_up_link_is_none(visitor: Client, bakery: Enterprise, token: str) -> None:
    asked()
    for name in ("confirm", "confirm-gone"):
        assert visitor.get(reverse(name, args=[token])).status_code == 404
        assert visitor.post(reverse(name, args=[token])).status_code == 404


def test_one_link_is_not_anothers(visitor: Client, bakery: Enterprise) -> None:
    other = published("Den anden")
    publishing.confirm(other, on=LONG_AGO)
    confirmations.send_due(TODAY)
    mine, theirs = ConfirmationRequest.objects.order_by("pk")
    signature = confirmations.token_of(mine).partition(".")[2]
    forged = reverse("confirm", args=[f"{theirs.pk}.{signature}"])
    assert visitor.post(forged).status_code == 404


def test_a_night_with_nothing_to_do_costs_four_queries(bakery: Enterprise) -> None:
    publishing.confirm(bakery, on=TODAY)
    with CaptureQueriesContext(connection) as queries:
        assert confirmations.send_due(TODAY) == 0
    assert len(queries) == 4
