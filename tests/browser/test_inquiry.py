"""A buyer's walk from a search to a sent inquiry, and an enterprise's to its answer, by links from mails."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.city import RICH
from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import CUT_OFF, scrolls_sideways

RICH_NAME, RICH_AT = "Tre Gryder og et Låg", f"hej@{RICH}.example"


def holds_up(page: Page) -> None:
    assert not violations(page)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert not scrolls_sideways(page)
        assert page.evaluate(CUT_OFF) == []


def link_in(mail: str, site: Site, part: str) -> str:
    found = re.search(rf"{site.url}/\S*{part}/\S+/", mail)
    assert found, mail
    return found.group()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_search_to_answers_side_by_side(site: Site, visit: Visit, scripts: bool) -> None:
    buyers = f"bodil-{scripts}@kommune.example".lower()
    page = visit(site.address("listing", query="?q=gryder"), java_script_enabled=scripts)
    page.get_by_role("link", name=RICH_NAME).first.click()
    page.locator(".profile-save button").click()
    if scripts:
        expect(page.locator(".profile-save")).to_contain_text("På listen")
    page.goto(site.address("shortlist"))
    page.get_by_role("link", name="Skriv til flere på én gang").click()
    if scripts:
        holds_up(page)
    page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_role("alert")).to_contain_text("Der er noget, du skal rette")
    if scripts:
        holds_up(page)
    expect(page.get_by_role("checkbox", name=RICH_NAME)).to_be_checked()
    page.get_by_label("Hvad vil I købe?").fill(f"Frokost til møder, {'med' if scripts else 'uden'} kaffe")
    page.get_by_label("Hvor meget?").fill("40 kuverter hver onsdag")
    page.get_by_label("Hvor skal det leveres?").fill("Rådhuspladsen 1")
    page.get_by_label("Hvornår skal I bruge det?").fill("Fra februar")
    page.get_by_label("Svar senest").fill((timezone.localdate() + timedelta(days=14)).isoformat())
    page.get_by_label("Links til bilag").fill(f"https://kommune.example/{'bilag-' * 20}.pdf")
    page.get_by_label("Dit navn").fill("Bodil Bruun")
    page.get_by_label("Jeres kommune").fill("Økonomiforvaltningens indkøbskontor")
    page.get_by_label("Din mail").fill(buyers)
    page.get_by_role("button", name="Gå videre").click()
    expect(page.locator("h1")).to_have_text("Se i din mail")

    page.goto(link_in(site.mail_to(buyers), site, "forespoergsel"))
    if scripts:
        holds_up(page)
    page.get_by_role("button", name="Ja, send den").click()
    expect(page.get_by_role("status")).to_contain_text("er sendt")
    expect(page.get_by_text("Har ikke svaret endnu")).to_be_visible()

    answer = link_in(site.mail_to(RICH_AT), site, "svar")
    enterprise = visit(answer, java_script_enabled=scripts, viewport=PHONE)
    expect(enterprise.locator("main")).not_to_contain_text(buyers)
    if scripts:
        holds_up(enterprise)
    enterprise.get_by_label("Ja, sammen med andre").check()
    enterprise.get_by_role("button", name="Send svaret").click()
    expect(enterprise.get_by_role("alert")).to_contain_text("hvem I kan gøre det sammen med")
    enterprise.get_by_label("Sammen med hvem?").fill("Cykelbudene")
    enterprise.get_by_label("Besked til køberen").fill("Det kan vi.")
    enterprise.get_by_label("Pris og vilkår").fill("95 kr. pr. kuvert")
    enterprise.get_by_label("Hvem kan køberen tale med?").fill("Gerda")
    enterprise.get_by_label("Mail, køberen kan skrive til").fill("gerda@gryder.example")
    enterprise.get_by_role("button", name="Send svaret").click()
    expect(enterprise.get_by_role("link", name=buyers)).to_be_visible()
    if scripts:
        holds_up(enterprise)

    page.reload()
    expect(page.get_by_role("link", name="gerda@gryder.example")).to_be_visible()
    if scripts:
        holds_up(page)
    page.get_by_role("button", name="Sig tak").click()
    expect(page.get_by_role("status")).to_contain_text("sendt din tak")
    page.get_by_role("button", name="Vi købte hos en eller flere af dem").click()
    expect(page.locator("#udfald")).to_contain_text("Tak, fordi du fortalte det.")

    enterprise.get_by_role("link", name="Er det her misbrug?").click()
    enterprise.get_by_role("button", name="Meld det til rådet").click()
    expect(enterprise.get_by_role("status")).to_contain_text("Rådets medarbejdere ser på det")
    if scripts:
        holds_up(enterprise)
    # Who only answers gets no cookie.
    assert enterprise.context.cookies() == []
