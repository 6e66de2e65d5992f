"""Who comes first, and who is left out: each test has a handful of enterprises of its own."""

from __future__ import annotations

from datetime import date

import pytest

from directory import catalogue as catalogues
from directory.filters import ListingFilter
from enterprises import publishing
from enterprises.models import Enterprise, Opening, SynonymGroup
from tests.test_search_query import a_shop, found

pytestmark = pytest.mark.django_db


def test_a_word_of_which_nothing_is_a_part_finds_nothing_by_its_letters() -> None:
    a_shop("Mureren", "Murer")
    a_shop("Muren", "Mur")
    assert found("ur ") == []
    assert found("mur ")[0] == "Muren"
    assert found("murer ")[0] == "Mureren"


def test_a_known_word_is_never_corrected() -> None:
    a_shop("Mailer")
    query, _ids = catalogues.present().search("mailer")
    assert query.corrections == []


def test_a_name_is_found_misspelt() -> None:
    a_shop("Kædespænderen")
    assert found("kædespændren")[0] == found("kaedespaenderen")[0] == "Kædespænderen"


@pytest.mark.parametrize("typed", ["ladhjulfabrik", "ladhjul fabrik", "ladhjul fabirk"])
def test_a_known_word_written_apart_or_misspelt_is_that_word(typed: str) -> None:
    """Who does the same by another name comes before who has but one of its parts, however prominently."""
    SynonymGroup.objects.create(da=["ladhjulfabrik", "hjulmageri"])
    a_shop("Sæbens fabrik", "Fabrik")
    a_shop("Bien", "Hjulmageri")
    a_shop("Cirklen", "Ladhjulfabrik")
    assert found(typed)[:2] == ["Cirklen", "Bien"]
    query, _ids = catalogues.present().search(typed)
    assert dict(query.corrections) == ({"fabirk": "fabrik"} if "fabirk" in typed else {})


def test_what_is_meant_comes_before_its_synonyms() -> None:
    SynonymGroup.objects.create(da=["ladhest", "trækdyr"])
    a_shop("Aben", "Trækdyr")
    a_shop("Bien", "Ladhest")
    assert found("ladhest") == ["Bien", "Aben"]
    assert found("trækdyr") == ["Aben", "Bien"]


def test_expressions_are_synonyms_too() -> None:
    SynonymGroup.objects.create(da=["rullende køkkenbord", "gadegrill"])
    a_shop("Aben", "Gadegrill")
    a_shop("Bien", "Rullende køkkenborde")
    assert set(found("rullende køkkenbord")) == {"Aben", "Bien"}
    assert set(found("gadegrill")) == {"Aben", "Bien"}


@pytest.mark.parametrize("quoted", ['"{}"', "“{}”", "”{}”", "„{}“", "»{}«", "«{}»"])
def test_a_quoted_phrase_stands_word_for_word(quoted: str) -> None:
    a_shop("Aben", "Mad med lokale råvarer")
    a_shop("Bien", "Lokale, og mad med råvarer")
    a_shop("Cirklen", "Lokal mad")
    assert found(quoted.format("lokale råvarer")) == ["Aben"]
    assert found(quoted.format("Lokale Raavarer")) == ["Aben"]
    assert set(found("lokale råvarer")) == {"Aben", "Bien", "Cirklen"}


@pytest.mark.parametrize("unwanted", ['-"lokale råvarer"', "-»lokale råvarer«", "-“Lokale Raavarer”"])
def test_a_phrase_after_a_minus_is_not_wanted(unwanted: str) -> None:
    a_shop("Aben", "Mad med lokale råvarer")
    a_shop("Bien", "Lokale, og mad med råvarer")
    assert found(f"mad {unwanted}") == ["Bien"]


def test_a_space_after_a_word_says_it_is_whole() -> None:
    a_shop("Aben", "Kaffebar")
    catalogue = catalogues.present()
    for typed, count in (("kaffeb", 1), ("kaffeb ", 0)):
        asked = ListingFilter({"q": typed, "exact": "1"}, catalogue)
        assert len(catalogue.search(asked.typed, literally=True)[1]) == count


