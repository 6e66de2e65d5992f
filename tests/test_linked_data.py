"""What search engines read, and that nothing an editor writes can break out of where it stands."""

from __future__ import annotations

import gzip
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from enterprises import publishing
from enterprises.models import BuyerFacts, Enterprise, Evidence, HoursException, MarkOf, Offer, Opening, Place
from tests.builders import a_place, an_enterprise, published
from tests.client import Element

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>\"'&</title>"


def linked_data(page: Element) -> list[dict[str, Any]]:
    return [json.loads(script.text) for script in page.all("script", type="application/ld+json")]


def organisation(client: Client, enterprise: Enterprise) -> dict[str, Any]:
    return linked_data(client.get(reverse("profile", args=[enterprise.slug])).page)[0]  # type: ignore[attr-defined]


def test_a_shop_one_can_visit_is_a_local_business(visitor: Client, bakery: Enterprise) -> None:
    data = organisation(visitor, bakery)
    assert data["@type"] == "LocalBusiness"
    assert data["@id"] == f"http://testserver/id/enterprise/{bakery.pk}"
    assert data["telephone"] == "+4500001234"
    assert data["address"] == {
        "@type": "PostalAddress", "streetAddress": "Blågårdsgade 12", "postalCode": "2200",
        "addressLocality": "København N", "addressCountry": "DK",
    }  # fmt: skip
    assert data["geo"] == {"@type": "GeoCoordinates", "latitude": 55.6867, "longitude": 12.5561}
    assert data["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "opens": "09:00",
            "closes": "17:00",
        }
    ]
    assert data["makesOffer"][0]["itemOffered"] == {"@type": "Service", "name": "Frokost til møder"}


def test_without_an_address_it_is_an_organization(visitor: Client) -> None:
    hidden = organisation(visitor, published("Skjult", hidden=True))
    assert hidden["@type"] == "Organization"
    assert not hidden.keys() & {"address", "geo", "openingHoursSpecification"}
    network = published("Netværk", kind="organisation", sectors=())
    assert organisation(visitor, network)["@type"] == "Organization"


def test_nothing_empty_is_stated(visitor: Client) -> None:
    bare = published(
        "Bar", missions=(), offers=(), phone="", email="", website="", district=None, sectors=("finans",)
    )
    data = organisation(visitor, bare)
    assert data.keys() == {"@context", "@type", "@id", "name", "url", "description", "image", "keywords"}


def test_zero_employees_is_an_answer(visitor: Client) -> None:
    data = organisation(visitor, published("Ingen", employees=0, employees_year=2025))
    assert data["numberOfEmployees"]["value"] == 0


def test_breadcrumbs_are_real_addresses(visitor: Client, bakery: Enterprise) -> None:
    crumbs = linked_data(visitor.get("/virksomheder/broed-broer/").page)[1]  # type: ignore[attr-defined]
    assert [c["name"] for c in crumbs["itemListElement"]][::2] == ["Virksomheder", "Brød & Broer"]
    for crumb in crumbs["itemListElement"]:
        assert visitor.get(crumb["item"].removeprefix("http://testserver")).status_code == 200


def test_the_english_page_speaks_english_to_machines(visitor: Client, bakery: Enterprise) -> None:
    with override("en"):
        data = organisation(visitor, bakery)
    assert data["description"] == "Lunch and bread for meetings"


# -- hostile text ---------------------------------------------------------------------------------


@pytest.fixture
def hostile(db: None) -> Enterprise:
    """An enterprise whose every text tries to become code."""
    texts = {
        f"{field}_{language}": EVIL
        for field in ("tagline", "description", "impact")
        for language in ("da", "en")
    }
    e = an_enterprise(
        EVIL, slug="ond", offers=(), district=None, aliases=[EVIL], contact_name=EVIL, phone=EVIL[:20],
        email=f'"{EVIL}"@x.example', source=EVIL, notes=EVIL, **texts,
    )  # fmt: skip
    place = a_place(e, street=EVIL, city=EVIL)
    pair = {"{}_da": EVIL, "{}_en": EVIL}
    both = lambda *names: {key.format(name): EVIL for name in names for key in pair}  # noqa: E731
    Place.objects.filter(pk=place.pk).update(**both("label", "accessibility"))
    HoursException.objects.create(place=place, first_day="2020-01-01", last_day="2099-01-01", **both("note"))
    Offer.objects.create(enterprise=e, **both("name", "text", "delivery"))
    Opening.objects.create(enterprise=e, kind="job", **both("title", "text"))
    BuyerFacts.objects.create(enterprise=e, **both("capacity", "insurance"))
    MarkOf.objects.create(enterprise=e, mark_id="fsc", number=EVIL[:40])
    Evidence.objects.filter(enterprise=e).update(source=EVIL, **both("wording"))
    publishing.publish(e)
    return e


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", ["profile", "report-error", "listing", "home", "sector"])
def test_hostile_text_is_only_text(visitor: Client, hostile: Enterprise, language: str, name: str) -> None:
    args = {"sector": ["mad-catering"], "listing": [], "home": []}.get(name, ["ond"])
    with override(language):
        answer = visitor.get(reverse(name, args=args))
    scripts = [s for s in answer.page.all("script") if "src" not in s.attrs]
    assert all(s.attrs["type"] == "application/ld+json" for s in scripts)
    assert EVIL in answer.page.one("main").text
    assert "<script>alert" not in answer.content.decode()


def test_hostile_text_survives_linked_data_unchanged(visitor: Client, hostile: Enterprise) -> None:
    data = organisation(visitor, hostile)
    assert data["name"] == data["description"] == EVIL
    assert data["address"]["streetAddress"] == EVIL
    assert data["makesOffer"][0]["itemOffered"]["name"] == EVIL


def test_hostile_searches_are_only_text(visitor: Client, hostile: Enterprise) -> None:
    answer = visitor.get("/virksomheder/", {"q": EVIL, EVIL: EVIL, "sector": EVIL, "sort": EVIL})
    assert answer.page.one("input", name="q").attrs["value"] == EVIL
    assert "<script>alert" not in answer.content.decode()


def test_hostile_names_stay_out_of_the_sitemap_and_the_contact_card(
    visitor: Client, hostile: Enterprise
) -> None:
    sitemap = gzip.decompress(visitor.get("/sitemap-profiles-1.xml.gz").getvalue())
    ElementTree.fromstring(sitemap)  # noqa: S314 – our own
    assert b"alert" not in sitemap
    card = visitor.get("/virksomheder/ond/kontakt.vcf")
    assert card.headers["Content-Type"].startswith("text/vcard")
    assert card.headers["X-Content-Type-Options"] == "nosniff"
