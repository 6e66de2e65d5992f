"""Descriptions as JSON-LD and as Turtle, from one and the same list of nodes.

A node is a dict as JSON-LD has it, with prefixed names as keys. Nodes inside others have no `@id`.
"""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

TURTLE = "text/turtle; charset=utf-8"
PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NEVER_IN_AN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def link(iri: str) -> Json:
    return {"@id": iri}


def literal(value: Any, datatype: str) -> Json:
    return {"@value": str(value), "@type": datatype}


def both(danish: Any, english: Any) -> list[Json]:
    """A text in the languages it is there in."""
    told = (("da", danish), ("en", english))
    return [{"@value": str(text), "@language": language} for language, text in told if text]


def as_jsonld(nodes: list[Json]) -> bytes:
    return json.dumps({"@context": PREFIXES, "@graph": nodes}, ensure_ascii=False).encode()


def as_turtle(nodes: list[Json]) -> bytes:
    lines = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items()]
    lines += [f"\n{_iri(node['@id'])} {_properties(node)} ." for node in nodes]
    return ("\n".join(lines) + "\n").encode()


def _properties(node: Json) -> str:
    return " ;\n  ".join(
        f"{'a' if key == '@type' else key} {', '.join(_object(key, each) for each in values)}"
        for key, value in node.items()
        if key != "@id" and (values := value if isinstance(value, list) else [value])
    )


def _object(key: str, value: Any) -> str:
    if key == "@type":
        return _iri(value)
    if not isinstance(value, dict):
        return _quoted(value)
    if "@language" in value:
        return f"{_quoted(value['@value'])}@{value['@language']}"
    if "@value" in value:
        return f"{_quoted(value['@value'])}^^{_iri(value['@type'])}"
    return _iri(value["@id"]) if "@id" in value else f"[ {_properties(value)} ]"


def _quoted(text: str) -> str:
    # What JSON escapes, and how, Turtle reads alike.
    return json.dumps(text, ensure_ascii=False)


def _iri(iri: str) -> str:
    if iri.partition(":")[0] in PREFIXES:
        return iri
    return f"<{_NEVER_IN_AN_IRI.sub(lambda found: f'%{ord(found[0]):02X}', iri)}>"
