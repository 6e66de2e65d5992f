"""axe finds nothing on any type of page, light and dark, on a wide screen and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.city import RICH
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.pages import IN_ENGLISH, PAGES

AXE = Axe().axe_script
EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The schemes differ in nothing but the values of colours.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# The cards after the first eight are built alike; the style guide shows a card in every state.
PARTS = {"exclude": [[".cards > li:nth-child(n + 9)"]]}
RUNS = (
    ("light", DESKTOP, EVERYTHING),
    ("light", PHONE, EVERYTHING),
    ("dark", PHONE, COLOURS),
    ("dark", DESKTOP, COLOURS),
)


def violations(page: Page) -> str:
    page.evaluate(AXE)
    found = []
    for scheme, size, rules in RUNS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        results = page.evaluate("([parts, options]) => axe.run(parts, options)", [PARTS, options])
        for rule in results["violations"]:
            found.append(f"{rule['id']} ({scheme}, {size['width']} px)")
            found += [f"  {node['target'][0]}: {node['failureSummary']}" for node in rule["nodes"]]
    return "\n".join(found)


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, site: Site, visit: Visit) -> None:
    (view, *args), query = PAGES[name]
    assert not violations(visit(site.address(view, *args, query=query)))


@pytest.mark.parametrize("name", IN_ENGLISH)
def test_page_in_english(name: str, site: Site, visit: Visit) -> None:
    (view, *args), query = PAGES[name]
    assert not violations(visit(site.address(view, *args, query=query, language="en")))


def test_report_with_errors(site: Site, visit: Visit) -> None:
    page = visit(site.address("report-error", RICH))
    page.fill("textarea", " ")
    page.click("main button")
    page.get_by_role("alert").wait_for()
    assert not violations(page)


@pytest.mark.parametrize("end", ["", "folk/", "ret/photos/", "skilte/", "tal/"])
def test_pages_of_an_editor(end: str, site: Site, visit: Visit, editor: Any) -> None:
    page = visit(site.address("my-enterprises"), storage_state=editor)
    home = page.locator("main h2 a").get_attribute("href")
    page.goto(f"{site.url}{home}{end}")
    assert page.locator("main h1").count() == 1
    assert not violations(page)
    page.set_viewport_size({"width": 320, "height": 568})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_enterprises_of_an_editor(site: Site, visit: Visit, editor: Any) -> None:
    page = visit(site.address("my-enterprises"), storage_state=editor)
    assert page.locator("main h2").count() == 1
    assert not violations(page)
