"""A place is picked from what is suggested under its field, and stays in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import scrolls_sideways
from tests.browser.test_suggestions import await_suggestions


@pytest.fixture
def listing(site: Site, visit: Visit) -> Page:
    return visit(site.address("listing", query="?sector=mad-catering"))


def write(page: Page, typed: str) -> Locator:
    field = page.get_by_role("combobox", name="Nær")
    field.press_sequentially(typed)
    await_suggestions(page.get_by_role("listbox", name="Steder"))
    return field


def test_a_district_is_picked_by_keyboard(listing: Page) -> None:
    page = listing
    field = write(page, "nørr")
    expect(page.get_by_role("option").first).to_contain_text("Nørrebro")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**sector=mad-catering&near=N%C3%B8rrebro")
    expect(field).to_be_focused()
    expect(page.locator(".distance").first).to_be_visible()
    expect(page.locator("#sort")).to_have_value("")
    expect(page.locator(".chips")).to_contain_text("Nær Nørrebro")


def test_a_house_is_picked_in_its_street(listing: Page) -> None:
    page = listing
    field = write(page, "jagtvej")
    page.get_by_role("option", name="Jagtvej, 2200 København N").click()
    expect(field).to_have_value("Jagtvej, 2200 København N ")
    field.fill("Jagtvej 69")
    page.get_by_role("option", name="Jagtvej 69, 2200 København N").click()
    page.wait_for_url(re.compile(r"near=Jagtvej\+69.*%2855\."))
    expect(page.locator(".chips")).to_contain_text("Nær Jagtvej 69, 2200 København N")
    expect(field).to_have_value(re.compile(r"^Jagtvej 69, 2200 København N \(55\.\d+,12\.\d+\)$"))
    expect(page.locator(".distance").first).to_be_visible()
    # Another house has another position.
    field.press("End")
    field.press_sequentially("B")
    expect(field).to_have_value(re.compile(r"^[^(]+$"))


def test_the_place_goes_with_its_chip(listing: Page) -> None:
    page = listing
    field = write(page, "2200")
    page.get_by_role("option", name="2200 København N").click()
    page.wait_for_url("**near=2200")
    page.get_by_role("link", name="Fjern filteret Nær 2200").click()
    expect(field).to_have_value("")
    expect(page.locator(".distance")).to_have_count(0)


def test_an_address_without_scripts(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"), java_script_enabled=False)
    page.get_by_label("Nær").fill("jagtvej 69, 2200 københavn n")
    page.get_by_role("button", name="Søg", exact=True).click()
    expect(page.locator(".chips")).to_contain_text("Nær Jagtvej 69, 2200 København N")
    expect(page.locator(".distance").first).to_be_visible()


def test_axe_finds_nothing_in_the_list(listing: Page) -> None:
    write(listing, "jagtvej")
    listing.keyboard.press("ArrowDown")
    assert not violations(listing)


def test_the_list_fits_a_phone(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"), viewport=PHONE, has_touch=True)
    write(page, "jagtvej")
    assert not scrolls_sideways(page)
    box = page.get_by_role("listbox", name="Steder").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
