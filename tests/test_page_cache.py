"""Pages kept for readers without cookies: quick, never stale, never somebody else's."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path as at
from django.urls import reverse
from django.utils import timezone

from directory import cards, opening_hours, page_cache, replica, urls
from directory.page_cache import PageCache
from enterprises import counting, publishing, shortlists
from enterprises.models import Enterprise, MissedSearch, ProfileCount
from tests.builders import published, republished

pytestmark = pytest.mark.django_db


class Answer:
    def __init__(self, cache: PageCache, path: str, method: str, **headers: str) -> None:
        environ = RequestFactory().generic(method, path, **headers).environ
        body = cache(environ, self._start)
        self.body = b"".join(body)
        if hasattr(body, "close"):
            body.close()

    def _start(self, status: str, headers: list[tuple[str, str]], *_rest: Any) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)

    @property
    def text(self) -> str:
        return self.body.decode()


class Worker:
    """One process of several; each has a cache of its own."""

    def __init__(self, most_bytes: int = 10_000_000) -> None:
        self.cache = PageCache(WSGIHandler(), most_bytes)

    def get(self, path: str, **headers: str) -> Answer:
        return Answer(self.cache, path, "GET", **headers)

    def head(self, path: str, **headers: str) -> Answer:
        return Answer(self.cache, path, "HEAD", **headers)

    @property
    def kept(self) -> int:
        return len(self.cache._pages)


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Django closes old connections around a request; the tests' transaction lives in this one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def listing() -> str:
    return reverse("listing")


SIGNS = ("maerke-da-light.svg", "maerke-da-light.png", "qr.svg", "kort/", "vindue/")


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_on_other_sites_cost_what_a_kept_page_costs(
    worker: Worker, bakery: Enterprise, sign: str
) -> None:
    made = worker.get(f"/skilte/broed-broer/{sign}")
    with CaptureQueriesContext(connection) as queries:
        shown = worker.get(f"/skilte/broed-broer/{sign}")
        known = worker.get(f"/skilte/broed-broer/{sign}", HTTP_IF_NONE_MATCH=made.headers["ETag"])
    assert shown.body == made.body and known.status == 304
    assert [query["sql"] for query in queries] == []
    publishing.withdraw(bakery, reason="Lukket")
    assert worker.get(f"/skilte/broed-broer/{sign}").body != made.body


def test_a_kept_profile_counts_those_who_see_it(worker: Worker, bakery: Enterprise) -> None:
    person = {"HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0", "HTTP_HOST": "testserver"}
    made = worker.get("/virksomheder/broed-broer/", **person)
    etag = made.headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        worker.get("/virksomheder/broed-broer/", **person, HTTP_IF_NONE_MATCH=etag)
        worker.get("/virksomheder/broed-broer/", **person, HTTP_REFERER="http://testserver/kort/?q=Rug")
        worker.get("/virksomheder/broed-broer/", **person | {"HTTP_USER_AGENT": "Googlebot"})
        worker.get("/virksomheder/broed-broer/", **person, HTTP_SEC_PURPOSE="prefetch")
        worker.head("/virksomheder/broed-broer/", **person)
    assert not len(queries)
    counting.write_waiting()
    counts = {(row.what, row.text): row.count for row in ProfileCount.objects.all()}
    assert counts == {("view", ""): 3, ("search", "rug"): 1}


def test_a_kept_page_asks_for_the_generation_and_nothing_else(
    worker: Worker, bakery: Enterprise, listing: str
) -> None:
    made = worker.get(listing)
    with CaptureQueriesContext(connection) as queries:
        kept = worker.get(listing)
    assert not len(queries)  # the generation is asked past Django
    assert (kept.status, kept.body, kept.headers) == (200, made.body, made.headers)


def test_what_is_published_or_withdrawn_shows_at_the_next_request_everywhere(
    bakery: Enterprise, listing: str
) -> None:
    workers = [Worker(), Worker()]
    for worker in workers:
        assert "Brød &amp; Broer" in worker.get(listing).text
    republished(bakery, tagline_da="Nu også kager")
    for worker in workers:
        assert "Nu også kager" in worker.get(listing).text
    publishing.withdraw(bakery, reason="Lukket")
    for worker in workers:
        assert "Brød &amp; Broer" not in worker.get(listing).text


def test_who_has_a_list_gets_the_kept_page_with_the_way_to_it(worker: Worker, bakery: Enterprise) -> None:
    path, cookie = reverse("profile", args=["broed-broer"]), settings.SHORTLIST_COOKIE_NAME
    without = worker.get(path)
    first = worker.get(path, HTTP_COOKIE=f"{cookie}=k.mine")
    with CaptureQueriesContext(connection) as asked:
        second = worker.get(path, HTTP_COOKIE=f"{cookie}=k.anothers")
    assert first.text == second.text and "k.mine" not in first.text
    assert [query["sql"] for query in asked if "cataloguestate" not in query["sql"]] == []
    hidden = 'data-my-list="/indkoeb/liste/gemte" hidden'
    assert hidden in without.text and hidden not in first.text
    assert worker.get(path).text == without.text
    # The list itself is read by what the cookie says.
    mine = shortlists.begin("Min liste")
    assert "Min liste" in worker.get(reverse("shortlist"), HTTP_COOKIE=f"{cookie}={mine.secret}").text
    # With any other cookie too, a page is one's own.
    for others in (f"{cookie}=k.mine; session=x", f"session=x; {cookie}=k.mine", f"{cookie}x=k.mine"):
        worker.get(path, HTTP_COOKIE=others)
    assert worker.kept == 2


@pytest.mark.parametrize("header", ["HTTP_COOKIE", "HTTP_AUTHORIZATION"])
def test_who_brings_a_cookie_gets_a_page_of_their_own(
    worker: Worker, bakery: Enterprise, listing: str, header: str
) -> None:
    worker.get(listing, **{header: "session=x"})
    assert worker.kept == 0


@pytest.mark.parametrize("query", ["?utm_source=x", "?q=" + "a" * 10_000, "?q=%00&x=%ff", "?%ff=1"])
def test_strangers_cannot_fill_it_with_made_up_addresses(
    worker: Worker, bakery: Enterprise, listing: str, query: str
) -> None:
    assert worker.get(listing + query).status == 200
    assert worker.kept == 0


@pytest.mark.parametrize("key", sorted(page_cache.SINGLE_KEYS))
def test_an_empty_value_is_none(worker: Worker, bakery: Enterprise, key: str) -> None:
    for path in (reverse("listing"), reverse("suggestions")):
        # Different workers, so that both pages are made.
        assert Worker().get(f"{path}?{key}=").body == worker.get(path).body
        worker.get(f"{path}?{key}=")
    assert worker.kept == 2


def test_an_empty_value_that_says_something_is_told_apart(
    worker: Worker, bakery: Enterprise, listing: str
) -> None:
    for query in ("", "?sector=", "?sort=newest&sort=", "?sort=newest"):
        worker.get(listing + query)
    assert worker.kept == 4


@pytest.mark.parametrize(("trusted", "kept"), [(None, 1), (("HTTP_X_FORWARDED_PROTO", "https"), 2)])
def test_strangers_cannot_make_copies_by_made_up_schemes(
    worker: Worker, bakery: Enterprise, settings: Any, trusted: tuple[str, str] | None, kept: int
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = trusted
    for told in ("https", "http", "gopher", "https, http"):
        assert worker.get(reverse("about"), HTTP_X_FORWARDED_PROTO=told).status == 200
    assert worker.kept == kept


def of_ones_own(_request: HttpRequest, told: str) -> HttpResponse:
    return HttpResponse("hej", headers={"Cache-Control": told})


urlpatterns = [at("<told>", page_cache.kept(of_ones_own)), *urls.urlpatterns]


@pytest.mark.parametrize(
    ("told", "kept"),
    [("no-store", 0), ("max-age=0, Private", 0), ('private="set-cookie"', 0), ("max-age=60", 1)],
)
def test_a_page_that_says_it_is_nobody_elses_is_not_kept(
    worker: Worker, bakery: Enterprise, settings: Any, told: str, kept: int
) -> None:
    settings.ROOT_URLCONF = __name__
    answer = worker.get(f"/{quote(told)}")
    assert (answer.text, answer.headers["Cache-Control"], worker.kept) == ("hej", told, kept)


@pytest.mark.parametrize("path", ["/healthz", "/static/css/tokens.css", "/findes-ikke/"])
def test_what_needs_no_database_asks_none(worker: Worker, path: str, no_database: list[str]) -> None:
    worker.get(path)
    assert no_database == []


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whoever asks for a generation is told that there is none, and noted."""
    asked: list[str] = []
    monkeypatch.setattr(replica, "_generation", asked.append)
    return asked


