"""What a clerk is asked to look at twice, and what is let be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.urls import reverse

from enterprises.choices import RegisterField
from enterprises.cvr import runs
from enterprises.models import Enterprise, RegisterReading
from enterprises.models.enterprise import WORDS
from enterprises.reviewing import copied, doubts
from enterprises.reviewing.doubts import Known
from tests.builders import published
from tests.register_service import COOPERATIVE, Register
from tests.test_review import sent, text_of

NAMED: dict[str, Any] = {"kind": "enterprise", "name": "Brød & Broer", "cvr": "25063864"}
READ = {"cvr": "25063864", "read_on": date(2026, 11, 3), "names": ("BRØD & BROER A.M.B.A.",)}
HERE = {"street": "Blågårdsgade 12", "postcode": "2200"}
AT = {"street": "Blågårdsgade 12, st. th.", "postcode": "2200", "city": "København N"}
DANISH = "Vi bager brød om natten og leverer det til jer på en ladcykel, så det er varmt, når I kommer."
ENGLISH = "We bake bread at night and bring it to you on a cargo bike, so that it is warm when you come."


def told(before: dict[str, Any] | None = None, known: Known | None = None, **after: Any) -> str:
    return " ".join(doubts.about(before or {}, NAMED | after, known or Known()))


def website(address: str, mail: str = "") -> dict[str, Any]:
    return {"contact": {"website": address} | ({"email": mail} if mail else {})}


def test_a_cvr_number_that_cannot_be() -> None:
    assert "kontrolcifferet er forkert" in told(cvr="25063865")
    assert told() == told(cvr="25063865", demo=True) == ""


@pytest.mark.parametrize(
    ("known", "after", "sentence"),
    [
        ({}, {}, ""),
        (
            {"names": ("KAGEHUSET APS",)},
            {},
            "Navnet er et andet end i CVR, læst 3. november 2026: KAGEHUSET APS.",
        ),
        ({"names": ("KAGEHUSET APS",)}, {"aliases": ["Kagehuset"]}, ""),
        # It is of another number.
        ({"names": ("KAGEHUSET APS",)}, {"cvr": "13585628"}, ""),
        ({"address": AT}, {"places": [HERE]}, ""),
        (
            {"address": AT},
            {"places": [HERE | {"street": "Blågårdsgade 14"}]},
            "Adressen er en anden end i CVR",
        ),
        ({"address": AT}, {"places": [{"hidden": True}]}, ""),
        ({"address": {"postcode": "2100", "city": "Ø", "private": True}}, {"places": [HERE]}, ""),
        ({"differences": ((RegisterField.STATUS, {"status": "UNDER KONKURS"}),)}, {}, "Under konkurs"),
        ({"differences": ((RegisterField.NUMBER, None),)}, {}, "Nummeret findes ikke i CVR"),
    ],
)
def test_what_the_register_said_last(known: dict[str, Any], after: dict[str, Any], sentence: str) -> None:
    found = told(None, Known(**READ | known), **after)
    assert sentence in found if sentence else not found


@pytest.mark.parametrize(
    ("contact", "is_doubted"),
    [
        (website("https://www.broedogbroer.dk/om"), False),
        (website("https://brod-broer.dk"), False),
        (website("https://shop.broed.dk", "hej@broed.dk"), False),
        (website("https://bob-kbh.dk"), True),
        (website("https://facebook.com/alle"), False),
        (website("https://casino-gevinst.example"), True),
        (website("https://casino.example", "hej@broed.dk"), True),
    ],
)
def test_a_link_that_is_not_theirs(contact: dict[str, Any], is_doubted: bool) -> None:
    assert ("ligner ikke navnet eller mailadressen" in told(**contact)) is is_doubted
    assert told(NAMED | contact, **contact) == "", "it was public before"


def test_the_other_language_in_the_field() -> None:
    assert "Beskrivelse på engelsk ser ud til at være skrevet på dansk." in told(description={"en": DANISH})
    assert "Beskrivelse på dansk ser ud til at være skrevet på engelsk." in told(description={"da": ENGLISH})
    offer = {"name": {"da": "Brød"}, "text": {"en": DANISH}}
    assert "“Brød” på engelsk" in told(offers=[offer])
    assert told(description={"da": DANISH, "en": ENGLISH}, tagline={"en": "Smørrebrød og kage"}) == ""


@pytest.mark.parametrize(
    "text", ["", "Kaffe", "1 2 3 4 5 6 7 8 9", "Kombucha, ramen, bao, kimchi, udon, soba, miso, dashi"]
)
def test_no_language_is_guessed(text: str) -> None:
    assert doubts.language_of(text) is None


# -- copied ---------------------------------------------------------------------------------------

TEXT = (
    "I vores køkken laver otte mennesker mad af det, som butikkerne ellers ville smide ud. Vi leverer til "
    "møder i hele byen, og overskuddet bliver til lærepladser for unge, der har brug for et sted at begynde."
)


@pytest.mark.django_db
def test_a_text_that_stands_in_anothers_profile(bakery: Enterprise) -> None:
    other = published("Køkkenet", description_da=TEXT)
    published("Fremmed", description_da=TEXT.upper()[:40])
    [found] = copied.others_with([TEXT.replace("otte", "ni").replace("møder", "fester")], but=bakery.pk)
    assert found.enterprise == other and 30 <= found.share < 100
    assert copied.others_with([TEXT], but=other.pk) == []
    assert copied.others_with(["Noget helt andet " * 9, ""], but=bakery.pk) == []


@pytest.mark.django_db
def test_what_nobody_sees_is_not_copied(bakery: Enterprise) -> None:
    other = published("Køkkenet", description_da=TEXT)
    Enterprise.objects.filter(pk=other.pk).update(current=None)
    assert copied.others_with([TEXT], but=bakery.pk) == []


@pytest.mark.django_db
def test_words_are_looked_up_by_an_index(bakery: Enterprise) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    found = Enterprise.objects.alias(words=WORDS).filter(words=SearchQuery("ladcykel", config="simple"))
    assert "enterprise_words" in found.explain()


@pytest.mark.django_db
def test_the_page_says_it(clerk: Any, bakery: Enterprise) -> None:
    other = published("Køkkenet", description_da=TEXT)
    proposal = sent(bakery, description_da=TEXT, description_en=DANISH)
    page = clerk.get(reverse("admin:enterprises_proposal_review", args=[proposal.pk]))
    assert "Se efter en ekstra gang" in text_of(page) and f"står også hos {other.name}" in text_of(page)
    assert "skrevet på dansk" in text_of(page)


@pytest.mark.django_db
def test_what_is_read_in_cvr_is_kept_for_later_proposals(
    clerk: Any, bakery: Enterprise, cvr: Register
) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(cvr=COOPERATIVE)
    runs.read(runs.readable().filter(pk=bakery.pk))
    reading = RegisterReading.objects.get()
    assert reading.names and reading.address and reading.address["postcode"] == "2200"
    proposal = sent(bakery, name="Kagehuset")
    page = clerk.get(reverse("admin:enterprises_proposal_review", args=[proposal.pk]))
    assert "Navnet er et andet end i CVR" in text_of(page)
