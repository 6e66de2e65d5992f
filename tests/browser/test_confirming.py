"""The yearly mail, answered by somebody who does not log in."""

from __future__ import annotations

import re

from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Page, expect

from tests.browser.city import ASKED, ASKED_AT
from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import scrolls_sideways


def fits(page: Page) -> bool:
    found = violations(page)
    assert not found, found
    page.set_viewport_size(PHONE)
    return not scrolls_sideways(page)


def test_all_is_right_with_one_click_and_the_profile_says_so(site: Site, visit: Visit) -> None:
    profile, holds, _change, gone = re.findall(rf"{site.url}/\S+/", site.mail_to(ASKED_AT))[:4]
    assert fits(visit(gone))
    page = visit(holds)
    assert fits(page)
    page.get_by_role("button", name="Alt passer").click()
    expect(page.locator("h1")).to_have_text("Tak for svaret")
    assert fits(page)
    page.goto(profile)
    assert page.url == site.address("profile", ASKED)
    confirmed = f"bekræftet af virksomheden {date_format(timezone.localdate())}"
    expect(page.locator("main")).to_contain_text(confirmed)
    assert page.context.cookies() == []
    page.goto(gone)
    expect(page.locator("main")).to_contain_text("allerede svaret")
    assert fits(page)
