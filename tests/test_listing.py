"""The list of enterprises: words, filters, order and pages, all in the address."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory import catalogue
from directory import catalogue as catalogues
from directory.ways_on import Asked, Way
from enterprises import publishing
from enterprises.content import loading
from enterprises.models import Enterprise
from tests.builders import an_enterprise, published
from tests.client import Element

pytestmark = pytest.mark.django_db
LISTING = "/virksomheder/"


def shown(page: Element) -> list[str]:
    return [card.attrs["data-enterprise"] for card in page.all("article", class_="card")]


def test_names_stand_in_danish_order(visitor: Client) -> None:
    for name in ("Ågården", "Østers", "Zebra", "Aagaard", "Æble", "Café Ål", "Cykel", "abe", "Écran"):
        published(name)
    names = [h.text for h in visitor.get(LISTING).page.all(class_="card-name")]
    assert names == ["abe", "Café Ål", "Cykel", "Écran", "Zebra", "Æble", "Østers", "Aagaard", "Ågården"]


def test_cards_name_their_enterprise_in_order(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(LISTING).page
    assert len(shown(page)) == 24
    links = [h.one("a").attrs["href"] for h in page.all(class_="card-name")]
    assert links == [reverse("profile", args=[slug]) for slug in shown(page)]


def test_pages_together_show_everyone_once(visitor: Client, city: list[Enterprise]) -> None:
    first, second = (visitor.get(LISTING, {"page": number}).page for number in (1, 2))
    assert sorted(shown(first) + shown(second)) == sorted(e.slug for e in city)
    assert first.one(class_="total").text == "30 virksomheder"
    assert first.one("nav", class_="paging").one("a", rel="next").attrs["href"] == "?page=2"
    assert second.one("nav", class_="paging").one("a", rel="prev").attrs["href"] == "?"
    assert second.one("nav", class_="paging").one("span").text == "Side 2 af 2"


@pytest.mark.parametrize(
    ("asked", "number"),
    [("0", 1), ("-1", 1), ("abc", 1), ("", 1), ("1.5", 1), ("²", 1), ("999999", 2), ("9" * 5000, 1)],
)
def test_a_page_that_does_not_exist_is_the_nearest(
    visitor: Client, city: list[Enterprise], asked: str, number: int
) -> None:
    answer = visitor.get(LISTING, {"page": asked})
    assert answer.status_code == 200
    assert answer.page.one("nav", class_="paging").one("span").text == f"Side {number} af 2"


def test_one_enterprise_is_counted_in_the_singular(visitor: Client, bakery: Enterprise) -> None:
    assert visitor.get(LISTING).page.one(class_="total").text == "1 virksomhed"


def test_a_card_says_what_it_sells_who_owns_it_and_why(visitor: Client, bakery: Enterprise) -> None:
    card = visitor.get(LISTING).page.one("article", class_="card")
    assert card.one("p").text == "Frokost og brød til møder"
    assert [tag.text for tag in card.all("li")] == [
        str(bakery.sector_ranks.get().sector), str(bakery.ownership), str(bakery.missions.get()),
    ]  # fmt: skip
    assert "Nørrebro" in card.one(class_="card-side").text
    assert card.one(class_="seal").text == "Grundlag bekræftet"


@pytest.mark.parametrize("query", ["brød", "BRØD", "broed", "ladcykel", "møder frokost", "  Broer  "])
def test_words_find_what_holds_them_all(visitor: Client, bakery: Enterprise, query: str) -> None:
    published(
        "Skrædderiet",
        tagline_da="Vi lægger bukser op",
        description_da="Sytøj",
        tagline_en="",
        description_en="",
        offers=(),
        sectors=["tryk-kommunikation"],
    )
    assert shown(visitor.get(LISTING, {"q": query}).page) == [bakery.slug]


def test_a_search_puts_names_before_texts(visitor: Client) -> None:
    published("Aben", description_da="Vi lejer cykler ud.")
    published("Cykler i Valby")
    assert shown(visitor.get(LISTING, {"q": "cykler"}).page) == ["cykler-i-valby", "aben"]
    assert shown(visitor.get(LISTING, {"q": "cykler", "sort": "name"}).page) == ["aben", "cykler-i-valby"]


@pytest.mark.parametrize(
    "query",
    [
        "\x00",
        "brød\x00bil",
        "\u202ebrød",
        "\u200f",
        "æ" * 10_000,
        "!?%_'\"\\--;",
        "%",
        "_",
        "   ",
        "🥖",
        "\ud7ff",
    ],
)
def test_whatever_is_typed_is_a_query(visitor: Client, bakery: Enterprise, query: str) -> None:
    answer = visitor.get(LISTING, {"q": query})
    assert answer.status_code == 200
    assert "\x00" not in answer.content.decode()


def test_wildcards_and_punctuation_find_nothing_but_say_so(visitor: Client, bakery: Enterprise) -> None:
    for query in ("%", "_", "!?"):
        assert visitor.get(LISTING, {"q": query}).page.one(class_="total").text == "0 virksomheder"


def ways_on(visitor: Client, **asked: Any) -> dict[str, str]:
    """What an empty result offers, each with its count. Every way must lead to as many as it says."""
    empty = visitor.get(LISTING, asked).page.one(class_="empty")
    items = [item for item in empty.all("ul")[0].all("li") if item.all("a")]
    ways = {item.one("a").attrs["href"]: item.text for item in items}
    for way, label in ways.items():
        page = visitor.get(way).page
        if way.startswith(LISTING):
            assert page.one(class_="total").text.split()[0] == label.partition("(")[2].rstrip(")")
    return ways


@pytest.fixture
def guitars(bakery: Enterprise) -> Enterprise:
    return published(
        "Guitarbyggeren",
        district="valby",
        sectors=["kultur-event"],
        tagline_da="Vi bygger din guitar",
        tagline_en="We make your guitar",
        description_da="Kom forbi.",
        description_en="Drop in.",
        offers=("Strenge",),
    )


def test_a_filter_in_the_way_can_be_taken_away(visitor: Client, guitars: Enterprise) -> None:
    ways = ways_on(visitor, q="guitar", district="noerrebro", sort="name")
    assert ways[f"{LISTING}?q=guitar&sort=name"] == "Uden filteret Nørrebro (1)"
    assert ways[f"{LISTING}?district=noerrebro&sort=name"] == "Kun filtrene, uden søgeordene (1)"
    assert {reverse("sectors"), reverse("districts")} <= set(ways)


def test_only_filters_that_help_are_offered_away(visitor: Client, guitars: Enterprise) -> None:
    ways = ways_on(visitor, q="guitar", district="valby", sector=["finans", "mad-catering"])
    assert f"{LISTING}?q=guitar&district=valby" in ways
    assert f"{LISTING}?q=guitar&sector=finans&sector=mad-catering" not in ways
    assert ways[f"{LISTING}?q=guitar"] == "Uden filtre (1)"


def test_unfiltered_is_not_offered_where_it_finds_nothing(visitor: Client, guitars: Enterprise) -> None:
    assert f"{LISTING}?q=ub%C3%A5d" not in ways_on(visitor, q="ubåd", district="valby")


def test_a_misspelt_word_searched_literally_leads_to_its_spelling(guitars: Enterprise) -> None:
    present = catalogue.present()
    query, _found = present.search("giutarbyggeren", literally=True)
    kept = {"q": "giutarbyggeren", "exact": "1", "sort": ""}
    nearest = Asked(present, query, {"district": ("noerrebro",)}, 0, kept, LISTING).ways_on().nearest
    assert nearest == [Way("guitarbyggeren", f"{LISTING}?q=guitarbyggeren", 1)]


def test_a_phrase_nobody_writes_leads_to_its_words(visitor: Client, guitars: Enterprise) -> None:
    assert f"{LISTING}?q=guitar+din" in ways_on(visitor, q='"guitar din" -ladcykel')


def test_the_landing_page_that_fits_is_offered_instead_of_all_sectors(
    visitor: Client, guitars: Enterprise
) -> None:
    sectors = [str(s.sector) for s in guitars.sector_ranks.all()]
    fitting = visitor.get(LISTING, {"q": "koncerten", "district": "noerrebro"}).page.one(class_="empty")
    assert f"Se alle under {sectors[0]} (1)" in fitting.text
    assert not fitting.all("ul", class_="sectors")
    other = visitor.get(LISTING, {"q": "ubåd"}).page.one(class_="empty").one("ul", class_="sectors")
    assert len(other.all("li")) == 2


def marked(page: Element) -> list[str]:
    return [mark.text for mark in page.one(class_="results").all("mark")]


def test_a_search_marks_what_it_matched(visitor: Client, guitars: Enterprise) -> None:
    assert marked(visitor.get(LISTING, {"q": "guitarer"}).page) == ["Guitarbyggeren", "guitar"]
    assert marked(visitor.get(LISTING).page) == []
    assert marked(visitor.get(LISTING, {"district": "valby"}).page) == []


def test_a_card_shows_what_else_matched(visitor: Client, bakery: Enterprise, guitars: Enterprise) -> None:
    card = visitor.get(LISTING, {"q": "ladcykel"}).page.one("article", data_enterprise=bakery.slug)
    snippet = card.one(class_="card-snippet")
    assert snippet.text == "Vi bager om natten og leverer på ladcykel."
    assert snippet.one("mark").text == "ladcykel"
    told = visitor.get(LISTING, {"q": "frokost"}).page.one("article", data_enterprise=bakery.slug)
    assert not told.all(class_="card-snippet")


def test_a_snippet_in_the_other_language_says_so(visitor: Client, bakery: Enterprise) -> None:
    snippet = visitor.get(LISTING, {"q": "night"}).page.one(class_="card-snippet")
    assert snippet.attrs["lang"] == "en" and snippet.one("mark").text == "night"
    with override("en"):
        page = visitor.get(reverse("listing"), {"q": "night"}).page
    assert "lang" not in page.one(class_="card-snippet").attrs


def test_sorting_by_newest_and_by_confirmation(visitor: Client) -> None:
    for day, name in ((3, "Ældst"), (9, "Midt"), (6, "Nyest")):
        publishing.confirm(published(name), on=loading.DEMO_DAY.replace(day=day))
    by = {sort: shown(visitor.get(LISTING, {"sort": sort}).page) for sort in ("newest", "confirmed", "name")}
    assert by["newest"] == ["nyest", "midt", "aeldst"]
    assert by["confirmed"] == ["midt", "nyest", "aeldst"]
    assert by["name"] == ["midt", "nyest", "aeldst"]


def test_the_chosen_order_is_the_one_shown_and_kept(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(LISTING, {"sort": "newest"}).page
    assert [o.attrs["value"] for o in page.one("select").all("option", selected="")] == ["newest"]
    assert page.one("a", rel="next").attrs["href"] == "?sort=newest&page=2"
    plain = visitor.get(LISTING).page
    assert [o.text for o in plain.one("select").all("option", selected="")] == ["Navn"]
    assert "Bedste match" not in [o.text for o in plain.all("option")]


def test_each_chip_takes_one_value_away(visitor: Client, city: list[Enterprise]) -> None:
    asked = {"q": "vi", "sector": ["it-data", "mad-catering"], "district": "valby", "sort": "newest"}
    chips = visitor.get(LISTING, asked).page.one("ul", class_="chips").all("a")
    assert [chip.attrs["href"] for chip in chips] == [
        f"{LISTING}?q=vi&sector=mad-catering&district=valby&sort=newest",
        f"{LISTING}?q=vi&sector=it-data&district=valby&sort=newest",
        f"{LISTING}?q=vi&sector=it-data&sector=mad-catering&sort=newest",
        f"{LISTING}?q=vi",
    ]
    assert all(chip.text.startswith("Fjern filteret ") for chip in chips[:-1])


def test_the_filter_button_tells_how_many_are_on(visitor: Client, city: list[Enterprise]) -> None:
    page = visitor.get(LISTING, {"sector": ["it-data", "mad-catering"], "district": "valby"}).page
    assert page.one("summary", class_="button").text == "Filtre 3 valgt"
    checked = [box.attrs["value"] for box in page.all("input", type="checkbox", checked="")]
    assert sorted(checked) == ["it-data", "mad-catering", "valby"]


@pytest.mark.parametrize(
    ("asked", "canonical", "noindex"),
    [
        ({}, "", False),
        ({"page": "2"}, "?page=2", False),
        ({"page": "1", "utm_source": "x"}, "", False),
        ({"page": "77"}, "?page=2", False),
        ({"sector": "it-data"}, "?sector=it-data", True),
        (
            {"district": "valby", "sector": ["mad-catering", "it-data"]},
            "?sector=it-data&sector=mad-catering&district=valby",
            True,
        ),
        ({"q": " Vi  er "}, "?q=Vi+er", True),
        ({"sort": "newest"}, "?sort=newest", True),
    ],
)
def test_every_state_has_one_address(
    visitor: Client, city: list[Enterprise], asked: dict[str, Any], canonical: str, noindex: bool
) -> None:
    page = visitor.get(LISTING, asked).page
    assert page.one("link", rel="canonical").attrs["href"] == f"http://testserver{LISTING}{canonical}"
    assert bool(page.all("meta", name="robots", content="noindex")) is noindex


def test_what_nobody_knows_is_ignored_and_told(visitor: Client, bakery: Enterprise) -> None:
    page = visitor.get(
        LISTING, {"sector": ["it-data-x", "mad-catering"], "farve": "rød", "sort": "dyrest"}
    ).page
    assert shown(page) == [bakery.slug]
    note = page.one("p", class_="note").text
    assert "farve" in note and "sector=it-data-x" in note and "sort=dyrest" in note


@pytest.mark.parametrize("broken", ["page=to", "page=-1", "exact=ja", "open=nej", "sort=dyrest"])
def test_a_value_that_means_nothing_is_told_too(visitor: Client, city: list[Enterprise], broken: str) -> None:
    page = visitor.get(f"{LISTING}?{broken}").page
    assert broken in page.one("p", class_="note").text
    assert f"{len(city)} virksomheder" in page.one("p", class_="total").text


def test_what_nobody_knows_is_told_briefly(visitor: Client, bakery: Enterprise) -> None:
    answer = visitor.get(LISTING, {"sector": "x" * 10_000, "\x00": "1"} | {f"k{i}": "1" for i in range(300)})
    assert len(answer.page.one("p", class_="note").text) < 1_000
    assert "\x00" not in answer.content.decode()


def test_a_clean_address_gets_no_note(visitor: Client, bakery: Enterprise) -> None:
    assert not visitor.get(LISTING, {"q": "", "sector": "mad-catering", "page": "1"}).page.all(class_="note")


def test_drafts_and_withdrawn_profiles_are_not_listed(visitor: Client, bakery: Enterprise) -> None:
    an_enterprise("Kladden")
    publishing.withdraw(published("Den lukkede"), reason="Lukket")
    assert shown(visitor.get(LISTING).page) == [bakery.slug]


def test_an_unpublished_change_is_not_listed(visitor: Client, bakery: Enterprise) -> None:
    bakery.tagline_da = "Noget helt andet"
    bakery.save()
    assert "Noget helt andet" not in visitor.get(LISTING).page.text
    publishing.publish(bakery)
    assert "Noget helt andet" in visitor.get(LISTING).page.text


def test_the_english_list_marks_what_is_danish(visitor: Client) -> None:
    published("Kun dansk", tagline_en="", description_en="")
    published("Both", tagline_en="Lunch and bread")
    with override("en"):
        cards = visitor.get(reverse("listing")).page.all("article", class_="card")
    taglines = {card.attrs["data-enterprise"]: card.one("p") for card in cards}
    assert "lang" not in taglines["both"].attrs
    assert taglines["kun-dansk"].attrs["lang"] == "da"
    assert taglines["kun-dansk"].text == "Frokost og brød til møder"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "energi"},
        {"sort": "confirmed"},
        {"q": "energi", "sort": "newest"},
    ],
)
def test_the_list_costs_the_same_few_queries_however_many_there_are(
    visitor: Client, demo_records: list[loading.Record], asked: dict[str, str]
) -> None:
    def queries() -> list[int]:
        """Of a page whose cards are all made anew, and of one whose cards are all kept."""
        visitor.get(LISTING, asked)
        catalogues.present().fragments.clear()
        counts = []
        for _again in range(2):
            with CaptureQueriesContext(connection) as captured:
                visitor.get(LISTING, asked)
            counts.append(len(captured))
        return counts

    loading.write(demo_records[::80], demo=True)
    with_three = queries()
    loading.write(demo_records[1:240:9], demo=True)
    assert queries() == with_three
    # The generation is asked for past Django, and not counted here.
    assert with_three[0] in (1, 2) and with_three[1] == 0


def test_htmx_gets_everyones_page_and_the_address_to_show(visitor: Client, bakery: Enterprise) -> None:
    asked = {"sector": ["mad-catering", ""], "q": "  brød ", "sort": "", "near": ""}
    whole = visitor.get(LISTING, asked)
    swapped = visitor.get(LISTING, asked, headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert swapped.content == whole.content
    assert swapped.headers["HX-Push-Url"] == f"{LISTING}?q=br%C3%B8d&sector=mad-catering"
    assert whole.page.one("link", rel="canonical").attrs["href"].endswith(swapped.headers["HX-Push-Url"])
