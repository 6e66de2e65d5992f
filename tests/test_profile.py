"""An enterprise's own page: all that is said, nothing that is not, and nothing that must not be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from enterprises import publishing, register
from enterprises.content import loading
from enterprises.models import (
    BuyerFacts,
    District,
    Enterprise,
    Evidence,
    HoursException,
    Link,
    Mark,
    MarkOf,
    Offer,
    Opening,
    Place,
)
from tests.builders import a_place, a_proof, an_enterprise, published, republished
from tests.client import Element

pytestmark = pytest.mark.django_db


def address(enterprise: Enterprise) -> str:
    return reverse("profile", args=[enterprise.slug])


def shown(client: Client, enterprise: Enterprise) -> Element:
    return client.get(address(enterprise)).page  # type: ignore[attr-defined,no-any-return]


def rows(panel: Element) -> dict[str, str]:
    return {dt.text: dd.text for dt, dd in zip(panel.all("dt"), panel.all("dd"), strict=True)}


def panel(page: Element, heading: str) -> Element:
    return next(s for s in page.all("section") if heading in [h.text for h in s.all("h2")])


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Moves the clock. Times are UTC; Copenhagen is an hour ahead in November."""
    return lambda moment: monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.fixture
def complete(db: None) -> Enterprise:
    """Everything that can be said about an enterprise, each thing in words of its own."""
    e = an_enterprise(
        "Det Fulde Hus",
        sectors=("mad-catering", "it-data"),
        district="valby",
        offers=(),
        founded=1987,
        impact_da="Fordi ingen skal spise alene.",
        contact_name="Spørg efter Ulla",
        employees=1234, employees_year=2024, special_terms=12, special_terms_year=2025,
        owner_members=56, owner_members_year=2023, volunteers=0, volunteers_year=2022,
        cvr="10103940",
    )  # fmt: skip
    place = e.places.get()
    Place.objects.filter(pk=place.pk).update(label_da="Hovedkøkkenet", accessibility_da="Rampe ved porten.")
    HoursException.objects.create(
        place=place, first_day=date(2026, 12, 24), last_day=date(2026, 12, 26), note_da="Juleferie"
    )
    a_place(
        e, district="amager-vest", street="Islands Brygge 7", postcode="2300", city="København S", hours=()
    )
    Offer.objects.create(
        enterprise=e, name_da="Suppe i spand", text_da="Fem liter ad gangen.",
        delivery_da="Overalt på Amager", audiences=["citizens", "public"], cpv=["55520000"],
    )  # fmt: skip
    Opening.objects.create(
        enterprise=e, kind="fleksjob", title_da="Opvask ti timer", text_da="Du får en makker.",
        count=2, apply_by=date(2099, 1, 31), url="https://hus.example/opvask",
    )  # fmt: skip
    Link.objects.create(enterprise=e, kind="webshop", url="https://butik.hus.example")
    MarkOf.objects.create(enterprise=e, mark_id="kooperationen", number="K-77", checked_on=date(2026, 5, 4))
    facts = BuyerFacts.objects.create(
        enterprise=e, e_invoice=True, collective_agreement=False, consortium=True,
        capacity_da="Tre hundrede kuverter", insurance_da="Ti millioner",
        reserved_declared_on=date(2026, 2, 3),
    )  # fmt: skip
    facts.delivers_to.set(District.objects.filter(slug__in=["valby", "vanloese"]))
    register.record_rsv(e, registered=True, read_on=date(2026, 6, 7))
    Evidence.objects.filter(enterprise=e, criterion="trade").update(
        source_url="https://hus.example/aarsrapport", dated=date(2025, 12, 31), wording_da="91 % er salg."
    )
    publishing.publish(e)
    publishing.confirm(e, on=date(2026, 10, 11))
    return e