def test_a_phrase_stands_in_one_text_and_between_whole_words() -> None:
    a_shop("Aben", "Frugt og grønt", "Brød og kaffe")
    assert found('"frugt og grønt"') == ["Aben"]
    assert found('"frugt og grøn"') == []
    assert found('"grønt brød"') == []


# -- ranking --------------------------------------------------------------------------------------


def test_name_before_offer_before_tagline_before_sector_before_description() -> None:
    a_shop("Egernet", sectors=["kultur-event"])
    a_shop("Delfinen", "Events, kultur og musik", sectors=["it-data"])
    a_shop("Cirklen", offers=["Kultur"], sectors=["it-data"])
    a_shop("Kultur for alle")
    a_shop("Bien", description="Om kultur, kort sagt", sectors=["it-data"])
    assert found("kultur") == ["Kultur for alle", "Cirklen", "Delfinen", "Egernet", "Bien"]


def test_the_exact_name_is_first() -> None:
    a_shop("Brød & Broer Catering", "Brød og broer", offers=["Brød og broer"])
    a_shop("Vi er her igen")
    a_shop("Brød & Broer")
    assert found("brød & broer")[0] == found("broed broer")[0] == "Brød & Broer"
    assert found("vi er her igen")[0] == "Vi er her igen"


def test_more_matched_words_beat_fewer() -> None:
    a_shop("Aben", "Kaffe og kage og musik")
    a_shop("Bien", "Kaffe og kage")
    a_shop("Cirklen", "Kaffe")
    assert found("kaffe kage musik") == ["Aben", "Bien", "Cirklen"]


def test_equals_stand_by_completeness_then_confirmation_then_name() -> None:
    a_shop("Aben", "Kaffe")
    a_shop("Bien", "Kaffe")
    a_shop("Cirklen", "Kaffe")
    publishing.confirm(Enterprise.objects.get(name="Bien"), on=date(2026, 3, 1))
    publishing.confirm(Enterprise.objects.get(name="Cirklen"), on=date(2026, 5, 1))
    a_shop("Delfinen", "Kaffe", missions=["unge"], district="valby")
    assert found("kaffe") == ["Delfinen", "Cirklen", "Bien", "Aben"]


# -- intents --------------------------------------------------------------------------------------


PLACES = {
    "nørrebro": "Noerrebro",
    "norrebro": "Noerrebro",
    "Blågårds Plads": "Noerrebro",
    "Kbh. N": "Noerrebro",
    "NV": "Bispebjerg",
    "nordvest": "Bispebjerg",
    "sydhavnen": "Vesterbro-Kongens-Enghave",
    "christianshavn": "Indre-By",
    "københavn k": "Indre-By",
    "amager": "Amager-Oest",
}


def test_a_district_lifts_but_hides_nobody() -> None:
    a_shop("Aben", "Kaffe, kaffe og kage")
    for name in {*PLACES.values()}:
        a_shop(name, "Kaffe", district=name.lower())
    for place, name in PLACES.items():
        for typed in (f"kaffe {place}", f"kaffe på {place}", f"{place} kaffe"):
            assert found(typed)[0] == name, typed
            assert len(found(typed)) == 6, typed
        assert found(place) == [name], place


def test_amager_is_both_of_its_districts() -> None:
    a_shop("Aben", district="amager-oest")
    a_shop("Bien", district="amager-vest")
    a_shop("Cirklen", district="valby")
    assert found("amager") == ["Aben", "Bien"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("fleksjob", "fleksjob"),
        ("laerling", "elevplads"),
        ("frivillig", "volunteer"),
        ("praktik", "praktikplads"),
    ],
)
def test_a_kind_of_opening_lifts_but_hides_nobody(kind: str, words: str) -> None:
    a_shop("Aben", "Køkken, køkken og køkkener", offers=["Køkken"])
    hiring = a_shop("Bien", "Køkkener")
    Opening.objects.create(enterprise=hiring, kind=kind, title_da="Kom og vær med")
    publishing.publish(hiring)
    assert found(f"{words} køkken") == found(f"køkken {words}") == ["Bien", "Aben"]
    assert found(words) == ["Bien"]


def test_an_unknown_compound_finds_those_who_have_both_its_words() -> None:
    a_shop("Aben", "Alene udlejning")
    a_shop("Bien", "Køkkener og udlejning")
    a_shop("Cirklen", "Udlejning, også af køkkener")
    assert found("køkkenudlejning") == ["Bien", "Cirklen", "Aben"]


