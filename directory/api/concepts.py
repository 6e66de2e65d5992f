"""The lists of words as SKOS concept schemes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from directory import identities
from directory.api import essglobal
from directory.api.rdf import Json, both, link, literal
from directory.api.records import LICENCE, Words
from directory.catalogue import TERMS

# What a word has numbers in, and what those are called.
NOTATIONS = {
    "cpv": "CPV 2008",
    "db07": "Dansk Branchekode 2007",
    "db25": "Dansk Branchekode 2025",
    "cvr_code": "CVR: virksomhedsform",
    "number": "Københavns bydele",
    "sdgs": "SDG",
}


def nodes(words: Words) -> list[Json]:
    told = [
        {"@id": _notation(name), "@type": "rdfs:Datatype", "rdfs:label": label}
        for name, label in NOTATIONS.items()
    ]
    for facet in TERMS:
        terms = list(words.terms[facet].values())
        told += [_scheme(facet, terms), *(_concept(facet, term) for term in terms)]
    return told


def _notation(name: str) -> str:
    return f"{settings.SITE_URL}{reverse('api-taxonomies-jsonld')}#{name}"


def _scheme(facet: str, terms: list[Any]) -> Json:
    named = []
    for language in ("da", "en"):
        with override(language):
            named.append(str(TERMS[facet]._meta.verbose_name_plural).capitalize())
    return {
        "@id": identities.scheme(facet),
        "@type": "skos:ConceptScheme",
        "skos:prefLabel": both(*named),
        "dcterms:license": link(LICENCE),
        "skos:hasTopConcept": [link(identities.concept(facet, term.slug)) for term in terms],
    }


def _concept(facet: str, term: Any) -> Json:
    # Staff write other names of both languages into one list, so these are of none.
    others = dict.fromkeys(name for name in term.aliases if name not in (term.name_da, term.name_en))
    told: Json = {
        "@id": identities.concept(facet, term.slug),
        "@type": ["skos:Concept", "schema:Place"] if facet == "district" else "skos:Concept",
        "skos:inScheme": link(identities.scheme(facet)),
        "skos:topConceptOf": link(identities.scheme(facet)),
        "skos:prefLabel": both(term.name_da, term.name_en),
        "skos:altLabel": list(others),
        "skos:definition": both(term.text_da, term.text_en),
        "skos:notation": [term.slug, *_notations(term)],
    }
    if meant := essglobal.concept(facet, term.slug):
        told["skos:broadMatch" if meant.endswith(essglobal.BROAD) else "skos:closeMatch"] = link(meant)
    return {key: value for key, value in told.items() if value != []}


def _notations(term: Any) -> list[Json]:
    found = []
    for name in NOTATIONS:
        value = getattr(term, name, None)
        values = value if isinstance(value, list) else [value]
        found += [literal(each, _notation(name)) for each in values if each is not None]
    return found