def test_everything_that_is_said_is_shown(visitor: Client, complete: Enterprise) -> None:
    text = shown(visitor, complete).one("main").text
    for said in (
        "Det Fulde Hus", "Frokost og brød til møder", "Siden 1987", "Vi bager om natten",
        "Fordi ingen skal spise alene.", "Spørg efter Ulla", "00 00 12 34", "hej@broed.example",
        "broed.example", "Webshop", "Hovedkøkkenet", "Blågårdsgade 12", "2200 København N", "Valby",
        "Rampe ved porten.", "Islands Brygge 7", "2300 København S", "Suppe i spand", "Fem liter ad gangen.",
        "Overalt på Amager", "borgere, det offentlige", "Opvask ti timer", "Fleksjob", "2 pladser",
        "Søg senest 31. januar 2099", "Du får en makker.", "Kooperationen", "K-77", "Set 4. maj 2026",
        "Læst i CVR 7. juni 2026", "91 % er salg.", "31. december 2025", "3. februar 2026", "§ 54",
        "Oplysningerne er bekræftet af virksomheden 11. oktober 2026", "Rådet har set dokumentation",
    ):  # fmt: skip
        assert said in text, said


def test_facts_stand_in_rows_for_buyers(visitor: Client, complete: Enterprise) -> None:
    assert rows(panel(shown(visitor, complete), "For indkøbere")) == {
        "CVR-nummer": "10103940",
        "Virksomhedsform": str(complete.legal_form),
        "E-faktura": "Ja",
        "Leverer i": "Valby, Vanløse",
        "Kapacitet": "Tre hundrede kuverter",
        "Forsikring": "Ti millioner",
        "Overenskomst": "Nej",
        "Går sammen med andre om opgaver": "Ja",
        "CPV-koder": "55520000",
    }


def test_figures_have_their_year_and_zero_is_an_answer(visitor: Client, complete: Enterprise) -> None:
    assert rows(panel(shown(visitor, complete), "Arbejdspladsen")) == {
        "Ansatte": "1.234 (2024)",
        "Ansatte på særlige vilkår": "12 (2025)",
        "Medejere og medlemmer": "56 (2023)",
        "Frivillige": "0 (2022)",
    }


def test_the_shortest_profile_has_no_empty_rooms(visitor: Client) -> None:
    bare = published(
        "Bar", missions=(), ownership=None, legal_form=None, district=None, offers=(), criteria=(),
        phone="", email="", website="", tagline_en="", description_en="",
    )  # fmt: skip
    page = shown(visitor, bare)
    assert [h.text for h in page.one("main").all("h2")] == ["Om virksomheden"]
    assert not page.one("main").all("dl", "table")
    assert not page.all("p", class_="actions")


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_page_of_the_city_has_an_empty_element(
    visitor: Client, city: list[Enterprise], language: str
) -> None:
    """The policing client looks at each."""
    with override(language):
        assert [visitor.get(address(e)).status_code for e in city[::2]] == [200] * 15


def test_an_organisation_is_called_one(visitor: Client) -> None:
    page = shown(visitor, published("Foreningen Netværk", kind="organisation", sectors=(), missions=()))
    assert "Netværk eller organisation" in page.one("ul", class_="tags").text
    assert "Om organisationen" in [h.text for h in page.all("h2")]


def test_an_unconfirmed_profile_tells_where_it_comes_from(visitor: Client) -> None:
    e = published(
        "Fra Registeret", source="Kooperationens medlemsliste", source_checked_on=date(2026, 9, 8),
        source_urls=["https://liste.example/a", "https://liste.example/b"],
    )  # fmt: skip
    note = shown(visitor, e).one("p", class_="note-unconfirmed")
    assert "Ikke bekræftet af virksomheden." in note.text
    assert "Kooperationens medlemsliste" in note.text and "8. september 2026" in note.text
    assert [a.attrs["href"] for a in note.all("a")] == ["https://liste.example/a", "https://liste.example/b"]
    publishing.confirm(e, on=date(2026, 10, 1))
    page = shown(visitor, e)
    assert not page.all(class_="note-unconfirmed")
    assert "bekræftet af virksomheden 1. oktober 2026" in page.text


def test_a_demo_enterprise_says_so(visitor: Client, city: list[Enterprise], bakery: Enterprise) -> None:
    head = shown(visitor, city[0]).one(class_="profile-head")
    assert head.one(class_="tag-demo").text == "Opdigtet (demo)"
    assert not shown(visitor, bakery).one(class_="profile-head").all(class_="tag-demo")