def test_the_order_of_keys_does_not_matter(worker: Worker, bakery: Enterprise, listing: str) -> None:
    one = worker.get(f"{listing}?district=noerrebro&sector=mad-catering")
    two = worker.get(f"{listing}?sector=mad-catering&district=noerrebro")
    assert worker.kept == 1
    assert one.body == two.body


def test_a_part_of_the_map_is_kept_and_forgotten_like_a_page(worker: Worker, bakery: Enterprise) -> None:
    path = f"{reverse('map-points')}?bbox=12.5,55.6,12.6,55.7&zoom=12"
    assert bakery.name in worker.get(path).text
    assert worker.kept == 1
    assert worker.get(f"{reverse('map-points')}?bbox=x&zoom=12").status == 400
    assert worker.kept == 1
    publishing.withdraw(bakery, reason="Lukket")
    assert bakery.name not in worker.get(path).text


@pytest.mark.parametrize("name", ["report-error", "account_login"])
def test_forms_are_never_kept(worker: Worker, bakery: Enterprise, name: str) -> None:
    path = reverse(name, args=[bakery.slug] if name == "report-error" else [])
    assert worker.get(path).status == 200
    assert worker.kept == 0


def test_errors_are_never_kept(worker: Worker, db: None) -> None:
    assert worker.get("/findes-ikke/").status == 404
    assert worker.kept == 0


