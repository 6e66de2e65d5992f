"""Searches as they are and as they would be with other groups of search words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from directory import catalogue as catalogues
from directory.models import Listing
from directory.search.vocabulary import prepare
from enterprises.models import District, Sector, SynonymGroup
from enterprises.search_previews import MOST_NAMED, Change


def compare(groups: Sequence[SynonymGroup], texts: Sequence[str]) -> list[Change]:
    """What each text finds in the catalogue now, and what it would find."""
    present = catalogues.present()
    vocabulary, _spoken = prepare(groups, District.objects.all(), Sector.objects.all())
    trial = replace(present, vocabulary=vocabulary)
    # A word that is typed to its end.
    found = [(text, present.search(f"{text} ")[1], trial.search(f"{text} ")[1]) for text in texts]
    firsts = {pk for _text, _before, after in found for pk in after[:MOST_NAMED]}
    names = dict(Listing.objects.filter(pk__in=firsts).values_list("pk", "name"))
    return [
        Change(text, len(before), len(after), [names[pk] for pk in after[:MOST_NAMED] if pk in names])
        for text, before, after in found
    ]
