"""The front page: a street of real houses, and the ways into the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory.models import Listing
from enterprises.content import loading
from enterprises.models import District, Enterprise, Ownership, Sector
from tests.builders import an_enterprise, published

pytestmark = pytest.mark.django_db
HOME = "/"


def test_the_street_is_houses_of_listed_enterprises(visitor: Client, city: list[Enterprise]) -> None:
    houses = visitor.get(HOME).page.one("ul", class_="street").all("a")
    assert len(houses) == 16
    assert {house.attrs["href"] for house in houses} <= {reverse("profile", args=[e.slug]) for e in city}
    assert all(house.one("svg") and house.text for house in houses)


def test_the_street_is_another_tomorrow(
    visitor: Client, city: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    def street_on(day: int) -> list[str]:
        monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, day, 12, tzinfo=UTC))
        return [house.attrs["href"] for house in visitor.get(HOME).page.one("ul", class_="street").all("a")]

    assert street_on(3) == street_on(3)
    assert street_on(3) != street_on(4)


def test_a_draft_is_nowhere_on_the_front_page(visitor: Client, bakery: Enterprise) -> None:
    an_enterprise("Endnu en kladde")
    page = visitor.get(HOME).page
    assert "Endnu en kladde" not in page.text
    assert bakery.name in page.text


def test_the_figures_are_those_of_the_catalogue(visitor: Client) -> None:
    published("Ét", employees=1200, employees_year=2025, special_terms=7, special_terms_year=2025)
    published("To", owner_members=34, owner_members_year=2025)
    facts = visitor.get(HOME).page.one("dl", class_="facts")
    told = {item.one("dt").text: item.one("dd").text for item in facts.all("div")}
    assert told == {
        "virksomheder og netværk i hele byen": "2",
        "medejere og medlemmer": "34",
        "ansatte, heraf 7 på særlige vilkår": "1.200",
        "sælger til kommunen og andre offentlige": "2",
    }


def test_the_first_figure_is_what_the_listing_counts(visitor: Client, bakery: Enterprise) -> None:
    published("Foreningen Byens Netværk", kind="organisation", sectors=())
    assert visitor.get(HOME).page.one("dl", class_="facts").all("dd")[0].text == "2"
    assert visitor.get("/virksomheder/").page.one(class_="total").one("b").text == "2"


def test_an_empty_catalogue_still_has_a_front_page(visitor: Client) -> None:
    page = visitor.get(HOME).page
    assert not page.all(class_="street")
    assert page.one("input", name="q")


def test_every_district_sector_and_ownership_is_a_way_in(visitor: Client, city: list[Enterprise]) -> None:
    addresses = {link.attrs["href"] for link in visitor.get(HOME).page.all("a")}
    wanted = {"district": District.objects.exclude(number=None), "sector": Sector.objects.all()}
    wanted["ownership"] = Ownership.objects.all()  # type: ignore[assignment]
    for facet, terms in wanted.items():
        assert {reverse(facet, args=[term.slug]) for term in terms} <= addresses


def test_the_tiles_tell_how_many_live_in_a_district(visitor: Client) -> None:
    for name, district in (("Ét", "valby"), ("To", "valby"), ("Tre", "vanloese")):
        published(name, district=district)
    page = visitor.get(HOME).page
    assert page.one("li", class_="tile-valby").one(class_="tile-count").text == "2 virksomheder"
    shades = [page.one("li", class_=f"tile-{slug}").one("a") for slug in ("valby", "vanloese", "indre-by")]
    assert [shade.attrs["class"] for shade in shades] == ["tile shade-5", "tile shade-1", "tile shade-0"]


def test_the_newest_come_first(visitor: Client) -> None:
    for name in ("Første", "Anden", "Tredje", "Fjerde", "Femte"):
        published(name)
    cards = visitor.get(HOME).page.all("article", class_="card")
    assert [card.one(class_="card-name").text for card in cards] == ["Femte", "Fjerde", "Tredje", "Anden"]


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_link_of_the_front_page_leads_somewhere(
    visitor: Client, city: list[Enterprise], language: str
) -> None:
    with override(language):
        page = visitor.get(reverse("home")).page
    # The one that leads to logging in is a redirect.
    addresses = {a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("/")}
    answers = {address: visitor.get(address).status_code for address in addresses}
    assert {address for address, status in answers.items() if status not in (200, 302)} == set()


def test_demo_content_is_declared_and_only_when_there_is_some(
    visitor: Client, bakery: Enterprise, demo_records: list[loading.Record]
) -> None:
    assert not visitor.get(HOME).page.all(class_="demo-banner")
    loading.write(demo_records[:1], demo=True)
    assert visitor.get(HOME).page.one(class_="demo-banner").one("a").attrs["href"].endswith("#demo")


def test_the_front_page_costs_the_same_few_queries_however_many_there_are(
    visitor: Client, demo_records: list[loading.Record]
) -> None:
    def queries() -> int:
        visitor.get(HOME)
        with CaptureQueriesContext(connection) as asked:
            visitor.get(HOME)
        return len(asked)

    loading.write(demo_records[:3], demo=True)
    with_three = queries()
    loading.write(demo_records[3:30], demo=True)
    assert Listing.objects.count() == 30
    assert queries() == with_three <= 3
