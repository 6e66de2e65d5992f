"""Which column of a supplier list says what: by its heading, else by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from enterprises import danish
from enterprises.supplier_lists import cells
from enterprises.supplier_lists.cells import Kind

HEADING_IS_WITHIN_ROWS = 10
MOST_COLUMNS = 60
# By so many rows a column is judged.
MOST_JUDGED = 200

# Folded headings; a column has the first role that fits, a role the first column.
ROLES: dict[str, re.Pattern[str]] = {
    "line": re.compile(r"linje|line|raekke|row"),
    "number": re.compile(
        r".*\b(cvr\w*|cvrnr|momsn\w*|vat|vatn\w*|se (nr|nummer))\b.*"
        r"|(company|registration|business|organi[sz]ation) (no|nr|number|id)"
    ),
    "p_number": re.compile(r"p ?(nr|nummer|number|enhed)|pnr|produktionsenhed\w*( nr| nummer)?"),
    "branch": re.compile(r".*\b(branche\w*|db ?07|db ?25|nace|industry)\b.*"),
    "amount": re.compile(
        r".*(beloeb|omsaetning|forbrug|koebt|indkoeb|udgift|omkostning|fakturere|betalt).*"
        r"|.*\b(amount|spend|spent|cost|value|total|sum|kr|tkr|dkk|mio)\b.*"
    ),
    "name": re.compile(
        r"(?!.*(nr|nummer|no|number|id|kode)\b)"
        r".*(leverandoer|navn|firma|virksomhed|kreditor|name|supplier|vendor|company).*"
    ),
    "product": re.compile(
        r"(?!.*(nr|nummer|no|number|id|kode)\b)"
        r".*(vare|ydelse|produkt|beskriv|tekst|kategori|product|service|description|category|konto).*"
    ),
}
_THOUSANDS, _MILLIONS = re.compile(r"\b(t kr|tkr|tdkk|1000 kr|1 000 kr|tusind\w*)\b"), re.compile(r"\bmio\b")


@dataclass(frozen=True)
class Columns:
    """Where each role stands, and under which heading."""

    places: dict[str, int]
    headings: dict[str, str] = field(default_factory=dict)
    # What an amount is to be multiplied with, by what its heading says.
    unit: int = 1

    def cell(self, record: Sequence[str], role: str) -> str:
        place = self.places.get(role)
        return record[place] if place is not None and place < len(record) else ""


def found(records: Sequence[Sequence[str]]) -> tuple[Columns, int] | None:
    """The columns, and how many rows stand above the first supplier. None where no column holds numbers."""
    heading = _heading_row(records)
    begins = 0 if heading is None else heading + 1
    named = {} if heading is None else _by_heading(records[heading])
    judged = records[begins : begins + MOST_JUDGED]
    places = dict(named)
    if "number" not in places and (place := _number_column(judged, places.values())) is not None:
        places["number"] = place
    if "number" not in places and "p_number" not in places:
        return None
    if "amount" not in places and (place := _amount_column(judged, places.values())) is not None:
        places["amount"] = place
    if "name" not in places and (place := _text_column(judged, places.values())) is not None:
        places["name"] = place
    headings = {role: cells.tidy(records[heading or 0][place]) for role, place in named.items()}
    return Columns(places, headings, _unit(headings.get("amount", ""))), begins


def _heading_row(records: Sequence[Sequence[str]]) -> int | None:
    for at, record in enumerate(records[:HEADING_IS_WITHIN_ROWS]):
        roles = _by_heading(record)
        if any(cells.number(cell).kind in (Kind.CVR, Kind.P_NUMBER) for cell in record[:MOST_COLUMNS]):
            return None
        if roles.keys() & {"number", "p_number"} or len(roles) > 1:
            return at
    return None


def is_heading(text: str) -> bool:
    """Whether a line of its own is the heading of a list of numbers."""
    return bool(ROLES["number"].fullmatch(danish.fold(text[:100]))) and not re.search(r"\d", text)


def _by_heading(record: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(record[:MOST_COLUMNS]):
        folded = danish.fold(cell[:100])
        for role, pattern in ROLES.items():
            if role not in places and pattern.fullmatch(folded):
                places[role] = place
                break
    return places


def _unit(heading: str) -> int:
    folded = danish.fold(heading)
    return 1_000_000 if _MILLIONS.search(folded) else 1_000 if _THOUSANDS.search(folded) else 1


# -- by what stands in them -----------------------------------------------------------------------


def _most(
    records: Sequence[Sequence[str]], taken: Collection[int], counts: Callable[[str], int]
) -> int | None:
    """The column that counts most, of those that count for half the rows; the first of equals."""
    width = min(max(map(len, records), default=0), MOST_COLUMNS)
    sums = {
        place: sum(counts(record[place]) for record in records if place < len(record))
        for place in range(width)
        if place not in taken
    }
    best = max(sums, key=lambda place: sums[place], default=None)
    return best if best is not None and sums[best] * 2 >= max(len(records), 1) else None


def _number_column(records: Sequence[Sequence[str]], taken: Collection[int]) -> int | None:
    def counts(cell: str) -> int:
        number = cells.number(cell)
        is_whole = number.kind is Kind.CVR and not number.digits.startswith("0")
        return 2 if number.is_valid else int(is_whole)

    return _most(records, taken, counts)


def _amount_column(records: Sequence[Sequence[str]], taken: Collection[int]) -> int | None:
    """What reads as money counts double: a column of other numbers may stand there too."""

    def counts(cell: str) -> int:
        if cells.amount(cell) is None:
            return 0
        return 2 if re.search(r"[.,]|kr|dkk", cell, re.IGNORECASE) else 1

    return _most(records, taken, counts)


def _text_column(records: Sequence[Sequence[str]], taken: Collection[int]) -> int | None:
    return _most(records, taken, lambda cell: int(sum(map(str.isalpha, cell)) > 2))
