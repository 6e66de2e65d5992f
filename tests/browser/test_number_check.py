"""A buyer's walk through the number check: from a list to the answer, a file and a shortlist."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import CUT_OFF, scrolls_sideways

# The one of the demo city that has a number.
LISTED = "43597124"
SUPPLIERS = (
    "CVR-nr.;Leverandør;Varegruppe;Beløb\n"
    f"{LISTED};En af jer;;1.200,50 kr.\n"
    "DK 13 58 56 28;Nordisk Frokost A/S;Kantinedrift og frokost;300\n"
    "25313763;Et meget langt og usædvanligt leverandørnavn uden ophold ApS;;12.345.678,90\n"
    "61126228;Xylofon;;\n12345678;Forkert;;1\n1003388394;En afdeling;;2\n"
)


@pytest.fixture
def answered(site: Site, visit: Visit) -> Page:
    page = visit(site.address("number-check"), java_script_enabled=False)
    page.get_by_label("CVR-numre").fill(SUPPLIERS)
    page.get_by_role("button", name="Tjek listen").click()
    expect(page.locator("h1")).to_have_text("1 af 6 leverandører er i kataloget")
    return page


def test_without_scripts_from_a_list_to_a_file_and_a_shortlist(answered: Page) -> None:
    row = answered.get_by_role("table", name="I kataloget").get_by_role("row").nth(1)
    expect(row).to_contain_text("1.200 kr.")
    with answered.expect_download() as downloading:
        answered.get_by_role("button", name="Hent svaret til Excel").click()
    assert downloading.value.suggested_filename == "leverandoerer.xlsx"
    name = row.get_by_role("link").inner_text()
    answered.get_by_role("button", name="Gem de fundne på en liste").click()
    expect(answered.locator(".shortlisted h2")).to_have_text([name])


def test_a_file_is_answered_too(site: Site, visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "leverandører.csv"
    file.write_bytes(SUPPLIERS.encode("cp1252"))
    page = visit(site.address("number-check", language="en"))
    page.get_by_label("Or a file").set_input_files(file)
    page.get_by_role("button", name="Check the list").click()
    expect(page.locator("h1")).to_have_text("1 of 6 suppliers found in the directory")


def test_the_answer_is_for_everybody(site: Site, visit: Visit) -> None:
    page = visit(site.address("number-check"))
    page.fill("#list", SUPPLIERS)
    page.get_by_role("button", name="Tjek listen").click()
    expect(page.get_by_role("table", name="I kataloget")).to_be_visible()
    assert not violations(page)
    for size in (DESKTOP, PHONE, {"width": 320, "height": 568}):
        page.set_viewport_size(size)
        assert not scrolls_sideways(page) and not page.evaluate(CUT_OFF)


def test_what_is_refused_is_for_everybody_too(site: Site, visit: Visit) -> None:
    page = visit(site.address("number-check"))
    page.get_by_role("button", name="Tjek listen").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not violations(page)