# -- languages ------------------------------------------------------------------------------------


def test_the_english_page_falls_back_to_marked_danish(visitor: Client) -> None:
    e = published("Kun Dansk", tagline_en="", description_en="", impact_da="Fordi.", offers=("Smørrebrød",))
    with override("en"):
        page = shown(visitor, e)
    assert page.one("html").attrs["lang"] == "en"
    for text in ("Frokost og brød til møder", "Vi bager om natten", "Fordi.", "Smørrebrød"):
        marked = [x for x in page.one("main").all(lang="da") if text in x.text]
        assert marked, f"“{text}” is not marked as Danish"


def test_the_english_page_shows_english_where_there_is_some(visitor: Client, bakery: Enterprise) -> None:
    with override("en"):
        page = shown(visitor, bakery)
    assert "We bake at night and deliver by cargo bike." in page.text
    assert "Vi bager" not in page.text
    assert not [x for x in page.one("main").all(lang="da") if "bake" in x.text]


def test_the_danish_page_has_nothing_in_english(visitor: Client, complete: Enterprise) -> None:
    main = shown(visitor, complete).one("main")
    assert not main.all(lang="en")
    assert "We bake" not in main.text


# -- what must not be seen ------------------------------------------------------------------------


def test_a_hidden_address_is_nowhere(visitor: Client) -> None:
    e = published("Hjemmesyerskens Systue", hidden=True, notes="Ring aldrig før ti.")
    answers = [
        address(e),
        reverse("vcard", args=[e.slug]),
        "/virksomheder/",
        "/",
        "/virksomheder/?q=Blågårdsgade",
    ]
    with override("en"):
        answers.append(address(e))
    for asked in answers:
        content = visitor.get(asked).content.decode()
        for secret in ("gårdsgade 12", "g\\u00e5rdsgade", "2200", "55.68", "12.55", "Ring aldrig"):
            assert secret not in content, f"{secret} on {asked}"
    page = shown(visitor, e)
    assert "Nørrebro" in page.text and "Adressen vises ikke." in page.text