def test_it_holds_no_more_than_it_may_and_forgets_the_longest_unused(bakery: Enterprise) -> None:
    about, privacy, data = (reverse(name) for name in ("about", "privacy", "grounds"))
    weights = Worker()
    for path in (about, privacy, data):
        weights.get(path)
    worker = Worker(weights.cache._bytes - 1)
    worker.get(about)
    worker.get(privacy)
    worker.get(about)
    worker.get(data)
    assert [key[2] for key in worker.cache._pages] == [about, data]
    assert worker.cache._bytes == sum(page.weight for page in worker.cache._pages.values())


@pytest.mark.parametrize(
    ("accepted", "coding", "opened"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("br; q=0.5, gzip;q=0.8", "gzip", gzip.decompress),
        ("gzip;q=0.5, *", "br", brotli.decompress),
        ("*;q=0.1", "br", brotli.decompress),
        ("br;q=0.5, identity", None, bytes),
        ("br;q=nan, gzip;q=2, *;q=0", None, bytes),
        ("", None, bytes),
    ],
)
def test_every_copy_is_the_same_page(
    worker: Worker, bakery: Enterprise, listing: str, accepted: str, coding: str | None, opened: Any
) -> None:
    plain = worker.get(listing)
    for _again in range(2):
        answer = worker.get(listing, HTTP_ACCEPT_ENCODING=accepted)
        assert answer.headers.get("Content-Encoding") == coding
        assert opened(answer.body) == plain.body
        assert answer.headers["Content-Length"] == str(len(answer.body))
        assert answer.headers["ETag"] == plain.headers["ETag"]
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_who_has_the_page_is_told_so(worker: Worker, bakery: Enterprise, listing: str) -> None:
    first = worker.get(listing)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    other = Worker()
    for known in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        for one in (worker, other):
            answer = one.get(listing, HTTP_IF_NONE_MATCH=known)
            assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)
    assert worker.get(listing, HTTP_IF_MODIFIED_SINCE=modified).status == 304
    assert worker.get(listing, HTTP_IF_NONE_MATCH='"x"', HTTP_IF_MODIFIED_SINCE=modified).status == 200
    republished(bakery, tagline_da="Nu også kager")
    assert worker.get(listing, HTTP_IF_NONE_MATCH=etag).status == 200


def test_head_has_the_headers_of_get_and_no_body(worker: Worker, bakery: Enterprise, listing: str) -> None:
    made, got = worker.head(listing), worker.get(listing)
    kept = worker.head(listing)
    assert made.body == kept.body == b""
    assert made.headers == kept.headers == got.headers
    assert worker.head("/findes-ikke/").body == b""


def test_a_page_holds_until_the_next_door_opens_or_closes(
    worker: Worker, bakery: Enterprise, listing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    closing = now + timedelta(minutes=1)
    monkeypatch.setattr(opening_hours, "best", lambda *_: opening_hours.Status(True, closing))
    assert cards.fresh_until(cards.cards([bakery.listing], page_cache.catalogues.present())) == closing
    worker.get(listing)
    assert worker.kept == 1
    key, page = next(iter(worker.cache._pages.items()))
    assert page.until == min(closing, opening_hours.midnight()).timestamp()
    page.until = now.timestamp()
    worker.get(listing)
    assert worker.cache._pages[key] is not page


@pytest.fixture
def due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "WRITTEN_AFTER", 0)


