"""Two profiles of one enterprise become one, by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.city import TWICE
from tests.browser.conftest import Site, Visit
from tests.browser.test_axe import AXE, EVERYTHING

NAME = "Ladcykelbanken"


def log_in(page: Page, site: Site) -> None:
    email, password, code = site.logins["merger"]
    page.get_by_label("Mailadresse").fill(email)
    page.get_by_label("Adgangskode").fill(password)
    page.locator("main button").first.press("Enter")
    page.get_by_label("Kode").fill(code)
    page.locator("main button").first.press("Enter")
    page.wait_for_url(lambda address: "konto" not in address or "log-ind" not in address)


def check(page: Page) -> None:
    """What we have put on the page; the frame around it is Django's, and its styles import others."""
    page.evaluate(AXE)
    parts = {"include": [["#content-main"]]}
    results = page.evaluate(
        "([parts, rules]) => axe.run(parts, {runOnly: rules, preload: false})",
        [parts, EVERYTHING],
    )
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in results["violations"]] == []


def reach(page: Page, name: str, value: str) -> None:
    """Go on with the tabulator until the group is reached, then choose in it with the arrows."""
    for _step in range(200):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if at[0] == name:
            break
    else:
        raise AssertionError(f"{name} cannot be reached")
    for _step in range(3):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"{value} cannot be chosen")


def test_a_clerk_merges_two_with_the_keyboard(site: Site, visit: Visit) -> None:
    queue = site.address("admin:enterprises_duplicatepair_changelist")
    page = visit(site.address("account-log-in-by-password"), timezone_id="Europe/Copenhagen")
    log_in(page, site)
    page.goto(queue)
    page.get_by_role("link", name=f"{NAME} – {NAME} I/S").press("Enter")
    expect(page.locator("#content h1")).to_have_text("Er de den samme?")
    expect(page.get_by_text("Navnet ligner, og adressen er den samme")).to_be_visible()
    check(page)
    page.locator("[name=keep]").first.focus()
    reach(page, "phone", "second")
    reach(page, "offers", "both")
    page.get_by_label("Note").focus()
    page.keyboard.type("Set i CVR")
    for _step in range(2):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "_merge":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("er slået sammen med")).to_be_visible()
    page.goto(site.address("profile", TWICE))
    expect(page.get_by_text("00 00 99 99").first).to_be_visible()
    expect(page.get_by_text("Weekendlån").first).to_be_visible()
