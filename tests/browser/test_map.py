"""The map: with streets from a stub on this machine, with none at all, by keyboard, and without scripts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.city import RICH
from tests.browser.conftest import PHONE, Site, Visit
from tests.browser.test_axe import violations
from tests.browser.test_layout import NARROW, scrolls_sideways
from tests.browser.tiles import Tiles


def points(page: Page) -> Locator:
    return page.locator(".map-point button")


def test_points_are_drawn_over_our_own_city(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"))
    expect(points(page).first).to_be_visible()
    expect(page.locator(".map-sea")).to_be_visible()
    expect(page.locator(".map-district span", has_text="Nørrebro")).to_be_visible()
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    every = sum(int(text or 1) for text in points(page).all_text_contents())
    told = page.locator(".city-map > p").inner_text()
    # A few may lie outside the city, where the map does not begin.
    assert 0 < every <= int(told.split()[0])
    assert not violations(page)


def test_a_cluster_opens_and_a_house_leads_to_its_profile_by_keyboard(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"))
    group = page.locator(".map-group").first
    group.focus()
    before = points(page).all_text_contents()
    assert re.fullmatch(r"\d+ steder, zoom ind", group.get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    expect(page.locator(".map-point button:focus")).to_have_count(1)
    assert points(page).all_text_contents() != before
    for _deeper in range(12):
        if page.locator(".map-house:focus").count():
            break
        page.keyboard.press("Enter")
    house = page.locator(".map-point button:focus")
    name = (house.get_attribute("aria-label") or "").removesuffix(", vis")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=name).and_(page.locator(".map-names a"))
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_have_count(0)
    expect(house).to_be_focused()
    page.keyboard.press("Space")
    expect(link).to_be_focused()
    assert not violations(page)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_one_can_pass_it_by(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"))
    expect(points(page).first).to_be_visible()
    skip = page.get_by_role("link", name="Spring over kortet")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.found') !== null")


def test_points_are_read_from_above_to_below(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"))
    expect(points(page).first).to_be_visible()
    tops = [box["y"] + box["height"] / 2 for box in map(Locator.bounding_box, points(page).all()) if box]
    assert all(later > earlier - 72 for earlier, later in itertools.pairwise(tops))


def test_it_shows_what_the_list_finds(site: Site, visit: Visit) -> None:
    page = visit(site.address("listing", query="?q=cykel&district=noerrebro"))
    found = page.locator(".total b").inner_text()
    page.get_by_role("link", name="Kort", exact=True).last.click()
    expect(page).to_have_url(site.address("map", query="?q=cykel&district=noerrebro"))
    expect(page.locator(".total b")).to_have_text(found)
    expect(points(page).first).to_be_visible()
    page.locator(".tile-noerrebro a").click()
    expect(page).to_have_url(site.address("map", query="?q=cykel"))
    page.get_by_role("link", name="Liste", exact=True).click()
    expect(page).to_have_url(site.address("listing", query="?q=cykel"))


def test_it_stays_and_follows_when_results_change_in_place(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"))
    expect(points(page).nth(3)).to_be_visible()
    page.evaluate("document.querySelector('[data-canvas]').dataset.still = 'here'")
    page.get_by_label("Medarbejderejet").check()
    expect(page).to_have_url(site.address("map", query="?ownership=medarbejderejet"))
    found = page.locator(".city-map > p").inner_text().split()[0]
    expect(page.locator("[data-still]")).to_be_visible()
    page.wait_for_function(
        """found => [...document.querySelectorAll(".map-point button")]
            .map((point) => Number(point.textContent) || 1).reduce((sum, size) => sum + size) <= found""",
        arg=int(found),
    )
    page.locator(".tile-valby a").click()
    expect(page).to_have_url(site.address("map", query="?district=valby&ownership=medarbejderejet"))
    expect(page.locator(".tile-valby a")).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-still]")).to_be_visible()
    page.go_back()
    expect(page.locator(".tile-valby a")).not_to_have_attribute("aria-current", "true")
    expect(points(page).first).to_be_visible()


def test_without_scripts_the_districts_stand_alone(site: Site, visit: Visit) -> None:
    page = visit(site.address("map", query="?ownership=medarbejderejet"), java_script_enabled=False)
    expect(page.locator("[data-map]")).to_be_hidden()
    page.locator(".tile-valby a").click()
    expect(page).to_have_url(site.address("map", query="?district=valby&ownership=medarbejderejet"))
    expect(page.locator(".card").first).to_be_visible()


def test_without_an_answer_the_list_still_works(site: Site, visit: Visit) -> None:
    page = visit("about:blank")
    page.route("**/kort/punkter*", lambda route: route.fulfill(status=204))
    page.goto(site.address("map"))
    expect(page.get_by_text("Punkterne kan ikke hentes lige nu. Listen virker stadig.")).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()


def test_it_fits_a_phone_and_a_small_one(site: Site, visit: Visit) -> None:
    page = visit(site.address("map"), viewport=PHONE, has_touch=True)
    expect(points(page).first).to_be_visible()
    boxes = [point.bounding_box() for point in points(page).all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 24
    page.set_viewport_size(NARROW)
    assert not scrolls_sideways(page)


# -- with streets ---------------------------------------------------------------------------------


@pytest.fixture
def asked() -> list[str]:
    """The streets that a test's browser asked for."""
    return []


@pytest.fixture
def opened(site_with_streets: Site, visit: Visit, tiles: Tiles, asked: list[str]) -> Callable[..., Page]:
    """A page of the site that has a street map, before anybody asked for a street."""
    tiles.works = True

    def opened(name: str, *args: str) -> Page:
        page = visit("about:blank", also=(f"{site_with_streets.url}/", f"{tiles.url}/"))
        page.on("request", lambda request: asked.extend(re.findall(f"^{tiles.url}(/.*)", request.url)))
        page.goto(site_with_streets.address(name, *args))
        return page

    return opened


def test_streets_come_when_they_are_asked_for_and_not_before(
    opened: Callable[..., Page], asked: list[str]
) -> None:
    page = opened("map")
    expect(points(page).first).to_be_visible()
    expect(page.get_by_text("Billederne af gaderne kommer fra 127.0.0.1")).to_be_visible()
    page.get_by_role("button", name="Zoom ind", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert asked == []
    button = page.get_by_role("button", name="Vis gadekort")
    button.click()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(page.get_by_text("© Tegnerne")).to_be_visible()
    expect(page.locator(".map-sea")).to_be_hidden()
    expect(page.locator(".tile").first).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in asked)
    assert asked
    assert not violations(page)
    button.click()
    expect(page.locator(".map-sea")).to_be_visible()
    expect(page.locator(".leaflet-tile-loaded")).to_have_count(0)


def test_streets_that_do_not_come_are_told_of(opened: Callable[..., Page], tiles: Tiles) -> None:
    tiles.works = False
    page = opened("map")
    page.get_by_role("button", name="Vis gadekort").click()
    expect(page.get_by_role("status").filter(has_text="Gadekortet kan ikke hentes lige nu.")).to_be_visible()
    expect(points(page).first).to_be_visible()
    expect(page.locator(".map-sea")).to_be_visible()


def test_a_profile_shows_its_streets_to_those_who_ask(opened: Callable[..., Page], asked: list[str]) -> None:
    page = opened("profile", RICH)
    button = page.get_by_role("button", name="Vis gadekort")
    expect(button).to_be_visible()
    expect(page.locator("[data-canvas]")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    assert asked == []
    button.click()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator(".map-house")).to_be_visible()
    assert not violations(page)
    button.click()
    expect(page.locator("[data-canvas]")).to_be_hidden()
    button.click()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
