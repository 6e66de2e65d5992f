"""Every list at the desk asks the database equally often for 3 and for 30 rows, and seldom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises.choices import ClaimWay, Section
from enterprises.models import (
    Claim,
    ConfirmationRequest,
    District,
    DuplicatePair,
    Editorship,
    Enterprise,
    ErrorReport,
    Evidence,
    Import,
    Inquiry,
    InquiryAbuse,
    InquiryRecipient,
    Invitation,
    LegalForm,
    Mail,
    Mark,
    MissedSearch,
    Mission,
    Ownership,
    PageText,
    Place,
    Proposal,
    Publication,
    ReasonText,
    RegisterDifference,
    SectionPolicy,
    Sector,
    SynonymGroup,
    TermChange,
    Threshold,
    User,
    Withdrawal,
)
from tests.builders import a_proof, a_user, an_enterprise, let_in, published, republished
from tests.client import parsed
from tests.register_service import free_numbers

pytestmark = pytest.mark.django_db

MOST_QUERIES = 9
NUMBERS = list(islice(free_numbers(), 40))

Row = Callable[[int], Any]


def somebody(number: int) -> User:
    return a_user(f"nr{number}@example.dk", password=None, name=f"Nr. {number}")


def one(number: int, **fields: Any) -> Enterprise:
    return an_enterprise(f"Nummer {number}", criteria=(), **fields)


def shown(number: int) -> Enterprise:
    """Public, with a change that waits every third time."""
    enterprise = published(f"Nummer {number}", criteria=())
    if number % 3 == 0:
        enterprise.phone = "33 33 33 33"
        enterprise.save()
    return enterprise


def a_term(model: type[Model], **fields: Any) -> Row:
    return lambda number: model._default_manager.create(
        slug=f"nr-{number}", name_da=f"Nr. {number}", name_en=f"No. {number}", position=900 + number, **fields
    )


def a_pair(number: int) -> DuplicatePair:
    first, second = one(number), one(number + 100)
    return DuplicatePair.objects.create(
        first=first, second=second, reasons=["phone"], grounds=["phone:1"], found_at=timezone.now()
    )


def a_mail(number: int) -> Mail:
    return Mail.objects.create(
        message_id=str(number), sender="a@b.dk", recipient=f"nr{number}@example.dk", subject="Hej",
        content=b"x", due_at=timezone.now(),
    )  # fmt: skip


def an_inquiry(number: int) -> InquiryRecipient:
    inquiry = Inquiry.objects.create(answer_by=date(2026, 1, 1), email="b@x.dk", organisation=f"Nr. {number}")
    return InquiryRecipient.objects.create(inquiry=inquiry, enterprise=one(number))


def a_difference(number: int) -> RegisterDifference:
    return RegisterDifference.objects.create(
        enterprise=one(number, cvr=NUMBERS[number]), field="name", ours="A", theirs="B",
        found_on=date(2026, 1, 1), read_on=date(2026, 1, 1),
    )  # fmt: skip


def a_deed(number: int) -> LogEntry:
    by = somebody(number)
    return LogEntry.objects.log_actions(by.pk, [by], CHANGE, "Rettet", single_object=True)


def a_job(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'enterprises.tasks.forget_old', '{}', 'failed') RETURNING id"
        )
        events = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())"
        cursor.execute(events, cursor.fetchone())


# A further row of every list. A list that is registered and not here fails.
ROWS: dict[type[Model], Row] = {
    Claim: lambda n: Claim.objects.create(enterprise=one(n), user=somebody(n), way=ClaimWay.EXPLANATION),
    ConfirmationRequest: lambda n: ConfirmationRequest.objects.create(
        enterprise=one(n), asked_on=date(2026, 1, 1), mailed_on=date(2026, 1, 1), mails=0
    ),
    District: a_term(District),
    DuplicatePair: a_pair,
    Editorship: lambda n: let_in(somebody(n), one(n)),
    Enterprise: shown,
    ErrorReport: lambda n: ErrorReport.objects.create(
        enterprise=one(n), message="Forkert", handled_at=timezone.now(), handled_by=somebody(n)
    ),
    Evidence: lambda n: a_proof(one(n), "purpose", checked_by=somebody(n)),
    Group: lambda n: Group.objects.create(name=f"Nr. {n}"),
    Import: lambda n: Import.objects.create(
        name=f"Nr. {n}.csv", uploaded_by=somebody(n), ended_by=somebody(n + 100)
    ),
    Inquiry: lambda n: an_inquiry(n).inquiry,
    InquiryAbuse: lambda n: InquiryAbuse.objects.create(recipient=an_inquiry(n)),
    Invitation: lambda n: Invitation.objects.create(
        enterprise=one(n), email="a@b.dk", invited_by=somebody(n), digest=str(n), sent_at=timezone.now()
    ),
    LogEntry: a_deed,
    LegalForm: a_term(LegalForm),
    Mail: a_mail,
    Mark: a_term(Mark, kind="membership"),
    Mission: a_term(Mission),
    MissedSearch: lambda n: MissedSearch.objects.create(
        day=timezone.localdate(), text=f"nr {n}", language="da"
    ),
    Ownership: a_term(Ownership),
    # There are as many as the site has pages.
    PageText: lambda n: PageText.objects.count(),
    Place: one,
    ProcrastinateJob: a_job,
    Proposal: lambda n: Proposal.objects.create(enterprise=one(n), submitted_by=somebody(n)),
    Publication: lambda n: republished(published(f"Nr. {n}", criteria=()), phone="33 33 33 33"),
    ReasonText: lambda n: ReasonText.objects.create(
        title=f"Nr. {n}", text_da="Nej", text_en="No", position=n
    ),
    RegisterDifference: a_difference,
    Sector: a_term(Sector),
    # There are as many as there are sections.
    SectionPolicy: lambda n: SectionPolicy.objects.get_or_create(
        section=Section.values[n % len(Section.values)]
    ),
    SynonymGroup: lambda n: SynonymGroup.objects.create(da=[f"nr{n}", f"nummer{n}"]),
    TermChange: lambda n: TermChange.objects.create(
        taxonomy="sector", term=1, kind="rename", name=f"Nr. {n}", reason="Bedre ord", asked_by=somebody(n)
    ),
    Threshold: lambda n: Threshold.objects.create(
        key=f"nr-{n}", label_da="Grænse", label_en="Limit", amount=n + 1, valid_from=date(2026, 1, 1),
        source_da="Lov", source_en="Act", read_on=date(2026, 1, 1),
    ),
    User: somebody,
    Withdrawal: lambda n: Withdrawal.objects.create(
        enterprise=one(n), withdrawn_at=timezone.now(), withdrawn_by=somebody(n), reason="Lukket",
        merged_into=one(n + 100),
    ),
}  # fmt: skip


def name_of(model: type[Model]) -> str:
    return model._meta.label


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_every_list_is_here() -> None:
    assert set(admin.site._registry) == set(ROWS)


@pytest.mark.parametrize("model", ROWS, ids=name_of)
def test_as_many_queries_for_thirty_as_for_three(clerk: Client, model: type[Model]) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    desk = admin.site._registry[model]
    pages = [address, f"{address}?q=nr"] if desk.search_fields else [address]
    for number in range(3):
        ROWS[model](number)
    few = [queries(clerk, page) for page in pages]
    for number in range(3, 30):
        ROWS[model](number)
    many = [queries(clerk, page) for page in pages]
    assert many == few and max(many) <= MOST_QUERIES


@pytest.mark.parametrize("state", ["published", "changed", "draft"])
def test_a_filtered_list_of_enterprises(clerk: Client, state: str) -> None:
    address = reverse("admin:enterprises_enterprise_changelist") + f"?status={state}"
    for number in range(3):
        shown(number)
    few = queries(clerk, address)
    for number in range(3, 30):
        shown(number)
    assert queries(clerk, address) == few <= MOST_QUERIES


def test_thousands_that_were_saved_are_not_compared_one_by_one(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from enterprises.admin import changelist

    monkeypatch.setattr(changelist, "MOST_COMPARED", 2)
    address = reverse("admin:enterprises_enterprise_changelist") + "?status=changed"
    for number in range(9):
        shown(number)
    assert len(clerk.get(address).context["cl"].result_list) == 3
    assert queries(clerk, address) <= MOST_QUERIES


def test_what_is_proposed_is_a_change_though_another_section_was_published_since(clerk: Client) -> None:
    bakery = published("Brød & Broer")
    bakery.tagline_da = "Brød til møder"
    bakery.save()
    Proposal.objects.create(enterprise=bakery)
    publication = Publication.objects.get(enterprise=bakery)
    Enterprise.objects.filter(pk=bakery.pk).update(updated_at=publication.published_at)
    address = reverse("admin:enterprises_enterprise_changelist") + "?status=changed"
    assert list(clerk.get(address).context["cl"].result_list) == [bakery]


def test_on_a_phone_each_cell_says_what_it_is(clerk: Client) -> None:
    published("<b>Brød</b>")
    page = parsed(clerk.get(reverse("admin:enterprises_enterprise_changelist")).content.decode())
    [row] = page.one("tbody").all("tr")
    labels = [cell.attrs.get("data-label") for cell in row.all("td", "th")]
    assert labels[:4] == [None, "Navn", "Slags", "Status"] and len(labels) == 9
    assert page.one("nav", id="changelist-filter")
    assert [link.text for link in page.all("a", href="#changelist-filter")] == ["Filtre"]


def test_long_filters_are_shut_until_one_of_them_is_chosen(clerk: Client) -> None:
    published("Brød")
    address = reverse("admin:enterprises_enterprise_changelist")

    def open_ones(**asked: Any) -> set[str]:
        page = parsed(clerk.get(address, asked).content.decode())
        return {one.attrs["data-filter-title"] for one in page.all("details") if "open" in one.attrs}

    assert "status" in open_ones() and "brancher" not in open_ones()
    assert "brancher" in open_ones(sectors__id__exact=Sector.objects.first().pk)
