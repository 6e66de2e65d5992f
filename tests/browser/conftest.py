"""The site in a process of its own, served by gunicorn as in production, and a Chromium to visit it with.

Nothing here touches the tests' own database: the city has one to itself, so that visits neither see
what other tests write nor leave anything behind for them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from environ import Env
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.address_service import address_service
from tests.browser.tiles import Tiles
from tests.servers import database_url

# A busy machine is no error.
expect.set_options(timeout=30_000)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
QUIET = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# -- the site -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    url: str
    logins: dict[str, tuple[str, ...]]
    environment: dict[str, str]

    def mail_to(self, email: str) -> str:
        """The text of the latest mail to somebody, as it lies in the outbox."""
        latest = "SELECT content FROM enterprises_mail WHERE recipient = %s ORDER BY id DESC LIMIT 1"
        database = Env.db_url_config(self.environment["DATABASE_URL"])
        access = {key.lower(): database[key] or None for key in ("HOST", "PORT", "USER", "PASSWORD")}
        with psycopg.connect(dbname=database["NAME"], **access) as connection:
            [content] = connection.execute(latest, [email]).fetchone() or [None]
        assert content, f"nobody has written to {email}"
        return str(message_from_bytes(content, policy=default).get_content())

    def code_for(self, email: str) -> str:
        return re.search(r"\w{4}-\w{4}", self.mail_to(email))[0]  # type: ignore[index]

    def address(self, name: str, *args: str, language: str = "da", query: str = "") -> str:
        with override(language):
            return self.url + reverse(name, args=args) + query


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Site]:
    with (
        _database(f"browser_{worker_id}") as database_url,
        socket.create_server(("127.0.0.1", 0)) as listener,
        address_service() as addresses,
    ):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "directory.settings",
            "DATABASE_URL": database_url,
            "SITE_URL": url,
            "ADDRESS_URL": addresses.url,
            "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
            # Keys are bound to names of hosts; 127.0.0.1 is none.
            "ALLOWED_HOSTS": "localhost",
            "PICTURE_STORE": str(tmp_path_factory.mktemp("pictures")),
        }
        built = _python("-m", "tests.browser.city", env=environment, stdout=subprocess.PIPE)
        output, _ = built.communicate(timeout=180)
        assert built.returncode == 0
        with _served(listener, environment):
            yield Site(url, json.loads(output), environment)


@pytest.fixture(scope="session")
def tiles() -> Iterator[Tiles]:
    with Tiles() as tiles:
        yield tiles


@pytest.fixture(scope="session")
def site_with_streets(site: Site, tiles: Tiles) -> Iterator[Site]:
    """The same city, on a site that has a street map."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        streets = {"MAP_TILES_URL": tiles.url + "/{z}/{x}/{y}.png", "MAP_ATTRIBUTION": "© Tegnerne"}
        environment = site.environment | {"SITE_URL": url, **streets}
        with _served(listener, environment):
            yield Site(url, site.logins, environment)


@contextmanager
def _served(listener: socket.socket, environment: dict[str, str]) -> Iterator[None]:
    # Whoever connects before gunicorn is up waits in the listener's queue.
    gunicorn = ("-m", "gunicorn", "-c", "directory/gunicorn.py", "--workers", "1", "--threads", "8")
    bind = ("--bind", f"fd://{listener.fileno()}")
    server = _python(*gunicorn, *bind, env=environment, pass_fds=(listener.fileno(),))
    listener.close()
    yield
    server.terminate()
    server.wait(timeout=60)


def _python(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR, **options)


@contextmanager
def _database(name: str) -> Iterator[str]:
    """A new database on the server the tests use, as DATABASE_URL names it."""
    server = settings.DATABASES["default"]
    access = {"host": server["HOST"], "port": server["PORT"], "user": server["USER"]}
    password = server.get("PASSWORD", "")
    with psycopg.connect(
        **{key: value or None for key, value in access.items()},
        password=password or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        yield database_url(server, name)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# -- the browser ----------------------------------------------------------------------------------


# One for each module: while it runs, its event loop keeps Django's ORM from the tests of this process.
@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=next(found), args=QUIET, timeout=120_000)
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """Notes whatever a visitor's browser would complain of or send elsewhere."""

    # where it may ask
    addresses: list[str]
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        page.on("request", self._request)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # To htmx it is an error that a newer request replaced one; of one that fails it says more.
        if re.fullmatch(r"htmx:(sendAbort|afterRequest), \[object HTMLElement\]", message.text):
            return
        # Chromium reports the 404 of a page that is meant to be one like a missing file.
        is_the_page = message.page is not None and message.location["url"] == message.page.url
        if message.type in ("error", "warning") and not (is_the_page and "status of 4" in message.text):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((*self.addresses, "data:")):
            self.complaints.append(f"asks elsewhere: {request.url}")


# A context of its own costs Chromium as much time as a page, so tests with the same wishes share one.
@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Callable[..., BrowserContext]:
    known: dict[str, BrowserContext] = {}

    def visitor(**options: Any) -> BrowserContext:
        key = json.dumps(options, sort_keys=True)
        if key not in known:
            # Without motion no colour is measured on its way to another.
            usual = {"locale": "da-DK", "viewport": DESKTOP, "reduced_motion": "reduce"}
            known[key] = browser.new_context(**usual | options)
            known[key].set_default_timeout(60_000)
        elif "storage_state" not in options:
            known[key].clear_cookies()
        return known[key]

    return visitor


Visit = Callable[..., Page]


@pytest.fixture
def visit(visitor: Callable[..., BrowserContext], site: Site) -> Iterator[Visit]:
    """Opens an address as a new visitor, whose browser may `also` ask other addresses.

    Other arguments by name are for Playwright's new_context().
    """
    watch, pages = Watch([f"{site.url}/"]), list[Page]()

    def visit(address: str, also: tuple[str, ...] = (), **options: Any) -> Page:
        watch.addresses += also
        pages.append(watch.over(visitor(**options).new_page()))
        pages[-1].goto(address)
        return pages[-1]

    yield visit
    for page in pages:
        page.close()
    assert watch.complaints == []


@pytest.fixture(scope="module")
def editor(browser: Browser, site: Site) -> Any:
    """What a logged-in editor's browser remembers: visit(…, storage_state=editor)."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(site.address("account-log-in-by-password"))
    for label, value in zip(("#id_login", "#id_password"), site.logins["editor"], strict=True):
        page.fill(label, value)
    page.click("main button")
    page.wait_for_url(site.address("my-enterprises"))
    state = context.storage_state()
    context.close()
    return state
