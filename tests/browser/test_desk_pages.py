"""The desk's own pages, read by axe and printed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.city import PROPOSED
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import AXE, EVERYTHING

# What Django's own frame around our pages has: its filter box has no label but a placeholder.
OURS = {"include": [["#content"], [".breadcrumbs"]]}


@pytest.fixture(scope="module")
def clerk(browser: Browser, site: Site) -> Any:
    email, password, _code = site.logins["clerk"]
    return at_the_desk(browser, site, email, password, site.logins["codes"][0])


@pytest.fixture(scope="module")
def chief(browser: Browser, site: Site) -> Any:
    """May open all of the desk's pages."""
    return at_the_desk(browser, site, *site.logins["chief"][:3])


def at_the_desk(browser: Browser, site: Site, email: str, password: str, code: str) -> Any:
    """What the browser of somebody at the desk remembers."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
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
def test_page(name: str, scheme: Any, site: Site, visit: Visit, chief: Any) -> None:
    page = visit("about:blank", storage_state=chief)
    page.emulate_media(color_scheme=scheme)
    page.goto(site.address(name))
    assert page.locator("h1").count() >= 1
    if name == "admin:index":
        # Both what waits and what does not.
        page.locator(".desk-queues li").first.wait_for()
        page.locator(".desk-empty a").first.wait_for()
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


# Their colours are those of the pages above.
@pytest.mark.parametrize(
    "name",
    [
        "enterprises_sector_changelist",
        "enterprises_termchange_changelist",
        "enterprises_synonymgroup_add",
        "enterprises_evidence_changelist",
        "enterprises_threshold_add",
        "enterprises_reasontext_changelist",
        "enterprises_inquiry_changelist",
        "enterprises_inquiryabuse_changelist",
        "admin_logentry_changelist",
        "procrastinate_procrastinatejob_changelist",
    ],
)
def test_other_pages_of_the_desk(name: str, site: Site, visit: Visit, chief: Any) -> None:
    page = visit(site.address(f"admin:{name}"), storage_state=chief)
    assert page.locator("h1").count() >= 1
    assert violations(page) == []


def test_a_change_of_words_is_shown_before_it_is_made(site: Site, visit: Visit, chief: Any) -> None:
    page = visit(site.address("admin:enterprises_sector_changelist"), storage_state=chief)
    page.get_by_role("link", name="Læg sammen").first.click()
    page.get_by_label("Læg sammen med").select_option(index=2)
    page.get_by_label("Hvorfor").fill("De dækker det samme")
    page.get_by_role("button", name="Vis, hvad der ændrer sig").click()
    expect(page.locator("#content")).to_contain_text("Det her ændrer sig")
    assert violations(page) == []


# -- a proposal is decided -------------------------------------------------------------------------

NEW_LINE, OLDER = "hver dag", "Forsamlingshuset Ottekanten"


def tab_to(page: Page, name: str, value: str = "") -> None:
    """Go on with the tabulator to a field or a button, which must show that it is reached."""
    for _step in range(120):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if at[0] == name and value in ("", at[1]):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"nobody sees that {name} is reached"
            return
    raise AssertionError(f"{name} cannot be reached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_page_is_for_everybody(scheme: Any, site: Site, visit: Visit, clerk: Any) -> None:
    page = visit("about:blank", storage_state=clerk)
    page.emulate_media(color_scheme=scheme)
    page.goto(site.address("admin:enterprises_proposal_changelist", query="?state__exact=open"))
    page.get_by_role("link", name="Hotel Sengekanten").click()
    expect(page.locator("ins").first).to_contain_text(NEW_LINE)
    assert violations(page) == []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_clerk_publishes_some_of_it_by_the_keyboard_alone(site: Site, visit: Visit, clerk: Any) -> None:
    page = visit(
        site.address("admin:enterprises_proposal_changelist", query="?state__exact=open"), storage_state=clerk
    )
    page.get_by_role("link", name=OLDER).press("Enter")
    preview = page.frame_locator(".review-preview iframe")
    expect(preview.get_by_text(NEW_LINE).first).to_be_visible()
    tab_to(page, "part", "who")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.locator("#tick-who").is_checked(), "Enter in a field decides nothing, and loses nothing"
    tab_to(page, "reason")
    page.keyboard.press("ArrowDown")
    tab_to(page, "text")
    page.keyboard.type("Skriv, hvornår I har åbent.")
    tab_to(page, "_some")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{OLDER}: Udgivet som nr. 2: Kontakt og links.")).to_be_visible()
    expect(page.locator("#content h1")).not_to_contain_text(OLDER)
    visitor = visit(site.address("profile", PROPOSED[0]))
    expect(visitor.get_by_text("00 00 77 77").first).to_be_visible()
    assert NEW_LINE not in visitor.locator("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_text_is_tried_published_and_compared(scheme: Any, site: Site, visit: Visit, chief: Any) -> None:
    page = visit("about:blank", storage_state=chief)
    page.emulate_media(color_scheme=scheme)
    page.goto(site.address("admin:enterprises_pagetext_changelist"))
    page.get_by_role("link", name="Guide for indkøbere", exact=True).click()
    page.get_by_label("Overskrift på dansk").fill(f"Køb ind ({scheme})")
    assert violations(page) == []
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Forhåndsvis på dansk").click()
    expect(opened.value.locator("h1")).to_have_text(f"Køb ind ({scheme})")
    expect(opened.value.locator(".note").first).to_contain_text("Intet er gemt")
    opened.value.close()
    page.get_by_role("button", name="Udgiv", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Alle kan læse den nu")
    page.get_by_role("link", name="Udgaver", exact=True).click()
    expect(page.locator(".desk-words ins").first).to_be_visible()
    assert violations(page) == []
