"""Search engines that speak IndexNow are told what changes, where the site has a key, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from directory import index_now
from directory.models import PendingPing
from enterprises import publishing, tasks
from enterprises.models import Enterprise
from tests.builders import an_enterprise, published, republished

pytestmark = pytest.mark.django_db

KEY = "en-noegle-til-tests-0123"


class Engine:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answer = 200
        self.url = ""

    @property
    def paths(self) -> list[list[str]]:
        return [[url.removeprefix("http://testserver") for url in each["urlList"]] for each in self.told]


@contextmanager
def running() -> Iterator[Engine]:
    engine = Engine()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            engine.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(engine.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    engine.url = f"http://127.0.0.1:{server.server_port}/indexnow"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def engine(settings: Any) -> Iterator[Engine]:
    with running() as engine:
        settings.INDEXNOW_URL = engine.url
        yield engine


@pytest.fixture
def on(settings: Any) -> None:
    settings.INDEXNOW_KEY = KEY


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="enterprises.tasks.tell_search_engines").count()


def test_without_a_key_nobody_is_told(visitor: Client, engine: Engine) -> None:
    publishing.withdraw(published("Brød"), reason="Lukket")
    assert jobs() == 0 and not PendingPing.objects.exists()
    tasks.tell_search_engines()
    assert engine.told == []
    assert visitor.get("/indexnow.txt").status_code == 404


def test_what_is_published_and_withdrawn_is_told_in_both_languages(
    visitor: Client, engine: Engine, on: None
) -> None:
    bakery = published("Brød & Broer")
    assert jobs() == 1
    tasks.tell_search_engines()
    assert engine.paths == [["/virksomheder/broed-broer/", "/en/enterprises/broed-broer/"]]
    (told,) = engine.told
    assert told["host"] == "testserver" and told["key"] == KEY
    shown = visitor.get(told["keyLocation"].removeprefix("http://testserver"))
    assert (shown.content.decode(), shown.headers["Content-Type"]) == (KEY, "text/plain")
    # Its address is the public one, whatever the working copy is called meanwhile.
    Enterprise.objects.update(slug="kladde")
    bakery.refresh_from_db()
    publishing.withdraw(bakery, reason="Lukket")
    tasks.tell_search_engines()
    assert engine.paths[1] == engine.paths[0]


def test_what_many_jobs_wait_to_tell_the_first_tells(engine: Engine, on: None) -> None:
    bakery = published("Brød")
    republished(bakery, tagline_da="Boller")
    publishing.publish_new([an_enterprise(f"Nummer {number}") for number in range(3)])
    assert jobs() == 3
    for _job in range(3):
        tasks.tell_search_engines()
    (paths,) = engine.paths
    assert len(paths) == len(set(paths)) == 8


def test_no_request_names_more_than_it_may(engine: Engine, on: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_now, "MOST", 4)
    publishing.publish_new([an_enterprise(f"Nummer {number}") for number in range(5)])
    tasks.tell_search_engines()
    assert [len(paths) for paths in engine.paths] == [4, 4, 2]


def test_nobody_is_told_of_what_is_rolled_back(engine: Engine, on: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        published("Brød")
        raise ZeroDivisionError
    assert jobs() == 0
    tasks.tell_search_engines()
    assert engine.told == []


@pytest.mark.parametrize("answer", [403, 429, 500])
def test_what_could_not_be_told_waits(engine: Engine, on: None, answer: int) -> None:
    published("Brød")
    engine.answer = answer
    with pytest.raises(index_now.UnansweredError):
        tasks.tell_search_engines()
    engine.answer = 202
    tasks.tell_search_engines()
    assert engine.paths[0] == engine.paths[1] and not PendingPing.objects.exists()


def test_an_engine_that_is_away_is_asked_again(on: None, settings: Any) -> None:
    with running() as engine:
        settings.INDEXNOW_URL = engine.url
    published("Brød")
    with pytest.raises(index_now.UnansweredError):
        tasks.tell_search_engines()
    assert PendingPing.objects.count() == 1
    assert tasks.tell_search_engines.retry_strategy is tasks.AGAIN


def test_what_is_long_past_is_told_no_more(engine: Engine, on: None) -> None:
    published("Brød")
    PendingPing.objects.update(noted_at="2020-01-01T00:00Z")
    tasks.tell_search_engines()
    assert engine.told == [] and not PendingPing.objects.exists()


def test_nobody_is_told_of_what_is_made_up(engine: Engine, on: None, city: list[Enterprise]) -> None:
    publishing.withdraw(city[0], reason="Lukket")
    tasks.tell_search_engines()
    assert engine.told == []
