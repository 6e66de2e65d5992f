"""What people come for, from the front page to what they leave with."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.city import ORGANISATION, RICH
from tests.browser.conftest import PHONE, Site, Visit

FOCUS = """
selector => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    "html": element.outerHTML.slice(0, 120),
    "outline": style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    "in sight": box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    "matches": element.matches(selector),
  };
}
"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, which must be visible at every step on the way."""
    for _step in range(120):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS, selector)
        assert focus["outline"] >= 2 and focus["in sight"], focus
        if focus["matches"]:
            return
    pytest.fail(f"Tab never reaches {selector}")


def test_skip_link_leads_past_the_menu(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"))
    page.keyboard.press("Tab")
    to_content, to_results = page.locator(".skip").all()
    expect(to_content).to_be_focused()
    expect(to_content).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(to_results).to_be_focused()
    expect(to_results).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.results') !== null")


def test_from_search_to_letter_by_keyboard_alone(site: Site, visit: Visit) -> None:
    page = visit(site.address("home"))
    tab_to(page, "#q")
    page.keyboard.type("frokost")
    page.keyboard.press("Enter")
    page.wait_for_url("**/virksomheder/?q=frokost")
    tab_to(page, "input[value=noerrebro]")
    page.keyboard.press("Space")
    page.wait_for_url("**/virksomheder/?q=frokost&district=*")
    tab_to(page, f".card a[href$='/{RICH}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{RICH}/")
    tab_to(page, ".actions a[href^='mailto:']")
    expect(page.locator(":focus")).to_have_text("Skriv")


def test_from_search_to_report_without_scripts(site: Site, visit: Visit) -> None:
    page = visit(site.address("home"), java_script_enabled=False)
    page.fill("#q", "rengøring")
    page.click(".search button")
    page.wait_for_url("**/virksomheder/?q=*")
    found = total(page)
    page.locator("input[name=ownership]").first.check()
    page.click(".filters-done button")
    page.wait_for_url("**ownership=*")
    assert 0 < total(page) < found
    page.select_option("#sort", "newest")
    page.get_by_role("button", name="Sortér").click()
    page.wait_for_url("**sort=newest*")
    expect(page.locator("#sort")).to_have_value("newest")
    expect(page.locator("input[name=ownership]:checked")).to_have_count(1)
    page.locator(".card-name a").first.click()
    page.get_by_role("link", name="Meld en fejl").click()
    page.get_by_label("Hvad er forkert?").fill("De er flyttet.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Tak")


def total(page: Page) -> int:
    return int(page.locator(".total b").inner_text())


def test_pages_without_scripts(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing", query="?sort=newest"), java_script_enabled=False)
    first = page.locator(".card-name").all_inner_texts()
    page.get_by_role("link", name="Næste").click()
    expect(page).to_have_url(site.address("listing", query="?sort=newest&page=2"))
    second = page.locator(".card-name").all_inner_texts()
    assert second and not set(first) & set(second)


def test_filters_on_a_phone_without_scripts(site: Site, visit: Visit) -> None:
    page = visit(
        site.address("listing", query="?district=noerrebro&mission=groen-omstilling"),
        viewport=PHONE,
        java_script_enabled=False,
    )
    button = page.locator(".filters > summary")
    expect(button).to_have_text("Filtre 2 valgt")
    ownership = page.get_by_label("Medarbejderejet")
    expect(ownership).to_be_hidden()
    button.click()
    ownership.check()
    page.get_by_role("button", name="Vis virksomheder").click()
    page.wait_for_url("**ownership=medarbejderejet*")
    expect(button).to_have_text("Filtre 3 valgt")
    expect(page.locator(".chips li")).to_have_count(4)
    expect(page.locator(".card").first).to_be_visible()


def test_language_switch_keeps_the_search(site: Site, visit: Visit) -> None:
    query = "?q=mad&district=noerrebro&district=oesterbro&sort=newest"
    page = visit(site.address("listing", query=query))
    found = total(page)
    page.locator(".language").click()
    expect(page).to_have_url(site.address("listing", query=query, language="en"))
    assert total(page) == found
    page.locator(".language").click()
    expect(page).to_have_url(site.address("listing", query=query))


def test_each_page_names_its_other_language(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing", query="?page=2"), java_script_enabled=False)
    danish = site.address("listing", query="?page=2")
    english = site.address("listing", query="?page=2", language="en")
    links = page.locator("link[hreflang]").all()
    addresses = {link.get_attribute("hreflang"): link.get_attribute("href") for link in links}
    assert addresses == {"da": danish, "en": english, "x-default": danish}
    assert page.locator("link[rel=canonical]").get_attribute("href") == danish


def test_back_leads_to_the_same_results(site: Site, visit: Visit) -> None:
    page = visit(site.address("home"))
    page.fill("#q", "cykel")
    page.click(".search button")
    page.wait_for_url("**/virksomheder/?q=cykel*")
    names, address = page.locator(".card-name").all_inner_texts(), page.url
    page.locator(".card-name a").nth(2).click()
    page.wait_for_url("**/virksomheder/*/")
    page.go_back()
    expect(page).to_have_url(address)
    assert page.locator(".card-name").all_inner_texts() == names
    expect(page.locator("#q")).to_have_value("cykel")


def test_reading_leaves_no_cookie(site: Site, visit: Visit) -> None:
    page = visit(site.address("home"))
    for name, *args in (
        ("listing",),
        ("profile", RICH),
        ("profile", ORGANISATION),
        ("district", "noerrebro"),
        ("about",),
        ("privacy",),
    ):
        page.goto(site.address(name, *args))
        page.locator(".language").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.go_back()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_printed_profile_is_the_profile_alone(site: Site, visit: Visit) -> None:
    page = visit(site.address("profile", RICH))
    page.emulate_media(media="print")
    for hidden in (".top", ".foot", ".demo-banner", ".related", ".tools", ".actions"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("heading", name="Kontakt")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_print_button_is_there_when_it_works(scripts: bool, site: Site, visit: Visit) -> None:
    page = visit(site.address("profile", RICH), java_script_enabled=scripts)
    expect(page.locator("[data-print]")).to_be_visible(visible=scripts)
    expect(page.locator("[data-share]")).to_have_attribute("href", re.compile("^mailto:"))
