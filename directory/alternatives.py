"""In which of our sectors something like what a supplier sells may be bought, as far as its list tells.

A branch code is sure. Words are not: only those count that staff's words name a trade by, not the likeness
of names to each other, and nothing of it is noted as a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from directory import facets
from directory.catalogue import Catalogue
from directory.search.query import understand
from enterprises.cvr import branches

MOST_SECTORS = 2
_CODE = re.compile(r"(?<![\w.])\d{2}(?:\.?\d{1,2}(?:\.?\d{2})?)?(?![\w.])", re.ASCII)
# What companies are called besides what they do; of a name these words tell nothing.
_OF_COMPANIES = re.compile(
    r"\b(aps|a/s|as|i/s|k/s|p/s|ivs|amba|a\.m\.b\.a|fmba|smba|holding|group|gruppen|danmark|denmark|nordic|"
    r"invest|service|team|center|centret|selskab\w*|firma\w*|ejendomme|ved|v/|og|&)(?!\w)",
    re.IGNORECASE,
)
# Quotes and minuses are for those who search.
_OPERATORS = re.compile(r"[\"“”„«»\-–]")


@dataclass(frozen=True)
class Alternative:
    sector: Any
    count: int
    url: str


class Alternatives:
    """For one answer: each text is understood once. Asks the database nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._known: dict[str, list[Any]] = {}

    @cached_property
    def _sectors(self) -> dict[str, Any]:
        return {term.slug: term for term, count in self.catalogue.counted("sector") if count}

    def of(self, *, branch: str = "", product: str = "", name: str = "") -> list[Alternative]:
        """The first of these that tells anything is believed."""
        ways = ((self._practising, branch), (self._spoken_of, branch), (self._spoken_of, product))
        for way, told in (*ways, (self._spoken_of, _OF_COMPANIES.sub(" ", name))):
            if told.strip() and (sectors := way(told)):
                return [self.in_(sector) for sector in sectors[:MOST_SECTORS]]
        return []

    def in_(self, sector: Any) -> Alternative:
        url = reverse("listing") + facets.query_string({"sector": (sector.slug,)})
        return Alternative(sector, self.catalogue.count("sector", sector.slug), url)

    def _practising(self, branch: str) -> Sequence[Any]:
        code = _CODE.search(branch)
        digits = code[0].replace(".", "") if code else ""
        return branches.practising_either(self._sectors.values(), digits) if digits else []

    def _spoken_of(self, text: str) -> Sequence[Any]:
        if text not in self._known:
            # The last space says that the last word is whole.
            asked = _OPERATORS.sub(" ", text) + " "
            query = understand(asked, self.catalogue.index, self.catalogue.vocabulary, literally=True)
            named = sorted(query.topics, key=lambda topic: -topic.weight)
            slugs = dict.fromkeys(
                facet.partition(":")[2]
                for topic in named
                for facet in topic.facets
                if facet.startswith("sector:")
            )
            self._known[text] = [self._sectors[slug] for slug in slugs if slug in self._sectors]
        return self._known[text]