def test_an_unpublished_change_is_not_seen(visitor: Client, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(description_da="Hemmelig ny beskrivelse")
    assert "Hemmelig" not in visitor.get(address(bakery)).content.decode()


def test_an_expired_proof_is_not_called_confirmed(
    visitor: Client, bakery: Enterprise, at: Callable[[datetime], None]
) -> None:
    Evidence.objects.filter(enterprise=bakery, criterion="trade").update(expires_on=date(2027, 1, 1))
    publishing.publish(bakery)
    at(datetime(2027, 1, 1, 12, tzinfo=UTC))
    before = shown(visitor, bakery)
    assert len(before.all("li", class_="criterion-confirmed")) == 5
    assert "Gælder til og med 1. januar 2027." in before.text
    assert reverse("grounds") in {a.attrs["href"] for a in before.all("a")}
    at(datetime(2027, 1, 2, 12, tzinfo=UTC))
    page = shown(visitor, bakery)
    assert len(page.all("li", class_="criterion-confirmed")) == 4
    told = page.one("li", class_="criterion-expired").text
    assert "men udløbet 1. januar 2027" in told and "Oplyst af virksomheden" not in told
    assert "Rådet har set dokumentation" not in page.text


def test_a_criterion_nobody_spoke_of_is_shown_as_open(visitor: Client) -> None:
    e = published("Halvvejs", criteria=("purpose",))
    unknown = shown(visitor, e).all("li", class_="criterion-unknown")
    assert len(unknown) == 4
    assert all("Ikke oplyst endnu." in criterion.text for criterion in unknown)


def test_the_flag_flies_only_over_five_confirmed_criteria(visitor: Client) -> None:
    def house(enterprise: Enterprise) -> str:
        html = visitor.get(address(enterprise)).content.decode()
        return re.search(r'profile-house">(<svg.*?</svg>)', html, re.S)[1]  # type: ignore[index]

    e = published("Flaget", criteria=("purpose", "trade", "independence", "inclusion"))
    without = house(e)
    a_proof(e, "surplus", checked_on=None, expires_on=None)
    publishing.publish(e)
    assert house(e) == without
    a_proof(e, "surplus")
    publishing.publish(e)
    assert house(e) != without


def test_expired_marks_are_not_shown(
    visitor: Client, bakery: Enterprise, at: Callable[[datetime], None]
) -> None:
    MarkOf.objects.create(enterprise=bakery, mark=Mark.objects.get(slug="fsc"), expires_on=date(2027, 1, 1))
    publishing.publish(bakery)
    at(datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert "FSC" in shown(visitor, bakery).one("ul", class_="marks").text
    at(datetime(2027, 1, 2, 12, tzinfo=UTC))
    assert not shown(visitor, bakery).all("ul", class_="marks")


def test_openings_are_shown_until_their_last_day(
    visitor: Client, bakery: Enterprise, at: Callable[[datetime], None]
) -> None:
    Opening.objects.create(enterprise=bakery, kind="job", title_da="Bager", apply_by=date(2027, 1, 1))
    publishing.publish(bakery)
    at(datetime(2027, 1, 1, 22, tzinfo=UTC))
    assert shown(visitor, bakery).one("ul", class_="openings").one("h3").text == "Bager"
    at(datetime(2027, 1, 1, 23, 30, tzinfo=UTC))  # half past midnight in Copenhagen
    assert "Bager" not in shown(visitor, bakery).one("main").text


def test_a_register_that_said_no_is_not_a_mark(visitor: Client, bakery: Enterprise) -> None:
    register.record_rsv(bakery, registered=False, read_on=date(2026, 6, 7))
    publishing.publish(bakery)
    assert "RSV" not in shown(visitor, bakery).one("main").text


# -- hours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 4, 11, 0, tzinfo=UTC), "Åben til 17.00"),
        (datetime(2026, 11, 4, 7, 59, tzinfo=UTC), "Åbner 09.00"),
        (datetime(2026, 11, 4, 16, 0, tzinfo=UTC), "Åbner torsdag 09.00"),
        (datetime(2026, 11, 7, 11, 0, tzinfo=UTC), "Åbner mandag 09.00"),
        (datetime(2026, 7, 1, 14, 59, tzinfo=UTC), "Åben til 17.00"),
        (datetime(2026, 7, 1, 15, 0, tzinfo=UTC), "Åbner torsdag 09.00"),
    ],
)
def test_the_door_is_open_by_the_clock_in_copenhagen(
    visitor: Client, bakery: Enterprise, at: Callable[[datetime], None], moment: datetime, said: str
) -> None:
    at(moment)
    assert shown(visitor, bakery).one("aside").one(class_="open" if "til" in said else "closed").text == said
    card = visitor.get("/virksomheder/").page.one("article", class_="card")
    assert said in card.one(class_="card-side").text


def test_equal_days_of_the_week_stand_together(visitor: Client, bakery: Enterprise) -> None:
    hours = shown(visitor, bakery).one("table", class_="hours")
    assert [(tr.one("th").text, tr.one("td").text) for tr in hours.all("tr")] == [
        ("Mandag–fredag", "09.00–17.00"),
        ("Lørdag–søndag", "Lukket"),
    ]


