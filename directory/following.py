"""What somebody follows: the filters of a search, without what only says how its results are shown.

An order, a place to be near to and "open now" take nothing away for good, so they are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from directory import catalogue as catalogues
from directory import facets, texts
from directory.catalogue import Catalogue
from directory.finding import Finding
from directory.models import Listing
from enterprises.alerts import Found, Told

KEYS = ("q", "exact", *facets.FACETS)
MOST_TOLD = 20


def finding(data: QueryDict, catalogue: Catalogue) -> Finding:
    """All that is found by what can be followed of an address."""
    asked = QueryDict(mutable=True)
    for key in KEYS:
        if key in data:
            asked.setlist(key, data.getlist(key))
    return Finding(asked, catalogue, reverse("listing"))


def query_string(found: Finding) -> str:
    """What can be followed of a finding, as it is written in addresses."""
    return found.query_string(near="", open="", sort="")


def in_words(found: Finding) -> str:
    """What is looked for, in the present language."""
    asked = found.asked
    words = [f"“{asked.query}”"] if asked.query else []
    for facet, chosen in asked.selection.items():
        labels = facets.values(found.catalogue, facet)
        words += [" / ".join(labels[value] for value in chosen)] if chosen else []
    return ", ".join(words) or _("hele byen")


def search(query: str) -> Found:
    """What a followed search finds now."""
    found = finding(QueryDict(query.removeprefix("?")), catalogues.present())
    newest_first = found.path + found.query_string(sort="newest")
    return Found(in_words(found), newest_first, found.ids(), is_understood=not found.asked.not_understood)


def tell(enterprises: Iterable[int]) -> list[Told]:
    """What a mail says of enterprises; of very many, the first of the alphabet."""
    listings = Listing.objects.filter(pk__in=list(enterprises)).defer("words", "search_text", "facets")
    return [
        Told(listing.name, str(texts.pick(listing.card["tagline"])), listing.get_absolute_url())
        for listing in listings[:MOST_TOLD]
    ]
