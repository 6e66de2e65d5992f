"""What is found follows every choice in place: nothing is lost, and the address always tells the state."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit

MARK = "window.loadedOnce = true"


@pytest.fixture
def listing(site: Site, visit: Visit) -> Page:
    page = visit(site.address("listing"))
    page.evaluate(MARK)
    return page


def was_loaded_once(page: Page) -> bool:
    return bool(page.evaluate("window.loadedOnce === true"))


def total(page: Page) -> str:
    return page.locator(".total").inner_text()


def tick(page: Page, facet: str, value: str) -> None:
    """Wherever the value is, in sight or in the list of the rest."""
    box = page.locator(f"input[name={facet}][value='{value}']")
    rest = page.locator(".facet details:not([open])", has=box)
    if rest.count():
        rest.locator("summary").click()
    box.click()


def test_ticking_shows_what_fits_and_keeps_the_focus(listing: Page, site: Site) -> None:
    page, everything = listing, total(listing)
    tick(page, "district", "noerrebro")
    expect(page).to_have_url(site.address("listing", query="?district=noerrebro"))
    expect(page.locator(".chips li")).to_have_count(2)
    assert total(page) != everything
    expect(page.locator("[name=district][value=noerrebro]")).to_be_focused()
    expect(page.locator("#besked")).to_contain_text(total(page))
    assert was_loaded_once(page)
    page.reload()
    expect(page.locator("[name=district]:checked")).to_have_count(1)


def test_counts_and_language_link_follow(listing: Page, site: Site) -> None:
    page = listing
    counts = page.locator(".option:has([name=ownership]) .option-count")
    before = counts.all_text_contents()
    tick(page, "district", "noerrebro")
    expect(page.locator(".language")).to_have_attribute("href", re.compile("district=noerrebro"))
    live = dict(zip(names(page), counts.all_text_contents(), strict=True))
    assert list(live.values()) != before
    page.reload()
    assert live == dict(zip(names(page), counts.all_text_contents(), strict=True))
    expect(page.locator("link[rel=canonical]")).to_have_attribute("href", page.url)


def names(page: Page) -> list[str]:
    return page.locator(".option:has([name=ownership]) .option-name").all_text_contents()


def test_quick_ticks_all_count(listing: Page, site: Site) -> None:
    for value in ("noerrebro", "oesterbro", "valby"):
        tick(listing, "district", value)
    query = "?district=noerrebro&district=oesterbro&district=valby"
    expect(listing).to_have_url(site.address("listing", query=query))
    expect(listing.locator(".chips li")).to_have_count(4)


# In one task of the browser, so that no answer and no request can come between.
IN_ONE_GO = """
async selectors => {
  const wouldAsk = new Promise((resolve) => {
    addEventListener("htmx:trigger", ({target}) => target.id && resolve());
  });
  for (const selector of selectors) document.querySelector(selector).click();
  await wouldAsk;
}
"""
# Between an answer and its being shown. Waits for the answer to the second choice as well.
BEFORE_THE_ANSWER_IS_SHOWN = """
async ([first, second]) => {
  let answers = 0;
  const both = new Promise((resolve) => {
    addEventListener("htmx:afterOnLoad", () => ++answers === 2 && resolve());
  });
  addEventListener("htmx:beforeOnLoad", () => {
    const field = document.querySelector(second);
    if (field.type === "checkbox") return field.click();
    field.value = "newest";
    field.dispatchEvent(new Event("change", {bubbles: true}));
  }, {once: true});
  document.querySelector(first).click();
  await both;
}
"""


def box(facet: str, value: str) -> str:
    return f"[name={facet}][value='{value}']"


@pytest.mark.parametrize(
    ("choice", "query"),
    [
        (box("district", "valby"), "?district=noerrebro&district=valby"),
        (box("open", "1"), "?district=noerrebro&open=1"),
        (box("district", "noerrebro"), ""),
        ("#sort", "?district=noerrebro&sort=newest"),
    ],
)
def test_an_answer_does_not_undo_what_was_chosen_meanwhile(
    choice: str, query: str, listing: Page, site: Site
) -> None:
    page = listing
    page.evaluate(BEFORE_THE_ANSWER_IS_SHOWN, [box("district", "noerrebro"), choice])
    expect(page).to_have_url(site.address("listing", query=query))
    expect(page.locator(".filters input:checked")).to_have_count(
        query.count("district") + query.count("open")
    )
    expect(page.locator("#sort")).to_have_value("newest" if "newest" in query else "")
    assert was_loaded_once(page)


NEXT, CLEAR, CHIP = ".paging [rel=next]", ".chip-clear", ".chips li:first-child a"


@pytest.mark.parametrize(
    ("start", "choices", "query"),
    [
        ("", [box("district", "noerrebro"), NEXT], "?district=noerrebro&page=2"),
        ("?district=noerrebro", [box("district", "valby"), CHIP], "?district=valby"),
        ("?district=noerrebro", [CHIP, box("district", "valby")], "?district=valby"),
        ("?district=noerrebro", [box("district", "valby"), CLEAR], ""),
        (
            "?district=noerrebro&district=valby",
            [CHIP, ".chips li:nth-child(2) a", box("district", "oesterbro")],
            "?district=oesterbro",
        ),
    ],
)
def test_ticks_and_links_pressed_at_once_all_count(
    start: str, choices: list[str], query: str, site: Site, visit: Visit
) -> None:
    page = visit(site.address("listing", query=start))
    page.evaluate(MARK)
    page.evaluate(IN_ONE_GO, choices)
    expect(page).to_have_url(site.address("listing", query=query))
    expect(page.locator(".filters input:checked")).to_have_count(query.count("district"))
    assert was_loaded_once(page)


def test_a_chip_takes_its_tick_along(listing: Page) -> None:
    page = listing
    tick(page, "district", "noerrebro")
    tick(page, "open", "1")
    expect(page.locator(".chips li")).to_have_count(3)
    page.get_by_role("link", name="Fjern filteret Nørrebro").click()
    expect(page.locator("[name=district]:checked")).to_have_count(0)
    expect(page.locator("[name=open]")).to_be_checked()
    expect(page.locator("#resultater")).to_be_focused()
    page.get_by_role("link", name="Ryd alle").first.click()
    expect(page.locator("[name=open]")).not_to_be_checked()
    expect(page.locator(".chips")).to_have_count(0)
    assert was_loaded_once(page)


def test_paging_moves_the_focus_to_the_results(listing: Page, site: Site) -> None:
    page = listing
    first = page.locator(".card-name").all_inner_texts()
    page.get_by_role("link", name="Næste").click()
    expect(page).to_have_url(site.address("listing", query="?page=2"))
    expect(page).to_have_title(re.compile("side 2"))
    expect(page.locator("#resultater")).to_be_focused()
    expect(page.locator(".total")).to_be_in_viewport()
    expect(page.locator("#besked")).to_have_text(re.compile(r"\d+ virksomheder\. Side 2 af \d"))
    assert not set(first) & set(page.locator(".card-name").all_inner_texts())
    assert was_loaded_once(page)


def test_an_order_by_keyboard_keeps_the_focus(listing: Page) -> None:
    page = listing
    page.locator("#sort").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**sort=confirmed*")
    expect(page.locator("#sort")).to_be_focused()
    expect(page.locator("#sort")).to_have_value("confirmed")
    assert was_loaded_once(page)


def test_looking_around_leaves_nothing_in_the_browser(listing: Page) -> None:
    page = listing
    tick(page, "district", "noerrebro")
    expect(page.locator(".chips li")).to_have_count(2)
    page.get_by_role("link", name="Næste").click()
    page.wait_for_url("**page=2")
    expect(page.locator("#resultater")).to_be_focused()
    assert page.evaluate("[document.cookie.length, localStorage.length, sessionStorage.length]") == [0, 0, 0]


def test_a_search_stays_in_its_field(listing: Page, site: Site) -> None:
    page = listing
    page.locator("#q").press_sequentially("frokost")
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.address("listing", query="?q=frokost"))
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#sort")).to_have_value("")
    expect(page).to_have_title(re.compile("^frokost"))
    assert was_loaded_once(page)


def test_a_correction_is_said(listing: Page) -> None:
    listing.locator("#q").fill("reperation")
    listing.keyboard.press("Enter")
    expect(listing.locator("#besked")).to_contain_text("Viser resultater for reparation.")


def test_words_meant_as_they_are_stay_so_while_one_filters(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing", query="?q=reperation"))
    page.get_by_role("link", name="Søg i stedet efter reperation").click()
    page.wait_for_url("**exact=1")
    tick(page, "open", "1")
    page.wait_for_url("**q=reperation&open=1&exact=1")
    page.locator("#q").fill("reperation cykel")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=reperation+cykel&open=1")


def test_an_open_list_of_values_stays_open(listing: Page) -> None:
    page = listing
    more = page.locator(".facet details").first
    more.locator("summary").click()
    more.locator("input").last.click()
    expect(page.locator(".chips li")).to_have_count(2)
    expect(more).to_have_attribute("open", "")
    expect(more.locator("input").last).to_be_focused()


def test_back_leads_through_every_state(listing: Page) -> None:
    page, states = listing, []
    for facet, value in (("district", "noerrebro"), ("district", "oesterbro"), ("opening", "fleksjob")):
        states.append((page.url, total(page), page.locator(".filters input:checked").count()))
        tick(page, facet, value)
        page.wait_for_url(f"**{facet}={value}*")
        expect(page.locator("#besked")).not_to_be_empty()
    page.locator(".card-name a").first.click()
    page.wait_for_url(re.compile(r"/virksomheder/[\w-]+/"))
    page.go_back()
    for url, found, ticked in reversed(states):
        page.go_back()
        expect(page).to_have_url(url)
        expect(page.locator(".total")).to_have_text(found)
        expect(page.locator(".filters input:checked")).to_have_count(ticked)
    page.go_forward()
    expect(page.locator(".filters input:checked")).to_have_count(1)


def test_back_returns_to_where_one_was_on_the_page(listing: Page) -> None:
    page, onward = listing, listing.get_by_role("link", name="Næste")
    onward.scroll_into_view_if_needed()
    there = page.evaluate("scrollY")
    assert there > 500
    onward.click()
    expect(page.locator("#resultater")).to_be_focused()
    page.go_back()
    expect(page.locator(".paging")).to_contain_text("Side 1 af")
    expect(onward).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - there) < 5


def test_what_fails_is_asked_for_as_a_page(listing: Page) -> None:
    """The server's page for an error is not put into this one."""
    page = listing
    # As if the server had said so: of a real error Chromium complains, as htmx does.
    fails = "({detail}) => Object.defineProperty(detail.xhr, 'status', {value: 500})"
    page.evaluate(f"document.addEventListener('htmx:beforeOnLoad', {fails}); console.error = () => {{}}")
    tick(page, "district", "noerrebro")
    expect(page.locator(".chips li")).to_have_count(2)
    assert not was_loaded_once(page)


def test_on_a_phone_a_search_shows_what_was_found(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing"), viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("#q").fill("frokost")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=frokost")
    expect(page.locator("#resultater")).to_be_focused()
