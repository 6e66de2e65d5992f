"""An editor puts up pictures without a script, on a page that axe and narrow screens find no fault with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import images
from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import CUT_OFF, ENLARGED, NARROW, SPACED, scrolls_sideways


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {
        "logo.png": images.see_through(),
        "one.jpg": images.encoded(),
        "two.jpg": images.encoded(images.picture(800, 1200, seed=1)),
        "bad.jpg": b"A text that is called something else",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in made}


def put_up(page: Page, kind: str, file: str, alt: str) -> None:
    form = page.locator(f"form:has(input[value={kind}])")
    form.locator("input[type=file]").set_input_files(file)
    form.get_by_label("(dansk)").fill(alt)
    form.locator("button[type=submit]").click()


def test_from_upload_to_order_on_a_phone(
    site: Site, visit: Visit, editor: Any, files: dict[str, str]
) -> None:
    page = visit(
        site.address("my-enterprises"), storage_state=editor, viewport=PHONE, java_script_enabled=False
    )
    page.locator("main h2 a").first.click()
    page.get_by_role("link", name="Billeder og logo").click()
    put_up(page, "photo", files["bad.jpg"], "Snyd")
    expect(page.get_by_role("alert")).to_contain_text("kan ikke læses som et billede")
    put_up(page, "logo", files["logo.png"], "Et blåt tag")
    put_up(page, "photo", files["one.jpg"], "Den første")
    put_up(page, "photo", files["two.jpg"], "Den anden")
    expect(page.get_by_role("status")).to_contain_text("Billedet er lagt op")
    page.get_by_role("group", name="Billede 2").get_by_role("button", name="Flyt op").click()
    expect(page.get_by_role("group", name="Billede 1").get_by_label("(dansk)")).to_have_value("Den anden")
    shown = page.locator("main img")
    expect(shown).to_have_count(3)

    checked = visit(page.url, storage_state=editor, bypass_csp=True, **ENLARGED)
    for picture in checked.locator("main img").all():
        picture.scroll_into_view_if_needed()
    checked.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert not scrolls_sideways(checked)
    checked.set_viewport_size(NARROW)
    checked.add_style_tag(content=SPACED)
    assert not scrolls_sideways(checked)
    assert checked.evaluate(CUT_OFF) == []
    beside = visit(page.url, storage_state=editor)
    assert not violations(beside)
    # Beside their forms, both show pictures that are about to go.
    checked.close()
    beside.close()

    for left in (2, 1, 0):
        # A picture that is still on its way when it is removed would not be found.
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="Fjern").first.click()
        expect(shown).to_have_count(left)
    assert not violations(visit(page.url, storage_state=editor))
