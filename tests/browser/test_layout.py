"""Nothing scrolls sideways, is cut off or is too small to hit."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.city import RICH
from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.pages import PAGES

NARROW = {"width": 320, "height": 568}
# 1280 px enlarged to 200 %.
ENLARGED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
# WCAG 1.4.12
SPACED = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }
"""
# The street and the map run out of the picture by design, a wide table scrolls in its own box, and what
# is visually hidden is for screen readers.
CUT_OFF = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => !element.closest(".street, .map-canvas, .visually-hidden, .trap, svg"))
  .filter((element) => element.checkVisibility() && element.textContent.trim())
  .filter((element) => {
    for (let around = element; around; around = around.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(around).overflowX)) return false;
    const box = element.getBoundingClientRect();
    const clips = getComputedStyle(element).overflowX !== "visible";
    return box.left < -1 || box.right > innerWidth + 1
      || (clips && element.scrollWidth > element.clientWidth + 1);
  })
  .map((element) => element.outerHTML.slice(0, 120))
"""
MAIN_ACTIONS = (
    "main .button, main summary, .nav a, .language, .brand, .option, .chips a, .tile, .switch a, select"
)


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("name", PAGES)
def test_page_fits(name: str, site: Site, visit: Visit) -> None:
    (view, *args), query = PAGES[name]
    page = visit(site.address(view, *args, query=query), bypass_csp=True, **ENLARGED)
    assert not scrolls_sideways(page)
    page.set_viewport_size(NARROW)
    assert not scrolls_sideways(page)
    page.add_style_tag(content=SPACED)
    assert not scrolls_sideways(page)
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(("view", "args"), [("home", ()), ("listing", ()), ("map", ()), ("profile", (RICH,))])
def test_actions_are_large_enough_to_hit(view: str, args: tuple[str], site: Site, visit: Visit) -> None:
    page = visit(site.address(view, *args, query="?mission=groen-omstilling"), viewport=PHONE, has_touch=True)
    for summary in page.locator("main summary").all():
        summary.click()
    boxes = {
        action.text_content(): action.bounding_box()
        for action in page.locator(MAIN_ACTIONS).all()
        if action.is_visible()
    }
    assert len(boxes) > 5
    assert {text: box for text, box in boxes.items() if min(box["width"], box["height"]) < 24} == {}
