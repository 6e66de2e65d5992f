"""The map shows what the list finds, as points or as clusters, and nothing that is not public."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from itertools import product
from typing import Any

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from directory import catalogue, map_points
from directory.map_points import View, ViewError
from directory.models import Listing
from directory.plates import plain_slug
from directory.street_map import StreetMap
from enterprises import publishing
from enterprises.content import loading
from enterprises.models import Enterprise
from tests.builders import ADDRESS, a_place, an_enterprise, published
from tests.client import Element

pytestmark = pytest.mark.django_db
MAP, POINTS, LISTING = "/kort/", "/kort/punkter", "/virksomheder/"
QUERIES = (
    "",
    "?q=mad",
    "?district=noerrebro&district=valby",
    "?ownership=medarbejderejet",
    "?q=frokost&buyer=public",
    "?open=1",
    "?sector=findes-ikke",
    "?near=2200&mission=unge",
    "?q=kvantecomputer",
)
STREETS = StreetMap("https://tile.example/{z}/{x}/{y}.png", '© <a href="https://tile.example">Tegnerne</a>')
WHOLE = "bbox=12.3,55.5,12.9,55.9&zoom=11"


@dataclass(frozen=True)
class Point:
    latitude: float
    longitude: float
    slug: str
    size: int


def read(answer: dict[str, Any]) -> list[Point]:
    """As the script in the browser does."""
    latitude = longitude = 0
    points = []
    for at, plate in enumerate(answer["p"]):
        latitude += answer["y"][at]
        longitude += answer["x"][at]
        name, _, slug = plate.partition("\n")
        size = answer["g"][at] if "g" in answer else 1
        points.append(
            Point(latitude / 100_000, longitude / 100_000, slug or (plain_slug(name) if name else ""), size)
        )
    assert {len(answer[key]) for key in "yxps"} == {len(points)}
    assert all(ord(letter) - ord("A") < len(answer["c"]) for letter in answer["s"])
    return points


def points(client: Client, query: str = "") -> list[Point]:
    return read(client.get(POINTS + query).json())


def cards(page: Element) -> list[str]:
    return [card.attrs["data-enterprise"] for card in page.all("article", class_="card")]


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch, city: list[Enterprise]) -> None:
    """Thirty are too many to be shown one by one."""
    monkeypatch.setattr(map_points, "MOST", 10)
    monkeypatch.setattr(map_points, "MOST_IN_VIEW", 3)


# -- what is on it --------------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES)
def test_every_place_the_list_finds_is_a_point(visitor: Client, city: list[Enterprise], query: str) -> None:
    joint = "&" if query else "?"
    listed = [
        *cards(visitor.get(LISTING + query).page),
        *cards(visitor.get(f"{LISTING}{query}{joint}page=2").page),
    ]
    places = dict(Listing.objects.filter(slug__in=listed).values_list("slug", "points"))
    expected = sorted(
        (slug, *map(float, axes[n : n + 2])) for slug, axes in places.items() for n in range(0, len(axes), 2)
    )
    found = sorted((point.slug, point.latitude, point.longitude) for point in points(visitor, query))
    assert [slug for slug, *_at in found] == [slug for slug, *_at in expected]
    for (_, *at), (_, *true) in zip(found, expected, strict=True):
        assert at == pytest.approx(true, abs=2e-5)
    assert visitor.get(POINTS + query).json()["n"] == len(expected)


def test_every_place_of_an_enterprise_is_a_point(visitor: Client) -> None:
    bakery = an_enterprise()
    a_place(bakery, street="Valby Langgade 1", latitude=55.66, longitude=12.5)
    publishing.publish(bakery)
    assert [(p.latitude, p.slug) for p in points(visitor)] == [(55.6867, bakery.slug), (55.66, bakery.slug)]
    assert "2 steder på kortet." in visitor.get(MAP).page.one(class_="city-map").text


def test_a_hidden_address_is_no_point(visitor: Client) -> None:
    published("Hjemme hos mig", hidden=True)
    published("Uden sted", district=None)
    published("Åben for alle")
    answer = visitor.get(POINTS)
    assert [point.slug for point in read(answer.json())] == ["aaben-for-alle"]
    assert "Hjemme" not in answer.content.decode()
    told = visitor.get(MAP).page.one(class_="city-map").text
    assert "1 sted på kortet. 2 virksomheder har ingen adresse at vise og står kun på listen." in told


def test_who_is_withdrawn_or_moves_does_so_at_once(visitor: Client, bakery: Enterprise) -> None:
    other = published("Café Ål & Venner")
    assert {p.slug for p in points(visitor)} == {bakery.slug, other.slug}
    bakery.places.update(latitude=55.7)
    publishing.publish(bakery)
    assert {p.latitude for p in points(visitor) if p.slug == bakery.slug} == {55.7}
    publishing.withdraw(bakery, reason="Lukket")
    answer = visitor.get(POINTS)
    assert {p.slug for p in read(answer.json())} == {other.slug}
    assert bakery.name not in answer.content.decode()


@pytest.mark.parametrize("name", ["Café Ål & Venner", "Æ Ø Å", "C&A – i “dag”", "Brød & Broer", "Ünlü", "…"])
def test_a_name_and_its_slug_come_back_as_they_were(visitor: Client, name: str) -> None:
    published(name, slug="et-helt-andet" if name == "…" else publishing.free_slug(name))
    [point] = points(visitor)
    assert visitor.get(reverse("profile", args=[point.slug])).status_code == 200


def test_an_intake_that_broke_off_leaves_no_wrong_names(visitor: Client, bakery: Enterprise) -> None:
    present = catalogue.present()
    present.plates.add(len(present.rows), "Halvvejs", "halvvejs")
    published("Den næste")
    assert {point.slug for point in points(visitor)} == {bakery.slug, "den-naeste"}


# -- clusters -------------------------------------------------------------------------------------


def test_clusters_stand_for_every_place(visitor: Client, crowded: None) -> None:
    found, whole = points(visitor), points(visitor, f"?{WHOLE}")
    places = sum(len(axes) // 2 for axes in Listing.objects.values_list("points", flat=True))
    assert len(found) < sum(point.size for point in found) == places
    assert sum(point.size for point in whole) == places
    assert all(bool(point.slug) == (point.size == 1) for point in (*found, *whole))


def test_tiles_beside_one_another_share_every_place_out(crowded: None) -> None:
    present = catalogue.present()
    views = [View(11, x, y, x, y) for x, y in product(range(1085, 1105), range(630, 655))]
    answers = [map_points.drawn(present, present.everything, view) for view in views]
    assert sum(point.size for answer in answers for point in read(answer)) == answers[0]["n"]
    assert sum(bool(answer["p"]) for answer in answers) > 1


def test_few_in_sight_are_shown_one_by_one(visitor: Client, crowded: None) -> None:
    one = Listing.objects.exclude(points=[]).first()
    assert one
    latitude, longitude = one.points[:2]
    box = f"{longitude - 0.001:.5f},{latitude - 0.001:.5f},{longitude + 0.001:.5f},{latitude + 0.001:.5f}"
    found = points(visitor, f"?bbox={box}&zoom=17")
    assert one.slug in {point.slug for point in found}
    assert {point.size for point in found} == {1}


def test_a_part_is_widened_to_whole_tiles() -> None:
    view = View.of("12.55,55.67,12.56,55.68", "14")
    assert view == View.of("12.5501,55.6701,12.5599,55.6799", "14")
    assert View.of("0,0,90,66.51326", "2") == View(2, 2, 1, 2, 1)


@pytest.mark.parametrize(
    "query",
    [
        "bbox=12,55&zoom=10",
        "bbox=a,b,c,d&zoom=10",
        "bbox=12,55,13,56",
        "zoom=10",
        "bbox=12,55,13,56&zoom=99",
        "bbox=12,55,13,56&zoom=-1",
        "bbox=12,55,13,56&zoom=¹",
        "bbox=13,55,12,56&zoom=10",
        "bbox=12,56,13,55&zoom=10",
        "bbox=-999,-99,999,99&zoom=3",
        "bbox=-180,-80,180,80&zoom=19",
        "bbox=nan,nan,nan,nan&zoom=10",
        "bbox=12,55,13,56%00&zoom=10",
        "bbox=" + "1" * 10_000 + "&zoom=10",
    ],
)
def test_a_part_nobody_can_see_is_refused_in_plain_words(
    visitor: Client, bakery: Enterprise, query: str
) -> None:
    answer = visitor.get(f"{POINTS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().startswith("bbox skal være vest,syd,øst,nord")
    box, _, zoom = query.partition("&")
    with pytest.raises(ViewError):
        View.of(box.removeprefix("bbox="), zoom.removeprefix("zoom="))


# -- what it costs --------------------------------------------------------------------------------


def test_points_ask_for_the_generation_and_nothing_else(visitor: Client, city: list[Enterprise]) -> None:
    catalogue.present()
    for query in ("", "?district=noerrebro", f"?q=mad&{WHOLE}"):
        with CaptureQueriesContext(connection) as queries:
            visitor.get(POINTS + query)
        assert not len(queries), query


def test_the_map_costs_no_more_queries_than_the_list(visitor: Client, city: list[Enterprise]) -> None:
    costs = []
    for path in (LISTING, MAP):
        catalogue.present().fragments.clear()
        with CaptureQueriesContext(connection) as queries:
            visitor.get(path)
        costs.append(len(queries))
    assert costs == [1, 1]


def test_a_point_weighs_little(visitor: Client, demo_records: list[dict[str, Any]]) -> None:
    loading.write(demo_records, demo=True)
    answer = visitor.get(POINTS)
    compressed = len(brotli.compress(answer.content, quality=5))
    # Names of a small city repeat less than those of a large one: 12 bytes each of 5,000 are 60 kB.
    assert compressed / answer.json()["n"] < 20


# -- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?q=mad&district=noerrebro", "?sort=newest&page=2", "?near=2200"])
def test_the_list_stands_beside_the_map(visitor: Client, city: list[Enterprise], query: str) -> None:
    listed, mapped = (visitor.get(path + query).page for path in (LISTING, MAP))
    assert cards(mapped) == cards(listed)
    for page, here in ((listed, "Liste"), (mapped, "Kort")):
        links = {link.text: link.attrs for link in page.one("nav", class_="switch").all("a")}
        assert {name: link["href"] for name, link in links.items()} == {
            "Liste": LISTING + query,
            "Kort": MAP + query,
        }
        assert [name for name, link in links.items() if "aria-current" in link] == [here]


def test_who_finds_nothing_on_the_map_is_led_on_there(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(f"{MAP}?q=kvantecomputer&ownership=medarbejderejet").page
    assert f"{MAP}?ownership=medarbejderejet" in [a.attrs["href"] for a in page.one(class_="empty").all("a")]
    assert "0 steder på kortet." in page.one(class_="city-map").text


def test_points_come_from_the_address_the_page_names(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(f"{MAP}?q=mad&district=noerrebro&sort=newest&page=2").page
    assert page.one(data_profiles=LISTING).attrs["data-points"] == f"{POINTS}?q=mad&district=noerrebro"


def test_districts_count_what_is_found_and_keep_the_rest(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(f"{MAP}?ownership=medarbejderejet&district=noerrebro&open=").page
    for slug, chosen, href in (
        ("noerrebro", True, f"{MAP}?ownership=medarbejderejet"),
        ("valby", False, f"{MAP}?district=noerrebro&district=valby&ownership=medarbejderejet"),
    ):
        link = page.one("li", class_=f"tile-{slug}").one("a")
        assert link.attrs["href"] == href
        assert ("aria-current" in link.attrs) == chosen
        [option] = [o for o in page.all("input", name="district") if o.attrs["value"] == slug]
        count = option.parent.one(class_="option-count").text
        assert link.one(class_="tile-count").text == f"{count} virksomheder"


def test_nobody_is_offered_streets_where_there_are_none(visitor: Client, bakery: Enterprise) -> None:
    profile = reverse("profile", args=[bakery.slug])
    for path in (MAP, profile, reverse("privacy")):
        assert "gadekort" not in visitor.get(path).page.one("main").text.lower()


def test_who_shows_the_streets_is_said_before_they_are_asked(
    visitor: Client, bakery: Enterprise, settings: Settings
) -> None:
    settings.STREET_MAP = STREETS
    for path in (MAP, reverse("profile", args=[bakery.slug])):
        page = visitor.get(path).page
        button = page.one("button", data_streets=STREETS.url)
        assert button.text == "Vis gadekort"
        assert button.attrs["data-attribution"] == STREETS.attribution
        told = "Billederne af gaderne kommer fra tile.example, som så kan se din IP-adresse."
        assert told in page.one("main").text
    assert "tile.example" in visitor.get(reverse("privacy")).page.one("main").text


def test_it_is_in_the_menu_and_the_sitemap(visitor: Client, bakery: Enterprise) -> None:
    menu = visitor.get(MAP).page.one("nav", class_="nav")
    assert menu.one("a", href=MAP).attrs["aria-current"] == "page"
    sitemap = gzip.decompress(visitor.get("/sitemap-pages.xml.gz").getvalue()).decode()
    assert "/kort/<" in sitemap and "/en/map/<" in sitemap


# -- a profile ------------------------------------------------------------------------------------


def test_route_planners_know_the_way_to_a_public_address(visitor: Client, bakery: Enterprise) -> None:
    a_place(bakery, street="Torvet 1", latitude=None, longitude=None)
    publishing.publish(bakery)
    ways = visitor.get(reverse("profile", args=[bakery.slug])).page.all("p", class_="routes")
    links = [[link.attrs["href"] for link in way.all("a")] for way in ways]
    at = f"{ADDRESS['latitude']}%2C{ADDRESS['longitude']}"
    assert links[0] == [
        f"https://www.openstreetmap.org/directions?to={at}",
        f"https://www.google.com/maps/dir/?api=1&destination={at}",
    ]
    assert links[1][0].endswith("?to=Torvet+1%2C+2200+K%C3%B8benhavn+N")


def test_no_way_leads_to_a_hidden_address(visitor: Client, settings: Settings) -> None:
    settings.STREET_MAP = STREETS
    page = visitor.get(reverse("profile", args=[published("Hjemme", hidden=True).slug])).page
    assert not page.all(class_="routes") and not page.all(class_="place-map")
