"""The yearly report: what the public saw at the end of each year, and what the council did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import publishing, tasks
from enterprises.models import (
    Claim,
    Enterprise,
    ErrorReport,
    MissedSearch,
    Mission,
    RegisterDifference,
    StoredReport,
)
from enterprises.reporting import stored, yearly
from tests.builders import a_proof, a_user, an_enterprise, published, republished, with_second_step
from tests.client import parsed

pytestmark = pytest.mark.django_db

REPORT = "admin:report"
NOW = timezone.make_aware(datetime(2026, 11, 25, 12))  # noqa: DTZ001


def on(day: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{day}T12:00"))


@contextmanager
def at(day: str) -> Iterator[None]:
    """What is published within is published on that day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: on(day))
        yield


def table(title: str, year: int | None = None) -> dict[str, list[Any]]:
    report = yearly.of(year, NOW)
    [found] = [each for each in report.tables if each.title == title]
    return {row[0]: row[1:] for row in found.rows}


def last(title: str, label: str, year: int | None = None) -> Any:
    return table(title, year)[label][-1]


@pytest.fixture
def years() -> Enterprise:
    """A bakery that moved, and an old one that is gone."""
    with at("2024-03-01"):
        bakery = published("Brødet", district="noerrebro", sectors=("mad-catering",))
        old = published("Det gamle", ownership="foreningsejet", district="valby")
    with at("2025-02-01"):
        bakery.places.all().delete()
        bakery.places.create(district_id=_district("valby"), position=0)
        republished(bakery, founded=2020)
        publishing.withdraw(old, reason="Lukket")
    return bakery


def _district(slug: str) -> int:
    from enterprises.models import District

    return District.objects.get(slug=slug).pk


def test_each_year_has_what_was_public_at_its_end(years: Enterprise) -> None:
    assert table("Udgivne virksomheder") == {
        "2022": [0, 0, 0], "2023": [0, 0, 0], "2024": [2, 2, 0], "2025": [1, 0, 1], "2026": [1, 0, 0],
    }  # fmt: skip
    assert table("Efter bydel")["Nørrebro"] == [0, 0, 1, 0, 0]
    assert table("Efter bydel")["Valby"] == [0, 0, 1, 1, 1]
    assert table("Efter ejerskab")["Foreningsejet"] == [0, 0, 1, 0, 0]


def test_a_working_copy_counts_for_nothing(years: Enterprise) -> None:
    before = yearly.of(None, NOW)
    an_enterprise("Kladde")
    years.missions.set(Mission.objects.all())
    years.places.all().delete()
    assert yearly.of(None, NOW) == before


def test_what_is_published_anew_after_a_withdrawal_is_back(years: Enterprise) -> None:
    old = Enterprise.objects.get(name="Det gamle")
    with at("2026-02-01"):
        publishing.publish(old)
    assert table("Udgivne virksomheder")["2026"] == [2, 0, 0]


def test_a_report_of_a_year_gone_by_ends_with_it(years: Enterprise) -> None:
    report = yearly.of(2024, NOW)
    assert (report.year, report.day, report.public) == (2024, date(2024, 12, 31), 2)
    assert report.years == [2026, 2025, 2024]
    assert list(table("Udgivne virksomheder", 2024)) == ["2020", "2021", "2022", "2023", "2024"]


@pytest.mark.parametrize("year", [None, 1999, 2027, 99999])
def test_other_years_are_the_present_one(years: Enterprise, year: int | None) -> None:
    assert yearly.of(year, NOW).year == 2026


def test_a_term_that_is_gone_keeps_its_name(years: Enterprise) -> None:
    years.missions.clear()
    Mission.objects.filter(slug="unge").delete()
    assert table("Efter formål")["Unge, fritidsjob og oplæring"][2:] == [2, 1, 1]


def test_an_enterprise_counts_once_in_each_of_its_sectors() -> None:
    with at("2026-03-01"):
        published("Begge", sectors=("mad-catering", "kultur-event"))
    assert last("Efter branche", "Mad, kantine og catering") == 1
    assert last("Efter branche", "Kultur, event og oplevelser") == 1
    assert yearly.of(None, NOW).public == 1


