"""What the open data tells of an enterprise, and what it keeps to itself."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.api import streams
from enterprises import publishing
from enterprises.content import loading
from enterprises.models import Enterprise, Offer, Opening, Sector
from tests.builders import a_place, an_enterprise, published, republished

pytestmark = pytest.mark.django_db

EVERYWHERE = [
    "/api/v1/enterprises",
    "/api/v1/enterprises/broed-broer",
    "/api/v1/enterprises.csv",
    "/api/v1/enterprises.ndjson",
    "/api/v1/places",
    "/api/v1/statistics",
    "/api/v1/taxonomies",
]


@pytest.fixture(autouse=True)
def uncounted(settings: Any) -> None:
    """So that how much one may ask for, and what counting it costs, is no matter here."""
    settings.API_PER_MINUTE = 0


def text(visitor: Client, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.getvalue().decode()


def read(visitor: Client, path: str) -> Any:
    return json.loads(text(visitor, path))


def rows(visitor: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text(visitor, f"/api/v1/enterprises.csv{query}"))))


@pytest.mark.parametrize("path", EVERYWHERE)
def test_contacts_hidden_addresses_and_inner_matters_stay_at_home(visitor: Client, path: str) -> None:
    enterprise = an_enterprise(
        contact_name="Ida Eriksen",
        phone="00 00 43 21",
        email="ida.hemmelig@broed.example",
        notes="Ringede gnavent",
        imported_from="karens-liste.xlsx",
    )
    a_place(enterprise, street="Hjemmevej 7", hidden=True, latitude=55.7001, longitude=12.5001)
    republished(enterprise)
    told = text(visitor, path)
    for secret in (
        "Eriksen", "43 21", "hemmelig", "@broed", "gnavent", "karens-liste", "Hjemmevej", "55.7001",
    ):  # fmt: skip
        assert secret not in told, secret


def test_a_hidden_place_tells_its_district_only(visitor: Client) -> None:
    published(hidden=True)
    (place,) = read(visitor, "/api/v1/enterprises/broed-broer")["places"]
    assert place["hidden"] and place["district"]["slug"] == "noerrebro"
    assert [place[key] for key in ("street", "postcode", "city", "latitude", "longitude")] == [None] * 5
    assert read(visitor, "/api/v1/places")["features"] == []


def test_one_enterprise_tells_what_its_profile_tells(visitor: Client, bakery: Enterprise) -> None:
    told = read(visitor, "/api/v1/enterprises/broed-broer")
    assert told["tagline"] == {"da": "Frokost og brød til møder", "en": "Lunch and bread for meetings"}
    assert told["ownership"]["slug"] == "medarbejderejet" and told["ownership"]["en"]
    assert told["places"][0]["street"] == "Blågårdsgade 12"
    assert told["offers"][0]["name"] == {"da": "Frokost til møder", "en": None}
    assert len(told["evidence"]) == 5 and told["verified_until"] == "2036-10-01"
    assert told["urls"]["en"].endswith("/en/enterprises/broed-broer/")
    assert told["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["attribution"].startswith("Den fælles by")
    assert visitor.get(told["urls"]["api"]).status_code == 200


def test_the_history_tells_what_each_publication_changed(visitor: Client, bakery: Enterprise) -> None:
    republished(bakery, tagline_da="Brød", phone="00 00 99 99")
    a_place(bakery)
    republished(bakery, reason="Flyttede")
    told = read(visitor, "/api/v1/enterprises/broed-broer")["history"]
    assert [(each["number"], each["sections"]) for each in told[:2]] == [
        (3, ["places"]),
        (2, ["contact", "tagline"]),
    ]
    assert told[2]["number"] == 1 and "offers" in told[2]["sections"]


def test_the_list_tells_what_holds_now(visitor: Client, bakery: Enterprise) -> None:
    """Its records are made once, so they must be made anew with everything they tell of."""

    def told() -> tuple[str, str]:
        (record,) = read(visitor, "/api/v1/enterprises")["enterprises"]
        return record["tagline"]["da"], record["sectors"][0]["da"]

    before = told()
    republished(bakery, tagline_da="Rugbrød")
    assert told() == ("Rugbrød", before[1])
    sector = Sector.objects.get(slug="mad-catering")
    sector.name_da = "Mad og drikke"
    sector.save()
    assert told() == ("Rugbrød", "Mad og drikke")


def test_an_opening_goes_with_its_last_day(
    visitor: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    Opening.objects.create(enterprise=bakery, kind="job", title_da="Bager", apply_by=today)
    publishing.publish(bakery)

    def told() -> list[list[str]]:
        listed = read(visitor, "/api/v1/enterprises")["enterprises"][0]
        alone = read(visitor, "/api/v1/enterprises/broed-broer")
        return [[opening["title"]["da"] for opening in each["openings"]] for each in (listed, alone)]

    assert told() == [["Bager"], ["Bager"]]
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    assert told() == [[], []]


def test_places_are_geojson_with_longitude_first(visitor: Client, bakery: Enterprise) -> None:
    a_place(bakery, street="Uden position 1", latitude=None, longitude=None)
    republished(bakery)
    first, second = read(visitor, "/api/v1/places")["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [12.5561, 55.6867]}
    assert first["properties"]["slug"] == "broed-broer"
    assert second["geometry"] is None


def test_files_hold_what_the_filters_find_in_its_order(
    visitor: Client, city: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK", 7)
    for query in ("", "?sort=newest", "?q=arbejde&buyer=public", "?q=xqzzk"):
        listed = [
            each["slug"]
            for each in read(visitor, f"/api/v1/enterprises{query}{'&' if query else '?'}limit=100")[
                "enterprises"
            ]
        ]
        assert bool(listed) == ("xqzzk" not in query)
        assert [row["slug"] for row in rows(visitor, query)] == listed
        lines = text(visitor, f"/api/v1/enterprises.ndjson{query}").splitlines()
        assert [json.loads(line)["slug"] for line in lines] == listed
        features = read(visitor, f"/api/v1/places{query}")["features"]
        found = dict.fromkeys(feature["properties"]["slug"] for feature in features)
        assert list(found) == [slug for slug in listed if slug in found]


def test_a_long_file_shows_that_the_worker_lives(
    visitor: Client, city: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    signs: list[int] = []
    monkeypatch.setattr(streams, "alive", lambda: signs.append(1))
    monkeypatch.setattr(streams, "CHUNK", 7)
    text(visitor, "/api/v1/enterprises.csv")
    assert len(signs) == -(-len(city) // 7)


def test_no_cell_is_a_formula(visitor: Client) -> None:
    enterprise = an_enterprise(
        "=HYPERLINK(1)", tagline_da="-2+3", description_da='@SUM(A1)\n"ja"; nej', offers=()
    )
    Offer.objects.create(enterprise=enterprise, name_da="+45", audiences=["public"])
    republished(enterprise)
    (row,) = rows(visitor)
    assert (row["name"], row["tagline_da"], row["products"]) == ("'=HYPERLINK(1)", "'-2+3", "'+45")
    assert row["description_da"] == '\'@SUM(A1)\n"ja"; nej'
    assert row["latitude"] == "55.6867" and row["demo"] == "false"


def test_statistics_count_what_is_found(visitor: Client, city: list[Enterprise]) -> None:
    everyone = read(visitor, "/api/v1/statistics")
    assert everyone["total"] == len(city)
    assert everyone["sums"]["employees"] == sum(each.employees or 0 for each in city)
    for facet, counts in everyone["counts"].items():
        value, count = max(counts.items(), key=lambda pair: pair[1])
        assert read(visitor, f"/api/v1/enterprises?{facet}={value}")["total"] == count > 0
        assert read(visitor, f"/api/v1/statistics?{facet}={value}")["total"] == count


def test_taxonomies_name_every_value_one_can_filter_by(visitor: Client, city: list[Enterprise]) -> None:
    told = read(visitor, "/api/v1/taxonomies")
    for facet, counts in read(visitor, "/api/v1/statistics")["counts"].items():
        assert [term["slug"] for term in told[facet]] == list(counts)
        assert all(term["da"] and term["en"] for term in told[facet])
    assert {term["en"] for term in told["opening"]} != {term["da"] for term in told["opening"]}


@pytest.mark.parametrize(
    "path", ["enterprises.csv", "enterprises.ndjson", "places", "statistics", "taxonomies"]
)
def test_files_cost_the_same_few_queries_however_many_there_are(
    visitor: Client, demo_records: list[loading.Record], path: str
) -> None:
    def queries() -> int:
        text(visitor, f"/api/v1/{path}")
        with CaptureQueriesContext(connection) as captured:
            text(visitor, f"/api/v1/{path}")
        return len(captured)

    loading.write(demo_records[::80], demo=True)
    with_three = queries()
    loading.write(demo_records[1:240:9], demo=True)
    assert queries() == with_three <= 2
