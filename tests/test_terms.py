"""Landing pages: each trade, ownership, purpose and district with its text and its enterprises."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory.catalogue import TERMS
from enterprises.content import loading
from enterprises.models import Enterprise
from tests.builders import published
from tests.test_listing import shown

pytestmark = pytest.mark.django_db
INDEXES = {"sector": "sectors", "ownership": "ownerships", "mission": "missions", "district": "districts"}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("facet", INDEXES)
def test_every_term_has_a_page_with_its_text(visitor: Client, facet: str, language: str) -> None:
    for term in TERMS[facet]._default_manager.all():
        with override(language):
            page = visitor.get(reverse(facet, args=[term.slug])).page
        assert page.one("h1").text == getattr(term, f"name_{language}")
        text = " ".join(getattr(term, f"text_{language}").split())
        assert page.one("div", class_="prose").text.startswith(text[:60])


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("facet", INDEXES)
def test_the_index_leads_to_every_term_with_its_count(
    visitor: Client, bakery: Enterprise, facet: str, language: str
) -> None:
    with override(language):
        page = visitor.get(reverse(INDEXES[facet])).page
        items = page.one("ul", class_="term-list").all("li")
        links = {item.one("h2").one("a").attrs["href"]: item.one("p", class_="muted").text for item in items}
        terms = TERMS[facet]._default_manager.all()
        assert links.keys() == {reverse(facet, args=[term.slug]) for term in terms}
    counts = sorted(re.findall(r"\d+", " ".join(links.values())))
    assert counts == ["0"] * (len(terms) - 1) + ["1"]


def test_the_landing_page_shows_its_own_and_narrows_down(visitor: Client) -> None:
    published("Bageriet", district="valby")
    published("Kokkene", district="vanloese")
    published("Koderne", district="valby", sectors=["it-data"])
    page = visitor.get("/brancher/mad-catering/").page
    assert shown(page) == ["bageriet", "kokkene"]
    narrower = {a.text: a.attrs["href"] for a in page.one("ul", class_="narrower").all("a")}
    assert narrower == {
        "Valby": "/virksomheder/?sector=mad-catering&district=valby",
        "Vanløse": "/virksomheder/?sector=mad-catering&district=vanloese",
    }
    assert shown(visitor.get(narrower["Valby"]).page) == ["bageriet"]


def test_a_district_narrows_down_by_trade(visitor: Client, bakery: Enterprise) -> None:
    page = visitor.get("/bydele/noerrebro/").page
    assert (
        page.one("ul", class_="narrower")
        .one("a")
        .attrs["href"]
        .endswith("?sector=mad-catering&district=noerrebro")
    )


def test_more_than_a_dozen_lead_on_to_the_list(visitor: Client, demo_records: list[loading.Record]) -> None:
    trade = [record for record in demo_records if record["sectors"][0] == "it-data"][:13]
    loading.write(trade, demo=True)
    page = visitor.get("/brancher/it-data/").page
    assert len(shown(page)) == 12
    onward = page.one("p", class_="onward").one("a")
    assert onward.text == "Se alle 13"
    assert visitor.get(onward.attrs["href"]).page.one(class_="total").text == "13 virksomheder"


def test_a_term_without_enterprises_says_so(visitor: Client) -> None:
    assert "Her er ingen endnu." in visitor.get("/formaal/unge/").page.one("main").text


@pytest.mark.parametrize("facet", INDEXES)
def test_a_term_nobody_knows_is_not_found(visitor: Client, facet: str) -> None:
    assert visitor.get(reverse(facet, args=["findes-ikke"])).status_code == 404


def test_landing_pages_are_for_search_engines(visitor: Client, bakery: Enterprise) -> None:
    page = visitor.get("/brancher/mad-catering/").page
    assert page.one("link", rel="canonical").attrs["href"] == "http://testserver/brancher/mad-catering/"
    assert not page.all("meta", name="robots")
    assert len(page.one("meta", name="description").attrs["content"]) > 60


@pytest.mark.parametrize("address", ["/brancher/bolig-lokaler-energi/", "/brancher/", "/bydele/"])
def test_they_cost_the_same_few_queries_however_many_there_are(
    visitor: Client, demo_records: list[loading.Record], address: str
) -> None:
    def queries() -> int:
        visitor.get(address)
        with CaptureQueriesContext(connection) as asked:
            visitor.get(address)
        return len(asked)

    loading.write(demo_records[:3], demo=True)
    with_three = queries()
    loading.write(demo_records[3:30], demo=True)
    assert queries() == with_three <= 3
