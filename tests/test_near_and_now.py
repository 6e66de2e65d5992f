"""Near a place, and open just now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import catalogue as catalogues
from directory import opening_hours
from directory.doors import Doors
from directory.models import Listing
from directory.nearness import Points, Spot, spot
from directory.opening_hours import COPENHAGEN
from directory.templatetags.city import distance
from enterprises.models import District
from tests.builders import published

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
intervals = st.fixed_dictionaries({"day": st.integers(0, 6), "opens": clocks, "closes": clocks})
closed_days = st.sampled_from([[], [{"first_day": "2026-11-24", "last_day": "2026-11-26"}]])
doors = st.lists(
    st.fixed_dictionaries({"hours": st.lists(intervals, min_size=1, max_size=4), "exceptions": closed_days}),
    max_size=2,
)
moments = st.builds(
    lambda minutes: datetime(2026, 11, 23, tzinfo=COPENHAGEN) + timedelta(minutes=minutes),
    st.integers(0, 7 * 24 * 60 - 1),
)


@given(city=st.lists(doors, min_size=1, max_size=5), moment=moments)
@settings(max_examples=200, deadline=None)
def test_the_whole_city_at_once_is_as_each_door_by_itself(
    city: list[list[dict[str, Any]]], moment: datetime
) -> None:
    known = Doors()
    for position, several in enumerate(city):
        known.add(position, several)
    alone = [opening_hours.best(several, moment) for several in city]
    expected = [status is not None and status.is_open for status in alone]
    assert known.open_at(moment, len(city)).tolist() == expected
    assert known.open_at(moment, 1).tolist() == expected[:1]


def test_a_place_further_off_is_further_off() -> None:
    points = Points()
    points.add(0, [55.70, 12.55])
    points.add(1, [55.80, 12.55, 55.71, 12.55])
    points.add(2, [])
    kilometres = points.kilometres(Spot(55.70, 12.55, ""), 3)
    assert kilometres[0] == pytest.approx(0, abs=0.01)
    assert kilometres[1] == pytest.approx(1.11, abs=0.01)
    assert kilometres[2] == float("inf")


@pytest.mark.parametrize(
    ("near", "label"),
    [
        ("2200", "2200"),
        ("1620", "1620"),
        ("55.695,12.55", "din position"),
        ("Nørrebro", "Nørrebro"),
        ("norrebro", "Nørrebro"),
        ("noerrebro", "Nørrebro"),
        ("9999", None),
        ("12.3,45.6", None),
        ("٢٢٠٠", None),
        ("et sted", None),
        ("-", None),
    ],
)
@pytest.mark.django_db
def test_what_near_may_be(near: str, label: str | None) -> None:
    found = spot(near, District.objects.all())
    assert (found.label if found else None) == label


@pytest.mark.parametrize(("kilometres", "told"), [(0.01, "50 m"), (0.84, "850 m"), (1.24, "1,2 km")])
def test_distances_in_plain_figures(kilometres: float, told: str) -> None:
    assert distance(kilometres) == told


@pytest.fixture
def three(db: None) -> None:
    for name, latitude in (("Aben", 55.75), ("Bien", 55.7005), ("Cirklen", 55.65)):
        enterprise = published(name, hours=())
        Listing.objects.filter(pk=enterprise.pk).update(points=[latitude, 12.55])
    published("Uden adresse", district=None)
    catalogues._present = None


def names(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("listing"), query).page
    return [heading.text for heading in page.all("h3", class_="card-name")]


def test_near_sorts_by_distance_and_says_how_far(visitor: Client, three: None) -> None:
    assert names(visitor, near="55.650,12.550") == ["Cirklen", "Bien", "Aben", "Uden adresse"]
    assert names(visitor, near="55.750,12.550") == ["Aben", "Bien", "Cirklen", "Uden adresse"]
    assert names(visitor, near="55.750,12.550", sort="name") == ["Aben", "Bien", "Cirklen", "Uden adresse"]
    page = visitor.get(reverse("listing"), {"near": "55.750,12.550"}).page
    told = [entry.text for entry in page.all("p", class_="distance")]
    assert told == ["50 m væk", "5,5 km væk", "11,1 km væk"]


def test_an_unknown_place_is_told_and_changes_nothing(visitor: Client, three: None) -> None:
    page = visitor.get(reverse("listing"), {"near": "Månen", "sort": "nearest"}).page
    assert "Vi ved ikke, hvor “Månen” er" in page.one("p", class_="note").text
    assert len(page.all("h3", class_="card-name")) == 4


def test_nearest_is_offered_where_a_place_is_given(visitor: Client, three: None) -> None:
    without = visitor.get(reverse("listing")).page.one("select", name="sort")
    given_ = visitor.get(reverse("listing"), {"near": "2200"}).page.one("select", name="sort")
    assert "Nærmest" not in without.text and "Nærmest" in given_.text


def test_open_now_leaves_the_others_out(visitor: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    published("Dagen", hours=[(2, "08:00", "16:00")])
    published("Natten", hours=[(2, "22:00", "04:00")])
    noon = datetime(2026, 11, 25, 12, tzinfo=COPENHAGEN)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    assert names(visitor) == ["Dagen", "Natten"]
    assert names(visitor, open="1") == ["Dagen"]
    monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(hours=15))
    assert names(visitor, open="1") == ["Natten"]
    answer = visitor.get(reverse("listing"), {"open": "1"})
    assert answer.fresh_until <= timezone.now() + timedelta(minutes=1)  # type: ignore[attr-defined]


def test_place_and_time_are_kept_in_every_address(visitor: Client, three: None) -> None:
    page = visitor.get(reverse("listing"), {"near": "2200", "sector": "mad-catering", "sort": "name"}).page
    chips = {link.text: link.attrs["href"] for link in page.one("ul", class_="chips").all("a")}
    near = next(url for label, url in chips.items() if "Nær 2200" in label)
    sector = next(url for label, url in chips.items() if "Nær" not in label and "sector" not in url)
    assert "near" not in near and "sector=mad-catering" in near
    assert "near=2200" in sector
    assert page.one("input", name="near").attrs["value"] == "2200"


def test_values_stand_in_one_order_whatever_was_typed(visitor: Client, three: None) -> None:
    path = reverse("listing")
    one = visitor.get(f"{path}?sector=it-data&sector=butik-genbrug").content
    assert one == visitor.get(f"{path}?sector=butik-genbrug&sector=it-data").content


def test_the_natural_order_is_not_sent_along(visitor: Client, three: None) -> None:
    """Whoever adds a place to the form wants the nearest first, not the order that was shown before."""
    options = visitor.get(reverse("listing")).page.one("select", name="sort").all("option")
    assert {option.text: option.attrs["value"] for option in options}["Navn"] == ""
    options = visitor.get(reverse("listing"), {"near": "2200"}).page.one("select", name="sort").all("option")
    assert {option.text: option.attrs["value"] for option in options}["Nærmest"] == ""
    assert {option.text: option.attrs["value"] for option in options}["Navn"] == "name"
