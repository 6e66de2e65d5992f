"""A list at the desk as a file: the filtered rows, the ticked columns, and nothing that acts."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from enterprises import exports
from enterprises.admin.exporting import Exportable
from enterprises.models import Enterprise, ErrorReport, Mail, MissedSearch, RegisterDifference
from tests.builders import a_user, an_enterprise, let_in, published, with_second_step
from tests.client import Element, parsed
from tests.register_service import free_numbers

pytestmark = pytest.mark.django_db

NUMBERS = list(islice(free_numbers(), 20))

EXPORT = "admin:enterprises_enterprise_export"


def page_of(answer: Any) -> Element:
    return parsed(answer.content.decode())


def got(client: Client, wanted: str, *columns: str, name: str = EXPORT, **filters: str) -> bytes:
    answer: Any = client.get(reverse(name), {"_format": wanted, "_column": columns, **filters})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def as_json(client: Client, *columns: str, **options: str) -> list[dict[str, Any]]:
    return list(json.loads(got(client, "json", *columns, **options)))


def as_csv(client: Client, *columns: str, **options: str) -> list[list[str]]:
    text = got(client, "csv", *columns, **options).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=";"))


def as_xlsx(client: Client, *columns: str, **options: str) -> list[tuple[Any, ...]]:
    book = load_workbook(BytesIO(got(client, "xlsx", *columns, **options)))
    return list(book.active.iter_rows(values_only=True))


@pytest.fixture
def auditor(client: Client) -> Client:
    """May read enterprises, and nothing else."""
    user = with_second_step(a_user("anders@example.dk", is_staff=True))
    user.user_permissions.add(Permission.objects.get(codename="view_enterprise"))
    client.force_login(user)
    return client


# -- enterprises ------------------------------------------------------------------------------------


def test_each_format_has_the_chosen_columns_in_the_lists_order(clerk: Client) -> None:
    published("Ærlig Mad", cvr="10000009", founded=2012)
    an_enterprise("Bageren", sectors=("mad-catering", "kultur-event"))
    columns = ("name", "cvr", "sectors", "status")
    assert as_json(clerk, *columns) == [
        {
            "name": "Bageren",
            "cvr": None,
            "sectors": ["Mad, kantine og catering", "Kultur, event og oplevelser"],
            "status": "kladde",
        },
        {
            "name": "Ærlig Mad",
            "cvr": "10000009",
            "sectors": ["Mad, kantine og catering"],
            "status": "udgivet",
        },
    ]
    assert as_csv(clerk, *columns) == [
        ["Navn", "CVR-nummer", "Brancher", "Status"],
        ["Bageren", "", "Mad, kantine og catering; Kultur, event og oplevelser", "kladde"],
        ["Ærlig Mad", "10000009", "Mad, kantine og catering", "udgivet"],
    ]
    assert as_xlsx(clerk, *columns)[2] == ("Ærlig Mad", "10000009", "Mad, kantine og catering", "udgivet")


def test_only_what_the_list_is_filtered_to_leaves(clerk: Client) -> None:
    published("Udgivet")
    an_enterprise("Kladden", sectors=("kultur-event",))
    assert as_json(clerk, "name", status="draft") == [{"name": "Kladden"}]
    assert as_json(clerk, "name", q="udgiv") == [{"name": "Udgivet"}]
    assert as_json(clerk, "name", sectors__id__exact="0") == []


def test_every_column_can_be_had_in_every_format(clerk: Client, bakery: Enterprise) -> None:
    let_in(a_user("ida@example.dk", name="Ida"), bakery)
    page = page_of(clerk.get(reverse(EXPORT)))
    keys = [box.attrs["value"] for box in page.all("input", name="_column")]
    [row] = as_json(clerk, *keys)
    assert list(row) == keys and len(keys) > 50
    assert row["editors"] == ["Ida <ida@example.dk>"] and row["districts"] == ["Nørrebro"]
    assert row["offers"] == ["Frokost til møder"] and row["publication"] == 1
    assert len(as_csv(clerk, *keys)[1]) == len(as_xlsx(clerk, *keys)[1]) == len(keys)


def test_formulas_are_inert(clerk: Client) -> None:
    an_enterprise(
        '=HYPERLINK("https://evil.example";"Klik")', phone="+45 33 33 33 33", contact_name="@SUM(A1)"
    )
    columns = ("name", "contact_name", "phone")
    assert as_csv(clerk, *columns)[1] == [
        '\'=HYPERLINK("https://evil.example";"Klik")',
        "'@SUM(A1)",
        "'+45 33 33 33 33",
    ]
    sheet = load_workbook(BytesIO(got(clerk, "xlsx", *columns))).active
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]
    assert all(cell.quotePrefix for cell in sheet[2])
    assert sheet["C2"].value == "+45 33 33 33 33"


def test_danish_excel_reads_numbers_dates_and_answers(clerk: Client) -> None:
    an_enterprise("Brød", confirmed_on=date(2026, 3, 1), mail_unwanted=True, employees=3, employees_year=2025)
    columns = ("latitude", "employees", "mail_unwanted", "confirmed_on")
    assert as_csv(clerk, *columns)[1] == ["55,6867", "3", "ja", "2026-03-01"]
    assert as_json(clerk, *columns) == [
        {"latitude": 55.6867, "confirmed_on": "2026-03-01", "mail_unwanted": True, "employees": 3}
    ]


def test_characters_that_a_spreadsheet_cannot_hold_are_left_out(clerk: Client) -> None:
    an_enterprise("Brød", notes="Klokke\x07 og linje\nto")
    assert as_xlsx(clerk, "notes")[1] == ("Klokke og linje\nto",)


def test_no_rows_are_a_file_too(clerk: Client) -> None:
    assert as_json(clerk, "name") == []
    assert as_csv(clerk, "name") == [["Navn"]]
    assert as_xlsx(clerk, "name") == [("Navn",)]


def test_the_page_remembers_what_is_ticked(clerk: Client, bakery: Enterprise) -> None:
    page = page_of(clerk.get(reverse(EXPORT), {"_column": ["email", "name"], "status": "published"}))
    ticked = [box.attrs["value"] for box in page.all("input", name="_column") if "checked" in box.attrs]
    assert sorted(ticked) == ["email", "name"]
    assert page.one("input", type="hidden", name="status").attrs["value"] == "published"
    assert "hej@broed.example" in page.one("tbody").text
    assert "1 række" in page.text


def test_the_list_leads_there_with_its_filters(clerk: Client, bakery: Enterprise) -> None:
    page = page_of(clerk.get(reverse("admin:enterprises_enterprise_changelist"), {"status": "draft"}))
    [link] = [each for each in page.all("a") if each.text == "Hent som fil"]
    assert link.attrs["href"] == reverse(EXPORT) + "?status=draft"


def test_in_english(clerk: Client, bakery: Enterprise) -> None:
    with override("en"):
        [header, row] = as_csv(clerk, "name", "ownership", "mail_unwanted")
    assert header == ["Name", "Ownership", "Wants no email from us"]
    assert row == ["Brød & Broer", "Employee-owned", "no"]


def test_unknown_columns_and_formats_are_left_out(clerk: Client, bakery: Enterprise) -> None:
    assert list(as_json(clerk, "password", "name")[0]) == ["name"]
    assert clerk.get(reverse(EXPORT), {"_format": "exe"}).status_code == 302


def test_who_may_see_the_list_may_have_it(auditor: Client, bakery: Enterprise) -> None:
    assert as_json(auditor, "name") == [{"name": "Brød & Broer"}]
    for model in ("user", "errorreport", "claim", "mail"):
        assert auditor.get(reverse(f"admin:enterprises_{model}_export")).status_code == 403


@pytest.mark.parametrize("wanted", exports.FORMATS)
def test_as_many_queries_for_thirty_as_for_three(clerk: Client, wanted: str) -> None:
    keys = [box.attrs["value"] for box in page_of(clerk.get(reverse(EXPORT))).all("input", name="_column")]

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            got(clerk, wanted, *keys)
        return len(captured)

    for number in range(3):
        published(f"Nummer {number}")
    few = queries()
    for number in range(3, 30):
        published(f"Nummer {number}")
    assert queries() == few < 15


# -- every other list -------------------------------------------------------------------------------


WELL_KNOWN = ("user", "errorreport", "claim", "mail", "publication", "registerdifference")
LISTS = [
    model._meta.label_lower.replace(".", "_")
    for model, desk in admin.site._registry.items()
    if isinstance(desk, Exportable)
]


def fill(bakery: Enterprise, number: int) -> None:
    user = a_user(f"nr{number}@example.dk", name=f"Nr. {number}")
    other = published(f"Nummer {number}", cvr=NUMBERS[number])
    let_in(user, other)
    other.proposals.create(submitted_by=user)
    other.confirmation_requests.create(
        asked_on=date(2026, 1, number + 1), mailed_on=date(2026, 1, 1), mails=0
    )
    other.withdrawals.create(withdrawn_at=timezone.now(), withdrawn_by=user, reason="Lukket")
    other.invitations.create(email=user.email, invited_by=user, digest=str(number), sent_at=timezone.now())
    ErrorReport.objects.create(enterprise=other, message="=1+1")
    LogEntry.objects.log_actions(user.pk, [other], CHANGE, "=1+1", single_object=True)
    MissedSearch.objects.create(day=timezone.localdate(), text=f"nr {number}", language="da")
    Mail.objects.create(
        message_id=str(number), sender="a@b.dk", recipient=user.email, subject="Hej", content=b"x",
        due_at=timezone.now(),
    )  # fmt: skip
    RegisterDifference.objects.create(
        enterprise=other, field="name", ours="A", theirs="=B", found_on=date(2026, 1, 1),
        read_on=date(2026, 1, 1),
    )  # fmt: skip


def test_there_are_other_lists() -> None:
    assert {f"enterprises_{name}" for name in WELL_KNOWN} <= set(LISTS)


@pytest.mark.parametrize("model", LISTS)
def test_every_list_can_be_had(clerk: Client, bakery: Enterprise, model: str) -> None:
    name = f"admin:{model}_export"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rows = as_csv(clerk, name=name)
        assert len(rows) > 2
        assert not any(cell.startswith(("=", "<")) or "</" in cell for row in rows for cell in row)
        return len(captured)

    for number in range(2):
        fill(bakery, number)
    few = queries()
    for number in range(2, 12):
        fill(bakery, number)
    assert queries() == few
    assert clerk.get(reverse(name)).status_code == 200
