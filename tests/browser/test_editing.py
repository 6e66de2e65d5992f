"""A returning editor, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import scrolls_sideways

# The demo editor's enterprise.
SLUG = "solandelen-tagryggen"


@pytest.fixture
def phone(site: Site, visit: Visit, editor: Any) -> Page:
    return visit(
        site.address("my-enterprises"), viewport=PHONE, has_touch=True, is_mobile=True, storage_state=editor
    )


def test_a_returning_editor_changes_the_line_and_the_hours(phone: Page, site: Site, visit: Visit) -> None:
    page = phone
    page.get_by_role("link", name="Solandelen Tagryggen").tap()
    page.get_by_role("link", name="Hvem I er").tap()
    line = page.get_by_label("Én linje på dansk")
    line.fill("Solceller")
    expect(page.locator("[data-limit-of=id_tagline_da]")).to_have_text("Plads til 191 tegn mere.")
    line.fill("x" * 203)
    expect(page.locator("[data-limit-of=id_tagline_da]")).to_have_text("3 tegn for meget.")
    page.get_by_role("button", name="Gem", exact=True).tap()
    page.get_by_role("alert").get_by_role("link", name="Én linje på dansk").tap()
    expect(line).to_be_focused()
    line.fill("Solceller på byens tage")
    expect(page.locator("[data-saved]")).to_contain_text("Kladde gemt")
    page.goto(page.url)
    expect(line).to_have_value("Solceller på byens tage")
    page.get_by_role("button", name="Gem", exact=True).tap()
    expect(page.get_by_role("status")).to_contain_text("Gemt. Send ændringerne")
    page.get_by_role("link", name="Læs og send ændringerne").tap()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_role("button", name="Send til rådet").tap()
    expect(page.get_by_text("er sendt til rådet")).to_be_visible()
    page.get_by_role("link", name="Åbningstider", exact=True).tap()
    page.get_by_label("Lørdag").fill("10-14")
    page.get_by_role("button", name="Gem og vis").tap()
    expect(page.get_by_role("status")).to_contain_text("Alle kan se det nu")
    public = visit(site.address("profile", SLUG))
    expect(public.get_by_text("10.00–14.00")).to_be_visible()
    expect(public.get_by_text("Solceller på byens tage")).to_have_count(0)


def test_rows_are_added_and_moved_with_the_thumb(phone: Page, site: Site) -> None:
    page = phone
    page.goto(site.address("edit-section", SLUG, "contact"))
    before = page.locator(".row").count()
    page.get_by_role("button", name="Tilføj et link").tap()
    expect(page.locator(".row")).to_have_count(before + 1)
    row = page.locator(".row").last
    expect(row).to_be_in_viewport()
    row.get_by_label("Adresse").fill("https://eksempel.example/")
    page.get_by_role("button", name="Tilføj et link").tap()
    expect(page.locator(".row")).to_have_count(before + 2)
    expect(page.locator(f"#id_links-{before}-url")).to_have_value("https://eksempel.example/")
    page.locator(".row").nth(before).get_by_role("button", name="Flyt ned").tap()
    expect(page.locator(f"#id_links-{before + 1}-url")).to_have_value("https://eksempel.example/")
    page.get_by_role("button", name="Smid kladden væk").tap()
    expect(page.locator(".row")).to_have_count(before)


def test_every_page_is_accessible_and_fits(site: Site, visit: Visit, editor: Any) -> None:
    pages = [
        *(site.address(name, SLUG) for name in ("edit-enterprise", "changes", "thread", "preview")),
        *(site.address("edit-section", SLUG, section) for section in ("who", "offers", "hours", "contact")),
    ]
    page = visit(pages[0], storage_state=editor)
    for address in pages:
        page.goto(address)
        assert violations(page) == "", address
        page.set_viewport_size(PHONE)
        assert not scrolls_sideways(page), address