def test_openings_count_while_one_can_apply() -> None:
    with at("2025-03-01"):
        enterprise = an_enterprise("Brødet")
        enterprise.openings.create(kind="job", title_da="Bager", apply_by=date(2025, 12, 31))
        enterprise.openings.create(kind="job", title_da="Sælger", apply_by=date(2025, 12, 30))
        enterprise.openings.create(kind="praktik", title_da="Praktik")
        publishing.publish(enterprise)
    assert table("Jobs og andre muligheder")["Job"] == [0, 0, 0, 1, 0]
    assert table("Jobs og andre muligheder")["Virksomhedspraktik"] == [0, 0, 0, 1, 1]


def test_evidence_counts_from_its_check_until_it_expires() -> None:
    with at("2025-03-01"):
        enterprise = an_enterprise("Brødet", criteria=())
        a_proof(enterprise, "purpose", checked_on=date(2025, 2, 1), expires_on=date(2025, 12, 31))
        a_proof(enterprise, "trade", checked_on=None)
        publishing.publish(enterprise)
        whole = an_enterprise("Alle fem", criteria=())
        for criterion in ("purpose", "trade", "independence", "inclusion", "surplus"):
            a_proof(whole, criterion, checked_on=date(2025, 2, 1), expires_on=date(2030, 1, 1))
        publishing.publish(whole)
    found = table("Bekræftet grundlag")
    assert found["Socialt formål"][3:] == [2, 1]
    assert found["Væsentlig erhvervsdrift"][3:] == [1, 1]
    assert found["alle fem kriterier"][3:] == [1, 1] and found["ingen"][3:] == [0, 1]


def test_freshness_is_since_it_was_published_or_confirmed() -> None:
    with at("2024-10-01"):
        enterprise = published("Brødet")
        published("Tavs")
    enterprise.confirmation_requests.create(
        asked_on=date(2026, 10, 1), mailed_on=date(2026, 10, 1), answer="holds", answered_at=on("2026-10-05")
    )
    found = table("Hvor friske oplysningerne er")
    assert found["højst 6 måneder"] == [0, 0, 2, 0, 1]
    assert found["højst 24 måneder"] == [0, 0, 0, 2, 0]
    assert found["ældre"] == [0, 0, 0, 0, 1]


def test_searches_that_found_nothing() -> None:
    with at("2025-03-01"):
        published("Brødet")
    for day, text, count in (("2026-03-01", "ubåd", 3), ("2026-03-09", "ubåd", 2), ("2025-03-01", "tog", 9)):
        MissedSearch.objects.create(day=date.fromisoformat(day), text=text, language="da", count=count)
    found = table("Søgninger uden resultat")
    assert found["mar"] == [5] and found["i alt"] == [5]
    assert table("Søgt oftest uden resultat") == {"ubåd": ["da", 5]}
    assert table("Søgninger uden resultat", 2025)["i alt"] == [9]


def test_reviews_and_how_long_they_took(clerk: Client) -> None:
    karen = a_user("kim@example.dk", is_staff=True)
    with at("2026-01-05"):
        bakery = published("Brødet")
    for received, decided, state in (
        ("2025-12-30", "2026-01-02", "approved"), ("2026-03-01", "2026-03-06", "rejected"),
        ("2026-04-01", "2026-04-02", "withdrawn"), ("2026-11-20", None, "open"),
    ):  # fmt: skip
        proposal = bakery.proposals.create(state=state, decided_at=decided and on(decided))
        bakery.proposals.filter(pk=proposal.pk).update(submitted_at=on(received))
    report = ErrorReport.objects.create(enterprise=bakery, message="Forkert", handled_at=on("2026-05-02"))
    ErrorReport.objects.filter(pk=report.pk).update(created_at=on("2026-05-01"))
    for way, by in (("explanation", karen), ("code", None)):
        claim = Claim.objects.create(
            enterprise=bakery, user=a_user(f"{way}@example.dk"), way=way, state="refused",
            decided_at=on("2026-06-11"), decided_by=by,
        )  # fmt: skip
        Claim.objects.filter(pk=claim.pk).update(created_at=on("2026-06-01"))
    RegisterDifference.objects.create(
        enterprise=bakery, field="name", found_on=date(2026, 7, 1), read_on=date(2026, 7, 1)
    )
    assert table("Rådets sagsbehandling") == {
        "forslag fra virksomheder": [2, 2, 1, 4.0, 4.8],
        "anmodninger om adgang": [1, 1, 0, 10.0, 10.0],
        "fejlmeldinger": [1, 1, 0, 1.0, 1.0],
        "afvigelser fra CVR": [1, 0, 1, None, None],
    }


