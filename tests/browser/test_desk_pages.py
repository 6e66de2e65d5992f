"""The desk's own pages, read by axe and printed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import AXE, EVERYTHING

# What Django's own frame around our pages has: its filter box has no label but a placeholder.
OURS = {"include": [["#content"], [".breadcrumbs"]]}


@pytest.fixture(scope="module")
def clerk(browser: Browser, site: Site) -> Any:
    """What the browser of somebody at the desk remembers."""
    email, password, _code = site.logins["clerk"]
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(site.address("account-log-in-by-password"))
    page.fill("#id_login", email)
    page.fill("#id_password", password)
    page.click("main button")
    page.get_by_label("Kode").fill(site.logins["codes"][0])
    page.locator("main button").first.click()
    page.wait_for_url(site.address("my-enterprises"))
    state = context.storage_state()
    context.close()
    return state


def violations(page: Any) -> list[str]:
    page.evaluate(AXE)
    found = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        options = {"runOnly": EVERYTHING, "resultTypes": ["violations"], "preload": False}
        results = page.evaluate("([parts, options]) => axe.run(parts, options)", [OURS, options])
        found += [f"{rule['id']}: {rule['nodes'][0]['target']}" for rule in results["violations"]]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    [
        "admin:index",
        "admin:report",
        "admin:person",
        "admin:enterprises_enterprise_export",
        "admin:enterprises_publication_changelist",
    ],
)
def test_page(name: str, scheme: Any, site: Site, visit: Visit, clerk: Any) -> None:
    page = visit("about:blank", storage_state=clerk)
    page.emulate_media(color_scheme=scheme)
    page.goto(site.address(name))
    assert page.locator("h1").count() >= 1
    if name == "admin:enterprises_publication_changelist":
        page.locator("#result_list tbody th a").first.click()
        page.get_by_role("link", name="Sammenlign").click()
        page.get_by_role("heading", name="Sammenlign udgivelser af").wait_for()
    if name == "admin:person":
        page.fill("input[name=email]", site.logins["editor"][0])
        page.click("button[name=_find]")
        page.locator("button[name=_erase]").wait_for()
    assert violations(page) == []


def test_a_list_is_downloaded_as_it_is_ticked(site: Site, visit: Visit, clerk: Any) -> None:
    page = visit(site.address("admin:enterprises_enterprise_changelist"), storage_state=clerk)
    page.get_by_role("link", name="Hent som fil").click()
    page.get_by_label("Telefon").check()
    page.get_by_role("button", name="Se de første rækker").click()
    assert page.get_by_label("Telefon").is_checked()
    with page.expect_download() as download:
        page.get_by_role("button", name="Hent csv").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].split(";")[0] == "Navn" and "Telefon" in lines[0] and len(lines) > 100
