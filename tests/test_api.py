"""The list as JSON: the page's own answer to the same address, in parts, for programs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises import publishing
from enterprises.content import loading
from enterprises.models import Enterprise
from tests.builders import published, republished

pytestmark = pytest.mark.django_db

LIST = "/api/v1/enterprises"
# One of each kind that the search is judged by, and of each filter and order.
ASKED = [
    {},
    {"q": "frokost"},
    {"q": "rengoring nørrebro"},
    {"q": "bike repair"},
    {"q": "kantinedrift"},
    {"q": "fleksjob køkken"},
    {"q": '"på ladcykel" -vin'},
    {"q": "cykelværsted"},
    {"q": "cykelværsted", "exact": "1"},
    {"q": "xqzzk"},
    {"q": "arbejde", "sector": ["mad-catering", "it-data"], "district": "noerrebro"},
    {"q": "mad", "sort": "name"},
    {"ownership": "medarbejderejet"},
    {"mission": "unge", "buyer": "public"},
    {"opening": "fleksjob", "mark": "rsv"},
    {"sort": "newest"},
    {"sort": "confirmed"},
    {"near": "2200"},
    {"near": "2200", "q": "arbejde", "sort": "nearest"},
    {"open": "1"},
    {"sort": "nearest", "district": "nowhere"},
]


def told(visitor: Client, path: str = LIST, **asked: Any) -> dict[str, Any]:
    response = visitor.get(path, asked)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def names(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["enterprises"]]


def walked(visitor: Client, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a list, one after the other, as `next` leads."""
    pages = [told(visitor, **asked)]
    while pages[-1]["next"]:
        pages.append(told(visitor, pages[-1]["next"]))
    return pages


def slugs(pages: list[dict[str, Any]]) -> list[str]:
    return [each["slug"] for page in pages for each in page["enterprises"]]


def test_it_finds_what_the_page_finds_in_the_same_order(
    visitor: Client, demo_records: list[loading.Record]
) -> None:
    loading.write(demo_records[::4], demo=True)
    found = {str(asked): _both(visitor, asked) for asked in ASKED}
    assert {asked: ours for asked, (ours, _shown) in found.items()} == {
        asked: shown for asked, (_ours, shown) in found.items()
    }
    assert sum(bool(shown) for _ours, shown in found.values()) > 15


