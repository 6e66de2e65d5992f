"""Views, clicks and searches: counted for the enterprise without a trace of the reader, nor a query."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises import counting, publishing, retention, visits
from enterprises.choices import Counted
from enterprises.models import Enterprise, ProfileCount
from tests.builders import published

pytestmark = pytest.mark.django_db

PROFILE = "/virksomheder/broed-broer/"
PERSON = {
    "HTTP_HOST": "testserver",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}
FROM_SEARCH = {"HTTP_REFERER": "http://testserver/virksomheder/?q=Surdejsbr%C3%B8d&district=noerrebro"}


def counted() -> dict[tuple[str, str], int]:
    counting.write_waiting()
    return {(row.what, row.text): row.count for row in ProfileCount.objects.all()}


def view(client: Client, path: str = PROFILE, **headers: str) -> None:
    assert client.get(path, **PERSON | headers).status_code == 200  # type: ignore[arg-type]


def test_every_view_counts_in_both_languages(visitor: Client, bakery: Enterprise) -> None:
    view(visitor)
    view(visitor)
    with override("en"):
        view(visitor, reverse("profile", args=["broed-broer"]))
    assert counted() == {("view", ""): 3}
    row = ProfileCount.objects.get()
    assert (row.enterprise, row.month) == (bakery, timezone.localdate().replace(day=1))


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {"HTTP_USER_AGENT": "python-requests/2.32"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
    ],
)
def test_programs_and_pages_loaded_ahead_are_not_counted(
    visitor: Client, bakery: Enterprise, headers: dict[str, str]
) -> None:
    view(visitor, **headers)
    visitor.post(reverse("clicked"), {"enterprise": bakery.pk, "what": "phone"}, **PERSON | ORIGIN | headers)
    assert counted() == {}


def test_those_who_are_logged_in_are_not_counted(editor: Client, bakery: Enterprise) -> None:
    view(editor)
    editor.post(reverse("clicked"), {"enterprise": bakery.pk, "what": "phone"}, **PERSON | ORIGIN)
    assert counted() == {}


def test_a_view_costs_no_query(visitor: Client, bakery: Enterprise) -> None:
    view(visitor)
    with CaptureQueriesContext(connection) as uncounted:
        view(visitor, HTTP_USER_AGENT="curl/8")
    with CaptureQueriesContext(connection) as queries:
        view(visitor, **FROM_SEARCH)
    assert len(queries) == len(uncounted)


def test_what_waits_is_written_in_one_go(visitor: Client, bakery: Enterprise) -> None:
    other = published("Den anden")
    for path in (PROFILE, PROFILE, "/virksomheder/den-anden/"):
        view(visitor, path)
    with CaptureQueriesContext(connection) as queries:
        counting.write_waiting()
    inserts = [query for query in queries if "INSERT" in query["sql"]]
    assert [query["sql"].partition(":")[0] for query in inserts] == ["2 times"]  # a row for each
    rows = dict(ProfileCount.objects.values_list("enterprise", "count"))
    assert rows == {bakery.pk: 2, other.pk: 1}


def test_one_that_has_gone_does_not_stop_the_others(visitor: Client, bakery: Enterprise) -> None:
    other = published("Den anden")
    view(visitor)
    view(visitor, "/virksomheder/den-anden/")
    publishing.forget(Enterprise.objects.filter(pk=bakery.pk))
    counting.write_waiting()
    assert list(ProfileCount.objects.values_list("enterprise", "count")) == [(other.pk, 1)]


def test_counts_go_with_the_enterprise(visitor: Client, bakery: Enterprise) -> None:
    view(visitor)
    assert counted()
    publishing.forget(Enterprise.objects.filter(pk=bakery.pk))
    assert not ProfileCount.objects.exists()


# -- clicks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["phone", "mail", "website"])
def test_a_click_counts_without_cookie_or_query(visitor: Client, bakery: Enterprise, what: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = visitor.post(reverse("clicked"), {"enterprise": bakery.pk, "what": what}, **PERSON | ORIGIN)
    assert (answer.status_code, answer.content, len(queries)) == (204, b"", 0)
    assert not answer.cookies
    assert counted() == {(what, ""): 1}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"what": "phone"},
        {"enterprise": "1"},
        {"enterprise": "1", "what": "view"},
        {"enterprise": "1", "what": "search"},
        {"enterprise": "x", "what": "phone"},
        {"enterprise": "²", "what": "phone"},
        {"enterprise": "9" * 40, "what": "phone"},
        {"enterprise": "999999999", "what": "phone"},
    ],
)
def test_nonsense_counts_nothing(visitor: Client, bakery: Enterprise, told: dict[str, str]) -> None:
    assert visitor.post(reverse("clicked"), told, **PERSON | ORIGIN).status_code == 204
    assert counted() == {}


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}])
def test_another_sites_page_counts_nothing(
    visitor: Client, bakery: Enterprise, origin: dict[str, str]
) -> None:
    visitor.post(reverse("clicked"), {"enterprise": bakery.pk, "what": "phone"}, **PERSON | origin)
    assert counted() == {}


def test_a_draft_has_no_counts(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    visitor.post(reverse("clicked"), {"enterprise": bakery.pk, "what": "phone"}, **PERSON | ORIGIN)
    assert counted() == {}


def test_the_page_marks_what_is_counted(visitor: Client, bakery: Enterprise) -> None:
    page = visitor.get(PROFILE).page  # type: ignore[attr-defined]
    assert page.one(data_enterprise=str(bakery.pk)).attrs["data-clicks"] == reverse("clicked")
    marked = {link.attrs["data-contact"] for link in page.all("a") if "data-contact" in link.attrs}
    assert marked == set(visits.CONTACTS)


# -- searches -------------------------------------------------------------------------------------


def test_a_search_that_led_here_is_counted(visitor: Client, bakery: Enterprise) -> None:
    view(visitor, **FROM_SEARCH)
    view(visitor, HTTP_REFERER="http://testserver/en/map/?q=surdejsbr%C3%B8d%20")
    assert counted() == {("view", ""): 2, ("search", "surdejsbrød"): 2}


@pytest.mark.parametrize(
    "referer",
    [
        "https://google.com/virksomheder/?q=br%C3%B8d",
        "http://testserver/?q=br%C3%B8d",
        "http://testserver/virksomheder/?q=ida%40example.dk",
        "http://testserver/virksomheder/?q=12345678",
        "http://testserver/virksomheder/?q=",
        "http://[testserver/virksomheder/?q=brød",
        "http://testserver/virksomheder/?q=" + "x" * 2000,
    ],
)
def test_what_else_is_told_of_where_one_came_from_is_not(
    visitor: Client, bakery: Enterprise, referer: str
) -> None:
    view(visitor, HTTP_REFERER=referer)
    assert counted() == {("view", ""): 1}


def test_a_robot_cannot_fill_the_table(bakery: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_TEXTS_A_MONTH", 2)
    for text in ("brød", "kage", "te", "brød"):
        visits.note_search(bakery.pk, text)
        counting.write_waiting()
    assert counted() == {("search", "brød"): 2, ("search", "kage"): 1}


# -- what the editor sees -------------------------------------------------------------------------


def a_count(enterprise: Enterprise, what: Counted, count: int, *, ago: int = 0, text: str = "") -> None:
    month = visits.months_before(timezone.localdate(), ago)
    ProfileCount.objects.create(enterprise=enterprise, month=month, what=what, text=text, count=count)


def test_the_editor_sees_twelve_months(editor: Client, bakery: Enterprise) -> None:
    a_count(bakery, Counted.VIEW, 1234)
    a_count(bakery, Counted.VIEW, 20, ago=11)
    a_count(bakery, Counted.VIEW, 5000, ago=12)
    a_count(bakery, Counted.PHONE, 3)
    a_count(published("Den anden"), Counted.VIEW, 77)
    page = editor.get(reverse("my-numbers", args=[bakery.slug])).page  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as queries:
        editor.get(reverse("my-numbers", args=[bakery.slug]))
    # who it is (2), the enterprise, counts, searches, and the frame's generation
    assert len(queries) == 6
    rows = [[cell.text for cell in row.all("td")] for row in page.one("table").one("tbody").all("tr")]
    assert len(rows) == 12
    assert rows[0] == ["1.234", "3", "0", "0"] and rows[-1] == ["20", "0", "0", "0"]
    assert "1.254 gange" in page.one("main").text
    bars = page.one("svg", class_="chart").all("rect")
    heights = [float(bar.attrs["height"]) for bar in bars]
    assert len(heights) == 12 and max(heights) == heights[-1] > heights[0] > heights[1] == 0


def test_words_are_shown_once_they_tell_of_nobody(editor: Client, bakery: Enterprise) -> None:
    a_count(bakery, Counted.SEARCH, 2, text="brød", ago=1)
    a_count(bakery, Counted.SEARCH, 2, text="kage")
    address = reverse("my-numbers", args=[bakery.slug])
    assert "brød" not in editor.get(address).page.one("main").text  # type: ignore[attr-defined]
    a_count(bakery, Counted.SEARCH, 1, text="brød")
    told = editor.get(address).page.all("table")[1].text  # type: ignore[attr-defined]
    assert told.endswith("brød3") and "kage" not in told


def test_what_is_older_than_thirteen_months_is_deleted(bakery: Enterprise) -> None:
    for ago in (0, 12, 13, 14, 30):
        a_count(bakery, Counted.VIEW, 1, ago=ago)
    assert retention.forget("counts") == 2
    assert retention.forget("counts") == 0
    assert ProfileCount.objects.count() == 3


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 11, 25), 11, date(2025, 12, 1)),
        (date(2026, 1, 31), 1, date(2025, 12, 1)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2027, 1, 1) - timedelta(days=1), 12, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_back_over_new_years(today: date, months: int, expected: date) -> None:
    assert visits.months_before(today, months) == expected
