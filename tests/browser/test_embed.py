"""Frames on another site, and the page that makes the code for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.city import RICH
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_layout import CUT_OFF, scrolls_sideways


class OtherSite(BaseHTTPRequestHandler):
    """Shows in a frame whatever its address names."""

    def do_GET(self) -> None:
        shown = parse_qs(urlsplit(self.path).query).get("shows", [""])[0]
        frame = f'<iframe src="{escape(shown)}" title="x" width="700" height="620"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>x</title><link rel=icon href=data:,>{frame}".encode())

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def other_site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), OtherSite) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        # To a browser localhost is another site than 127.0.0.1.
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


Shown = Callable[..., Page]


@pytest.fixture
def elsewhere(other_site: str, visit: Visit) -> Shown:
    """Opens a page of another site that shows one of ours."""

    def elsewhere(address: str, **options: Any) -> Page:
        return visit(f"{other_site}?shows={quote(address)}", also=(other_site,), **options)

    return elsewhere


STORED = """async () => [
  document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await navigator.serviceWorker?.getRegistrations() ?? []).length,
].join()"""


@pytest.mark.parametrize("name", ["embed-list", "embed-map", "sign-card"])
def test_another_site_may_show_it_and_nothing_is_stored(site: Site, elsewhere: Shown, name: str) -> None:
    address = site.address(name, *([RICH] if name == "sign-card" else []))
    page = elsewhere(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_be_visible()
    if name == "embed-map":
        expect(frame.locator(".map-point button").first).to_be_visible()
    assert page.context.cookies() == []
    # In a frame the browser may refuse to store anything; where it would not, nothing is stored either.
    page.goto(address)
    if name == "embed-map":
        expect(page.locator(".map-point button").first).to_be_visible()
    assert page.evaluate(STORED) == ",0,0,0,0"


def test_links_open_beside_the_other_site(site: Site, elsewhere: Shown) -> None:
    page = elsewhere(site.address("embed-list"))
    with page.expect_popup() as opened:
        page.frame_locator("iframe").locator(".card-name a").first.click()
    opened.value.wait_for_load_state()
    assert "/virksomheder/" in opened.value.url
    assert opened.value.evaluate("opener") is None
    opened.value.close()
    assert "?shows=" in page.url


def test_a_name_on_the_map_opens_beside_too(site: Site, elsewhere: Shown) -> None:
    page = elsewhere(site.address("embed-map", query="?q=Tre+Gryder"))
    frame = page.frame_locator("iframe")
    frame.locator(".map-house").first.click()
    link = frame.locator(".map-names a").first
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")


def test_without_scripts_the_map_is_its_districts(site: Site, elsewhere: Shown) -> None:
    page = elsewhere(site.address("embed-map"), java_script_enabled=False)
    tile = page.frame_locator("iframe").locator(".tile-noerrebro a")
    expect(tile).to_be_visible()
    expect(tile).to_have_attribute("target", "_blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_asked_for_wins_over_the_screens(site: Site, visit: Visit, scheme: str, theme: str) -> None:
    page = visit(site.address("embed-list", query=f"?theme={theme}"), color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(251, 248, 242)", "dark": "rgb(18, 26, 23)"}[theme]


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 280, "height": 500}])
@pytest.mark.parametrize("name", ["embed-list", "embed-map"])
def test_frames_fit_any_width(site: Site, visit: Visit, name: str, size: dict[str, int]) -> None:
    page = visit(site.address(name))
    page.set_viewport_size(size)  # type: ignore[arg-type]
    assert not scrolls_sideways(page) and not page.evaluate(CUT_OFF)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_list_to_the_code(site: Site, visit: Visit, scripts: bool) -> None:
    page = visit(site.address("listing", query="?district=noerrebro"), java_script_enabled=scripts)
    page.get_by_text("Vis på din egen side").click()
    page.select_option("#id_kind", "map")
    page.select_option("#id_theme", "dark")
    page.get_by_role("button", name="Lav koden").click()
    page.wait_for_url("**theme=dark*")
    code = page.locator("textarea")
    expect(code).to_contain_text(f"{site.url}/embed/kort/?district=noerrebro&amp;theme=dark")
    expect(page.frame_locator("iframe").locator("html")).to_have_attribute("data-theme", "dark")