def _both(visitor: Client, asked: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The slugs by the interface, and by all pages of the list."""
    pages = walked(visitor, **asked, limit=9)
    total = pages[0]["total"]
    shown: list[str] = []
    for number in range(1, 2 + (total - 1) // 24):
        page = visitor.get(reverse("listing"), asked | {"page": number}).page
        shown += [card.attrs["data-enterprise"] for card in page if "data-enterprise" in card.attrs]
    assert total == len(shown)
    return slugs(pages), shown


@pytest.mark.parametrize("sort", ["name", "newest", "confirmed", "nearest", "relevance"])
def test_what_is_published_meanwhile_lets_nobody_be_missed_or_seen_twice(
    visitor: Client, demo_records: list[loading.Record], sort: str
) -> None:
    loading.write(demo_records[::20], demo=True)
    present = list(Enterprise.objects.order_by("pk"))
    for days, each in enumerate(present[::2]):
        publishing.confirm(each, on=date(2026, 11, 1) + timedelta(days=days // 2))
    asked = {"q": "arbejde", "near": "2200", "sort": sort}
    expected = set(slugs(walked(visitor, **asked)))
    assert len(expected) > 6
    seen: list[str] = []
    at: str | None = LIST
    found = told(visitor, **asked, limit=2)
    while at:
        seen += [each["slug"] for each in found["enterprises"]]
        published(f"Aa nr. {len(seen)}", description_da="Vi arbejder.")
        published(
            f"Øh nr. {len(seen)}", description_da="Vi arbejder, arbejder og arbejder.", district="valby"
        )
        assert len(seen) < 200, "it never ends"
        at = found["next"]
        if at:
            found = told(visitor, at)
    assert expected <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("sort", ["name", "newest", "confirmed", "relevance"])
def test_one_goes_on_where_the_one_seen_last_was_withdrawn(visitor: Client, sort: str) -> None:
    for name in ("Ask", "Birk", "Ceder", "Dun"):
        published(name)
    asked = {"q": "brød", "sort": sort}
    everyone = slugs(walked(visitor, **asked))
    first = told(visitor, **asked, limit=2)
    publishing.withdraw(Enterprise.objects.get(slug=slugs([first])[-1]), reason="Lukket")
    assert slugs([first, told(visitor, first["next"])]) == everyone


def test_the_longest_names_can_be_paged_by(visitor: Client) -> None:
    for end in "abc":
        published(119 * "☕" + end, slug=f"kaffe-{end}")
    assert slugs(walked(visitor, limit=1)) == ["kaffe-a", "kaffe-b", "kaffe-c"]


def test_one_can_ask_for_some_fields_only(visitor: Client, bakery: Enterprise) -> None:
    found = told(visitor, fields="name, slug,shoes")
    assert found["enterprises"] == [{"slug": "broed-broer", "name": "Brød & Broer"}]
    assert found["warnings"] == ["unknown, ignored: fields='shoes'"]


def test_what_nobody_knows_is_named_and_ignored(visitor: Client, bakery: Enterprise) -> None:
    found = told(visitor, sector="smedje", colour="blue", page="2", near="Atlantis", sort="price")
    assert found["total"] == 1
    assert [warning.partition(": ")[2] for warning in found["warnings"]] == [
        "page", "near=Atlantis", "colour", "sector=smedje", "sort=price",
    ]  # fmt: skip


def test_a_misspelt_word_is_told_as_it_was_understood(visitor: Client, bakery: Enterprise) -> None:
    assert told(visitor, q="frokosst")["corrected"] == "frokost"
    assert told(visitor, q="frokost")["corrected"] is None


def test_near_tells_how_far(visitor: Client, bakery: Enterprise) -> None:
    assert 0 < told(visitor, near="2200")["enterprises"][0]["distance_km"] < 3
    assert "distance_km" not in told(visitor)["enterprises"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"limit": "²"},
        {"limit": ""},
        {"cursor": ""},
        {"cursor": "æ"},
        {"cursor": "nonsense"},
        {"cursor": "WyJuYW1lIiwgMV0"},  # ["name", 1]
        {"cursor": "W1tbW1tbW1tb" * 60},
        {"changed_since": "yesterday"},
        {"changed_since": "2026-02-30"},
        {"changed_since": "2026-02-03T25:00Z"},
        {"changed_since": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_what_cannot_be_read_is_a_problem_in_words(visitor: Client, asked: dict[str, str]) -> None:
    response = visitor.get(LIST, asked, headers={"accept-language": "en"})
    problem = json.loads(response.content)
    assert (response.status_code, problem["status"]) == (400, 400)
    assert response["Content-Type"] == "application/problem+json"
    assert next(iter(asked)) in problem["detail"]
    danish = json.loads(visitor.get(LIST, asked).content)
    assert danish["title"] == "Forespørgslen kan ikke forstås" != problem["title"]


def test_a_cursor_holds_for_its_own_order(visitor: Client, city: list[Enterprise]) -> None:
    following = told(visitor, limit=1)["next"]
    assert visitor.get(f"{following}&sort=newest").status_code == 400


def test_changed_since_tells_what_came_changed_and_went(visitor: Client) -> None:
    old, changed, gone = (published(name) for name in ("Gammel", "Ændret", "Gået"))
    confirmed = published("Bekræftet")
    _moved_back(days=10)
    since = (timezone.now() - timedelta(days=1)).isoformat()
    republished(changed, tagline_da="Noget nyt")
    publishing.withdraw(gone, reason="Lukket")
    publishing.confirm(confirmed, on=timezone.localdate())
    published("Ny")
    pages = walked(visitor, changed_since=since, limit=2)
    assert [name for page in pages for name in names(page)] == ["Bekræftet", "Ny", "Ændret"]
    stones = [stone for page in pages for stone in page["withdrawn"]]
    assert [(stone["id"], stone["slug"]) for stone in stones] == [(gone.pk, "gaaet")]
    assert stones[0]["withdrawn_at"] >= since[:10]
    assert old.slug not in slugs(pages)


def test_those_withdrawn_are_told_once_each_in_parts(visitor: Client, bakery: Enterprise) -> None:
    gone = [published(f"Lukket {number}") for number in range(5)]
    for each in gone:
        publishing.withdraw(each, reason="Lukket")
    publishing.publish(gone[0])
    publishing.withdraw(gone[0], reason="Lukket igen")
    publishing.publish(gone[1])
    pages = walked(visitor, changed_since="2026-01-01", limit=1)
    assert slugs(pages) == ["broed-broer", "lukket-1"]
    assert [stone["id"] for page in pages for stone in page["withdrawn"]] == [
        each.pk for each in (gone[0], *gone[2:])
    ]


def _moved_back(days: int) -> None:
    """As if all that is public had been published so many days ago."""
    from directory.models import Listing

    Listing.objects.update(published_at=timezone.now() - timedelta(days=days))


def test_drafts_and_withdrawn_enterprises_are_not_in_it(visitor: Client, bakery: Enterprise) -> None:
    bakery.tagline_da = "Ikke udgivet endnu"
    bakery.save()
    assert "Ikke udgivet endnu" not in visitor.get(LIST).content.decode()
    publishing.withdraw(bakery, reason="Lukket")
    assert told(visitor)["enterprises"] == []


@pytest.mark.parametrize(
    "asked", [{}, {"q": "arbejde"}, {"sector": "bolig-lokaler-energi"}, {"near": "2200", "limit": "100"}]
)
def test_it_costs_the_same_few_queries_however_many_there_are(
    visitor: Client, demo_records: list[loading.Record], settings: Any, asked: dict[str, str]
) -> None:
    settings.API_PER_MINUTE = 0  # counting costs a query of its own, and now and then another

    def queries() -> int:
        visitor.get(LIST, asked)
        with CaptureQueriesContext(connection) as captured:
            visitor.get(LIST, asked)
        return len(captured)

    loading.write(demo_records[::80], demo=True)
    with_three = queries()
    loading.write(demo_records[1:240:9], demo=True)
    assert queries() == with_three <= 2
