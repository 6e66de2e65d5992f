"""A returning editor, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from enterprises.choices import Section
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


def test_an_address_is_found_with_the_keyboard_and_shown_beside_the_form(
    site: Site, visit: Visit, editor: Any
) -> None:
    page = visit(site.address("edit-section", SLUG, "places"), storage_state=editor)
    shown = page.frame_locator("[data-live-preview]")
    expect(shown.locator("h1")).to_be_visible()
    street = page.get_by_label("Vej og nummer").first
    street.fill("Jagtvej 69A")
    expect(page.locator(".suggestions [role=option]")).to_have_count(1)
    street.press("ArrowDown")
    street.press("Enter")
    expect(page.get_by_label("By", exact=True).first).to_have_value("København N")
    expect(page.get_by_role("alert").filter(has_text="Vælg bydelen")).to_be_focused()
    page.get_by_label("Bydel").first.select_option(label="Nørrebro")
    expect(shown.get_by_text("Jagtvej 69A").first).to_be_visible()
    page.get_by_label("Navn på stedet, dansk").first.fill("Værkstedet i gården")
    expect(shown.get_by_text("Værkstedet i gården").first).to_be_attached()
    page.get_by_role("button", name="Smid kladden væk").click()
    expect(page.get_by_role("button", name="Smid kladden væk")).to_have_count(0)


def test_the_preview_stays_where_it_was_scrolled_to(site: Site, visit: Visit, editor: Any) -> None:
    page = visit(site.address("edit-section", SLUG, "who"), storage_state=editor)
    shown = page.frame_locator("[data-live-preview]")
    expect(shown.locator("h1")).to_be_visible()
    page.frames[1].evaluate("scrollTo(0, 200)")
    page.get_by_label("Én linje på dansk").fill("Set ved siden af")
    expect(shown.get_by_text("Set ved siden af")).to_be_attached()
    page.frames[1].wait_for_load_state()
    # The line above has become shorter, and the browser keeps in place what one was looking at.
    assert 100 < page.frames[1].evaluate("scrollY") <= 200
    page.reload()
    page.get_by_role("button", name="Smid kladden væk").click()


def test_a_log_in_that_runs_out_loses_nothing(site: Site, visit: Visit, editor: Any) -> None:
    own = {"storage_state": editor, "viewport": {"width": 1100, "height": 800}}
    page = visit(site.address("edit-section", SLUG, "contact"), **own)
    remembered = page.context.cookies()
    page.context.clear_cookies(name="session")
    page.get_by_label("Telefon").fill("11 22 33 44")
    told = page.locator("[data-saved]")
    expect(told).to_have_text("Du er logget ud. Log ind i et andet vindue, og tryk Gem igen.")
    page.get_by_role("button", name="Gem og vis").click()
    expect(told).to_contain_text("Du er logget ud")
    # Logging in again brings another token as well.
    page.context.add_cookies([cookie for cookie in remembered if cookie["name"] == "session"])
    page.context.clear_cookies(name="csrf")
    page.get_by_role("button", name="Gem og vis").click()
    expect(page.get_by_role("status")).to_contain_text("Alle kan se det nu")


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
    page.get_by_role("link", name="Se det, I har sendt").tap()
    page.get_by_role("button", name="Træk forslaget tilbage").tap()
    expect(page.get_by_role("link", name="Læs og send ændringerne")).to_be_visible()
    public = visit(site.address("profile", SLUG))
    expect(public.get_by_text("10.00–14.00")).to_be_visible()
    expect(public.get_by_text("Solceller på byens tage")).to_have_count(0)


def test_a_returning_editor_has_moved(phone: Page, site: Site) -> None:
    page = phone
    page.goto(site.address("edit-section", SLUG, "places"))
    street = page.get_by_label("Vej og nummer").first
    street.fill("Jagtvej 69")
    page.get_by_role("option", name="Jagtvej 69, 2200 København N").tap()
    expect(page.get_by_label("Postnummer").first).to_have_value("2200")
    expect(street).to_have_value("Jagtvej 69")
    expect(page.locator("#places-0")).to_be_in_viewport()
    page.get_by_label("Bydel").first.select_option(label="Nørrebro")
    expect(page.locator("[data-saved]")).to_contain_text("Kladde gemt")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Forhåndsvisning").tap()
    expect(opened.value.locator("main").get_by_text("Jagtvej 69").first).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="Gem", exact=True).tap()
    page.get_by_role("link", name="Læs og send ændringerne").tap()
    expect(page.locator("ins", has_text="Jagtvej 69").first).to_be_visible()
    page.get_by_role("button", name="Send til rådet").tap()
    expect(page.get_by_text("er sendt til rådet")).to_be_visible()


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
        *(site.address("edit-section", SLUG, section) for section in Section.values),
    ]
    page = visit(pages[0], storage_state=editor)
    for address in pages:
        page.goto(address)
        assert violations(page) == "", address
        page.set_viewport_size(PHONE)
        assert not scrolls_sideways(page), address
