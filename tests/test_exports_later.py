"""A long list as a spreadsheet: asked for, made by the worker, fetched by whoever asked and nobody else."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import retention
from enterprises.accounts import erasing, personal_data
from enterprises.admin import exporting, exporting_later
from enterprises.models import Enterprise, Export, User
from tests.builders import a_user, an_enterprise, published, with_second_step
from tests.client import parsed

pytestmark = pytest.mark.django_db

EXPORT = reverse("admin:enterprises_enterprise_export")
WANTED = {"_column": ["name", "districts"], "_format": "xlsx"}


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CELLS_AT_ONCE", -1)


@pytest.fixture
def desk() -> Any:
    return admin.site._registry[Enterprise]


@pytest.fixture
def auditor(client: Client) -> Client:
    user = with_second_step(a_user("anders@example.dk", is_staff=True))
    user.user_permissions.add(Permission.objects.get(codename="view_enterprise"))
    client.force_login(user)
    return client


def ask(client: Client, **options: Any) -> Export:
    query = "&".join(
        f"{name}={value}"
        for name, values in (WANTED | options).items()
        for value in ([values] if isinstance(values, str) else values)
    )
    answer = client.post(f"{EXPORT}?{query}")
    assert answer.status_code == 302 and "_format" not in answer.headers["Location"]
    return Export.objects.latest("pk")


def fetched(client: Client, export: Export) -> Any:
    return client.get(reverse("admin:enterprises_enterprise_export_file", args=[export.pk]))


def rows(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


def page_text(client: Client) -> str:
    return parsed(client.get(EXPORT).content.decode()).text


def test_looking_asks_for_nothing(clerk: Client) -> None:
    published("Brød")
    page = parsed(clerk.get(EXPORT, WANTED).content.decode())
    assert page.one("form", class_="desk-ask").one("button").text == "Bestil regnearket"
    assert not Export.objects.exists() and not ProcrastinateJob.objects.exists()


def test_short_ones_are_had_at_once(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    published("Brød")
    monkeypatch.setattr(exporting, "CELLS_AT_ONCE", 2)
    for wanted in ("xlsx", "csv", "json"):
        answer: Any = clerk.get(EXPORT, WANTED | {"_format": wanted})
        assert answer.headers["Content-Disposition"].endswith(f'.{wanted}"')
        assert b"".join(answer.streaming_content)


def test_it_is_asked_for_made_and_fetched(clerk: Client) -> None:
    published("Brød & Broer")
    an_enterprise("Kladden")
    export = ask(clerk, status="published")
    assert "er på vej, 0 % er klar" in page_text(clerk)
    assert fetched(clerk, export).status_code == 404
    assert ProcrastinateJob.objects.get().args == {"export": export.pk}
    exporting_later.make(export.pk)
    assert "Hent regnearket med 1 række" in page_text(clerk)
    answer = fetched(clerk, export)
    assert rows(answer) == [("Navn", "Bydele"), ("Brød & Broer", "Nørrebro")]
    assert "private, no-store" in answer.headers["Cache-Control"]


def test_the_filter_and_the_language_stay_as_they_were(clerk: Client) -> None:
    published("Brød & Broer")
    with override("en"):
        address = reverse("admin:enterprises_enterprise_export")
        clerk.post(f"{address}?_column=name&_column=ownership&_format=xlsx&q=broer")
    export = Export.objects.get()
    published("Noget andet")
    exporting_later.make(export.pk)
    assert rows(fetched(clerk, export)) == [("Name", "Ownership"), ("Brød & Broer", "Employee-owned")]


def test_asked_twice_it_is_made_once(clerk: Client) -> None:
    published("Brød")
    assert ask(clerk) == ask(clerk)
    assert Export.objects.count() == ProcrastinateJob.objects.count() == 1


def test_nobody_fills_the_queue(clerk: Client) -> None:
    published("Brød")
    for number in range(exporting_later.MOST_WAITING + 2):
        ask(clerk, q=f"br{number}")
    assert Export.objects.count() == exporting_later.MOST_WAITING


def test_made_twice_it_is_made_once(clerk: Client) -> None:
    published("Brød")
    export = ask(clerk)
    exporting_later.make(export.pk)
    first = Export.objects.get()
    published("Siden")
    exporting_later.make(export.pk)
    assert Export.objects.get().ended_at == first.ended_at
    assert len(rows(fetched(clerk, export))) == 2
    first.delete()
    exporting_later.make(export.pk)


def test_only_who_asked_fetches_it(clerk: Client, auditor: Client, bakery: Enterprise) -> None:
    export = ask(auditor)
    exporting_later.make(export.pk)
    assert fetched(auditor, export).status_code == 200
    assert fetched(clerk, export).status_code == 404
    assert "Dine udtræk" not in page_text(clerk)
    of_another_list = reverse("admin:enterprises_user_export_file", args=[export.pk])
    assert clerk.get(of_another_list).status_code == 404


def test_who_may_see_the_list_no_longer_gets_nothing(auditor: Client, bakery: Enterprise) -> None:
    export, later = ask(auditor), ask(auditor, q="b")
    exporting_later.make(export.pk)
    User.objects.get(email="anders@example.dk").user_permissions.clear()
    exporting_later.make(later.pk)
    later.refresh_from_db()
    assert later.state == "failed" and later.content is None
    assert fetched(auditor, export).status_code == 403


def test_one_that_failed_is_made_by_the_next_attempt(
    clerk: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch, desk: Any
) -> None:
    export = ask(clerk)
    with monkeypatch.context() as broken:
        broken.setattr(desk, "export_rows", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exporting_later.make(export.pk)
    assert "kunne ikke laves" in page_text(clerk)
    exporting_later.make(export.pk)
    assert len(rows(fetched(clerk, export))) == 2


def test_it_is_told_how_far_it_is(
    clerk: Client, monkeypatch: pytest.MonkeyPatch, bakery: Enterprise, desk: Any
) -> None:
    monkeypatch.setattr(exporting_later, "TOLD_EVERY", 2)
    for number in range(4):
        an_enterprise(f"Nummer {number}")
    export = ask(clerk)
    seen = []

    def told(*args: Any) -> Any:
        for row in type(desk).export_rows(desk, *args):
            yield row
            seen.append(Export.objects.get(pk=export.pk).percent)

    monkeypatch.setattr(desk, "export_rows", told)
    exporting_later.make(export.pk)
    assert seen == [0, 40, 40, 80, 80]


def test_it_is_forgotten(clerk: Client, bakery: Enterprise) -> None:
    for days in (6, 8):
        export = ask(clerk, q=str(days))
        Export.objects.filter(pk=export.pk).update(asked_at=timezone.now() - timedelta(days=days))
    assert retention.KINDS["exports"].count() == retention.forget("exports") == 1
    assert "6" in Export.objects.get().query


def test_it_goes_with_its_person_and_with_whoever_may_be_named_in_it(
    clerk: Client, auditor: Client, bakery: Enterprise
) -> None:
    karen = User.objects.get(email="karen@example.dk")
    export = ask(clerk)
    assert [one["model"] for one in personal_data.of(karen)["exports"]] == ["enterprises.enterprise"]
    exporting_later.make(export.pk)
    erasing.erase("ida@example.dk", by=karen)
    assert not Export.objects.exists()
    ask(auditor)
    User.objects.get(email="anders@example.dk").delete()
    assert not Export.objects.exists()