# -- the page ---------------------------------------------------------------------------------------


def spreadsheet(client: Client, **asked: str) -> Any:
    answer: Any = client.get(reverse("admin:report-xlsx"), asked)
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))


@pytest.fixture
def drawn(clerk: Client, years: Enterprise) -> Iterator[Any]:
    yield parsed(clerk.get(reverse(REPORT)).content.decode())


def test_every_chart_has_its_table_beside_it(drawn: Any) -> None:
    parts = drawn.all("div", class_="desk-part")
    assert len(parts) == 11
    charts = [part for part in parts if part.all("svg")]
    assert len(charts) >= 6
    for part in charts:
        assert len(part.all("table")) == 1 and part.one("svg").attrs["aria-label"]


def test_the_spreadsheet_has_a_sheet_for_each_table(clerk: Client, years: Enterprise) -> None:
    book = spreadsheet(clerk, year="2025")
    report = yearly.of(2025, NOW)
    assert len(book.sheetnames) == len(report.tables)
    first = list(book[book.sheetnames[0]].iter_rows(values_only=True))
    assert first[0][0] == "År" and first[-1] == ("2025", 1, 0, 1)


def test_in_english(clerk: Client, years: Enterprise) -> None:
    with override("en"):
        told = clerk.get(reverse(REPORT)).content.decode()
    assert "Report for" in told and "By ownership" in told and "Employee-owned" in told


def test_an_empty_city_has_a_report_too(clerk: Client) -> None:
    assert clerk.get(reverse(REPORT), {"year": "x"}).status_code == 200
    assert spreadsheet(clerk).sheetnames


def test_only_who_may_see_publications_reads_it(client: Client, years: Enterprise) -> None:
    auditor = with_second_step(a_user("anders@example.dk", is_staff=True))
    client.force_login(auditor)
    for name in (REPORT, "admin:report-xlsx"):
        assert client.get(reverse(name)).status_code == 403
    auditor.user_permissions.add(Permission.objects.get(codename="view_publication"))
    assert client.get(reverse(REPORT)).status_code == 200
    assert spreadsheet(client).sheetnames
    assert reverse(REPORT) in client.get(reverse("admin:index")).content.decode()


def queries(work: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_under_twenty_queries_however_many_there_are(years: Enterprise) -> None:
    few = queries(lambda: yearly.of(None, NOW))
    for number in range(10):
        published(f"Nummer {number}")
    assert queries(lambda: yearly.of(None, NOW)) == few < 20


# -- kept once it is worked out ---------------------------------------------------------------------


def test_it_is_worked_out_once_and_says_when(clerk: Client, years: Enterprise) -> None:
    first = clerk.get(reverse(REPORT)).content.decode()
    published("Nyt")
    assert "Beregnet" in first and "1 virksomhed var udgivet" in first
    assert "1 virksomhed var udgivet" in clerk.get(reverse(REPORT)).content.decode()
    assert queries(lambda: clerk.get(reverse(REPORT))) <= 4


def test_what_is_kept_is_what_was_worked_out(years: Enterprise) -> None:
    for language in ("da", "en"):
        with override(language):
            kept, made_at = stored.of(None)
            assert kept == yearly.of(None, made_at)


def test_the_worker_works_it_out_again_when_asked_and_every_night(clerk: Client, years: Enterprise) -> None:
    clerk.get(reverse(REPORT))
    published("Nyt")
    for _press in range(2):
        assert clerk.post(reverse(REPORT)).status_code == 302
    [job] = ProcrastinateJob.objects.filter(task_name="enterprises.tasks.make_report")
    tasks.make_report.func(**job.args)
    assert "2 virksomheder var udgivet" in clerk.get(reverse(REPORT)).content.decode()
    published("Nyere")
    tasks.make_reports.func()
    assert "3 virksomheder var udgivet" in clerk.get(reverse(REPORT)).content.decode()
    assert StoredReport.objects.filter(language="en").count() == 3, "of all years"


def test_who_may_not_read_it_does_not_have_it_worked_out(client: Client) -> None:
    client.force_login(with_second_step(a_user("anders@example.dk", is_staff=True)))
    assert client.post(reverse(REPORT)).status_code == 403
    assert not StoredReport.objects.exists() and not ProcrastinateJob.objects.exists()
