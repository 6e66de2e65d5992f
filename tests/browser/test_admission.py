"""A new enterprise, from “Tilføj din virksomhed” to a profile everybody can see."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import scrolls_sideways
from tests.images import encoded

EMAIL = "vera@example.dk"
NAME = "Tre Gryder og et Låg Griffen"
SLUG = "tre-gryder-og-et-laag-griffen"
STATUTES = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def check(page: Page) -> None:
    """What stands here can be read by everybody, on a phone too."""
    assert violations(page) == "", page.url
    page.set_viewport_size(PHONE)
    assert not scrolls_sideways(page), page.url
    page.set_viewport_size(DESKTOP)


def come_in(page: Page, site: Site) -> None:
    page.goto(site.address("home"))
    page.get_by_role("contentinfo").get_by_role("link", name="Tilføj din virksomhed").click()
    expect(page.locator("h1")).to_have_text("Tilføj din virksomhed")
    check(page)
    page.get_by_role("link", name="Begynd her").first.click()
    page.get_by_role("link", name="Opret en konto").click()
    page.get_by_label("Mailadresse").fill(EMAIL)
    page.get_by_label("Dit navn").fill("Vera Virksom")
    press(page, "Opret konto")
    page.get_by_label("Kode").fill(site.code_for(EMAIL))
    press(page, "Bekræft")
    page.wait_for_url("**/tilfoej/formular/")
    check(page)


def add(page: Page) -> None:
    page.get_by_label("Virksomhedens navn").fill(NAME)
    page.get_by_label("Vej og nummer").fill("Griffenfeldsgade 1")
    page.get_by_label("Postnummer").fill("2200")
    page.get_by_label("Hvad kan man købe").fill("Frokost fra tre gryder")
    press(page, "Gå videre")
    asked = page.get_by_role("alert")
    expect(asked).to_contain_text("Findes I her allerede?")
    expect(asked.get_by_role("link", name="Tre Gryder og et Låg", exact=True)).to_be_visible()
    check(page)
    press(page, "Nej, vi er en anden")
    page.wait_for_url(f"**/min/{SLUG}/")
    expect(page.get_by_text("mangler svar på 5 spørgsmål")).to_be_visible()
    check(page)


def answer(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Svar på spørgsmålene").click()
    check(page)
    page.get_by_role("link", name="Begynd").click()
    for number in range(5):
        expect(page.get_by_text(f"Spørgsmål {number + 1} af 5")).to_be_visible()
        page.get_by_label("Ja", exact=True).check()
        page.get_by_label("Fortæl det med jeres egne ord").fill(f"Sådan er det hos os, nr. {number + 1}.")
        if number == 0:
            page.get_by_label("Læg et bilag op").set_input_files(
                {"name": "løgn.pdf", "mimeType": "application/pdf", "buffer": b"Ingen pdf"}
            )
            press(page, "Gem, og gå videre")
            expect(page.get_by_role("alert")).to_contain_text("kan ikke læses som PDF")
            check(page)
            page.get_by_label("Læg et bilag op").set_input_files(
                {"name": "vedtægter.pdf", "mimeType": "application/pdf", "buffer": STATUTES}
            )
        press(page, "Gem" if number == 4 else "Gem, og gå videre")
    expect(page.get_by_role("status")).to_contain_text("alle fem spørgsmål")
    expect(page.get_by_text("med dokumentation")).to_be_visible()
    check(page)


def fill_in(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Skriv det").click()
    page.get_by_label("Beskrivelse på dansk").fill("Vi koger suppe på Nørrebro.")
    page.get_by_label("Hovedbranche").select_option(label="Mad, kantine og catering")
    press(page, "Gem")
    page.goto(site.address("photos", SLUG))
    form = page.locator("form", has=page.locator("input[name=kind][value=photo]"))
    form.locator("input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": encoded()}
    )
    form.get_by_label("Hvad ser man på billedet? (dansk)").fill("Tre gryder")
    press(page, "Læg billedet op")
    expect(page.get_by_role("status")).to_contain_text("Billedet er lagt op")


def send(page: Page, site: Site) -> None:
    page.goto(site.address("changes", SLUG))
    check(page)
    press(page, "Send til rådet")
    expect(page.get_by_role("status")).to_contain_text("inden for 10 hverdage")
    expect(page.get_by_text("er sendt til rådet")).to_be_visible()
    check(page)


def log_in_as_clerk(page: Page, site: Site) -> None:
    email, password, code = site.logins["clerk"]
    page.get_by_label("Mailadresse").fill(email)
    page.get_by_label("Adgangskode").fill(password)
    page.locator("main button").first.click()
    page.get_by_label("Kode").fill(code)
    page.locator("main button").first.click()


def let_in(page: Page) -> None:
    page.locator("#result_list").get_by_role("link", name=NAME).click()
    expect(page.get_by_text("Tre Gryder og et Låg: navnet ligner").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="vedtægter.pdf").click()
    assert Path(download.value.path()).read_bytes() == STATUTES
    purpose = page.locator("fieldset", has_text="Socialt formål")
    purpose.get_by_label("Kontrolleret: skriv det som grundlag").check()
    purpose.get_by_label("Offentlig tekst på dansk").fill("Formålet står i vedtægternes § 2.")
    page.get_by_role("button", name="Optag og udgiv").click()
    expect(page.get_by_text("Godkendt og udgivet som nr. 1.")).to_be_visible()


def test_a_new_enterprise_walks_in(site: Site, visit: Visit) -> None:
    page = visit(site.address("home"))
    come_in(page, site)
    add(page)
    answer(page, site)
    fill_in(page, site)
    send(page, site)
    visitor = visit(site.address("home"), locale="da")
    visitor.goto(site.address("profile", SLUG))
    expect(visitor.locator("h1")).not_to_have_text(NAME)

    desk = visit(site.address("account-log-in-by-password"), timezone_id="Europe/Copenhagen")
    log_in_as_clerk(desk, site)
    desk.goto(site.address("admin:enterprises_proposal_changelist"))
    let_in(desk)

    visitor.goto(site.address("profile", SLUG))
    expect(visitor.locator("h1")).to_have_text(NAME)
    expect(visitor.get_by_text("Formålet står i vedtægternes § 2.").first).to_be_visible()
    page.goto(site.address("edit-enterprise", SLUG))
    expect(page.get_by_text("Alle kan se udgivelse nr. 1")).to_be_visible()
