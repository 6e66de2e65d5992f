"""Reads the listing's address. django-filter parses, validates and labels; the SQL is on the queryset."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache, cached_property
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from directory import facets
from directory.catalogue import Catalogue, Selection
from directory.models import Listing, ListingQuerySet
from directory.nearness import Spot, spot

SORTS = {
    "relevance": _("Bedste match"),
    "name": _("Navn"),
    "newest": _("Nyeste"),
    "confirmed": _("Senest bekræftet"),
    "nearest": _("Nærmest"),
}
# Of the keys that are no facet, which values mean something.
UNDERSTOOD: dict[str, Callable[[str], bool]] = {
    "open": "1".__eq__,
    "exact": "1".__eq__,
    "sort": SORTS.__contains__,
    "page": lambda value: value.isascii() and value.isdigit(),
}
LONGEST_QUERY = 200
MOST_TOLD, LONGEST_TOLD = 8, 60


class ValuesField(forms.Field):
    """Any values, each once and in one order, whatever order the address has them in."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[str]:
        return sorted(set(value or ()))


class _CopiedQuickly:
    """A filter set copies its filters for every request: only what it then changes need be a copy."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied: Any = copy(self)
        copied.method = copied.method  # what calls the method is bound to the filter
        return copied


class ValuesFilter(_CopiedQuickly, django_filters.Filter):
    field_class = ValuesField


class QueryField(forms.CharField):
    """Search words: whatever is typed is a query, never an error."""

    def clean(self, value: Any) -> str:
        typed = _printable(str(value or ""))
        query = " ".join(typed.split())
        # A space after the last word says that the word is whole.
        return f"{query} "[:LONGEST_QUERY] if query and typed.endswith(" ") else query[:LONGEST_QUERY]


class QueryFilter(_CopiedQuickly, django_filters.CharFilter):
    field_class = QueryField


class SortField(forms.ChoiceField):
    def clean(self, value: Any) -> str:
        return value if value in SORTS else ""


class SortFilter(_CopiedQuickly, django_filters.ChoiceFilter):
    field_class = SortField


class SwitchFilter(_CopiedQuickly, django_filters.BooleanFilter):
    pass


class ListingFilter(django_filters.FilterSet):
    q = QueryFilter(label=_("Søg"), method="having_words")
    sector = ValuesFilter(label=facets.FACETS["sector"], method="having")
    district = ValuesFilter(label=facets.FACETS["district"], method="having")
    ownership = ValuesFilter(label=facets.FACETS["ownership"], method="having")
    mission = ValuesFilter(label=facets.FACETS["mission"], method="having")
    opening = ValuesFilter(label=facets.FACETS["opening"], method="having")
    mark = ValuesFilter(label=facets.FACETS["mark"], method="having")
    buyer = ValuesFilter(label=facets.FACETS["buyer"], method="having")
    near = QueryFilter(label=_("Nær"), method="unsorted")
    open = SwitchFilter(label=_("Åbent nu"), method="unsorted")
    exact = SwitchFilter(method="unsorted")
    sort = SortFilter(label=_("Rækkefølge"), method="unsorted", choices=list(SORTS.items()))

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, catalogue: Catalogue) -> None:
        super().__init__(data, Listing.objects.all())
        self.catalogue = catalogue
        self.form.is_valid()

    def get_form_class(self) -> type[forms.Form]:
        """Made once: no field depends on the request."""
        return _form_class()

    def having(self, listings: ListingQuerySet, facet: str, _values: list[str]) -> ListingQuerySet:
        known = self.selection[facet]
        return listings.having(facet, known) if known else listings

    def having_words(self, listings: ListingQuerySet, _name: str, text: str) -> ListingQuerySet:
        _query, found = self.catalogue.search(text, literally=self.literally)
        return listings.filter(pk__in=found)

    def unsorted(self, listings: ListingQuerySet, _name: str, _value: str) -> ListingQuerySet:
        return listings

    @property
    def query(self) -> str:
        return self.typed.rstrip()

    @property
    def typed(self) -> str:
        """The query with the space that may end it."""
        return str(self.form.cleaned_data.get("q", ""))

    @property
    def literally(self) -> bool:
        """Whether the reader wants the words as they are, misspelt or not."""
        return bool(self.data.get("exact") == "1")

    @property
    def order(self) -> str:
        """The order asked for, or the natural one: best match for a search, else alphabetical."""
        asked: str = self.form.cleaned_data.get("sort", "")
        if (asked == "relevance" and not self.query) or (asked == "nearest" and not self.spot):
            asked = ""
        return asked or self.natural_order

    @property
    def natural_order(self) -> str:
        return "relevance" if self.query else "nearest" if self.spot else "name"

    @property
    def sorts(self) -> dict[str, Any]:
        """The orders that make sense here."""
        senseless = {"relevance": not self.query, "nearest": not self.spot}
        return {name: label for name, label in SORTS.items() if not senseless.get(name)}

    @property
    def near_to(self) -> str:
        return str(self.form.cleaned_data.get("near", "")).rstrip()

    @cached_property
    def spot(self) -> Spot | None:
        """The place to be near to; None where none is given, or nobody knows it."""
        return spot(self.near_to, self.catalogue.terms["district"].values()) if self.near_to else None

    @property
    def open_now(self) -> bool:
        return bool(self.data.get("open") == "1")

    @cached_property
    def selection(self) -> Selection:
        return {facet: tuple(self._values(facet, known=True)) for facet in facets.FACETS}

    def _values(self, facet: str, *, known: bool) -> list[str]:
        named: list[str] = self.form.cleaned_data[facet]
        asked = sorted({self.catalogue.present_slug(facet, value) for value in named})
        return [value for value in asked if (value in facets.values(self.catalogue, facet)) == known]

    @property
    def moved_to(self) -> str:
        """The query string that asks for the same by the present names; empty where none is a former one."""
        data, former = self.data.copy(), self.catalogue.former
        for facet in former.keys() & self.data.keys():
            values = [former[facet].get(value) or value for value in data.getlist(facet)]
            data.setlist(facet, list(dict.fromkeys(values)))
        return f"?{data.urlencode()}" if data != self.data else ""

    @property
    def not_understood(self) -> list[str]:
        """What the address asks for and nobody knows, to be told the reader; of a long list the beginning."""
        unknown = [key for key in self.data if key not in self.filters and key != "page"]
        for facet in facets.FACETS:
            unknown += [f"{facet}={value}" for value in self._values(facet, known=False)]
        for key, is_known in UNDERSTOOD.items():
            if (value := self.data.get(key)) and not is_known(value):
                unknown.append(f"{key}={value}")
        return [_shortened(part) for part in unknown[:MOST_TOLD]]


@cache
def _form_class() -> type[forms.Form]:
    fields = {name: declared.field for name, declared in ListingFilter.base_filters.items()}
    return type("ListingForm", (forms.Form,), fields)


def _shortened(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]} …"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
