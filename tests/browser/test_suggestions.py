"""The search field suggests while one types, to the eye, the keyboard and the screen reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.city import RICH
from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import NARROW, scrolls_sideways

pytestmark = pytest.mark.parametrize("view", ["home", "listing"])
Typing = Callable[..., Page]


def options_of(page: Page) -> Locator:
    """Not those of the list of orders."""
    return page.get_by_role("listbox", name="Forslag").get_by_role("option")


def await_suggestions(listbox: Locator) -> None:
    """Those for all that was typed: some for its beginning may come before, and go again."""
    expect(listbox).to_be_visible()
    expect(listbox).not_to_have_attribute("aria-busy", "true")


@pytest.fixture
def typing(view: str, site: Site, visit: Visit) -> Typing:
    """A page in whose search field somebody has just typed."""

    def typing(typed: str = "tre gry", **options: object) -> Page:
        page = visit(site.address(view), **options)
        page.locator("#q").press_sequentially(typed)
        await_suggestions(page.get_by_role("listbox", name="Forslag"))
        return page

    return typing


def test_arrows_and_enter_lead_to_the_profile(typing: Typing) -> None:
    page = typing()
    field = page.get_by_role("combobox", name="Hvad har du brug for?")
    option = options_of(page).first
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    expect(field).to_be_focused()
    expect(field).to_have_value("tre gry")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/virksomheder/{RICH}/")


def test_arrows_go_round_and_home_and_end_to_the_ends(typing: Typing) -> None:
    page = typing("re")
    options, active = options_of(page), page.locator("[aria-selected=true]")
    last = options.count() - 1
    assert last > 1
    for key, number in (("ArrowUp", last), ("ArrowDown", 0), ("ArrowDown", 1), ("End", last), ("Home", 0)):
        page.keyboard.press(key)
        expect(active).to_have_text(options.nth(number).inner_text())
        expect(active).to_be_in_viewport()


def test_enter_searches_when_no_suggestion_is_chosen(typing: Typing) -> None:
    page = typing("frokost")
    page.keyboard.press("Enter")
    page.wait_for_url("**/virksomheder/?q=frokost*")


def test_escape_closes_and_keeps_what_was_typed(typing: Typing) -> None:
    page = typing()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#q")).to_have_value("tre gry")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()


def test_the_list_stays_as_it_is_while_somebody_chooses(typing: Typing) -> None:
    page = typing("tre")
    first = options_of(page).first.inner_text()
    page.keyboard.type(" ")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).not_to_have_attribute("aria-busy", "true")
    expect(options_of(page).first).to_have_text(first)
    expect(options_of(page).first).to_have_attribute("aria-selected", "true")


def test_a_click_leads_to_the_profile(typing: Typing) -> None:
    page = typing()
    options_of(page).first.click()
    page.wait_for_url(f"**/virksomheder/{RICH}/")


def test_it_closes_when_one_goes_on(typing: Typing) -> None:
    page = typing()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_the_number_of_suggestions_is_said(typing: Typing) -> None:
    page = typing("re")
    count = options_of(page).count()
    expect(page.locator(".search [role=status]")).to_have_text(f"{count} forslag")
    page.locator("#q").fill("undervandsstøvsuger")
    expect(page.locator(".search [role=status]")).to_have_text("Ingen forslag")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_axe_finds_nothing(typing: Typing) -> None:
    page = typing("re")
    page.keyboard.press("ArrowDown")
    assert not violations(page)


def test_nothing_around_the_list_cuts_it_off(typing: Typing) -> None:
    page = typing("re", viewport={"width": 1280, "height": 1600})
    last = options_of(page).last
    box = last.bounding_box()
    assert box
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert last.evaluate("(option, at) => option.contains(document.elementFromPoint(...at))", middle)


def test_it_fits_a_small_screen(typing: Typing) -> None:
    page = typing("re", viewport=PHONE, has_touch=True)
    page.set_viewport_size(NARROW)
    assert not scrolls_sideways(page)
    options_of(page).last.scroll_into_view_if_needed()
    box = page.get_by_role("listbox").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]
    heights = [option.bounding_box()["height"] for option in options_of(page).all()]  # type: ignore[index]
    assert min(heights) >= 24


def test_without_an_answer_it_is_a_plain_search(view: str, site: Site, visit: Visit) -> None:
    page = visit(site.address(view))
    page.route("**/forslag?*", lambda route: route.fulfill(status=204))
    page.locator("#q").press_sequentially("cykel")
    suggestions = page.locator("#q-suggestions")
    expect(suggestions).not_to_have_attribute("aria-busy", "true")
    expect(suggestions).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/virksomheder/?q=cykel*")
