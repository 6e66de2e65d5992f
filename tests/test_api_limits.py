"""What programs of other sites may do with the open data, and how much of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from directory.api import limits
from directory.models import ApiUse
from enterprises.models import Enterprise
from tests.test_page_cache import Worker, kept_connection  # noqa: F401 – a fixture

pytestmark = pytest.mark.django_db

LIST = "/api/v1/enterprises"
ADDRESSES = [
    LIST,
    f"{LIST}/broed-broer",
    f"{LIST}.csv",
    f"{LIST}.ndjson",
    "/api/v1/places",
    "/api/v1/taxonomies",
    "/api/v1/statistics",
    "/api/v1/openapi.json",
    "/api/v1/nothing",
    f"{LIST}?limit=0",
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which a minute is measured; change its only value to let time pass."""
    now = [1_000 * 60.0 + 15]
    monkeypatch.setattr(limits, "time", lambda: now[0])
    return now


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_sites_scripts_may_read_everything(visitor: Client, bakery: Enterprise, address: str) -> None:
    for answer in (visitor.get(address), visitor.head(address)):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    preflight = visitor.options(address)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert "GET" in preflight["Access-Control-Allow-Methods"]
    assert preflight["Access-Control-Allow-Origin"] == "*"


def test_pages_are_not_opened_to_other_sites(visitor: Client, bakery: Enterprise) -> None:
    assert "Access-Control-Allow-Origin" not in visitor.get("/virksomheder/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(bakery: Enterprise, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(LIST, {})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(answer.content)["status"] == 405


def test_a_silent_database_is_a_problem_in_words_too(
    visitor: Client, bakery: Enterprise, settings: Any
) -> None:
    settings.API_PER_MINUTE = 0

    def refuse(*_query: Any) -> Any:
        raise OperationalError("the database system is shutting down")

    with connection.execute_wrapper(refuse):
        answer = visitor.get(LIST)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer["Content-Type"] == "application/problem+json"


def test_who_asks_too_much_waits_for_the_next_minute(
    visitor: Client, bakery: Enterprise, settings: Any, clock: list[float]
) -> None:
    settings.API_PER_MINUTE = 2
    assert [visitor.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    refused = visitor.get(LIST)
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert refused["RateLimit"] == '"minute";r=0;t=45'
    assert refused["Retry-After"] == "45"
    assert visitor.get(LIST, REMOTE_ADDR="192.0.2.7").status_code == 200
    clock[0] += 45
    assert visitor.get(LIST).status_code == 200


def test_a_file_of_everything_counts_for_more(
    visitor: Client, bakery: Enterprise, settings: Any, clock: list[float]
) -> None:
    settings.API_PER_MINUTE = 750
    first = visitor.get(f"{LIST}.csv")
    assert first["RateLimit"] == '"minute";r=250;t=45'
    assert visitor.get(f"{LIST}.csv").status_code == 429
    settings.API_PER_MINUTE = 9
    got = [visitor.get(f"{LIST}.csv", REMOTE_ADDR="192.0.2.9").status_code for _ in range(2)]
    assert got == [200, 429], "one file is always to be had"


def test_one_may_switch_the_limit_off(visitor: Client, bakery: Enterprise, settings: Any) -> None:
    settings.API_PER_MINUTE = 0
    answer = visitor.get(LIST)
    assert answer.status_code == 200 and "RateLimit-Policy" not in answer
    assert not ApiUse.objects.exists()


def test_a_network_of_ipv6_is_one_reader(
    visitor: Client, bakery: Enterprise, settings: Any, clock: list[float]
) -> None:
    settings.API_PER_MINUTE = 1
    got = [
        visitor.get(LIST, REMOTE_ADDR=address).status_code
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    ]
    assert got == [200, 429, 200]


def test_behind_a_proxy_its_word_counts_and_nobody_elses(
    visitor: Client, bakery: Enterprise, settings: Any, clock: list[float]
) -> None:
    settings.API_PER_MINUTE = 1

    def asked(forwarded: str) -> int:
        return visitor.get(LIST, headers={"x-forwarded-for": forwarded}).status_code

    assert [asked("198.51.100.1"), asked("198.51.100.2")] == [200, 429]
    settings.BEHIND_PROXY = True
    assert [asked("198.51.100.1"), asked("198.51.100.2")] == [200, 200]
    assert [asked("203.0.113.5, 198.51.100.2"), asked("unknown")] == [429, 429]


def test_nothing_is_kept_of_anybody_beyond_their_minute(
    visitor: Client, bakery: Enterprise, clock: list[float]
) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.2"):
        visitor.get(LIST, REMOTE_ADDR=address)
    assert sorted(ApiUse.objects.values_list("count", flat=True)) == [1, 2]
    assert all(0 <= who < 2**20 for who in ApiUse.objects.values_list("who", flat=True))
    before = ApiUse.objects.get(count=2).who
    clock[0] += 60
    visitor.get(LIST, REMOTE_ADDR="192.0.2.2")
    (left,) = ApiUse.objects.all()
    assert left.minute == 1_001 and left.who != before


def test_what_is_kept_counts_nothing_and_says_nothing_of_others(bakery: Enterprise) -> None:
    worker = Worker()
    first, second = worker.get(f"{LIST}?limit=3&fields=slug"), worker.get(f"{LIST}?fields=slug&limit=3")
    assert worker.kept == 1 and first.body == second.body
    assert "RateLimit-Policy" in second.headers and "RateLimit" not in second.headers
    assert second.headers["Access-Control-Allow-Origin"] == "*"
    assert ApiUse.objects.get().count == 1


def test_who_has_an_answer_already_gets_no_other(bakery: Enterprise) -> None:
    worker = Worker()
    first = worker.get(LIST)
    again = worker.get(LIST, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert worker.get(LIST, HTTP_IF_MODIFIED_SINCE=first.headers["Last-Modified"]).status == 304
    assert worker.get(LIST, HTTP_ACCEPT_ENCODING="br").headers["Content-Encoding"] == "br"


def test_files_of_everything_are_not_kept(bakery: Enterprise) -> None:
    worker = Worker()
    for path in (f"{LIST}.csv", f"{LIST}.ndjson", "/api/v1/places"):
        assert bakery.name in worker.get(path).text
        assert worker.head(path).body == b""
    assert worker.kept == 0
