"""Several who act on one inquiry at the same moment, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction

from enterprises import publishing
from enterprises.choices import InquiryAnswer, InquiryState
from enterprises.inquiries import answering, buying, due, stopping, writing
from enterprises.inquiries.answering import Said
from enterprises.models import Enterprise, Inquiry, Mail, User
from tests.builders import an_enterprise
from tests.inquiring import BUYER, TODAY, answered, recipient, written
from tests.test_editing_any_order import _waiting


@dataclass
class Written:
    inquiry: Inquiry
    alfa: Enterprise
    beta: Enterprise
    karen: User

    @property
    def mailed(self) -> list[str]:
        """Whom the outbox writes to about it, its sender apart."""
        mails = Mail.objects.filter(about=f"inquiry-{self.inquiry.pk}").exclude(recipient=BUYER)
        return sorted(mails.exclude(state="given_up").values_list("recipient", flat=True))


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any, settings: Any) -> Iterator[Written]:
    """An inquiry to two that waits for its confirmation, committed."""
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"
    with django_db_blocker.unblock():
        cache.clear()
        alfa, beta = (
            an_enterprise(name, criteria=(), email=f"hej@{name.lower()}.example") for name in ("Alfa", "Beta")
        )
        for enterprise in (alfa, beta):
            publishing.publish(enterprise)
        karen = User.objects.create_user("karen-paa-en-gang@example.dk")
        try:
            yield Written(written(alfa, beta), alfa, beta, karen)
        finally:
            Inquiry.objects.all().delete()
            Mail.objects.all().delete()
            karen.delete()
            publishing.forget(Enterprise.objects.filter(pk__in=[alfa.pk, beta.pk]))
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs")
            cache.clear()


def at_once(shared: Written, *acts: Callable[[], object]) -> list[object]:
    """All wait for the inquiry before any of them gets it."""
    outcomes: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    with transaction.atomic():
        Inquiry.objects.select_for_update().get(pk=shared.inquiry.pk)
        for thread in threads:
            thread.start()
        tick = Event()
        for _try in range(2_000):
            if outcomes or _waiting() == len(acts):
                break
            tick.wait(0.01)
        assert not outcomes, outcomes
    for thread in threads:
        thread.join(20)
    assert len(outcomes) == len(acts)
    return outcomes


def test_confirmed_twice_at_once_it_is_sent_once(shared: Written) -> None:
    outcomes = at_once(shared, *[lambda: writing.confirm(shared.inquiry, TODAY)] * 3)
    assert sorted(map(bool, outcomes)) == [False, False, True]
    assert shared.mailed == ["hej@alfa.example", "hej@beta.example"]


def test_of_two_answers_by_one_link_the_first_holds(shared: Written) -> None:
    writing.confirm(shared.inquiry, TODAY)
    row = recipient(shared.inquiry, shared.alfa)

    def say(answer: InquiryAnswer) -> Callable[[], object]:
        return lambda: answering.answer(row, Said(answer, str(answer.value)), TODAY).answer

    outcomes = at_once(shared, say(InquiryAnswer.YES), say(InquiryAnswer.NO))
    assert outcomes[1] == "ClosedError" or outcomes[0] == "ClosedError"
    kept = recipient(shared.inquiry, shared.alfa)
    assert kept.answer in outcomes and kept.text == kept.answer
    assert Mail.objects.filter(recipient=BUYER, subject="Alfa har svaret").count() == 1


def test_stopped_while_it_is_sent_nothing_goes_out(shared: Written) -> None:
    """Whichever comes first: nothing is sent, or all of it is taken back."""
    at_once(
        shared,
        lambda: writing.confirm(shared.inquiry, TODAY),
        lambda: stopping.stop(shared.inquiry, by=shared.karen, reason="Reklame"),
    )
    assert Inquiry.objects.get(pk=shared.inquiry.pk).state == InquiryState.STOPPED
    assert shared.mailed == []


def test_an_answer_and_a_stop_at_once_leave_no_open_mail(shared: Written) -> None:
    writing.confirm(shared.inquiry, TODAY)
    row = recipient(shared.inquiry, shared.alfa)
    at_once(
        shared,
        lambda: answering.answer(row, Said(InquiryAnswer.NO), TODAY),
        lambda: stopping.stop(shared.inquiry, by=shared.karen, reason="Reklame"),
    )
    about = Mail.objects.filter(about=f"inquiry-{shared.inquiry.pk}")
    assert not about.exclude(state="given_up").exists()


def test_thanks_pressed_twice_at_once_go_once(shared: Written) -> None:
    writing.confirm(shared.inquiry, TODAY)
    answered(shared.inquiry, shared.alfa)
    outcomes = at_once(shared, *[lambda: buying.thank(shared.inquiry)] * 3)
    assert sorted(map(int, outcomes)) == [0, 0, 1]  # type: ignore[call-overload]
    assert shared.mailed.count("hej@alfa.example") == 2


def test_two_workers_ask_and_remind_once(shared: Written) -> None:
    writing.confirm(shared.inquiry, TODAY)
    Inquiry.objects.update(confirmed_at=shared.inquiry.created_at.replace(year=2020))
    day = shared.inquiry.answer_by
    at_once(shared, lambda: due.send_due(day), lambda: due.send_due(day))
    assert shared.mailed == ["hej@alfa.example"] * 2 + ["hej@beta.example"] * 2
    later = day + due.OUTCOME_AFTER
    outcomes = at_once(shared, lambda: due.send_due(later), lambda: due.send_due(later))
    assert sorted(map(int, outcomes)) == [0, 1]  # type: ignore[call-overload]


def test_a_worker_killed_in_the_midst_has_sent_nothing_and_sends_once_later(shared: Written) -> None:
    writing.confirm(shared.inquiry, TODAY)
    later = shared.inquiry.answer_by + due.OUTCOME_AFTER

    class KilledError(BaseException):
        pass

    with pytest.raises(KilledError), transaction.atomic():
        assert due.send_due(later) == 1
        raise KilledError
    subject = "Hvad kom der ud af din forespørgsel?"
    assert not Mail.objects.filter(subject=subject).exists()
    assert [due.send_due(later), due.send_due(later)] == [1, 0]
    assert Mail.objects.filter(subject=subject).count() == 1


def test_the_same_text_sent_at_once_does_not_pass_the_limit(shared: Written) -> None:
    """Each by itself would fit."""
    assert not mail.outbox
    what = "Ens for alle"
    some = [shared.alfa, shared.beta]
    for _up_to_eight in range(4):
        cache.clear()
        written(*some, what=what, email="en@kommune.example")
    outcomes: list[object] = []

    def run(number: int) -> None:
        try:
            fields = {"what": what, "email": f"nr{number}@kommune.example"}
            outcomes.append(written(*some, network=f"10.1.0.{number}", **fields).pk)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(one) for one in outcomes if isinstance(one, str)) == ["LimitError"] * 3
