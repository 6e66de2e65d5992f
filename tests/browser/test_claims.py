"""Somebody finds their own enterprise, shows that it is theirs, and finds the draft they prepared."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_accounts import press
from tests.browser.test_axe import violations
from tests.browser.test_layout import NARROW, scrolls_sideways

SLUG = "tre-gryder-og-et-laag"
NANNA = "nanna@example.dk"


def looks_well(page: Page) -> None:
    assert not violations(page)
    page.set_viewport_size(NARROW)
    assert not scrolls_sideways(page)
    page.set_viewport_size(PHONE)


def test_a_person_claims_a_profile_with_the_mailed_code(site: Site, visit: Visit) -> None:
    page = visit(site.address("profile", SLUG), viewport=PHONE)
    contact = str(page.locator("main a[href^='mailto:'][data-contact]").first.get_attribute("href"))
    page.get_by_role("link", name="Er det din virksomhed?").click()
    page.get_by_role("link", name="Opret en konto").click()
    page.get_by_label("Mailadresse").fill(NANNA)
    page.get_by_label("Dit navn").fill("Nanna Ny")
    press(page, "Opret konto")
    page.get_by_label("Kode").fill(site.code_for(NANNA))
    press(page, "Bekræft")
    page.wait_for_url(site.address("claim", SLUG))
    looks_well(page)

    press(page, "Send en kode")
    expect(page.locator("h1")).to_have_text("Skriv koden")
    looks_well(page)
    code = site.code_for(contact.removeprefix("mailto:"))

    page.goto(site.address("claim", SLUG))
    looks_well(page)
    page.get_by_role("link", name="Hvem I er").click()
    line = page.get_by_label("Én linje på dansk")
    line.fill("Nannas linje")
    expect(page.locator("[data-saved]")).to_contain_text("Kladde gemt")
    looks_well(page)
    press(page, "Gem kladden")
    expect(page.get_by_role("status").first).to_contain_text("Kun du kan se den")
    page.goto(site.address("preview", SLUG))
    expect(page.get_by_text("Nannas linje")).to_be_visible()
    everybody = visit(site.address("profile", SLUG), viewport=DESKTOP)
    expect(everybody.get_by_text("Nannas linje")).to_have_count(0)

    page.goto(site.address("claim", SLUG))
    page.get_by_role("link", name="Skriv koden").click()
    page.get_by_label("Koden fra mailen").fill("BBBB-BBBB")
    press(page, "Fortsæt")
    expect(page.get_by_role("alert")).to_contain_text("Koden passer ikke")
    page.get_by_label("Koden fra mailen").fill(code.lower())
    press(page, "Fortsæt")
    page.wait_for_url(site.address("edit-enterprise", SLUG))
    expect(page.get_by_text("din kladde er ikke gemt")).to_be_visible()
    page.get_by_role("link", name="Hvem I er").click()
    expect(line).to_have_value("Nannas linje")
    press(page, "Gem")
    expect(page.get_by_role("status")).to_contain_text("Gemt. Send ændringerne")

    page.get_by_role("link", name="Hvem kan rette").click()
    page.get_by_label("Din kollegas mailadresse").fill("ole@example.dk")
    press(page, "Send invitationen")
    expect(page.get_by_role("status")).to_contain_text("Invitationen er sendt")
    looks_well(page)
    page.get_by_role("link", name="Træd ud").click()
    expect(page.get_by_text("Du er den sidste")).to_be_visible()
    looks_well(page)
    press(page, "Ja, træd ud")
    expect(page.get_by_role("status")).to_contain_text("ikke længere rette profilen")
    page.goto(site.address("edit-enterprise", SLUG))
    expect(page.locator("h1")).not_to_have_text(re.compile("Tre Gryder"))
