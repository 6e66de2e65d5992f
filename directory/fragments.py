"""Cards as HTML, each made once and kept with the catalogue while it holds.

A card says what a listing says, so it is forgotten with the listing's change, and with every change of
the terms; and it says whether the door is open, so it holds until that changes. It is kept in pieces:
a search marks the words it found in the name and the line below, and adds a snippet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from directory import snippets
from directory.cards import Card, cards, fresh_until
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.snippets import Marked, Passage, Wanted
from directory.texts import Text
from enterprises import snapshots

# Of some 3 kB each.
MOST_KEPT = 3_000
# Stands where name, tagline and snippet go while a card is made: no character, so no text holds it.
_HOLE = "\ufdd0"


@dataclass(slots=True)
class Fragment:
    pk: int
    name: Passage
    tagline: Passage
    # what stands before and after name, tagline, snippet, and the name once more
    pieces: Sequence[str]
    until: datetime
    # read when a search first finds it
    passages: list[Passage] | None = None

    @property
    def html(self) -> SafeString:
        return self._filled(escape(self.name.text), escape(self.tagline.text), "")

    def marked(self, wanted: Wanted) -> SafeString:
        """With the words marked that it was found by, and what else answers where the tagline does not."""
        name, tagline = self.name.marked(wanted), self.tagline.marked(wanted)
        told = None if "<mark>" in tagline else snippets.snippet(self.passages or (), wanted)
        return self._filled(name, tagline, paragraph(told) if told else "")

    def _filled(self, name: str, tagline: str, snippet: str) -> SafeString:
        first, second, third, fourth, last = self.pieces
        again = escape(self.name.text)
        # Safe: the template escaped the pieces, and what goes between is escaped.
        return SafeString(f"{first}{name}{second}{tagline}{third}{snippet}{fourth}{again}{last}")


def paragraph(told: Marked) -> SafeString:
    return format_html('<p class="card-snippet"{}>{}</p>', told.attr, told)


def of_listings(ids: Iterable[int], catalogue: Catalogue) -> list[Fragment]:
    """The cards of listings in the order of their ids. One query, or none where all are kept."""
    language, now, kept = get_language() or "da", timezone.now(), catalogue.fragments
    wanted = list(ids)
    known = {pk: kept[pk, language] for pk in wanted if (pk, language) in kept}
    known = {pk: fragment for pk, fragment in known.items() if fragment.until > now}
    lacking = [pk for pk in wanted if pk not in known]
    if lacking:
        made = [_made(card) for card in cards(Listing.objects.for_cards(lacking), catalogue)]
        known |= {fragment.pk: fragment for fragment in made}
        make_room(kept, MOST_KEPT)
        kept.update({(fragment.pk, language): fragment for fragment in made})
    return [known[pk] for pk in wanted if pk in known]


def of_listings_found(ids: Iterable[int], catalogue: Catalogue) -> list[Fragment]:
    """The cards with the passages that may answer a search. One query more where not all are known."""
    found = of_listings(ids, catalogue)
    lacking = {fragment.pk: fragment for fragment in found if fragment.passages is None}
    if lacking:
        told = Listing.objects.filter(pk__in=lacking).values_list(
            "pk", "publication__snapshot", "publication__schema_version"
        )
        for pk, snapshot, version in told:
            lacking[pk].passages = snippets.passages(snapshots.upgrade(snapshot, version))
    return found


def make_room(kept: dict[Any, Any], most: int) -> None:
    """Forget the older half of what is kept where there is too much of it."""
    if len(kept) > most:
        for key in list(islice(kept, len(kept) - most // 2)):
            kept.pop(key, None)


def _made(card: Card) -> Fragment:
    # A name is in no language.
    name, tagline = Passage.of(Text(card.name, "")), Passage.of(card.tagline)
    hollow = replace(card, name=_HOLE, tagline=Text(_HOLE, card.tagline.language), snippet=SafeString(_HOLE))
    html = get_template("components/card.html").render({"card": hollow, "level": 3})
    return Fragment(card.pk, name, tagline, html.split(_HOLE), fresh_until([card]))
