"""From a row's cells to values for the models, or to what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.translation import gettext as _

from enterprises import danish, sections
from enterprises.choices import Section
from enterprises.imports import terms
from enterprises.models import Mission, Sector, Term

COLUMNS = (
    "name", "cvr", "legal_form", "ownership", "sectors", "missions",
    "tagline_da", "tagline_en", "description_da", "description_en", "products",
    "street", "postcode", "city", "district", "latitude", "longitude",
    "phone", "email", "website", "founded", "employees", "members", "source",
)  # fmt: skip
PLACE_COLUMNS = ("street", "postcode", "city", "district", "latitude", "longitude")
# The fields that are not called what their columns are.
FIELD_OF = {"members": "owner_members"}
# Under which key of a snapshot a column's value is, where that is not its own name.
KEY_OF = {
    "tagline_da": "tagline", "tagline_en": "tagline",
    "description_da": "description", "description_en": "description",
    "products": "offers", "source": "provenance",
    "phone": "contact", "email": "contact", "website": "contact",
    "employees": "figures", "members": "figures",
    **dict.fromkeys(PLACE_COLUMNS, "places"),
}  # fmt: skip

MOST_SECTORS = 3


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or with the whole row when the column is empty."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Row:
    """The cells that are filled in, by column. The number is the one the spreadsheet shows.

    Flawed columns hold something that must not be read; their problems are told already.
    """

    number: int
    cells: dict[str, str]
    flawed: frozenset[str] = frozenset()


@dataclass
class Values:
    """What a row says, ready for the models. Empty cells say nothing and are absent."""

    row: int
    enterprise: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    sectors: list[Sector] = field(default_factory=list)
    missions: list[Mission] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.enterprise or self.place or self.sectors or self.missions or self.products)

    @property
    def cvr(self) -> str:
        return cast(str, self.enterprise.get("cvr", ""))

    @property
    def name(self) -> str:
        return cast(str, self.enterprise.get("name", ""))

    @property
    def postcode(self) -> str:
        return cast(str, self.place.get("postcode", ""))


_READ: dict[str, Callable[[str], Any]] = {
    "description_da": str,
    "description_en": str,
    "cvr": terms.cvr,
    "postcode": terms.postcode,
    "latitude": terms.decimal,
    "longitude": terms.decimal,
    "phone": terms.phone,
    "website": terms.website,
    "founded": terms.year,
    "employees": terms.whole_number,
    "members": terms.whole_number,
}


def check(row: Row, vocabulary: terms.Terms) -> tuple[Values, list[Problem]]:
    """What the row says, as far as it can be read, and everything that cannot."""
    values, problems = (
        Values(row.number, unreadable={FIELD_OF.get(column, column) for column in row.flawed}),
        [],
    )
    for column, text in row.cells.items():
        try:
            _read_cell(values, column, text, vocabulary)
        except terms.CellError as error:
            values.unreadable.add(FIELD_OF.get(column, column))
            problems.append(Problem(row.number, column, str(error)))
    for given, lacking in (("latitude", "longitude"), ("longitude", "latitude")):
        if given in values.place and not row.cells.get(lacking):
            text = _("Bredde- og længdegrad følges ad: skriv begge, eller lad begge stå tomme.")
            problems.append(Problem(row.number, lacking, text))
            values.unreadable.add(lacking)
    return values, problems


def _read_cell(values: Values, column: str, text: str, vocabulary: terms.Terms) -> None:
    if column == "products":
        values.products = terms.items(text)
    elif column in ("sectors", "missions"):
        setattr(values, column, _chosen(column, text, vocabulary))
    else:
        is_term = column in terms.TAXONOMIES
        value = vocabulary.find(column, text) if is_term else _READ.get(column, terms.one_line)(text)
        target = values.place if column in PLACE_COLUMNS else values.enterprise
        target[FIELD_OF.get(column, column)] = value


def _chosen(column: str, text: str, vocabulary: terms.Terms) -> list[Term]:
    chosen = list(dict.fromkeys(vocabulary.find(column, item) for item in terms.items(text)))
    if column == "sectors" and len(chosen) > MOST_SECTORS:
        raise terms.CellError(_("Der er %(count)s brancher. Vælg højst tre.") % {"count": len(chosen)})
    return chosen


def repetitions(all_values: list[Values]) -> Iterator[Problem]:
    """What is wrong with rows that are about the same enterprise as an earlier one."""
    by_cvr: dict[str, int] = {}
    by_name: dict[tuple[str, str], int] = {}
    for values in all_values:
        first = by_cvr.setdefault(values.cvr, values.row) if values.cvr else values.row
        if first != values.row:
            yield Problem(values.row, "cvr", _("Samme CVR-nummer som række %(row)s.") % {"row": first})
            continue
        key = (name_key(values.name), values.postcode)
        first = by_name.setdefault(key, values.row) if values.name else values.row
        if first != values.row:
            text = _("Samme navn og postnummer som række %(row)s.") % {"row": first}
            yield Problem(values.row, "name", text)


def name_key(name: str) -> str:
    """Names in other alphabets fold to nothing, and would all be the same."""
    return danish.fold(name) or name.casefold()


def section_of(column: str) -> Section | None:
    """Where an enterprise with editors says this itself; None for what is the council's to say."""
    return sections.owner(KEY_OF.get(column, column))


def column_of(field_name: str) -> str:
    """The column that a model's field is read from; none when the person has no column to mend."""
    columns = {field: column for column, field in FIELD_OF.items()}
    name = columns.get(field_name, field_name)
    return name if name in COLUMNS else ""
