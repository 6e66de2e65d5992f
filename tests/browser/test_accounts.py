"""Accounts as a browser meets them: a code from a mail, and a key that the machine keeps."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations

PAGES = (
    "account",
    "account_email",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_set_password",
    "usersessions_list",
    "account-delete",
)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def sign_up(page: Page, site: Site, email: str) -> None:
    page.get_by_label("Mailadresse").fill(email)
    page.get_by_label("Dit navn").fill("Nora Nøgle")
    press(page, "Opret konto")
    expect(page.locator("h1")).to_have_text("Bekræft din mailadresse")
    page.get_by_label("Kode").fill(site.code_for(email))
    press(page, "Bekræft")
    page.wait_for_url("**/min/")


def test_a_code_from_a_mail_lets_in_and_brings_back(site: Site, visit: Visit) -> None:
    email, _password = site.logins["editor"]
    page = visit(site.address("account"), viewport=PHONE)
    page.get_by_label("Mailadresse").fill(email)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Skriv koden")
    assert not violations(page)
    page.get_by_label("Kode").fill("BBBB-BBBB")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert not violations(page)
    page.get_by_label("Kode").fill(site.code_for(email).lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_url("**/konto/")
    press(page, "Log ud her")
    page.wait_for_url(site.address("home"))
    page.goto(site.address("my-enterprises"))
    expect(page.locator("h1")).to_have_text("Log ind")


def test_a_key_that_the_machine_keeps(site: Site, visit: Visit) -> None:
    # Keys are bound to names of hosts; 127.0.0.1 is none.
    home = site.url.replace("127.0.0.1", "localhost")

    def at(name: str) -> str:
        return site.address(name).replace(site.url, home)

    page = visit(at("account_signup"), also=(f"{home}/",))
    machine = page.context.new_cdp_session(page)
    machine.send("WebAuthn.enable")
    abilities = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    options = {"protocol": "ctap2", "transport": "internal", **dict.fromkeys(abilities, True)}
    machine.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    sign_up(page, site, "nora@example.dk")
    for name in PAGES:
        page.goto(at(name))
        assert page.url == at(name)
        assert not violations(page), name
    page.set_viewport_size({"width": 1280, "height": 800})

    page.goto(at("mfa_add_webauthn"))
    page.get_by_label("Nøglens navn").fill("Min bærbare")
    press(page, "Tilføj nøglen")
    page.wait_for_url("**/noedkoder/")
    assert not violations(page)
    page.goto(at("mfa_list_webauthn"))
    expect(page.locator("main h2")).to_have_text("Min bærbare")
    assert not violations(page)

    page.goto(at("account"))
    press(page, "Log ud her")
    page.wait_for_url(at("home"))
    page.goto(at("account_login"))
    press(page, "Log ind med en nøgle (passkey)")
    page.wait_for_url("**/min/")
    press(page, "Log ud")
    page.wait_for_url(at("home"))

    # The mail alone is no longer enough, but the key is the second step too.
    page.goto(at("account_login"))
    page.get_by_label("Mailadresse").fill("nora@example.dk")
    press(page, "Send mig en kode")
    page.get_by_label("Kode").fill(site.code_for("nora@example.dk"))
    press(page, "Log ind")
    expect(page.locator("h1")).to_have_text("Andet trin")
    assert not violations(page)
    press(page, "Brug en nøgle i stedet")
    page.wait_for_url("**/min/")