def test_words_wrongly_parted_find_the_compound() -> None:
    a_shop("Aben", "Snurretop")
    a_shop("Bien", "Skibsfest")
    assert found("snurre top") == ["Aben"]
    assert found("skib fest") == ["Bien"]


def test_a_trade_elsewhere_comes_before_its_traces_in_the_district() -> None:
    a_shop("Aben", "Møbler", description="Kaffe er der også.", district="valby")
    a_shop("Bien", "Kaffe", district="amager-oest", offers=["Kaffe"])
    a_shop("Cirklen", "Kaffe", district="valby", offers=["Kaffe"])
    a_shop("Delfinen", "Møbler", district="valby")
    assert found("kaffe valby") == ["Cirklen", "Bien", "Aben"]


def test_a_district_finds_who_is_named_after_it_too() -> None:
    a_shop("Valby Bageri", district="amager-oest")
    a_shop("Aben", district="valby")
    a_shop("Bien", district="vanloese")
    assert set(found("valby")) == {"Valby Bageri", "Aben"}


def test_those_in_the_sector_of_the_trade_come_first() -> None:
    a_shop("Aben", "Vi siger farvel med blomster", sectors=["social-sundhed"])
    a_shop("Bien", "Vi pudser vinduer", sectors=["social-sundhed"])
    a_shop("Cirklen", "Vi pudser vinduer", sectors=["rengoering-ejendom"])
    assert found("vinduespudsning") == ["Cirklen", "Bien"]


def test_a_job_asked_for_is_looked_up_among_the_openings() -> None:
    for name, tagline, title in (("Aben", "Frokost", "Tømrer"), ("Bien", "Tømrer", "Kok")):
        shop = a_shop(name, tagline)
        Opening.objects.create(enterprise=shop, kind="fleksjob", title_da=title)
        publishing.publish(shop)
    assert found("fleksjob tømrer") == ["Aben", "Bien"]
    assert found("tømrer") == ["Bien", "Aben"]


def test_a_trade_and_a_kind_of_opening_may_be_one_word() -> None:
    for name, tagline, kind in (("Aben", "Kontor", "laerling"), ("Bien", "Murer", "laerling")):
        shop = a_shop(name, tagline)
        Opening.objects.create(enterprise=shop, kind=kind, title_da="Elev")
        publishing.publish(shop)
    a_shop("Cirklen", "Murer")
    assert found("murerlærling") == ["Bien", "Cirklen"]


@pytest.mark.parametrize("typed", ["kaffe karma", "kaffekarma", "kafe karma", "kaffe kar ma", "kafekarma"])
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    a_shop("Kaffe Karma")
    a_shop("Aben", "Kaffe", offers=["Kaffe"])
    assert found(typed)[0] == "Kaffe Karma"


def test_staffs_expressions_may_have_words_that_say_nothing_alone() -> None:
    SynonymGroup.objects.create(da=["snurretop", "hele vejen rundt"])
    a_shop("Aben", "Snurretop")
    a_shop("Bien", "Vejen til arbejde")
    assert found("kan man komme hele vejen rundt")[0] == "Aben"
    assert found("rundt ") == []


def test_to_have_is_no_garden() -> None:
    a_shop("Aben", "Haver")
    a_shop("Bien", "Kaffe")
    assert found("jeg vil gerne have kaffe") == ["Bien"]
    assert found("have") == ["Aben"]


def test_words_that_many_a_trade_needs_weigh_less() -> None:
    a_shop("Aben", "Billig hjælp til min mor, hver måned")
    a_shop("Bien", "Trillebøre")
    assert found("billig trillebør til min mor")[0] == "Bien"


@pytest.mark.parametrize(("typed", "tagline"), [("fleksjobb", "Fleksjob"), ("nørebro", "Nørrebro")])
def test_a_misspelt_kind_of_job_or_district_is_understood(typed: str, tagline: str) -> None:
    shop = a_shop("Aben", tagline, district="noerrebro")
    Opening.objects.create(enterprise=shop, kind="fleksjob", title_da="Kok")
    publishing.publish(shop)
    query, _ids = catalogues.present().search(typed)
    assert [intent.facets for intent in query.intents]