def test_special_days_are_told_when_they_are_near(
    visitor: Client, bakery: Enterprise, at: Callable[[datetime], None]
) -> None:
    place = bakery.places.get()
    days = {"first_day": date(2026, 12, 23), "last_day": date(2026, 12, 23)}
    HoursException.objects.create(place=place, opens=time(10), closes=time(12), note_da="Lillejul", **days)
    publishing.publish(bakery)
    at(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert shown(visitor, bakery).one("ul", class_="exceptions").text == "23. december: 10.00–12.00 Lillejul"
    at(datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert not shown(visitor, bakery).all("ul", class_="exceptions")


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
def test_old_addresses_lead_to_the_present_one(visitor: Client, language: str) -> None:
    e = published("Navnet Før")
    republished(e, slug="navnet-imens")
    republished(e, slug="navnet-nu")
    with override(language):
        for former in ("navnet-foer", "navnet-imens"):
            answer = visitor.get(reverse("profile", args=[former]))
            assert (answer.status_code, answer.headers["Location"]) == (
                301,
                reverse("profile", args=["navnet-nu"]),
            )


def test_a_withdrawn_profile_is_gone(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="De lukkede i går")
    answer = visitor.get(address(bakery))
    assert answer.status_code == 410
    assert answer.page.one("h1").text == "Profilen er trukket tilbage"
    assert "De lukkede i går" not in answer.content.decode()


def test_a_merged_profile_leads_to_the_other(visitor: Client) -> None:
    first, second, third = published("Den Første"), published("Den Anden"), published("Den Tredje")
    publishing.withdraw(first, reason="Lagt sammen", merged_into=second)
    assert visitor.get(address(first)).headers["Location"] == address(second)
    publishing.withdraw(second, reason="Lagt sammen", merged_into=third)
    assert visitor.get(address(first)).headers["Location"] == address(third)
    publishing.withdraw(third, reason="Lagt sammen", merged_into=first)
    assert visitor.get(address(first)).status_code == 410


def test_an_address_nobody_had_is_unknown(visitor: Client, bakery: Enterprise) -> None:
    for name in ("profile", "vcard", "report-error", "house-image"):
        assert visitor.get(reverse(name, args=["findes-ikke"])).status_code == 404


# -- what is around it ----------------------------------------------------------------------------


def test_neighbours_of_the_same_trade_come_first(visitor: Client) -> None:
    here = published("Her", district="valby")
    published("Langt Væk", district="amager-vest")
    published("Nabo", district="valby")
    published("Andet Fag", district="valby", sectors=["it-data"])
    related = shown(visitor, here).one("section", class_="related").all("article")
    assert [card.attrs["data-enterprise"] for card in related] == ["nabo", "langt-vaek"]


def test_the_page_names_itself_once(visitor: Client, bakery: Enterprise) -> None:
    page = visitor.get(address(bakery), {"utm_source": "brev"}).page
    assert page.one("link", rel="canonical").attrs["href"] == "http://testserver/virksomheder/broed-broer/"
    assert not page.all("meta", name="robots")
    assert page.one("title").text == "Brød & Broer – Den fælles by"
    image = page.one("meta", property="og:image").attrs["content"]
    assert image == "http://testserver/huse/broed-broer.png"


def test_the_house_is_a_picture_that_is_fetched_once(visitor: Client, bakery: Enterprise) -> None:
    picture = visitor.get("/huse/broed-broer.png")
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = visitor.get("/huse/broed-broer.png", headers={"if-none-match": picture.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    republished(bakery, name="Brød & Brosten")
    assert visitor.get("/huse/broed-broer.png").headers["ETag"] != picture.headers["ETag"]


def test_the_buttons_ring_and_write(visitor: Client, bakery: Enterprise) -> None:
    buttons = shown(visitor, bakery).one("p", class_="actions").all("a")
    assert [b.attrs["href"] for b in buttons] == [
        "tel:+4500001234", "mailto:hej@broed.example", "https://broed.example",
    ]  # fmt: skip


def test_a_foreign_number_is_dialled_as_it_is(visitor: Client) -> None:
    page = shown(visitor, published("Malmø", phone="+46 40 12 34"))
    assert page.one("p", class_="actions").all("a")[0].attrs["href"] == "tel:+46401234"


def test_the_profile_costs_the_same_few_queries_however_many_there_are(
    visitor: Client, bakery: Enterprise, demo_records: list[loading.Record]
) -> None:
    def queries() -> int:
        shown(visitor, bakery)
        with CaptureQueriesContext(connection) as asked:
            shown(visitor, bakery)
        return len(asked)

    # All of the bakery's trade, so that it has neighbours from the start.
    trade = [record for record in demo_records if "mad-catering" in record["sectors"]]
    loading.write(trade[:2], demo=True)
    with_three = queries()
    loading.write([r for r in demo_records if r not in trade[:2]][:27], demo=True)
    assert queries() == with_three <= 3
