"""What changing a word of the taxonomies will change, told before it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises import term_carriers, term_changes
from enterprises.choices import ProposalState, TermChangeKind
from enterprises.models import Enterprise, Offer, Opening, Proposal, SynonymGroup, Term

MOST_LISTED = 500
# The facets whose words have a page of their own, with the index of them all.
PAGES = {"sector": "sectors", "ownership": "ownerships", "mission": "missions"}
FILTERS = (*PAGES, "mark")


@dataclass(frozen=True)
class Effects:
    # What is touched, each with how many.
    counts: list[tuple[str, int]]
    # (from, to): public addresses that lead on.
    addresses: list[tuple[str, str]]
    # House colours before and after, where they change.
    colours: list[tuple[str, str]]
    enterprises: list[Enterprise]
    more: int
    in_background: bool
    # Why it cannot be done.
    problems: list[str] = field(default_factory=list)


def of(term: Term, kind: TermChangeKind, details: Mapping[str, Any]) -> Effects:
    carriers = list(term_carriers.carriers(term).only("name", "slug", "current").order_by("name", "pk"))
    other = _other(term, details)
    return Effects(
        counts=_counts(term, kind, details, carriers),
        addresses=_addresses(term, kind, details, other),
        colours=_colours(term, other),
        enterprises=carriers[:MOST_LISTED],
        more=max(len(carriers) - MOST_LISTED, 0),
        in_background=len(carriers) > term_changes.MOST_AT_ONCE,
        problems=_problems(term, kind, details),
    )


def seen(term: Term, details: Mapping[str, Any]) -> str:
    """Names what was shown, so that nobody decides about what they have not seen."""
    term.refresh_from_db()
    carriers = list(term_carriers.carriers(term).order_by("pk").values_list("pk", flat=True))
    said = [term.slug, term.name_da, term.name_en, bool(term.retired_on), details, carriers]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def _other(term: Term, details: Mapping[str, Any]) -> Term | None:
    key = details.get("into") or details.get("instead")
    found: Term | None = type(term).objects.filter(pk=key).first() if key else None
    return found


def _counts(
    term: Term, kind: TermChangeKind, details: Mapping[str, Any], carriers: list[Enterprise]
) -> list[tuple[str, int]]:
    touched = [enterprise.pk for enterprise in carriers]
    if kind == TermChangeKind.SPLIT:
        touched = [int(key) for key in details["choices"]]
    published = sum(enterprise.is_public for enterprise in carriers if enterprise.pk in set(touched))
    of_them = {"enterprise__in": touched}
    anew = published if kind in (TermChangeKind.SPLIT, TermChangeKind.RETIRE) else 0
    waiting = Proposal.objects.filter(state=ProposalState.OPEN, **of_them)
    names = [name.lower() for name in (term.name_da, term.name_en, *term.aliases)]
    groups = SynonymGroup.objects.filter(da__overlap=names) | SynonymGroup.objects.filter(en__overlap=names)
    return [
        (_("virksomheder, der har ordet"), len(carriers)),
        (_("virksomheder, der ændres"), len(touched)),
        (_("af dem er udgivet"), published),
        (_("af dem får en ny udgivelse"), anew),
        (_("forslag, der venter, og som følger med"), waiting.count()),
        (_("ydelser under ordet"), Offer.objects.filter(**of_them).count()),
        (_("job og muligheder under ordet"), Opening.objects.filter(**of_them).count()),
        (_("andre navne, der følger med"), len(term.aliases)),
        (_("grupper af søgeord med samme ord, som bliver, som de er"), groups.count()),
    ]


def _addresses(
    term: Term, kind: TermChangeKind, details: Mapping[str, Any], other: Term | None
) -> list[tuple[str, str]]:
    """In both languages: the word's own page, and the list filtered by it."""
    facet = str(type(term)._meta.model_name)
    old = term.slug
    if kind == TermChangeKind.RENAME:
        new = details["slug"]
    elif kind == TermChangeKind.MERGE and other:
        new = other.slug
    else:
        new = ""
    if new == old or kind in (TermChangeKind.SPLIT, TermChangeKind.REVIVE):
        return []
    found = []
    for language in ("da", "en"):
        with override(language):
            if facet in PAGES:
                index = reverse(
                    {"sector": "sectors", "ownership": "ownerships", "mission": "missions"}[facet]
                )
                found.append((reverse(facet, args=[old]), reverse(facet, args=[new]) if new else index))
            if facet in FILTERS and new:
                listing = reverse("listing")
                found.append((f"{listing}?{facet}={old}", f"{listing}?{facet}={new}"))
    return found


def _colours(term: Term, other: Term | None) -> list[tuple[str, str]]:
    """Of the houses of those for whom it is the main branch."""
    pairs = [(getattr(term, name, ""), getattr(other, name, "")) for name in ("colour", "colour_dark")]
    return [pair for pair in pairs if all(pair) and pair[0] != pair[1]]


def _problems(term: Term, kind: TermChangeKind, details: Mapping[str, Any]) -> list[str]:
    try:
        if kind == TermChangeKind.RENAME:
            term_changes.free_slug_or_refuse(term, details["slug"])
        if kind == TermChangeKind.RETIRE and not details.get("instead"):
            term_changes.refuse_without(term)
        if kind == TermChangeKind.SPLIT:
            _refuse_split(term, details)
    except term_carriers.ChangeError as error:
        return error.problems
    return []


def _refuse_split(term: Term, details: Mapping[str, Any]) -> None:
    for names in details["new"]:
        term_changes.free_slug_or_refuse(type(term)(), names["slug"])
    if term_carriers.key_of(term) == "sectors":
        both = [int(key) for key, choice in details["choices"].items() if choice.startswith("both")]
        rows = Enterprise.objects.filter(pk__in=both).prefetch_related("sector_ranks")
        term_carriers.refuse_crowded(
            [row.pk for row in rows if len(row.sector_ranks.all()) >= term_carriers.MOST_SECTORS]
        )
