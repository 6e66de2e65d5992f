"""The open data as linked data, read by the public's own tools: PyLD, rdflib, and a reader of GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import geojson
import pytest
import rdflib
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pyld import jsonld
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS

from directory.models import Dump
from enterprises import publishing
from enterprises.models import Enterprise, LegalForm, Sector
from tests.builders import a_place, an_enterprise, published, republished
from tests.test_linked_data import organisation

pytestmark = pytest.mark.django_db

SCHEMA, ESSGLOBAL = "http://schema.org/", "http://purl.org/essglobal/vocab/"
AMONG_ALL = "http://purl.org/essglobal/standard/"


@pytest.fixture(autouse=True)
def uncounted(settings: Any) -> None:
    settings.API_PER_MINUTE = 0


def read(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return json.loads(answer.getvalue())


@pytest.fixture
def processor(visitor: Client) -> dict[str, Any]:
    """Options for PyLD: contexts come from the site itself and from nowhere else."""

    def load(url: str, _options: Any) -> dict[str, Any]:
        # What schema.org's own context says of all that is not named in it.
        told = {"@context": {"@vocab": SCHEMA}}
        if url.rstrip("/") != "https://schema.org":
            assert url.startswith("http://testserver/"), f"{url} is a third party's"
            told = read(visitor, url.removeprefix("http://testserver"))
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": told,
            "contentType": "application/ld+json",
        }

    return {"documentLoader": load}


def keys(node: Any) -> Iterator[str]:
    """The keys of a document outside its context."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key != "@context":
                yield key
                yield from keys(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from keys(inner)


def test_every_term_of_an_enterprise_means_something(
    visitor: Client, city: list[Enterprise], processor: dict[str, Any]
) -> None:
    told = read(visitor, "/api/v1/enterprises.jsonld")
    assert len(told["@graph"]) == len(city)
    terms = read(visitor, "/api/v1/context.jsonld")["@context"]
    languages = {"da", "en"}
    assert set(keys(told)) - languages - {"@graph"} <= terms.keys()
    expanded = jsonld.expand(told, processor)
    assert len(expanded) == len(city)
    # What no term is found for would be dropped, or stay a bare word.
    assert all(key.startswith(("@", "http://")) for key in keys(expanded))
    assert not [value for value in types(expanded) if not value.startswith("http://")]


def types(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("@type", []) if isinstance(node.get("@type"), list) else []
        for inner in node.values():
            yield from types(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from types(inner)


def test_expanding_and_compacting_loses_nothing(
    visitor: Client, bakery: Enterprise, processor: dict[str, Any]
) -> None:
    told = read(visitor, "/api/v1/enterprises/broed-broer.jsonld")
    expanded = jsonld.expand(told, processor)
    compacted = jsonld.compact(expanded, told["@context"], processor)
    assert jsonld.expand(compacted, processor) == expanded
    assert compacted["name"] == "Brød & Broer" and compacted["slogan"] == told["slogan"]
    statements = jsonld.to_rdf(told, processor | {"format": "application/n-quads"})
    assert f"<http://testserver/id/enterprise/{bakery.pk}> <{SCHEMA}name> " in statements


def test_an_enterprise_is_told_by_schema_org_and_essglobal(
    visitor: Client, bakery: Enterprise, processor: dict[str, Any]
) -> None:
    (told,) = jsonld.expand(read(visitor, "/api/v1/enterprises/broed-broer.jsonld"), processor)
    assert told["@id"] == f"http://testserver/id/enterprise/{bakery.pk}"
    assert told["@type"] == [f"{SCHEMA}Organization", f"{ESSGLOBAL}SSEInitiative"]
    assert told[f"{ESSGLOBAL}primarySector"] == [{"@id": f"{AMONG_ALL}activities-modified/AM60"}]
    structure = told[f"{ESSGLOBAL}organisationalStructure"]
    assert structure == [{"@id": f"{AMONG_ALL}organisational-structure/OS60"}]
    named = {each["@id"] for each in told["http://www.w3.org/ns/org#classification"]}
    assert "http://testserver/id/sector/mad-catering" in named
    (record,) = told[f"{SCHEMA}subjectOf"]
    assert record[f"{SCHEMA}license"] == [{"@id": "https://creativecommons.org/licenses/by/4.0/"}]
    assert record[f"{SCHEMA}creditText"] == [{"@value": "Den fælles by, http://testserver"}]


def test_the_page_and_the_data_name_the_same_thing_alike(
    visitor: Client, bakery: Enterprise, processor: dict[str, Any]
) -> None:
    (page,) = jsonld.expand(organisation(visitor, bakery), processor)
    (data,) = jsonld.expand(read(visitor, "/api/v1/enterprises/broed-broer.jsonld"), processor)
    assert page["@id"] == data["@id"]
    assert page[f"{SCHEMA}name"] == data[f"{SCHEMA}name"]


def test_contacts_and_hidden_addresses_stay_at_home(visitor: Client) -> None:
    shy = an_enterprise(
        "Sky", phone="12345678", email="sky@x.example", contact_name="Anna Anonym", hidden=True
    )
    a_place(shy, street="Åbengade 2", hidden=False)
    republished(shy)
    answer = visitor.get("/api/v1/enterprises/sky.jsonld").content.decode()
    assert "Åbengade 2" in answer
    for secret in ("12345678", "sky@x.example", "Anna Anonym", "Blågårdsgade"):
        assert secret not in answer


def test_what_is_made_up_says_so(visitor: Client, city: list[Enterprise]) -> None:
    graph = read(visitor, "/api/v1/enterprises.jsonld")["@graph"]
    assert {each["subjectOf"]["creativeWorkStatus"] for each in graph} == {"Demo"}


# -- names for good -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "where"),
    [
        ("*/*", "/virksomheder/{}/"),
        ("text/html,application/xhtml+xml;q=0.9", "/virksomheder/{}/"),
        ("application/ld+json", "/api/v1/enterprises/{}.jsonld"),
        ("application/json, text/html;q=0.5", "/api/v1/enterprises/{}"),
        ("image/png", "/virksomheder/{}/"),
    ],
)
def test_an_enterprises_name_outlives_its_address(
    visitor: Client, bakery: Enterprise, accept: str, where: str
) -> None:
    name = f"/id/enterprise/{bakery.pk}"
    for slug in ("broed-broer", "broed-og-broer"):
        republished(bakery, slug=slug)
        answer = visitor.get(name, headers={"accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, where.format(slug))
        assert "Accept" in answer.headers["Vary"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_name_of_one_taken_over_leads_to_the_other(visitor: Client, bakery: Enterprise) -> None:
    other = published("Den anden")
    publishing.withdraw(other, reason="Den samme", merged_into=bakery)
    assert visitor.get(f"/id/enterprise/{other.pk}").headers["Location"] == "/virksomheder/broed-broer/"


def test_names_tell_nothing_of_drafts(visitor: Client, bakery: Enterprise) -> None:
    assert visitor.get(f"/id/enterprise/{an_enterprise('Kladden').pk}").status_code == 404
    assert visitor.get("/id/enterprise/99999999999999999999999").status_code == 404
    publishing.withdraw(bakery, reason="Lukket")
    assert visitor.get(f"/id/enterprise/{bakery.pk}").status_code == 410


@pytest.mark.parametrize(
    ("name", "accept", "where"),
    [
        ("/id/sector/it-data", "text/html", "/brancher/it-data/"),
        ("/id/sector/it-data", "text/turtle", "/api/v1/taxonomies.ttl"),
        ("/id/district", "application/ld+json", "/api/v1/taxonomies.jsonld"),
        ("/id/legal_form/aps", "text/html", "/api/v1/taxonomies"),
        ("/id/dataset", "text/turtle", "/aabne-data/datasaet.ttl"),
        ("/id/dataset", "text/html", "/aabne-data/"),
    ],
)
def test_names_of_words_lead_to_what_is_said_of_them(
    visitor: Client, name: str, accept: str, where: str
) -> None:
    answer = visitor.get(name, headers={"accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert visitor.get(where).status_code == 200


@pytest.mark.parametrize("name", ["/id/sector/nothing", "/id/nothing", "/id/nothing/it-data"])
def test_nobody_has_other_names(visitor: Client, name: str) -> None:
    assert visitor.get(name).status_code == 404


# -- words and the data set -----------------------------------------------------------------------


def graph(client: Client, path: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=client.get(path).getvalue(), format="turtle")


@pytest.mark.parametrize("path", ["/api/v1/taxonomies", "/aabne-data/datasaet"])
def test_turtle_says_what_json_ld_says(visitor: Client, bakery: Enterprise, path: str) -> None:
    Dump.objects.create(made_at=timezone.now(), sha256="ab" * 32, size=10, parts=1, enterprises=1)
    Sector.objects.filter(slug="it-data").update(text_da='"Citat"\\ og\nlinje 2', aliases=["it", "æ\"ø'å\\"])
    turtle = graph(visitor, f"{path}.ttl")
    quads = jsonld.to_rdf(read(visitor, f"{path}.jsonld"), {"format": "application/n-quads"})
    told = rdflib.Graph().parse(data=quads, format="nt")
    assert len(turtle) > 20
    assert to_isomorphic(turtle) == to_isomorphic(told)


def test_words_are_concepts_in_both_languages(visitor: Client) -> None:
    told = graph(visitor, "/api/v1/taxonomies.ttl")
    sector = rdflib.URIRef("http://testserver/id/sector/mad-catering")
    named = Sector.objects.get(slug="mad-catering")
    labels = {label.language: str(label) for label in told.objects(sector, SKOS.prefLabel)}
    assert labels == {"da": named.name_da, "en": named.name_en}
    assert {str(label) for label in told.objects(sector, SKOS.altLabel)} <= set(named.aliases)
    notations = {str(value) for value in told.objects(sector, SKOS.notation)}
    assert {"mad-catering", *named.cpv} <= notations
    assert str(told.value(sector, SKOS.closeMatch)) == f"{AMONG_ALL}activities-modified/AM60"
    form = LegalForm.objects.exclude(cvr_code=None)[0]
    codes = told.objects(rdflib.URIRef(f"http://testserver/id/legal_form/{form.slug}"), SKOS.notation)
    assert str(form.cvr_code) in map(str, codes)
    # SKOS's own rules: one name for each language, and it is no other name too (S13, S14).
    for concept in told.subjects(RDF.type, SKOS.Concept):
        preferred = [label.language for label in told.objects(concept, SKOS.prefLabel)]
        assert sorted(preferred) == ["da", "en"]
        others = {str(label) for label in told.objects(concept, SKOS.altLabel)}
        assert not others & {str(label) for label in told.objects(concept, SKOS.prefLabel)}
        scheme = told.value(concept, SKOS.inScheme)
        assert (scheme, RDF.type, SKOS.ConceptScheme) in told


def test_whatever_enterprises_are_classified_by_is_a_concept_of_ours(
    visitor: Client, city: list[Enterprise]
) -> None:
    told = graph(visitor, "/api/v1/taxonomies.ttl")
    concepts = {str(concept) for concept in told.subjects(RDF.type, SKOS.Concept)}
    for each in read(visitor, "/api/v1/enterprises.jsonld")["@graph"]:
        named = {word["id"] for word in (*each.get("classification", []), *each.get("purpose", []))}
        named |= {place["containedInPlace"] for place in each["location"] if "containedInPlace" in place}
        assert named and named <= concepts


def test_the_data_set_is_described_as_dcat_asks(visitor: Client, bakery: Enterprise) -> None:
    Dump.objects.create(made_at=timezone.now(), sha256="ab" * 32, size=10, parts=1, enterprises=1)
    told = graph(visitor, "/aabne-data/datasaet.ttl")
    dataset = rdflib.URIRef("http://testserver/id/dataset")
    (catalog,) = told.subjects(RDF.type, DCAT.Catalog)
    assert (catalog, DCAT.dataset, dataset) in told
    # What DCAT-AP 3 makes mandatory.
    for node, wanted in (
        (catalog, (DCTERMS.title, DCTERMS.description, DCTERMS.publisher)),
        (dataset, (DCTERMS.title, DCTERMS.description)),
    ):
        assert all(told.value(node, term, any=True) for term in wanted)
    files = list(told.objects(dataset, DCAT.distribution))
    assert len(files) == 5
    for file in files:
        assert told.value(file, DCAT.accessURL) and told.value(file, DCTERMS.license)
        address = str(told.value(file, DCAT.downloadURL)).removeprefix("http://testserver")
        # The night's file has a row here, and no bytes.
        assert address.endswith(".zip") or visitor.get(address).status_code == 200
    checksums = [value for value in told.objects() if str(value) == "ab" * 32]
    assert len(checksums) == 1


# -- places ---------------------------------------------------------------------------------------


def test_places_are_valid_geojson(visitor: Client, city: list[Enterprise]) -> None:
    a_place(city[0], street="Uden position 1", latitude=None, longitude=None)
    republished(city[0])
    places = geojson.loads(visitor.get("/api/v1/places").getvalue())
    assert isinstance(places, geojson.FeatureCollection) and places.is_valid, places.errors()
    assert len({feature["id"] for feature in places.features}) == len(places.features)
    for feature in places.features:
        assert isinstance(feature, geojson.Feature)
        if feature.geometry:
            longitude, latitude = feature.geometry.coordinates
            assert 12.4 < longitude < 12.8 and 55.5 < latitude < 55.9


# -- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/enterprises/broed-broer.jsonld", 3),
        ("/api/v1/enterprises.jsonld", 2),
        ("/api/v1/taxonomies.jsonld", 1),
        ("/api/v1/taxonomies.ttl", 1),
        ("/aabne-data/datasaet.ttl", 3),
        ("/id/sector/it-data", 1),
    ],
)
def test_linked_data_costs_few_queries(
    visitor: Client, bakery: Enterprise, city: list[Enterprise], path: str, most: int
) -> None:
    visitor.get(path).getvalue()
    with CaptureQueriesContext(connection) as captured:
        visitor.get(path).getvalue()
    assert len(captured) <= most
