"""On a phone the filters are a sheet over the page, which everything can be done in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import scrolls_sideways


@pytest.fixture
def phone(site: Site, visit: Visit) -> Page:
    return visit(
        site.address("listing", query="?district=noerrebro&mission=groen-omstilling"),
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
    )


@pytest.fixture
def opened(phone: Page) -> Page:
    phone.get_by_role("button", name="Filtre 2 valgt").tap()
    expect(phone.get_by_role("dialog", name="Filtre")).to_be_visible()
    return phone


def test_it_counts_and_goes_to_what_is_found(opened: Page) -> None:
    page, sheet = opened, opened.get_by_role("dialog")
    before = page.locator(".total").inner_text()
    expect(sheet.get_by_role("button", name=f"Vis {before}")).to_be_in_viewport()
    sheet.get_by_label("Valby").check()
    page.wait_for_url("**district=valby*")
    show = sheet.get_by_role("button", name="Vis ")
    expect(show).not_to_have_text(f"Vis {before}")
    expect(page.locator("#besked")).to_contain_text(page.locator(".total").inner_text())
    assert page.evaluate("document.getElementById('besked').closest('dialog') !== null"), (
        "it would not be said"
    )
    expect(show).to_have_text(f"Vis {page.locator('.total').inner_text()}")
    show.tap()
    expect(sheet).to_be_hidden()
    expect(page.locator("#resultater")).to_be_focused()
    expect(page.locator(".card").first).to_be_in_viewport()
    expect(page.get_by_role("button", name="Filtre 3 valgt")).to_be_attached()


def test_escape_closes_and_the_focus_returns(opened: Page) -> None:
    page = opened
    expect(page.get_by_role("dialog").locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".filters > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Luk").tap()
    expect(page.locator(".filters > summary")).to_be_focused()


def test_the_focus_stays_inside(opened: Page) -> None:
    for _step in range(8):
        opened.keyboard.press("Shift+Tab")
        assert opened.evaluate(
            "document.activeElement.closest('dialog, body > *') === null || "
            "document.activeElement.closest('dialog') !== null"
        )


def test_the_page_behind_stays_where_it_is(opened: Page) -> None:
    page = opened
    page.mouse.move(195, 20)
    page.mouse.wheel(0, 900)
    page.get_by_role("dialog").get_by_label("Østerbro").scroll_into_view_if_needed()
    assert page.evaluate("scrollY") == 0


def test_everything_can_be_cleared_inside(opened: Page) -> None:
    sheet = opened.get_by_role("dialog")
    for _again in range(2):
        sheet.get_by_role("link", name="Ryd alle").tap()
        expect(sheet.locator("input:checked")).to_have_count(0)
        expect(sheet.get_by_role("link", name="Ryd alle")).to_have_count(0)
        assert sheet.locator(":focus").count() == 1
        sheet.locator("input").first.check()
        expect(sheet.get_by_role("link", name="Ryd alle")).to_be_visible()
    expect(sheet).to_be_visible()


def test_a_wider_screen_has_the_filters_beside(opened: Page) -> None:
    page = opened
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".filters input").first).to_be_visible()
    expect(page.get_by_role("button", name="Vis ")).to_be_hidden()


def test_axe_finds_nothing_in_it(opened: Page) -> None:
    # On a wide screen there is no sheet, so only the phone's runs look at one.
    assert not scrolls_sideways(opened)
    assert not violations(opened)
