"""A spreadsheet's whole way through the desk: uploaded, decided about, read in and undone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Visit
from tests.browser.test_desk_pages import violations

FILE = """name;cvr;tagline_da;description_da;sectors;postcode
Vindmøllebageriet;;Brød af vind;Vi bager, når det blæser.;mad-catering;2450
Fejlbageriet;12345679;Brød;Vi bager.;mad-catering;2450
""".encode("cp1252")
SOON = 60_000


@pytest.fixture(scope="module")
def clerk(browser: Browser, site: Site) -> Any:
    """What the browser of somebody at the desk remembers."""
    (email, password, *_code), code = site.logins["clerk"], site.logins["codes"][-1]
    context = browser.new_context()
    context.set_default_timeout(SOON)
    page = context.new_page()
    page.goto(site.address("account-log-in-by-password"))
    page.fill("#id_login", email)
    page.fill("#id_password", password)
    page.click("main button")
    page.get_by_label("Kode").fill(code)
    page.locator("main button").first.click()
    page.wait_for_url(site.address("my-enterprises"))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def worker(site: Site) -> Iterator[Any]:
    """Begins to work when it is told to."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "manage.py", "run_worker"]
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=site.environment))

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=60)


def check(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_spreadsheet_is_read_in_and_undone(site: Site, visit: Visit, clerk: Any, worker: Any) -> None:
    page = visit(site.address("admin:enterprises_import_changelist"), storage_state=clerk)
    page.get_by_role("link", name="Indlæs et regneark").click()
    check(page)
    page.locator("#id_file").set_input_files({"name": "bagere.csv", "mimeType": "text/csv", "buffer": FILE})
    page.get_by_role("button", name="Læg op og læs igennem").click()
    expect(page.locator("#import-progress")).to_be_visible()
    check(page)
    worker()
    # The page goes on by itself.
    expect(page.get_by_text("1 række venter på en afgørelse.")).to_be_visible(timeout=SOON)
    expect(page.locator(".desk-rows tbody tr")).to_have_count(1)
    check(page)
    page.get_by_role("link", name="Alle 2").click()
    page.get_by_text("5 oplysninger").click()
    expect(page.get_by_text("Vi bager, når det blæser.")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Fejl 1").click()
    page.get_by_role("button", name="Spring alle over").click()
    expect(page.get_by_text("Alle rækker er afgjort.")).to_be_visible()
    page.get_by_role("button", name="Indlæs dem, der skal med").click()
    expect(page.get_by_role("link", name="Hent rapporten som csv")).to_be_visible(timeout=SOON)
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent rapporten som csv").click()
    assert "2;Vindmøllebageriet;Ny;Tag med;Oprettet" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="Fortryd indlæsningen").click()
    expect(page.locator("#content-main b").first).to_have_text("Fortrudt", timeout=SOON)
    check(page)
