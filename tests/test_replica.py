"""A streaming replica beside the primary: it carries the readers, and nobody sees the difference."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import psycopg
import pytest

from directory.database import CHECKOUT, OWNER
from tests.servers import Primary, Standby, serving

PROFILE = "/virksomheder/broed-broer/"
_fresh = count(1)


@dataclass
class Answer:
    status: int
    text: str


@dataclass
class City:
    primary: Primary
    replica: Standby
    environment: dict[str, str]
    site: str = ""

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> Answer:
        try:
            asked = Request(self.site + path, data, {"Host": "testserver"} | headers)  # noqa: S310
            with urlopen(asked, timeout=60) as answer:  # noqa: S310 – our own http
                return Answer(answer.status, answer.read().decode())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode())

    def ask_anew(self, path: str, **headers: str) -> Answer:
        """By an address that no page is kept of."""
        return self.ask(f"{path}?x={next(_fresh)}", **headers)

    def run(self, code: str) -> None:
        """What the desk does, in another process."""
        lines = [
            "import django; django.setup()",
            "from enterprises import publishing",
            "from enterprises.models import Enterprise, MissedSearch",
            "from tests.builders import published, republished",
            "bakery = lambda: Enterprise.objects.get(slug='broed-broer')",
            code,
        ]
        _run(self.environment, "-c", "\n".join(lines))

    def caught_up(self) -> None:
        """Wait until the replica has replayed all that the primary has written."""
        written = sql(self.primary, "SELECT pg_current_wal_lsn()")
        eventually(lambda: sql(self.replica, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written))

    @contextmanager
    def lagging(self) -> Iterator[None]:
        self.caught_up()
        sql(self.replica, "SELECT pg_wal_replay_pause()")
        eventually(lambda: sql(self.replica, "SELECT pg_get_wal_replay_pause_state() = 'paused'"))
        try:
            yield
        finally:
            sql(self.replica, "SELECT pg_wal_replay_resume()")
            self.caught_up()

    @contextmanager
    def without(self, *servers: Primary) -> Iterator[None]:
        for server in servers:
            server.stop()
        try:
            yield
        finally:
            for server in servers:
                server.start()
            self.caught_up()


def sql(server: Primary, query: str, *values: Any) -> Any:
    access = server.connection()
    with psycopg.connect(
        host=access["HOST"], port=5432, user="postgres", dbname=OWNER, autocommit=True
    ) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def out_of_reach(server: Primary, table: str) -> Iterator[None]:
    """Whoever reads it meanwhile, waits in vain."""
    access = server.connection()
    with psycopg.connect(host=access["HOST"], port=5432, user="postgres", dbname=OWNER) as connection:
        connection.execute(f"LOCK TABLE {table}")
        yield


def eventually(happens: Callable[[], Any]) -> None:
    """Also where a database is back and still left alone: the longer it took to refuse, the longer."""
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def _run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, env=environment, check=True)


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    name = uuid4().hex[:6]
    primary = Primary(f"primary-{name}")
    replica = Standby(f"replica-{name}", primary)
    try:
        primary.start()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": primary.url,
            "DATABASE_REPLICA_URL": replica.url,
        }
        _run(environment, "manage.py", "migrate", "--verbosity", "0")
        replica.start()
        found = City(primary, replica, environment)
        found.run("published('Brød & Broer')")
        found.caught_up()
        with serving(environment) as (found.site, _gunicorn):
            yield found
    finally:
        replica.remove()
        primary.remove()


@contextmanager
def another(city: City, **settings: str) -> Iterator[City]:
    """One more process beside the one that serves all tests."""
    with serving(city.environment | settings) as (site, _gunicorn):
        yield replace(city, site=site)


@pytest.fixture
def marked(city: City) -> Iterator[City]:
    """One can tell where rows were read: the primary has another name and no text, and says nothing of it."""
    change = "UPDATE directory_listing SET name = %s, search_text = reverse(search_text) WHERE slug = %s"
    with city.lagging():
        sql(city.primary, change, "Fra den første", "broed-broer")
        yield city
        sql(city.primary, change, "Brød & Broer", "broed-broer")


def read_from_the_replica(city: City, **headers: str) -> tuple[bool, bool]:
    card = city.ask_anew(f"{PROFILE}kontakt.vcf", **headers).text
    # A quoted phrase is looked up in the rows.
    found = city.ask(f"/virksomheder/?q=%22br%C3%B8d+broer%22&x={next(_fresh)}", **headers).text
    return "Brød & Broer" in card, 'data-enterprise="broed-broer"' in found


def test_public_pages_are_read_from_the_replica(marked: City) -> None:
    assert read_from_the_replica(marked) == (True, True)
    assert "replica is up to date" in marked.ask("/readyz").text


@pytest.mark.parametrize("header", [{"Cookie": "session=x"}, {"Authorization": "Bearer x"}])
def test_who_may_be_logged_in_reads_from_the_primary(marked: City, header: dict[str, str]) -> None:
    assert read_from_the_replica(marked, **header) == (False, False)


def test_a_publication_shows_at_once_though_the_replica_lags(city: City) -> None:
    for path in (PROFILE, "/virksomheder/"):
        city.ask(path)
    with city.lagging():
        city.run("republished(bakery(), tagline_da='Nu også kager'); published('Nyåbnet')")
        for ask in (city.ask, city.ask_anew):
            assert "Nu også kager" in ask(PROFILE).text
            assert "Nu også kager" in ask("/virksomheder/").text
            assert "Nyåbnet" in ask("/virksomheder/").text
        assert "replica lags" in city.ask("/readyz").text
    assert "Nu også kager" in city.ask_anew(PROFILE).text
    assert "replica is up to date" in city.ask("/readyz").text


def test_the_withdrawn_are_never_shown(city: City) -> None:
    city.run("published('Den sky')")
    city.caught_up()
    assert city.ask("/virksomheder/den-sky/").status == 200
    with city.lagging():
        city.run("publishing.withdraw(Enterprise.objects.get(slug='den-sky'), reason='Lukket')")
        for ask in (city.ask, city.ask_anew):
            assert ask("/virksomheder/den-sky/").status == 410
            assert "Den sky" not in ask("/virksomheder/").text
        with city.without(city.primary):  # the replica still has it
            assert city.ask_anew("/virksomheder/den-sky/").status == 503
            assert city.ask("/readyz").status == 503
            # as it does once the primary is back
            sql(city.replica, "SELECT pg_wal_replay_resume()")
    eventually(lambda: city.ask_anew("/virksomheder/den-sky/").status == 410)


def test_a_lagging_replica_does_not_have_the_catalogue_read_anew_each_time(city: City) -> None:
    with city.lagging():
        city.run("republished(bakery(), tagline_da='Nu også te')")
        assert "Nu også te" in city.ask_anew("/virksomheder/").text
        with out_of_reach(city.primary, "enterprises_synonymgroup"):
            for _again in range(3):
                assert city.ask_anew("/om/").status == 200


def test_without_the_replica_the_primary_serves(city: City) -> None:
    with city.without(city.replica):
        for path in ("/", "/virksomheder/", PROFILE):
            assert city.ask(path).status == city.ask_anew(path).status == 200
        ready = city.ask("/readyz")
        assert (ready.status, "replica does not answer" in ready.text) == (200, True)
    eventually(lambda: "replica is up to date" in city.ask("/readyz").text)


def test_without_the_primary_readers_read_and_writers_are_told(city: City) -> None:
    with city.without(city.primary):
        for path in ("/", "/virksomheder/", "/en/", PROFILE, "/sitemap.xml"):
            assert city.ask(path).status == city.ask_anew(path).status == 200
        assert city.ask_anew(PROFILE).text.count("Brød &amp; Broer")
        assert city.ask("/virksomheder/?q=kvantecomputer").status == 200
        ready = city.ask("/readyz")
        assert (ready.status, "nothing can be changed" in ready.text) == (200, True)
        told = city.ask(PROFILE, Cookie="session=abcdefghijklmnop")
        assert (told.status, "Vi holder en kort pause" in told.text) == (503, True)
        assert post(city).status == 503
        with another(city) as begun_now:
            assert begun_now.ask(PROFILE).status == 200
    eventually(lambda: post(city).status != 503)


def post(city: City) -> Answer:
    """Somebody logs in."""
    token = "a" * 32
    data = f"csrfmiddlewaretoken={token}&login=ida@example.dk&password=x".encode()
    return city.ask("/konto/log-ind/adgangskode/", data, Cookie=f"csrf={token}", Referer="http://testserver/")


def test_without_any_database_everyone_is_told_until_it_is_back(city: City) -> None:
    city.ask(PROFILE)
    with city.without(city.primary, city.replica):
        for answer in (city.ask(PROFILE), city.ask_anew(PROFILE), city.ask_anew("/en/")):
            assert answer.status == 503
        assert "We are taking a short break" in answer.text
        assert city.ask("/healthz").text == "ok\n"
        assert city.ask("/readyz").status == 503
    eventually(lambda: city.ask_anew(PROFILE).status == 200)
    assert city.ask(PROFILE).status == 200


def test_a_restart_that_nobody_noticed_costs_nobody_a_page(city: City) -> None:
    city.ask(PROFILE)
    with city.without(city.primary, city.replica):
        pass
    assert city.ask(PROFILE).status == city.ask_anew(PROFILE).status == 200


def test_a_silent_replica_is_waited_for_once(city: City) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        url = f"postgres://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        with another(city, DATABASE_REPLICA_URL=url) as lonely:
            for _again in range(6):
                assert lonely.ask_anew(PROFILE).status == 200
            assert waiting(silent) < 6


def waiting(listener: socket.socket) -> int:
    """How many have knocked."""
    for knocks in count():
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return knocks
    raise AssertionError


def test_what_a_worker_has_counted_is_written_when_it_ends(city: City) -> None:
    with another(city) as one:
        for _again in range(3):
            assert one.ask("/virksomheder/?q=tidsmaskine").status == 200
    counted = sql(city.primary, "SELECT count FROM enterprises_missedsearch WHERE text = 'tidsmaskine'")
    assert counted == 3


def test_the_worker_works_on_the_primary(city: City) -> None:
    queue = (
        "from django.core.mail import EmailMessage, get_connection;"
        "outbox = get_connection('enterprises.outbox.EmailBackend');"
        "outbox.send_messages([EmailMessage('Hej', 'Hej', to=['ida@example.dk'])])"
    )
    environment = city.environment | {"EMAIL_URL": "dummymail://"}
    with city.lagging():
        city.run(queue)
        worker = subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=CHECKOUT, env=environment)
        try:
            eventually(lambda: sql(city.primary, "SELECT state FROM enterprises_mail") == "sent")
        finally:
            worker.terminate()
            worker.wait(timeout=20)
