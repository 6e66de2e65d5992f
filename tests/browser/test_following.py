"""From a search to a mail that is confirmed and stopped again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import CUT_OFF, scrolls_sideways


def looked_through(page: Page) -> None:
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert not scrolls_sideways(page) and not page.evaluate(CUT_OFF)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.mark.parametrize("scripts", [True, False])
def test_follow_and_stop(site: Site, visit: Visit, scripts: bool) -> None:
    email = f"laeser-{int(scripts)}@example.dk"
    page = visit(site.address("listing", query="?district=noerrebro"), java_script_enabled=scripts)
    page.get_by_text("Følg denne søgning").click()
    page.fill("#id_email", email)
    page.get_by_role("button", name="Følg som mail").click()
    expect(page.get_by_text("Vi har sendt dig en mail.")).to_be_visible()
    link = re.search(r"http\S+/foelger/\S+", site.mail_to(email))[0]  # type: ignore[index]
    page.goto(link)
    if scripts:
        assert not violations(page)
        looked_through(page)
    page.get_by_role("button", name="Ja, følg søgningen").click()
    expect(page.get_by_text("Du følger nu: Nørrebro.")).to_be_visible()
    if scripts:
        assert not violations(page)
        looked_through(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Du får ikke flere mails om: Nørrebro.")).to_be_visible()
    assert page.context.cookies() == []


def test_a_wrong_address_is_said_and_kept(site: Site, visit: Visit) -> None:
    page = visit(site.address("follow", query="?district=noerrebro"))
    page.fill("#id_email", "ida (a) example.dk")
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Følg som mail").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not violations(page)
