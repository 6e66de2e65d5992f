"""A record as linked data, by the terms of context.jsonld: schema.org and ESSGlobal, and the W3C's
ontology of organisations where neither has a word.

It says what a record says and nothing more: who, what, where and when, in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from directory import identities
from directory.api import essglobal
from directory.linked_data import SCHEMA_DAYS
from enterprises.choices import Weekday
from enterprises.models import Mark

Json = dict[str, Any]

CONTENT_TYPE = "application/ld+json"
# The fields of a record that are words of a list, and the list.
WORDS = {"ownership": "ownership", "legal_form": "legal_form", "sectors": "sector", "marks": "mark"}


@lru_cache
def context() -> bytes:
    return (Path(__file__).parent / "context.jsonld").read_bytes()


@lru_cache
def context_url() -> str:
    return f"{settings.SITE_URL}{reverse('api-context')}"


def document(record: Json) -> Json:
    return {"@context": context_url()} | organisation(record)


def organisation(record: Json) -> Json:
    cvr = record["cvr"]
    return _told(
        id=identities.enterprise(record["id"]),
        type=["Organization", "SSEInitiative"],
        name=record["name"],
        alternateName=record["aliases"],
        url=record["website"],
        mainEntityOfPage=[record["urls"]["da"], record["urls"]["en"]],
        sameAs=[link["url"] for link in record["links"]],
        slogan=_told(**record["tagline"]),
        description=_told(**record["description"]),
        vatID=cvr and f"DK{cvr}",
        identifier=cvr and {"type": "PropertyValue", "propertyID": "CVR", "value": str(cvr)},
        foundingDate=record["founded"] and str(record["founded"]),
        numberOfEmployees=_employees(record["figures"]["employees"]),
        location=[_place(place) for place in record["places"]],
        makesOffer=[_offer(offer) for offer in record["offers"]],
        classification=_classification(record),
        purpose=[_word("mission", term) for term in record["missions"]],
        **_in_essglobal(record),
        subjectOf=_about_the_record(record),
    )


def _told(**values: Any) -> Json:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _employees(figure: Json | None) -> Json | None:
    return figure and {"type": "QuantitativeValue", "value": figure["value"]}


def _classification(record: Json) -> list[Json]:
    words = [
        _word(facet, term)
        for field, facet in WORDS.items()
        for term in _listed(record[field])
        # A certificate may be of a mark that is the register's entry too.
        if (facet, term["slug"]) != ("mark", Mark.RSV)
    ]
    if record["rsv"]["registered"]:
        words.append({"id": identities.concept("mark", Mark.RSV), "type": "Concept"})
    return words


def _listed(value: Any) -> Iterable[Json]:
    return value if isinstance(value, list) else filter(None, [value])


def _word(facet: str, term: Json) -> Json:
    return {
        "id": identities.concept(facet, term["slug"]),
        "type": "Concept",
        "prefLabel": _told(da=term["da"], en=term["en"]),
        "inScheme": identities.scheme(facet),
    }


def _in_essglobal(record: Json) -> Json:
    """The first of our sectors is what it mostly lives from."""
    ownership = record["ownership"]
    activities = [essglobal.concept("sector", sector["slug"]) for sector in record["sectors"]]
    first = next(iter(activities), None)
    return {
        "organisationalStructure": ownership and essglobal.concept("ownership", ownership["slug"]),
        "primarySector": first,
        "additionalSectors": list(dict.fromkeys(each for each in activities[1:] if each and each != first)),
    }


def _place(place: Json) -> Json:
    """Of a hidden one a record knows the district, its name and its hours."""
    address = _told(
        streetAddress=place["street"], postalCode=place["postcode"], addressLocality=place["city"]
    )
    located = place["latitude"] is not None
    return _told(
        type="Place",
        nameByLanguage=_told(**place["label"]),
        address=address and {"type": "PostalAddress", **address, "addressCountry": "DK"},
        geo=(
            located
            and {"type": "GeoCoordinates", "latitude": place["latitude"], "longitude": place["longitude"]}
        )
        or None,
        containedInPlace=place["district"] and identities.concept("district", place["district"]["slug"]),
        openingHoursSpecification=[
            {
                "type": "OpeningHoursSpecification",
                "dayOfWeek": SCHEMA_DAYS[Weekday(interval["day"])],
                "opens": interval["opens"],
                "closes": interval["closes"],
            }
            for interval in place["hours"]
        ],
    )


def _offer(offer: Json) -> Json:
    service = _told(type="Service", nameByLanguage=_told(**offer["name"]), description=_told(**offer["text"]))
    return {"type": "Offer", "itemOffered": service}


def _about_the_record(record: Json) -> Json:
    """The licence is the record's, not the enterprise's."""
    return _told(
        id=record["urls"]["api"],
        type="CreativeWork",
        isPartOf=identities.dataset(),
        license=record["licence"],
        creditText=record["attribution"],
        datePublished=record["publication"]["first_published_at"],
        dateModified=record["publication"]["published_at"],
        creativeWorkStatus="Demo" if record["demo"] else None,
    )
