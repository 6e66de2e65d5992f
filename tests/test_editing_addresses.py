"""Editors write where they are with the help of an address service, or without it, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.core.signing import dumps
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries, Settings

from enterprises import addresses, districts, publishing, sections, snapshots, tasks, words
from enterprises.boundaries import boundaries
from enterprises.choices import Section
from enterprises.models import District, Enterprise, Place, SectionPolicy
from tests.address_service import AddressService, address_service
from tests.test_editing import address, draft, filled, fresh, opened, press, save

pytestmark = pytest.mark.django_db

JAGTVEJ = {"places-0-street": "Jagtvej 69", "places-0-postcode": "2200", "places-0-city": "København N"}
# The crossing of Jagtvej and Nørrebrogade, about.
THERE = (pytest.approx(55.6939, abs=0.02), pytest.approx(12.548, abs=0.02))


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddressService]:
    monkeypatch.setattr(addresses, "allowance", addresses.Allowance(at_once=50, per_second=50))
    with address_service() as running:
        settings.ADDRESS_URL = running.url
        yield running


def of(place: Place) -> tuple[float | None, float | None]:
    return place.latitude, place.longitude


def district(slug: str) -> str:
    return str(District.objects.get(slug=slug).pk)


# -- looking up -----------------------------------------------------------------------------------


def test_streets_and_houses_are_suggested_to_editors_alone(
    editor: Client, stranger: Client, visitor: Client, bakery: Enterprise, service: AddressService
) -> None:
    url = reverse("address-suggestions", args=[bakery.slug])
    answer = editor.get(url, {"q": "jagt"}).json()
    assert [entry["value"] for entry in answer["suggestions"]] == [
        "Jagtvej ", "Jagtvej 69, 2200 København N", "Jagtvej 69A, 2200 København N",
    ]  # fmt: skip
    assert [entry["whole"] for entry in answer["suggestions"]] == [False, True, True]
    assert "no-store" in editor.get(url, {"q": "jagt"})["Cache-Control"]
    assert (stranger.get(url).status_code, visitor.get(url).status_code) == (404, 302)


def test_who_waits_for_an_answer_is_helped_too(
    claimant: Client, bakery: Enterprise, service: AddressService
) -> None:
    answer = claimant.get(reverse("address-suggestions", args=[bakery.slug]), {"q": "jagt"})
    assert answer.json()["suggestions"]


def test_what_the_service_suggests_is_text(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    found = {"fund": [{"type": "husnummer", "id": "x", "titel": "<b>Vej</b> 1, 2200 København N"}]}
    service.answer = 200, json.dumps(found).encode()
    answer = editor.get(reverse("address-suggestions", args=[bakery.slug]), {"q": "vej 1"}).json()
    assert answer["suggestions"][0]["html"] == "&lt;b&gt;Vej&lt;/b&gt; 1, 2200 København N"


def test_a_suggestion_fills_the_row_and_puts_it_on_the_map(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    """What the script sends when a suggestion is picked."""
    form = press(editor, "places", "find:places-0", **{"places-0-street": "Jagtvej 69, 2200 København N"})
    assert form | JAGTVEJ == form
    assert form["places-0-district"] == district("noerrebro")
    assert bakery.places.get().street == "Blågårdsgade 12"
    preview = editor.get(reverse("preview", args=[bakery.slug])).page.one("main").text
    assert "Jagtvej 69" in preview
    assert save(editor, "places").status_code == 302
    assert of(bakery.places.get()) == THERE
    assert not ProcrastinateJob.objects.filter(task_name__endswith="locate_place").exists()


def test_an_unclear_address_is_offered_as_choices(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    typed = {"places-0-street": "Jagtvej", "places-0-postcode": "", "row": "find:places-0"}
    page = editor.post(address("places"), opened(editor, "places") | typed).page
    offered = page.one(class_="address-help").one("ul").all("button")
    assert [button.text for button in offered] == [
        "Jagtvej 69, 2200 København N", "Jagtvej 69A, 2200 København N",
    ]  # fmt: skip
    taken = filled(page) | {"row": offered[1].attrs["value"]}
    assert editor.post(address("places"), taken).status_code == 302
    assert opened(editor, "places")["places-0-street"] == "Jagtvej 69A"
    assert opened(editor, "places")["places-0-postcode"] == "2200"


def test_a_found_address_whose_postcode_is_shared_asks_for_the_district(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    typed = JAGTVEJ | {"places-0-district": district("valby"), "row": "find:places-0"}
    page = editor.post(address("places"), opened(editor, "places") | typed).page
    assert "Vælg bydelen" in page.one(id="places-0").one(role="alert").text
    assert filled(page)["places-0-district"] == ""
    chosen = filled(page) | {"places-0-district": district("noerrebro")}
    assert editor.post(address("places"), chosen).status_code == 302
    assert of(bakery.places.get()) == THERE


def test_an_address_nobody_knows_stays_as_it_was_typed(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    typed = opened(editor, "places") | {"places-0-street": "Ingenvej 1"}
    page = editor.post(address("places"), typed | {"row": "find:places-0"}).page
    assert "Vi kan ikke finde adressen" in page.text
    assert filled(page)["places-0-street"] == "Ingenvej 1"


def test_a_service_that_is_down_loses_nothing(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    service.answer = 503, b""
    typed = opened(editor, "places") | {"places-0-street": "Jagtvej 69, 2200 København N"}
    page = editor.post(address("places"), typed | {"row": "find:places-0"}).page
    assert "Adressetjenesten svarer ikke lige nu" in page.one(id="places-0").one(role="alert").text
    form = opened(editor, "places")
    assert form | JAGTVEJ == form
    assert filled(page) | JAGTVEJ == filled(page)
    assert save(editor, "places").status_code == 302
    assert of(bakery.places.get()) == (None, None)


def test_without_a_service_there_is_a_sentence_and_no_button(editor: Client, bakery: Enterprise) -> None:
    page = editor.get(address("places")).page
    assert "Skriv den selv" in page.one(class_="address-help").text
    assert not page.all("button", id="find-places-0")
    assert "data-suggestions" not in page.one(id="id_places-0-street").attrs


@pytest.mark.parametrize("button", ["find:places-7", "find:offers-0", "take:places-0", "find:places-0:\n"])
def test_other_buttons_do_no_harm(
    editor: Client, bakery: Enterprise, service: AddressService, button: str
) -> None:
    answer = editor.post(address("places"), opened(editor, "places") | {"row": button})
    assert answer.status_code in (200, 302, 404)
    assert opened(editor, "places")["places-0-street"] == "Blågårdsgade 12"


# -- where a place is -----------------------------------------------------------------------------


def test_coordinates_stay_with_their_address_and_go_with_it(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    before = of(bakery.places.get())
    save(editor, "places", **{"places-0-accessibility_da": "Rampe"})
    assert of(bakery.places.get()) == before
    press(editor, "places", "find:places-0", **JAGTVEJ)
    save(editor, "places", **{"places-0-street": "Jagtvej 70"})
    assert of(bakery.places.get()) == (None, None)


@pytest.mark.parametrize("salt", ["enterprises.forms.places.position", "another"])
def test_a_form_cannot_say_where_a_place_is(editor: Client, bakery: Enterprise, salt: str) -> None:
    elsewhere = ["Blågårdsgade 13" if salt != "another" else "Blågårdsgade 12", "2200", 55.0, 12.0]
    save(editor, "places", **{"places-0-found_at": dumps(elsewhere, salt=salt)})
    save(editor, "places", **{"places-0-found_at": "55.0,12.0"})
    assert bakery.places.get().latitude == 55.6867


def do_the_job() -> None:
    (job,) = ProcrastinateJob.objects.filter(task_name__endswith="locate_place")
    tasks.locate_place(**job.args)


def test_an_address_typed_by_hand_is_looked_up_afterwards(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    save(editor, "places", **JAGTVEJ)
    assert of(bakery.places.get()) == (None, None)
    stale = opened(editor, "places")
    for _again in range(2):
        do_the_job()
    assert of(bakery.places.get()) == THERE
    assert bakery.publications.count() == 1
    # Who was writing meanwhile is not told that somebody else saved.
    assert editor.post(address("places"), stale | {"places-0-label_da": "Butik"}).status_code == 302
    assert of(bakery.places.get()) == THERE


def test_a_place_that_has_moved_again_is_left_alone(
    editor: Client, bakery: Enterprise, service: AddressService, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(editor, "places", **JAGTVEJ)
    at = addresses.at

    def meanwhile(street: str, postcode: str) -> addresses.Address | None:
        found = at(street, postcode)
        Place.objects.update(street="Andenvej 1")
        return found

    monkeypatch.setattr(addresses, "at", meanwhile)
    do_the_job()
    assert of(bakery.places.get()) == (None, None)


@pytest.mark.parametrize("change", [{"hidden": True}, {"street": ""}, {"street": "Jagtvej"}])
def test_what_is_hidden_or_unclear_is_not_looked_up(
    editor: Client, bakery: Enterprise, service: AddressService, change: dict[str, Any]
) -> None:
    save(editor, "places", **JAGTVEJ)
    bakery.places.update(**change)
    do_the_job()
    assert of(bakery.places.get()) == (None, None)


def test_a_place_that_is_gone_is_no_error(bakery: Enterprise, service: AddressService) -> None:
    tasks.locate_place(place=0)


def test_a_silent_service_is_asked_again(editor: Client, bakery: Enterprise, service: AddressService) -> None:
    save(editor, "places", **JAGTVEJ)
    service.answer = 500, b""
    with pytest.raises(addresses.NoAnswerError):
        do_the_job()


def test_where_places_need_no_review_their_point_is_public_too(
    editor: Client, bakery: Enterprise, service: AddressService
) -> None:
    SectionPolicy.objects.filter(section="places").update(direct=True)
    save(editor, "places", **JAGTVEJ)
    do_the_job()
    assert fresh(bakery).current.snapshot["places"][0]["latitude"] == THERE[0]
    assert not publishing.has_changes(fresh(bakery))


def test_a_point_that_comes_after_the_publication_is_said_in_words(bakery: Enterprise) -> None:
    bakery.places.update(latitude=None, longitude=None)
    before = snapshots.take(fresh(bakery))
    bakery.places.update(latitude=55.7, longitude=12.5)
    (change,) = words.in_section(before, snapshots.take(fresh(bakery)), Section.PLACES)
    assert change.label.endswith("punkt på kortet")


def test_versions_are_of_the_address_not_of_its_point(bakery: Enterprise) -> None:
    before = sections.version(fresh(bakery), Section.PLACES)
    bakery.places.update(latitude=55.7)
    assert sections.version(fresh(bakery), Section.PLACES) == before


# -- the district ---------------------------------------------------------------------------------


def slugs(postcode: str, position: districts.Position | None = None) -> list[str]:
    return [found.slug for found in districts.likely(postcode, position)]


def test_a_postcode_of_one_district_says_which(editor: Client, bakery: Enterprise) -> None:
    changed = {"places-0-street": "Valbyvej 1", "places-0-postcode": "2500", "places-0-district": ""}
    assert save(editor, "places", **changed).status_code == 302
    assert bakery.places.get().district.slug == "valby"


def test_a_postcode_of_several_districts_asks_which(editor: Client, bakery: Enterprise) -> None:
    changed = {"places-0-street": "Øresundsvej 1", "places-0-postcode": "2300", "places-0-district": ""}
    answer = save(editor, "places", **changed)
    assert answer.status_code == 422
    warning = answer.page.one(role="alert")
    assert warning.one("a").attrs["href"] == "#id_places-0-district"
    assert "Amager Øst" in warning.text and "Amager Vest" in warning.text
    chosen = changed | {"places-0-district": district("amager-oest")}
    assert save(editor, "places", **chosen).status_code == 302


def test_an_editor_may_choose_any_district(editor: Client, bakery: Enterprise) -> None:
    save(editor, "places", **{"places-0-district": district("valby")})
    assert bakery.places.get().district.slug == "valby"


def square(name: str | int, west: float, south: float, size: float = 0.02) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    hole = [[west + (x - west) / 4, south + (y - south) / 4] for x, y in ring]
    return {
        "type": "Feature",
        "properties": {"navn": name, "bydel_nr": 3},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring, hole]]},
    }


def file_of(tmp_path: Path, *features: Any) -> str:
    file = tmp_path / "bydele.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(file)


def test_with_boundaries_a_position_says_which_district(db: None, settings: Settings, tmp_path: Path) -> None:
    file = file_of(tmp_path, square("Nørrebro", 12.54, 55.68), square(10, 12.60, 55.62))
    settings.DISTRICT_BOUNDARIES = boundaries(file, "navn")
    assert slugs("2100", (55.695, 12.555)) == ["noerrebro"]
    assert slugs("2300", (55.635, 12.615)) == ["amager-vest"]
    # In the hole, and outside of all: the postcode, without those it cannot be.
    assert slugs("2200", (55.682, 12.542)) == ["indre-by", "bispebjerg"]
    assert slugs("2770", (55.61, 12.65)) == ["uden-for-koebenhavn"]
    assert slugs("2200") == ["indre-by", "noerrebro", "bispebjerg"]


def test_a_found_address_brings_its_district(
    editor: Client, bakery: Enterprise, service: AddressService, settings: Settings, tmp_path: Path
) -> None:
    settings.DISTRICT_BOUNDARIES = boundaries(file_of(tmp_path, square(8, 12.5, 55.6, 0.2)), "navn")
    form = press(editor, "places", "find:places-0", **JAGTVEJ)
    assert form["places-0-district"] == district("bispebjerg")


WRONG = {
    "no JSON": "nonsense",
    "no collection": "{}",
    "no districts": '{"type": "FeatureCollection", "features": []}',
    "no name": json.dumps({"type": "FeatureCollection", "features": [square("", 12.5, 55.6)]}),
    "another projection": json.dumps(
        {"type": "FeatureCollection", "features": [square("x", 722000, 6178000)]}
    ),
    "the wrong way round": json.dumps({"type": "FeatureCollection", "features": [square("x", 55.6, 12.5)]}),
    "a line": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"properties": {"navn": "x"}, "geometry": {"type": "LineString", "coordinates": []}}
            ],
        }
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.geojson"
    file.write_text(WRONG[name])
    with pytest.raises(ValueError, match="DISTRICT_BOUNDARIES"):
        boundaries(str(file), "navn")


def test_a_file_of_another_city_stops_the_migration(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DISTRICT_BOUNDARIES = boundaries(file_of(tmp_path, square("Vesterbro", 12.5, 55.6)), "navn")
    call_command("check", databases=["default"])
    settings.DISTRICT_BOUNDARIES = boundaries(file_of(tmp_path, square("Aarhus Ø", 12.5, 55.6)), "navn")
    with pytest.raises(SystemCheckError, match="Aarhus Ø"):
        call_command("check", databases=["default"])


# -- what it costs --------------------------------------------------------------------------------


def test_asks_no_more_for_many_places_than_for_one(
    editor: Client, bakery: Enterprise, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(40) as one:
        editor.get(address("places"))
    for number in range(5):
        Place.objects.create(enterprise=bakery, street=f"Vej {number}", position=number + 1)
    with django_assert_max_num_queries(40) as many:
        editor.get(address("places"))
    assert len(many) <= len(one) + 5  # each row offers the districts
    draft(editor, "places", opened(editor, "places"))