def test_a_search_without_result_is_counted_every_time(
    worker: Worker, bakery: Enterprise, listing: str, due_at_once: None
) -> None:
    for _again in range(3):
        worker.get(f"{listing}?q=kvantecomputer")
    assert worker.kept == 1
    worker.get(listing)  # whoever comes next has them written
    assert MissedSearch.objects.get(text="kvantecomputer").count == 3


def test_what_is_not_asked_with_get_passes(worker: Worker, bakery: Enterprise, listing: str) -> None:
    assert Answer(worker.cache, listing, "POST").status in (200, 403, 405)
    assert worker.kept == 0


def test_what_a_page_weighs_is_forgotten_with_it(worker: Worker, bakery: Enterprise, listing: str) -> None:
    """Also where one is replaced while somebody else has it compressed."""
    worker.get(listing)
    (key, page), generation = next(iter(worker.cache._pages.items())), worker.cache._generation
    another = replace(page, copies=dict(page.copies), counted=0)
    worker.cache._store(generation, key, another)
    environ = RequestFactory().get(listing, HTTP_ACCEPT_ENCODING="br").environ
    for each in (page, another):
        worker.cache._answer(key, each, environ, lambda *_: None)
        assert worker.cache._bytes == another.counted
    # Compressed, it weighs less.
    assert another.counted == another.weight < page.counted
    worker.cache._forget_all_but(generation + 1)
    worker.cache._answer(key, another, environ, lambda *_: None)
    assert worker.cache._bytes == 0


def test_it_can_be_switched_off(bakery: Enterprise, listing: str) -> None:
    worker = Worker(0)
    assert "Brød &amp; Broer" in worker.get(listing).text
    assert worker.kept == 0


def test_a_profile_is_kept_too(worker: Worker) -> None:
    path = reverse("profile", args=[published("Aben").slug])
    assert worker.get(path).status == 200
    assert worker.kept == 1


def test_raw_letters_and_their_lookalike_are_two_queries(
    worker: Worker, bakery: Enterprise, listing: str
) -> None:
    raw = {"QUERY_STRING": "q=ø".encode().decode("latin-1")}
    assert 'value="ø"' in worker.get(listing, **raw).text
    assert 'value="Ã¸"' in worker.get(f"{listing}?q=%C3%83%C2%B8").text
    assert 'value="ø"' in worker.get(listing, **raw).text


def test_a_page_begun_before_midnight_is_one_of_that_day(
    worker: Worker, bakery: Enterprise, listing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.get(reverse("about"))
    now = timezone.now()
    ends = iter([now + timedelta(seconds=5)])
    tomorrow = now + timedelta(days=1)
    monkeypatch.setattr(page_cache, "midnight", lambda: next(ends, tomorrow))
    worker.get(reverse("privacy"))
    kept = [page for key, page in worker.cache._pages.items() if key[2] == reverse("privacy")]
    assert [page.until for page in kept] == [(now + timedelta(seconds=5)).timestamp()]


def test_nobody_keeps_a_suggestion_of_what_is_withdrawn(worker: Worker, bakery: Enterprise) -> None:
    path = f"{reverse('suggestions')}?q=brød".replace("ø", "%C3%B8")
    first = worker.get(path)
    assert bakery.slug in first.text
    assert "max-age=0" in first.headers["Cache-Control"]
    publishing.withdraw(bakery, reason="Lukket")
    assert bakery.slug not in worker.get(path, HTTP_IF_NONE_MATCH=first.headers["ETag"]).text


def test_only_compressed_copies_are_kept_and_all_readers_get_the_same(
    worker: Worker, bakery: Enterprise, listing: str
) -> None:
    plain = worker.get(listing).body
    assert brotli.decompress(worker.get(listing, HTTP_ACCEPT_ENCODING="br").body) == plain
    (page,) = worker.cache._pages.values()
    assert set(page.copies) == {"br"}
    assert gzip.decompress(worker.get(listing, HTTP_ACCEPT_ENCODING="gzip").body) == plain
    assert worker.get(listing).body == plain
    assert set(page.copies) == {"br", "gzip"}
