"""What one can filter by: the facets, their values, and how they are shown with counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.catalogue import Catalogue, Selection
from directory.search import text
from directory.templatetags.city import number
from enterprises.choices import OpeningKind

BUYER: dict[str, str | Promise] = {
    "public": _("Sælger til det offentlige"),
    "e-invoice": _("Sender e-faktura"),
    "city-wide": _("Leverer i hele København"),
    "collective-agreement": _("Har overenskomst"),
    "consortium": _("Går sammen med andre"),
    "reserved": _("Kan byde på reserverede kontrakter"),
}
FACETS: dict[str, str | Promise] = {
    "sector": _("Branche"),
    "district": _("Bydel"),
    "ownership": _("Ejerskab"),
    "mission": _("Formål"),
    "opening": _("Job og muligheder"),
    "mark": _("Mærker og medlemskaber"),
    "buyer": _("For indkøbere"),
}
SHOWN_AT_FIRST = 6


@lru_cache(maxsize=1_024)
def _option_parts(facet: str, value: str, label: str) -> tuple[SafeString, SafeString]:
    return (
        format_html('<input type="checkbox" name="{}" value="{}"', facet, value),
        format_html('<span class="option-name">{}</span><span class="option-count">', label),
    )


@lru_cache(maxsize=4_096)
def _shown(count: int, language: str) -> str:
    """A count as readers of the present language, which the answer is kept by, write it."""
    return number(count)


@dataclass(frozen=True)
class Option:
    facet: str
    value: str
    label: str
    count: int
    checked: bool

    def html(self, language: str) -> str:
        """A value to tick. Not a template: there are a hundred on a page, each a tenth of its time."""
        empty = "" if self.count or self.checked else " option-empty"
        checked = " checked" if self.checked else ""
        field, name = _option_parts(self.facet, self.value, self.label)
        count = _shown(self.count, language)
        return f'<label class="option{empty}">{field}{checked}>{name}{count}</span></label>'


class Options(list[Option]):
    @property
    def html(self) -> SafeString:
        language = get_language() or "da"
        # Safe: the parts are escaped, and a count is digits and separators.
        return SafeString("".join([option.html(language) for option in self]))


@dataclass(frozen=True)
class Facet:
    name: str
    label: str | Promise
    options: list[Option]

    @property
    def first(self) -> Options:
        """The options always in sight: the first few and all that are chosen."""
        return Options(o for i, o in enumerate(self.options) if i < SHOWN_AT_FIRST or o.checked)

    @cached_property
    def rest(self) -> Options:
        return Options(o for i, o in enumerate(self.options) if i >= SHOWN_AT_FIRST and not o.checked)

    @property
    def html(self) -> SafeString:
        return _facet_html(self.name, tuple(self.options), get_language() or "da")


# The counts of a facet are often those of an earlier page: of another page of the same list, or before a
# publication that changed others. Of some 2 kB each.
@lru_cache(maxsize=1_024)
def _facet_html(name: str, options: tuple[Option, ...], _language: str) -> SafeString:
    facet = Facet(name, FACETS[name], list(options))
    return SafeString(get_template("components/facet.html").render({"facet": facet}))


@dataclass(frozen=True)
class Chip:
    """An active filter, and where one gets by taking it away."""

    label: str
    url: str


def values(catalogue: Catalogue, facet: str) -> dict[str, str]:
    """Every value of a facet with its label in the present language."""
    key = (facet, get_language() or "da")
    found = catalogue.labels.get(key)
    if found is None:
        found = catalogue.labels[key] = _values(catalogue, facet)
    return found


def _values(catalogue: Catalogue, facet: str) -> dict[str, str]:
    if facet == "buyer":
        return {value: str(label) for value, label in BUYER.items()}
    if facet == "opening":
        return {value: str(label) for value, label in OpeningKind.choices}
    return {slug: str(term) for slug, term in catalogue.terms[facet].items()}


def with_counts(catalogue: Catalogue, selection: Selection, within: int) -> list[Facet]:
    """All facets; each count is how many one would see with that value, own facet's other values left out."""
    shown = []
    for name, label in FACETS.items():
        labels = values(catalogue, name)
        counts = catalogue.counts(selection, name, labels, within)
        options = [
            Option(name, value, words, counts[value], value in selection.get(name, ()))
            for value, words in labels.items()
        ]
        options.sort(key=lambda option: -option.count)
        shown.append(Facet(name, label, options))
    return shown


def query_string(selection: Selection, **others: str) -> str:
    """The one way a state is written in an address: known keys in a fixed order, empty ones left out."""
    pairs: list[tuple[str, str]] = [("q", others.pop("q", ""))]
    pairs += [(facet, value) for facet in FACETS for value in sorted(selection.get(facet, ()))]
    pairs += list(others.items())
    encoded = urlencode([(key, value) for key, value in pairs if value])
    return f"?{encoded}" if encoded else ""


def corrected(typed: str, corrections: Sequence[tuple[str, str]]) -> str:
    """The query with its misspelt words as they were understood; empty where nothing was corrected."""
    if not corrections:
        return ""
    meant = dict(corrections)
    return " ".join(meant.get(next(iter(text.words(word)), ""), word) for word in typed.split())


def chips(catalogue: Catalogue, selection: Selection, path: str, **others: str) -> list[Chip]:
    """One chip for each chosen value."""
    found = []
    for facet in FACETS:
        labels = values(catalogue, facet)
        chosen: Sequence[str] = selection.get(facet, ())
        for value in chosen:
            rest = {**selection, facet: tuple(other for other in chosen if other != value)}
            found.append(Chip(labels[value], path + query_string(rest, **others)))
    return found
