"""The words the catalogue is sorted by, and how many there are of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.utils.translation import override

from directory import facets
from directory.api.records import Json, Words
from directory.catalogue import TERMS
from directory.finding import Finding
from directory.intake import SUMS
from enterprises import choices

# What a term has besides slug, names and explanation.
MORE: dict[str, tuple[str, ...]] = {
    "sector": ("aliases", "cpv", "db07", "db25"),
    "ownership": ("aliases",),
    "mission": ("aliases", "rsv_areas", "sdgs"),
    "district": ("aliases", "number", "postcodes", "latitude", "longitude"),
    "mark": ("kind", "website"),
    "legal_form": ("abbreviation", "cvr_code"),
}
CLOSED: dict[str, Any] = {
    "opening": choices.OpeningKind,
    "audience": choices.Audience,
    "criterion": choices.Criterion,
    "proof": choices.Proof,
    "link": choices.LinkKind,
}


def taxonomies(words: Words) -> Json:
    """Every list of terms, by the name of its parameter where one can filter by it."""
    told: Json = {
        facet: [_term(term, MORE[facet]) for term in words.terms[facet].values()] for facet in TERMS
    }
    told["buyer"] = _labelled(facets.BUYER.items())
    return told | {name: _labelled(values.choices) for name, values in CLOSED.items()}


def _term(term: Any, more: tuple[str, ...]) -> Json:
    return {
        "slug": term.slug,
        "da": term.name_da,
        "en": term.name_en,
        "text": {"da": term.text_da or None, "en": term.text_en or None},
        **{name: getattr(term, name) for name in more},
    }


def _labelled(values: Iterable[tuple[str, Any]]) -> list[Json]:
    told = []
    for value, label in values:
        with override("da"):
            danish = str(label)
        with override("en"):
            told.append({"slug": value, "da": danish, "en": str(label)})
    return told


def statistics(finding: Finding) -> Json:
    """Of what is found: how many have each value, and sums of what has been counted."""
    catalogue, found = finding.catalogue, finding.bits
    rows = catalogue.rows[catalogue.flags(found)]
    return {
        "total": finding.total,
        "demo": int(rows["is_demo"].sum()),
        "sums": {name: int(rows[name].sum(dtype=np.int64)) for name in SUMS},
        "counts": {
            facet: {
                value: (found & catalogue.bits.get(f"{facet}:{value}", 0)).bit_count()
                for value in facets.values(catalogue, facet)
            }
            for facet in facets.FACETS
        },
    }
