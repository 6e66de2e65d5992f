"""Cards as HTML, each made once and kept with the catalogue while it holds.

A card says what a listing says, so it is forgotten with the listing's change, and with every change of
the terms; and it says whether the door is open, so it holds until that changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from directory.cards import Card, cards, fresh_until
from directory.catalogue import Catalogue
from directory.models import Listing

# Of some 3 kB each.
MOST_KEPT = 3_000


@dataclass(frozen=True)
class Fragment:
    html: SafeString
    until: datetime


def of_cards(shown: Iterable[Card]) -> list[Fragment]:
    """Cards of a heading's level 3, as they stand in lists."""
    template = get_template("components/card.html")
    return [
        Fragment(template.render({"card": card, "level": 3}), fresh_until([card]))  # type: ignore[arg-type]
        for card in shown
    ]


def of_listings(ids: Iterable[int], catalogue: Catalogue) -> list[Fragment]:
    """The cards of listings in the order of their ids. One query, or none where all are kept."""
    language, now, kept = get_language() or "da", timezone.now(), catalogue.fragments
    wanted = list(ids)
    known = {pk: kept[pk, language] for pk in wanted if (pk, language) in kept}
    known = {pk: fragment for pk, fragment in known.items() if fragment.until > now}
    lacking = [pk for pk in wanted if pk not in known]
    if lacking:
        rows = Listing.objects.for_cards(lacking)
        made = of_cards(cards(rows, catalogue))
        known |= {row.pk: fragment for row, fragment in zip(rows, made, strict=True)}
        if len(kept) > MOST_KEPT:
            kept.clear()
        kept.update({(pk, language): known[pk] for pk in lacking if pk in known})
    return [known[pk] for pk in wanted if pk in known]
