"""Reading in CVR when it is slow, silent, wrong or strange: what is tried again, and what is believed."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from enterprises import tasks
from enterprises.cvr import client, runs
from enterprises.models import Enterprise, RegisterDifference, RegisterReading
from tests.builders import an_enterprise, published
from tests.register_service import (
    ASSOCIATION,
    COOPERATIVE,
    Register,
    free_numbers,
    numbered,
    register_service,
    sample,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited, one after the other."""
    waited: list[float] = []
    monkeypatch.setattr(client, "wait", waited.append)
    return waited


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return published("Brød & Broer", cvr=COOPERATIVE, founded=2012)


def read(*enterprises: Enterprise) -> runs.Outcome:
    return runs.read(runs.readable().filter(pk__in=[enterprise.pk for enterprise in enterprises]))


HTML = {"Content-Type": "text/html"}
TRUE = json.dumps({"timed_out": False, "hits": {"total": 0, "hits": []}})


@pytest.mark.parametrize(
    "bad",
    [
        (500, {}, b"oops"),
        (503, {}, b""),
        (429, {}, b""),
        (200, HTML, b"<html>Vi har lukket for en stund</html>"),
        (200, HTML, TRUE.encode()),
        (200, {}, b"<html>Vi har lukket for en stund</html>"),
        (200, {}, TRUE.encode()[:-20]),
        (200, {}, b"\xff\xfe"),
        (200, {}, b""),
        (200, {}, b"[" * 100_000),
        (200, {"Content-Length": "100000"}, TRUE.encode()[:-20]),
        (200, {}, b'{"timed_out": true, "hits": {"total": 0, "hits": []}}'),
        (200, {}, b'{"error": "all shards failed", "status": 503}'),
    ],
)
def test_what_goes_wrong_for_a_moment_is_tried_again(
    cvr: Register, bakery: Enterprise, waits: list[float], bad: Any
) -> None:
    cvr.bad_answers = [bad, bad]
    assert read(bakery) == runs.Outcome(read=1)
    assert waits == [2, 10]
    assert RegisterReading.objects.get().found


def test_it_waits_as_long_as_it_is_asked_to_but_not_for_ever(
    cvr: Register, bakery: Enterprise, waits: list[float]
) -> None:
    cvr.bad_answers = [(429, {"Retry-After": after}, b"") for after in ("30", "86400", "i morgen")]
    read(bakery)
    assert waits == [30, 120, 60]


def test_who_never_answers_is_left_alone_and_nothing_believed(
    cvr: Register, bakery: Enterprise, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SILENCE", 0.05)
    cvr.silent_after = 0
    assert read(bakery) == runs.Outcome(unanswered=1)
    assert waits == [2, 10, 60]
    assert not RegisterReading.objects.exists() and not RegisterDifference.objects.exists()


def test_an_answer_that_comes_too_slowly_or_is_too_long_is_none(
    cvr: Register, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, value in (("MOST_BYTES", 100), ("DEADLINE", -1)):
        with monkeypatch.context() as patch:
            patch.setattr(client, limit, value)
            assert read(bakery).unanswered == 1


def test_a_job_that_was_not_answered_says_so_and_is_tried_again(cvr: Register, bakery: Enterprise) -> None:
    cvr.bad_answers = [(500, {}, b"")] * 4
    with pytest.raises(tasks.UnansweredError):
        tasks.read_register()
    tasks.read_register()
    assert RegisterReading.objects.get().found


def test_who_is_not_known_does_not_knock_twice(
    cvr: Register, bakery: Enterprise, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CVR_PASSWORD = "forkert"
    tasks.read_register()
    assert len(cvr.questions) == 1
    assert "CVR refuses" in caplog.text and "forkert" not in caplog.text
    with pytest.raises(CommandError, match="refuses CVR_USER and CVR_PASSWORD"):
        call_command("read_cvr")


def test_a_question_that_is_refused_is_not_repeated(
    cvr: Register, bakery: Enterprise, waits: list[float]
) -> None:
    cvr.bad_answers = [(400, {}, b"{}")]
    assert read(bakery).unanswered == 1
    assert (len(cvr.questions), waits) == (1, [])


def test_our_password_goes_to_no_other_place(cvr: Register, bakery: Enterprise) -> None:
    with register_service() as other:
        cvr.bad_answers = [(307, {"Location": f"{other.url}/virksomhed/_search"}, b"")]
        assert read(bakery).unanswered == 1
        assert not other.questions


def many(cvr: Register, count: int, monkeypatch: pytest.MonkeyPatch) -> list[Enterprise]:
    """So many enterprises, in batches of two."""
    monkeypatch.setattr(client, "AT_ONCE", 2)
    made = [
        Enterprise(name=f"Virksomhed {number}", slug=f"v{number}", cvr=number)
        for number in islice(free_numbers(), count)
    ]
    cvr.entries += [numbered("association", str(enterprise.cvr)) for enterprise in made]
    return list(Enterprise.objects.bulk_create(made))


def test_they_are_asked_for_in_batches_with_a_pause_between(
    cvr: Register, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = many(cvr, 5, monkeypatch)
    assert read(*everybody) == runs.Outcome(read=5)
    assert [len(numbers) for numbers in cvr.asked_for] == [2, 2, 1]
    assert waits == [client.PAUSE] * 2


def test_a_batch_without_an_answer_leaves_the_others(cvr: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = many(cvr, 6, monkeypatch)
    cvr.bad_answers = [(500, {}, b"")] * 4
    assert read(*everybody) == runs.Outcome(read=4, unanswered=2)
    tasks.read_register()
    assert cvr.asked_for[-1] == cvr.asked_for[0]
    assert RegisterReading.objects.count() == 6


def test_who_is_silent_three_times_in_a_row_is_left_in_peace(
    cvr: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = many(cvr, 10, monkeypatch)
    cvr.bad_answers = [(503, {}, b"")] * 100
    assert read(*everybody).unanswered == 10
    assert len(cvr.questions) == runs.MOST_SILENCES * 4


def test_one_that_cannot_be_read_leaves_the_others(cvr: Register, bakery: Enterprise) -> None:
    cvr.entry(COOPERATIVE)["navne"] = "et navn"
    association = an_enterprise("Foreningen Broen", cvr=ASSOCIATION)
    assert read(bakery, association) == runs.Outcome(read=1, unreadable=1)
    assert RegisterReading.objects.get().enterprise == association


def test_two_companies_with_one_number_are_not_believed(cvr: Register, bakery: Enterprise) -> None:
    cvr.entries.append(sample("cooperative"))
    assert read(bakery) == runs.Outcome(unreadable=1)
    assert not RegisterDifference.objects.exists()


def test_an_empty_register_dissolves_nobody(cvr: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = many(cvr, 4, monkeypatch)
    monkeypatch.setattr(client, "AT_ONCE", 50)
    cvr.entries = []
    assert read(*everybody).unanswered == 4
    assert not RegisterDifference.objects.exists()
