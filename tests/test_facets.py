"""Filters: the counts in memory are what the database would count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from django.db.models import Count, Q
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import catalogue as catalogues
from directory import facets, listings
from directory.filters import ListingFilter
from enterprises import publishing
from enterprises.models import Enterprise, Opening, Sector
from tests.builders import published
from tests.test_listing import LISTING, shown

pytestmark = pytest.mark.django_db

VALUES = {
    "sector": ["it-data", "mad-catering", "butik-genbrug", "kultur-event", "findes-ikke"],
    "district": ["noerrebro", "vesterbro-kongens-enghave", "indre-by", "valby", "uden-for-koebenhavn"],
    "ownership": ["medarbejderejet", "foreningsejet", "privat-social", "forbrugerejet"],
    "mission": ["groen-omstilling", "job-paa-kanten", "demokratisk-arbejdsplads", "unge"],
    "opening": ["fleksjob", "praktik", "frivillig", "job"],
    "mark": ["kooperationen", "oekologisk-spisemaerke", "rsv"],
    "buyer": list(facets.BUYER),
}
selections = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["vi", "og", "cykel", "brød møder", "zzz"]),
        **{name: st.lists(st.sampled_from(values), max_size=3) for name, values in VALUES.items()},
    },
)


def asked_for(selection: Mapping[str, str | Sequence[str]], catalogue: catalogues.Catalogue) -> ListingFilter:
    query = QueryDict(mutable=True)
    for key, values in selection.items():
        query.setlist(key, [values] if isinstance(values, str) else list(values))
    return ListingFilter(query, catalogue)


@given(selection=selections)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_memory_and_database_agree(city: list[Enterprise], selection: dict[str, str | list[str]]) -> None:
    catalogue = catalogues.present()
    asked = asked_for(selection, catalogue)
    within = catalogue.bits_of(catalogue.search(asked.query)[1]) if asked.query else catalogue.everything

    found = catalogue.matching(asked.selection, within)
    assert set(catalogue.first(found, "name", 1_000)) == set(asked.qs.values_list("pk", flat=True))
    assert found.bit_count() == asked.qs.count()

    for facet in facets.with_counts(catalogue, asked.selection, within):
        others = asked_for({**selection, facet.name: []}, catalogue).qs
        counted = others.aggregate(
            **{
                option.value: Count("pk", filter=Q(facets__contains=[f"{facet.name}:{option.value}"]))
                for option in facet.options
            }
        )
        assert {option.value: option.count for option in facet.options} == counted


@pytest.mark.parametrize("order", ["name", "newest", "confirmed"])
def test_every_order_holds_everyone_once(city: list[Enterprise], order: str) -> None:
    catalogue = catalogues.present()
    assert sorted(catalogue.first(catalogue.everything, order, 1_000)) == sorted(e.pk for e in city)


def test_values_widen_within_a_facet_and_narrow_across(visitor: Client) -> None:
    published("Bageriet", sectors=["mad-catering"], district="valby")
    published("Koderne", sectors=["it-data"], district="valby")
    published("Kokkene", sectors=["mad-catering"], district="amager-oest")
    both = {"sector": ["mad-catering", "it-data"]}
    assert shown(visitor.get(LISTING, both).page) == ["bageriet", "koderne", "kokkene"]
    assert shown(visitor.get(LISTING, both | {"district": "valby"}).page) == ["bageriet", "koderne"]
    assert shown(visitor.get(LISTING, {"sector": "it-data", "district": "amager-oest"}).page) == []


def test_the_counts_on_the_page_tell_what_a_tick_would_give(visitor: Client) -> None:
    published("Bageriet", sectors=["mad-catering"], district="valby")
    published("Koderne", sectors=["it-data"], district="valby")
    published("Kokkene", sectors=["mad-catering"], district="amager-oest")
    page = visitor.get(LISTING, {"district": "valby"}).page
    counts = {
        label.one("input").attrs["value"]: label.one(class_="option-count").text
        for label in page.all("label", class_="option")
    }
    assert (counts["mad-catering"], counts["it-data"], counts["kultur-event"]) == ("1", "1", "0")
    # Another district is one more, not one fewer: its own facet is left out.
    assert (counts["valby"], counts["amager-oest"], counts["bispebjerg"]) == ("2", "1", "0")


def test_a_chosen_value_stays_in_sight(visitor: Client, city: list[Enterprise]) -> None:
    rare = "beskyttet"
    page = visitor.get(LISTING, {"opening": rare}).page
    box = page.one("input", type="checkbox", value=rare)
    assert "checked" in box.attrs
    assert not [a for a in box.ancestors if a.tag == "details" and "filters" not in a.attrs.get("class", "")]


def test_more_than_six_values_are_folded_away_and_counted(visitor: Client, city: list[Enterprise]) -> None:
    facets = visitor.get(LISTING).page.all("fieldset", class_="facet")
    sectors = next(facet for facet in facets if facet.one("legend").text == "Branche")
    assert sectors.one("summary").text == "Vis alle 16: Branche"
    assert len(sectors.one("details").all("input")) == 10
    few = next(facet for facet in facets if facet.one("legend").text == "For indkøbere")
    assert len(few.all("input")) == 6 and not few.all("details")


def test_a_new_term_is_a_filter_at_once(visitor: Client, bakery: Enterprise) -> None:
    visitor.get(LISTING)
    Sector.objects.create(slug="rumfart", name_da="Rumfart", name_en="Space travel")
    assert visitor.get(LISTING).page.one("input", value="rumfart")
    Sector.objects.get(slug="rumfart").delete()
    assert not visitor.get(LISTING).page.all("input", value="rumfart")


def test_what_has_run_out_leaves_the_filters_with_the_next_rebuild(
    visitor: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    Opening.objects.create(enterprise=bakery, kind="praktik", title_da="Praktik", apply_by=today)
    publishing.publish(bakery)
    assert shown(visitor.get(LISTING, {"opening": "praktik"}).page) == [bakery.slug]
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    listings.rebuild()
    assert shown(visitor.get(LISTING, {"opening": "praktik"}).page) == []
