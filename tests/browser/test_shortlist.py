"""A buyer's walk: from cards to a list, side by side, to a colleague and back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.city import ORGANISATION, RICH
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import CUT_OFF, scrolls_sideways

RICH_NAME = "Tre Gryder og et Låg"


def entries(page: Page) -> list[str]:
    return page.locator(".shortlisted h2").all_text_contents()


def save_first(page: Page, count: int) -> None:
    for at in range(count):
        button = page.locator(".card button[form=gem]").nth(at)
        button.click()
        expect(button).to_contain_text("På listen")


def test_with_scripts_one_stays_on_the_page_and_sees_what_is_saved(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"))
    link = page.locator("[data-my-list]")
    expect(link).to_be_hidden()
    save_first(page, 3)
    expect(link).to_have_text("Din liste3")
    # Marked on pages that are the same for all, and on what htmx brings.
    page.reload()
    expect(page.locator(".card button.save-on")).to_have_count(3)
    page.select_option("#sort", "newest")
    page.wait_for_url("**sort=newest*")
    page.select_option("#sort", "")
    page.wait_for_url(lambda address: "sort" not in address)
    expect(page.locator(".card button.save-on")).to_have_count(3)
    page.locator(".card button.save-on").first.click()
    expect(page.get_by_text("Fjernet fra din liste")).to_be_visible()
    expect(link).to_have_text("Din liste2")
    # The search is still where it was: the button is no part of it.
    assert page.url == site.address("listing")
    link.click()
    expect(page.locator(".shortlisted > li")).to_have_count(2)


def test_pressing_fast_begins_one_list(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"))
    page.evaluate(
        "[...document.querySelectorAll('.card button[form=gem]')].slice(0, 4).forEach((b) => b.click())"
    )
    expect(page.locator(".card button.save-on")).to_have_count(4)
    page.goto(site.address("shortlist"))
    expect(page.locator(".shortlisted > li")).to_have_count(4)


def test_without_scripts_from_card_to_shared_list(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"), java_script_enabled=False)
    name = page.locator(".card-name").first.text_content() or ""
    page.locator(".card button[form=gem]").first.click()
    page.wait_for_url("**/indkoeb/liste/**")
    expect(page.get_by_text("Virksomheden er på din liste.")).to_be_visible()
    page.goto(site.address("profile", RICH))
    # Whoever has a list finds the way to it in the head of every page.
    expect(page.locator("[data-my-list]")).to_be_visible()
    page.locator(".profile-save button").click()
    assert entries(page) == [name, RICH_NAME]
    page.fill("#navn", "Frokost")
    page.get_by_role("button", name="Gem navn").click()
    expect(page.locator("h1")).to_have_text("Frokost")
    page.locator(".shortlist-order button", has_text=f"Op: {RICH_NAME}").click()
    assert entries(page) == [RICH_NAME, name]
    page.locator("summary", has_text="Note").first.click()
    page.get_by_label(f"Note om {RICH_NAME}").fill("Spørg efter pris")
    page.get_by_role("button", name="Gem note").first.click()
    page.get_by_role("button", name="Nyt link til at se", exact=True).click()
    address = page.get_by_label("Link til at se,").input_value()
    page.get_by_role("link", name="Se side om side").click()
    expect(page.get_by_role("columnheader", name=RICH_NAME)).to_be_visible()

    reader = visit(address, java_script_enabled=False, viewport=PHONE)
    assert entries(reader) == [RICH_NAME, name]
    expect(reader.get_by_text("Spørg efter pris").first).to_be_visible()
    expect(reader.locator(".shortlist-order button")).to_have_count(0)
    reader.get_by_role("button", name="Tag en kopi").click()
    expect(reader.locator("h1")).to_have_text("Kopi af Frokost")

    page.goto(site.address("shortlist"))
    page.get_by_role("button", name="Luk linket").click()
    reader.goto(address)
    expect(reader.locator("h1")).to_have_text("Linket til listen er lukket")


def test_two_write_a_note_and_neither_is_lost(site: Site, visit: Visit) -> None:
    page = visit(site.address("profile", RICH))
    page.locator(".profile-save button").click()
    expect(page.locator(".profile-save")).to_contain_text("På listen")
    page.goto(site.address("shortlist"))
    page.get_by_role("button", name="Nyt link til at se og rette").click()
    address = page.get_by_label("Link til at se og rette,").input_value()
    colleague = visit(address, viewport=PHONE)
    for writer, text in ((colleague, "Kollegaens"), (page, "Min")):
        writer.locator("summary", has_text="Note").click()
        writer.get_by_label(f"Note om {RICH_NAME}").fill(text)
        writer.get_by_role("button", name="Gem note").click()
    expect(page.locator("h1")).to_have_text("En anden har skrevet i mellemtiden")
    expect(page.locator("blockquote")).to_have_text("Kollegaens")
    assert not violations(page)
    page.get_by_label("Din note").fill("Kollegaens. Min.")
    page.get_by_role("button", name="Gem min note").click()
    colleague.reload()
    expect(colleague.get_by_label(f"Note om {RICH_NAME}")).to_have_value("Kollegaens. Min.")


@pytest.fixture
def filled(site: Site, visit: Visit) -> Page:
    """A list with a note and a link, of one who tells much and one who tells little."""
    page = visit(site.address("profile", RICH))
    for slug in (RICH, ORGANISATION):
        page.goto(site.address("profile", slug))
        page.locator(".profile-save button").click()
        expect(page.locator(".profile-save")).to_contain_text("På listen")
    page.goto(site.address("shortlist"))
    page.locator("summary", has_text="Note").first.click()
    page.get_by_label(f"Note om {RICH_NAME}").fill("Spørg efter pris")
    page.get_by_role("button", name="Gem note").first.click()
    page.get_by_role("button", name="Nyt link til at se og rette").click()
    return page


@pytest.mark.parametrize("name", ["shortlist", "shortlist-compare"])
def test_pages_of_a_list_are_accessible_and_fit(site: Site, filled: Page, name: str) -> None:
    filled.goto(site.address(name))
    assert not violations(filled)
    sizes: list[Any] = [DESKTOP, PHONE, {"width": 320, "height": 568}]
    for size in sizes:
        filled.set_viewport_size(size)
        assert not scrolls_sideways(filled)
        assert filled.evaluate(CUT_OFF) == []
    filled.set_viewport_size(DESKTOP)


def test_marked_cards_are_accessible(site: Site, filled: Page) -> None:
    filled.goto(site.address("profile", RICH))
    expect(filled.locator(".profile-save .save-on")).to_be_visible()
    assert not violations(filled)


def test_on_paper_stand_facts_and_notes_but_no_buttons(site: Site, filled: Page) -> None:
    filled.emulate_media(media="print")
    for name in ("shortlist", "shortlist-compare"):
        filled.goto(site.address(name))
        expect(filled.locator("main button:visible")).to_have_count(0)
        expect(filled.get_by_text("Spørg efter pris").locator("visible=true")).to_have_count(1)
