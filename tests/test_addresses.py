"""Near an address: suggested, picked and found again, by a service that may be off, slow or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from directory import catalogue as catalogues
from directory.models import Listing
from directory.nearness import spot
from enterprises import addresses
from tests.address_service import AddressService, address_service
from tests.builders import published

JAGTVEJ = "Jagtvej 69, 2200 København N"


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddressService]:
    monkeypatch.setattr(addresses, "allowance", addresses.Allowance(at_once=50, per_second=50))
    with address_service() as running:
        settings.ADDRESS_URL, settings.ADDRESS_TOKEN = running.url, "adressevaelger123"
        yield running


def suggested(client: Client, typed: str) -> list[dict[str, Any]]:
    answer = client.get(reverse("places"), {"q": typed})
    assert answer.headers["Cache-Control"] == "private, no-store"
    found: list[dict[str, Any]] = answer.json()["suggestions"]
    return found


def labels(client: Client, typed: str) -> list[str]:
    return [suggestion["label"] for suggestion in suggested(client, typed)]


# -- the service ----------------------------------------------------------------------------------


def test_an_address_is_where_it_is(service: AddressService) -> None:
    found = addresses.find("jagtvej 69,  2200 københavn n")
    assert found and found.title == JAGTVEJ
    # The crossing of Jagtvej and Nørrebrogade, by the maps.
    assert (found.latitude, found.longitude) == (
        pytest.approx(55.6939, abs=0.02),
        pytest.approx(12.548, abs=0.02),
    )


def test_what_is_asked_is_as_agreed(service: AddressService) -> None:
    addresses.find(JAGTVEJ)
    (search, query), (house, token) = service.asked
    assert (search, house) == ("/husnumre/soeg", "/husnumre/jagtvej-69")
    expected = {"tekst": JAGTVEJ, "maksimum": "10", "kommuneKode": "0101", "token": "adressevaelger123"}
    assert (query, token) == (expected, {"token": "adressevaelger123"})


def test_a_house_without_its_town_is_the_one_in_copenhagen(service: AddressService) -> None:
    found = addresses.find("Jagtvej 69")
    assert found and found.title == JAGTVEJ


def test_a_house_elsewhere_is_found_too(service: AddressService) -> None:
    found = addresses.find("Jagtvej 7, 8000 Aarhus C")
    assert found and found.longitude == pytest.approx(10.2, abs=0.3)


def test_an_unclear_address_is_no_address(service: AddressService) -> None:
    assert addresses.find("Jagtvej") is None


@pytest.mark.parametrize("text", ["", "ab", "2200", "x" * 74, "…" * 20])
def test_what_cannot_be_an_address_is_not_asked_for(service: AddressService, text: str) -> None:
    assert addresses.suggest(text) == [] and addresses.find(text) is None
    assert service.asked == []


WRONG = {
    "error": (500, b"oops"),
    "forbidden": (403, b"{}"),
    "garbage": (200, b"\xff\x00<html>"),
    "a list": (200, b"[]"),
    "a word": (200, b'"fund"'),
    "no": (200, b'{"status": "fejl", "beskrivelse": "token"}'),
    "too deep": (200, b"[" * 100_000),
    "huge": (200, b'{"status": "ok", "fund": [], "x": "' + b"x" * 5_000_000 + b'"}'),
    "nothing": (200, b""),
    "odd entries": (
        200,
        b'{"status": "ok", "fund": [1, null, {"type": 1}, {"type": "husnummer", "titel": [1]}]}',
    ),
    "odd list": (200, b'{"status": "ok", "fund": {"a": 1}}'),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_no_help_and_no_harm(service: AddressService, name: str) -> None:
    service.answer = WRONG[name]
    assert addresses.suggest("Jagtvej") == []
    assert addresses.find(JAGTVEJ) is None


def test_a_place_off_the_map_is_none(service: AddressService) -> None:
    assert addresses.find("Fejlvej 1, 2200 København N") is None


def test_silence_is_not_waited_for(service: AddressService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "TIMEOUT", 0.1)
    service.is_silent = True
    assert addresses.suggest("Jagtvej") == []
    assert addresses.find(JAGTVEJ) is None


def test_it_sends_nobody_elsewhere(service: AddressService) -> None:
    with address_service() as elsewhere:
        service.moved_to = f"{elsewhere.url}/husnumre/soeg"
        assert addresses.suggest("Jagtvej") == []
        assert elsewhere.asked == []


def test_nobody_listens(service: AddressService, settings: Settings) -> None:
    settings.ADDRESS_URL = "http://127.0.0.1:9"
    assert addresses.suggest("Jagtvej") == [] and addresses.find(JAGTVEJ) is None


def test_it_is_not_asked_without_end(service: AddressService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "allowance", addresses.Allowance(at_once=3, per_second=0))
    for _again in range(6):
        addresses.suggest("Jagtvej")
    assert len(service.asked) == 3


def test_the_log_names_no_address(service: AddressService, caplog: pytest.LogCaptureFixture) -> None:
    service.answer = WRONG["error"]
    addresses.find(JAGTVEJ)
    assert "no answer" in caplog.text and "Jagtvej" not in caplog.text


def test_without_a_service_nothing_is_asked(service: AddressService, settings: Settings) -> None:
    settings.ADDRESS_URL = ""
    assert addresses.suggest("Jagtvej") == [] and addresses.find(JAGTVEJ) is None
    assert service.asked == []


# -- suggestions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2200", ["2200 København N"]),
        ("16", []),
        ("1620", ["1620 København V"]),
        ("27", ["2700 Brønshøj", "2720 Vanløse", "2770 Kastrup"]),
        ("hellerup", ["2900 Hellerup", "Uden for København"]),
        ("norreb", ["Nørrebro"]),
        ("kongens", ["Vesterbro-Kongens Enghave"]),
        ("valby", ["2500 Valby", "Valby"]),
        ("", []),
        ("<script>", []),
        ("\0", []),
    ],
)
def test_postcodes_and_districts_by_their_beginning(
    visitor: Client, db: None, typed: str, found: list[str]
) -> None:
    assert labels(visitor, typed) == found


def test_streets_are_to_be_gone_on_with_and_houses_picked(
    visitor: Client, db: None, service: AddressService
) -> None:
    street, house, *_rest = suggested(visitor, "jagtv")
    assert (street["value"], street["whole"]) == ("Jagtvej, 2200 København N ", False)
    assert (house["value"], house["whole"], house["group"]) == (JAGTVEJ, True, "Adresser")
    assert house["html"].startswith("<mark>Jagtv</mark>ej 69")


def test_what_the_service_says_is_escaped(visitor: Client, db: None, service: AddressService) -> None:
    service.answer = (200, b'{"fund": [{"type": "husnummer", "id": "1", "titel": "<img src=x onerror=y>"}]}')
    (found,) = suggested(visitor, "img")
    assert "<img" not in found["html"]


# -- the listing ----------------------------------------------------------------------------------


@pytest.fixture
def two(db: None) -> None:
    for name, latitude in (("Langt", 55.65), ("Tæt", 55.695)):
        enterprise = published(name, hours=())
        Listing.objects.filter(pk=enterprise.pk).update(points=[latitude, 12.55])
    catalogues._present = None


def test_an_address_written_out_is_found_and_named_with_its_position(
    visitor: Client, two: None, service: AddressService
) -> None:
    answer = visitor.get(reverse("listing"), {"near": JAGTVEJ, "district": "noerrebro"})
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["near"][0].startswith(f"{JAGTVEJ} (55.") and query["district"] == ["noerrebro"]
    answered = len(service.asked)
    page = visitor.get(answer.headers["Location"]).page
    assert f"Nær {JAGTVEJ}" in page.one("ul", class_="chips").text
    assert page.one(id="near").attrs["value"] == query["near"][0]
    # Whoever is given the address needs no third party to read it.
    assert len(service.asked) == answered


def test_near_an_address_the_nearest_come_first(visitor: Client, two: None) -> None:
    page = visitor.get(reverse("listing"), {"near": f"{JAGTVEJ} (55.6939,12.5482)"}).page
    assert [name.text for name in page.all("h3", class_="card-name")] == ["Tæt", "Langt"]


def test_without_a_service_an_address_is_told_to_be_unknown(
    visitor: Client, two: None, settings: Settings
) -> None:
    settings.ADDRESS_URL = ""
    page = visitor.get(reverse("listing"), {"near": JAGTVEJ}).page
    note = page.one("p", class_="note").text
    assert f"Vi ved ikke, hvor “{JAGTVEJ}” er" in note and note.endswith(
        "Skriv et postnummer eller en bydel."
    )
    assert page.one(id="near").attrs["placeholder"] == "Postnummer eller bydel"


@pytest.mark.parametrize("near", ["Et sted (99.0,12.5)", "(55.69,12.55)", " (55.69,12.55)", "A (55,12)"])
def test_a_position_that_is_none(near: str) -> None:
    assert spot(near, []) is None


def test_pages_near_somebodys_place_are_not_kept(visitor: Client, two: None, service: AddressService) -> None:
    for near in (f"{JAGTVEJ} (55.6939,12.5482)", "55.694,12.548", "Et ukendt sted"):
        answer = visitor.get(reverse("listing"), {"near": near})
        assert answer.fresh_until <= timezone.now()
