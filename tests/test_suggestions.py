"""What the search field suggests under a keystroke."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory.search.suggestions import MOST, marked
from enterprises import publishing
from enterprises.models import Enterprise, Sector
from tests.builders import an_enterprise, published

pytestmark = pytest.mark.django_db
SUGGESTIONS = "/virksomheder/forslag"


def answer(client: Client, typed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(SUGGESTIONS, {"q": typed}).json()["suggestions"]
    return found


def labels(client: Client, typed: str, kind: str) -> list[str]:
    return [suggestion["label"] for suggestion in answer(client, typed) if suggestion["kind"] == kind]


@pytest.mark.parametrize("typed", ["br", "brød", "BRØD", "broed", "brod", "bro", "brød br", " brød  & broer"])
def test_a_name_is_suggested_by_the_beginning_of_its_words(
    visitor: Client, bakery: Enterprise, typed: str
) -> None:
    first = answer(visitor, typed)[0]
    assert (first["kind"], first["label"]) == ("enterprise", "Brød & Broer")
    assert first["url"] == reverse("profile", args=[bakery.slug])


@pytest.mark.parametrize("typed", ["", " ", "b", " b ", "å", "rød", "brød frokost", "brødkurv"])
def test_nothing_is_suggested_for_less_or_for_something_else(
    visitor: Client, bakery: Enterprise, typed: str
) -> None:
    assert labels(visitor, typed, "enterprise") == []


def test_names_that_begin_so_come_before_those_with_a_later_word(visitor: Client) -> None:
    for name in ("Aben og cyklen", "Cykler i Valby", "Det lille cykelhus"):
        published(name)
    assert labels(visitor, "cyk", "enterprise") == ["Cykler i Valby", "Aben og cyklen", "Det lille cykelhus"]


def test_a_sector_is_suggested_by_name_and_by_alias(visitor: Client, bakery: Enterprise) -> None:
    sector = Sector.objects.get(slug="mad-catering")
    sector.aliases = ["smørrebrød"]
    sector.save()
    by_name, by_alias = (
        next(s for s in answer(visitor, typed) if s["kind"] == "sector")
        for typed in (sector.name_da[:4], "smorre")
    )
    assert by_name["label"] == sector.name_da
    assert by_alias["label"] == f"{sector.name_da} (smørrebrød)"
    assert by_alias["html"].endswith("(<mark>smørre</mark>brød)")
    assert by_name["url"] == by_alias["url"] == reverse("sector", args=[sector.slug])


def test_sectors_by_name_come_before_those_by_alias(visitor: Client) -> None:
    published("Alle fag", sectors=["mad-catering", "it-data"])
    Sector.objects.filter(slug="mad-catering").update(position=0, aliases=["itogram"])
    assert labels(visitor, "it", "sector") == [
        Sector.objects.get(slug="it-data").name_da,
        f"{Sector.objects.get(slug='mad-catering').name_da} (itogram)",
    ]


def test_an_empty_sector_is_not_suggested(visitor: Client, bakery: Enterprise) -> None:
    assert labels(visitor, Sector.objects.get(slug="it-data").name_da[:3], "sector") == []


def test_an_offer_leads_to_those_who_sell_it(visitor: Client, bakery: Enterprise) -> None:
    offer = next(s for s in answer(visitor, "frok") if s["kind"] == "offer")
    assert offer["html"] == "<mark>Frok</mark>ost til møder"
    assert bakery.name in visitor.get(offer["url"]).page.one("article", class_="card").text


def test_an_offer_of_many_is_suggested_once_and_before_rarer_ones(visitor: Client) -> None:
    for number, offer in enumerate(("Cafébord", "Cafédrift", "cafédrift")):
        published(f"Nummer {number}", offers=[offer])
    assert labels(visitor, "café", "offer") == ["Cafédrift", "Cafébord"]


def test_at_most_eight_and_some_of_each_kind(visitor: Client) -> None:
    for number in range(10):
        published(f"Madhus {number}", offers=[f"Madkasse {number}"])
    kinds = [suggestion["kind"] for suggestion in answer(visitor, "mad")]
    assert len(kinds) == MOST
    assert kinds == sorted(kinds, key=["enterprise", "sector", "offer"].index)
    assert set(kinds) == {"enterprise", "sector", "offer"}
    assert len(labels(visitor, "madhus", "enterprise")) == MOST


@pytest.mark.parametrize(
    ("label", "beginnings", "html"),
    [
        ("Brød & Broer", ["bro"], "<mark>Brø</mark>d &amp; <mark>Bro</mark>er"),
        ("<b>Brød</b>", ["brod"], "&lt;b&gt;<mark>Brød</mark>&lt;/b&gt;"),
        ("Aarhus Raad", ["ar"], "<mark>Aar</mark>hus Raad"),
        ("E-handel", ["ehan"], "<mark>E-han</mark>del"),
        ("E-handel", ["han"], "E-<mark>han</mark>del"),
        ("Cafe\u0301en", ["kafe"], "<mark>Café</mark>en"),
        ("Brødkurv", ["kurv"], "Brødkurv"),
    ],
)
def test_what_was_typed_is_marked(label: str, beginnings: list[str], html: str) -> None:
    assert marked(label, beginnings) == html


@pytest.mark.parametrize(
    "typed",
    [
        "\x00",
        "br\x00ød",
        "\u202ebrød",
        "\u200f\u200f",
        "æ" * 10_000,
        "br " * 3_000,
        "!?%_'\"\\--;",
        "🥖🥖",
        "<b>",
    ],
)
def test_whatever_is_typed_is_answered(visitor: Client, bakery: Enterprise, typed: str) -> None:
    assert visitor.get(SUGGESTIONS, {"q": typed}).status_code == 200


def test_only_what_is_public_is_suggested_and_no_longer_than_it_is(
    visitor: Client, bakery: Enterprise
) -> None:
    an_enterprise("Brødkladden")
    assert labels(visitor, "brød", "enterprise") == [bakery.name]
    publishing.withdraw(bakery, reason="Lukket")
    assert answer(visitor, "brød") == []


@pytest.mark.parametrize("typed", ["", "mad", "frokost til", "ingenting"])
def test_it_asks_the_database_for_nothing_but_the_generation(
    visitor: Client, city: list[Enterprise], typed: str
) -> None:
    answer(visitor, "mad")
    with CaptureQueriesContext(connection) as queries:
        answer(visitor, typed)
    assert not len(queries)  # the generation is asked for past Django


def test_english_has_its_own_words(visitor: Client, bakery: Enterprise) -> None:
    with override("en"):
        address = reverse("suggestions")
    sector = Sector.objects.get(slug="mad-catering")
    found = visitor.get(address, {"q": sector.name_en[:4]}).json()
    by_kind = {suggestion["kind"]: suggestion for suggestion in found["suggestions"]}
    assert by_kind["sector"]["label"] == sector.name_en
    assert by_kind["sector"]["url"].startswith("/en/")
    # What is written in Danish only says so.
    offer = visitor.get(address, {"q": "frokost"}).json()["suggestions"][-1]
    assert offer["html"] == '<span lang="da"><mark>Frokost</mark> til møder</span>'


def test_browsers_ask_again_and_crawlers_leave_it(visitor: Client, bakery: Enterprise) -> None:
    headers = visitor.get(SUGGESTIONS, {"q": "brød"}).headers
    assert {*headers["Cache-Control"].split(", ")} == {"public", "max-age=0", "must-revalidate"}
    assert headers["X-Robots-Tag"] == "noindex"
    assert f"Disallow: {SUGGESTIONS}?*" in visitor.get("/robots.txt").content.decode()
