"""The desk's front page: what waits, the oldest first, each number the length of the list it leads to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from enterprises import claims, publishing, waiting
from enterprises.choices import ClaimWay
from enterprises.models import (
    Claim,
    ConfirmationRequest,
    DuplicatePair,
    Enterprise,
    ErrorReport,
    Import,
    ImportRow,
    Mail,
    MissedSearch,
    Proposal,
    RegisterDifference,
)
from tests.builders import a_proof, a_user, an_enterprise, published
from tests.client import Element, parsed
from tests.register_service import free_numbers

pytestmark = pytest.mark.django_db

FRONT = "/admin/"


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def waits(enterprise: Enterprise, days: int) -> Proposal:
    proposal = Proposal.objects.create(enterprise=enterprise)
    Proposal.objects.filter(pk=proposal.pk).update(submitted_at=days_ago(days))
    return proposal


def a_case_of_each(number: int = 0) -> Enterprise:
    """One more row in every queue, and rows beside it that wait for nobody."""
    today, now = timezone.localdate(), timezone.now()
    enterprise = published(f"Brød {number}", cvr=next(islice(free_numbers(), number, None)), criteria=())
    other = published(f"Kage {number}", criteria=())
    waits(enterprise, 20)
    waits(an_enterprise(f"Ny {number}", criteria=()), 3)
    user = a_user(f"u{number}@example.dk")
    claims.open_(enterprise, user, ClaimWay.EXPLANATION, "Jeg er kasserer.")
    claims.open_(an_enterprise(f"Egen {number}", criteria=()), user, ClaimWay.ADDED)
    ErrorReport.objects.create(enterprise=enterprise, message="Lukket")
    ErrorReport.objects.create(enterprise=enterprise, message="Åbent", handled_at=now)
    for state in ("failed", "sent"):
        Mail.objects.create(
            message_id=f"<{number}{state}>", sender="a@x.dk", recipient="b@x.dk", subject="Hej", content=b"x",
            state=state, ended_at=now,
        )  # fmt: skip
    asked = today - timedelta(days=300)
    ConfirmationRequest.objects.create(enterprise=enterprise, asked_on=asked, mailed_on=today, mails=3)
    ConfirmationRequest.objects.create(enterprise=other, asked_on=today, mailed_on=today, mails=1)
    soon, late = today + timedelta(days=12), today + timedelta(days=400)
    checked = {"checked_on": date(2026, 1, 1)}
    a_proof(enterprise, "purpose", expires_on=soon, **checked)
    # Outlasted, far off, and never checked.
    a_proof(other, "trade", expires_on=soon, **checked)
    a_proof(other, "trade", expires_on=late, **checked)
    a_proof(other, "surplus", expires_on=late, **checked)
    a_proof(other, "purpose", expires_on=soon, checked_on=None)
    DuplicatePair.objects.create(
        first=enterprise, second=other, reasons=["phone"], grounds=["phone:1"], found_at=days_ago(2)
    )
    RegisterDifference.objects.create(
        enterprise=enterprise, field="founded", ours=1999, theirs=2001, found_on=today, read_on=today
    )
    for day in (today, today - timedelta(days=4), today - timedelta(days=40)):
        MissedSearch.objects.create(day=day, text=f"hest {number}", language="da")
    for state in ("deciding", "done"):
        run = Import.objects.create(name=f"Nyt {number}.csv", state=state)
        for row, decision in enumerate(("", "skip"), 2):
            ImportRow.objects.create(run=run, number=row, decision=decision)
    job = "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES (%s, %s, '{}', %s)"
    with connection.cursor() as cursor:
        for status in ("failed", "succeeded"):
            cursor.execute(job + " RETURNING id", ["default", "enterprises.tasks.forget_old", status])
            [pk] = cursor.fetchone()
            event = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())"
            cursor.execute(event, [pk])
    return enterprise


def front(client: Client, path: str = FRONT) -> Element:
    return parsed(client.get(path).text).one(id="content")


def cards(page: Element) -> list[tuple[int, str, str]]:
    """The number, the address and the words of each queue in which something waits."""
    found = [
        (card.one("b").text, card.one("a").attrs["href"], card.text) for card in page.one("ol").all("li")
    ]
    return [(int(number), address, text) for number, address, text in found]


def test_each_number_is_the_length_of_the_list_it_leads_to(clerk: Client) -> None:
    for number in range(2):
        a_case_of_each(number)
    shown = cards(front(clerk))
    assert len(shown) == len(waiting.QUEUES)
    for count, address, text in shown:
        assert count == 2 == clerk.get(address).context["cl"].result_count, text


def test_the_queue_with_the_oldest_case_comes_first(clerk: Client, bakery: Enterprise) -> None:
    ErrorReport.objects.create(enterprise=bakery, message="Lukket")
    report = ErrorReport.objects.create(enterprise=bakery, message="Åbent")
    ErrorReport.objects.filter(pk=report.pk).update(created_at=days_ago(15))
    waits(bakery, 3)
    first, second = cards(front(clerk))
    day = timezone.localdate() - timedelta(days=15)
    assert (first[0], second[0]) == (2, 1)
    with override("da"):
        assert f"Fejlmeldinger Den ældste har ventet i 2 uger, siden {date_format(day)}." in first[2]
    assert "3 dage" in second[2]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 dag"),
        (13, "13 dage"),
        (14, "2 uger"),
        (59, "8 uger"),
        (60, "2 måneder"),
        (729, "24 måneder"),
        (730, "2 år"),
    ],
)
def test_an_age_is_said_as_people_say_it(days: int, said: str) -> None:
    assert waiting.in_words(days) == said


def test_one_continues_with_the_oldest_case_one_may_decide(
    curator: Client, auditor: Client, bakery: Enterprise
) -> None:
    MissedSearch.objects.create(day=timezone.localdate() - timedelta(days=6), text="hest", language="da")
    other = published("Møbler")
    newer, older = waits(bakery, 2), waits(other, 5)
    page = front(curator)
    link = page.one(class_="desk-first").one("a")
    assert "Møbler" in curator.get(link.attrs["href"], follow=True).text
    assert link.attrs["href"] == reverse("admin:enterprises_proposal_change", args=[older.pk])
    assert newer.pk != older.pk
    assert not front(auditor).all(class_="desk-first")


def test_where_nothing_waits_it_says_so_warmly(curator: Client) -> None:
    page = front(curator)
    assert "Intet venter på dig." in page.text and not page.all("ol")
    quiet = page.one(class_="desk-empty")
    assert "Forslag" in quiet.text and len(quiet.all("a")) == len(waiting.QUEUES) - 1
    with override("en"):
        assert "Nothing waits for you." in front(curator, "/en/admin/").text


def test_one_sees_only_the_queues_one_may_open(curator: Client, developer: Client, chief: Client) -> None:
    a_case_of_each()
    for client, wanted in ((curator, 11), (chief, 12), (developer, 3)):
        shown = cards(front(client))
        assert len(shown) == wanted
        assert all(client.get(address).status_code == 200 for _count, address, _text in shown)


def test_what_somebody_adds_is_one_case_and_not_two(curator: Client, adder: Client) -> None:
    enterprise = Enterprise.objects.get(name="Kæden")
    assert "Intet venter på dig." in front(curator).text
    waits(enterprise, 1)
    [(count, address, text)] = cards(front(curator))
    assert count == 1 and "Nye virksomheder" in text and "queue=new" in address
    # Let in by somebody who may not say who edits, the claim waits on.
    Proposal.objects.all().delete()
    publishing.publish(enterprise)
    [(count, _address, text)] = cards(front(curator))
    assert count == Claim.objects.count() == 1 and "Anmodninger om adgang" in text


def test_the_front_page_asks_the_database_equally_often_for_3_and_30(clerk: Client) -> None:
    counts = []
    made = 0
    for wanted in (3, 30):
        for number in range(made, wanted):
            a_case_of_each(number)
        made = wanted
        clerk.get(FRONT)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(FRONT).status_code == 200
        counts.append(len(queries))
        assert sum("UNION ALL" in query["sql"] for query in queries) == 1
    assert counts[0] == counts[1] < 10


def test_the_front_page_lists_all_one_may_open(chief: Client, developer: Client) -> None:
    page = front(chief)
    led = {link.attrs["href"] for link in page.one("nav").all("a")}
    assert {reverse("admin:report"), reverse("admin:person"), reverse("admin:enterprises_sector_add")} <= led
    led = {link.attrs["href"] for link in front(developer).one("nav").all("a")}
    assert reverse("admin:enterprises_mail_changelist") in led
    assert not any(re.search("/(enterprise|user|rapport|personoplysninger)/$", address) for address in led)


def test_a_list_can_be_narrowed_to_a_queue_by_its_filter(clerk: Client, bakery: Enterprise) -> None:
    a_case_of_each()
    listed = clerk.get(reverse("admin:enterprises_evidence_changelist"))
    assert listed.context["cl"].result_count > 1 and "Grundlag, der udløber" in listed.text


def test_a_failed_job_is_shown_without_what_it_was_given(developer: Client) -> None:
    a_case_of_each()
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE procrastinate_jobs SET args = '{"email": "ruth@example.dk"}'""")
    listed = developer.get(reverse("admin:procrastinate_procrastinatejob_changelist"), {"queue": "jobs"})
    assert "forget old" in listed.text and "ruth@" not in listed.text
