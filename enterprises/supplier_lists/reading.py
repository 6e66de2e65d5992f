"""From what somebody pasted or uploaded to its suppliers, each once. All of it in memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from enterprises import danish
from enterprises.imports import files
from enterprises.imports.files import ImportRefused
from enterprises.supplier_lists import cells, columns
from enterprises.supplier_lists.cells import Kind, Number

MOST_BYTES = 5_000_000
# Anybody may send one, so less than what staff may import.
MOST_UNPACKED_BYTES = 40_000_000
MOST_ROWS = 10_000
MOST_SUPPLIERS = 500
MOST_LINES_TOLD = 10

# Written together or in the groups that people use, behind the words they put before it.
_GROUPED = r"\d{2}([ .\-])\d{2}\1\d{2}\1\d{2}|\d{4}[ .\-]\d{4}|\d{2}[ .]\d{3}[ .]\d{3}"
_IN_TEXT = re.compile(
    rf"(?<![\w.,])(?:(?:cvr|dk|se|vat)(?:-?(?:nr|no|nummer))?[ .:#-]*)*(?:\d{{8}}|{_GROUPED})(?![\w]|[.,]\d)",
    re.IGNORECASE | re.ASCII,
)
_LONGER_IN_TEXT = re.compile(r"(?<![\w.,-])(?:\d{13}|\d{10}|\d{6}-\d{4})(?![\w-])", re.ASCII)
_SUM_IN_TEXT = re.compile(
    r"[-−(]?\d[\d.,']*(?: \d{3}(?!\d))*(?:,\d{1,2})?\)?(?:,-)?(?:\s*(?:kr\.?|dkk)(?!\w))?", re.I | re.ASCII
)
_TOTALS = frozenset("i alt|ialt|sum|total|totalt|grand total|subtotal|hovedtotal".split("|"))


class ListRefused(Exception):  # noqa: N818 - it is the list that is at fault
    """It cannot be read, or not safely. The message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Supplier:
    number: Number
    # Where it stands; of many lines the first few.
    lines: tuple[int, ...]
    times: int = 1
    name: str = ""
    product: str = ""
    branch: str = ""
    amount: Decimal | None = None

    def with_(self, other: Supplier) -> Supplier:
        """The same supplier again, further down."""
        amounts = [one.amount for one in (self, other) if one.amount is not None]
        products = dict.fromkeys(filter(None, (*self.product.split("; "), other.product)))
        return replace(
            self,
            lines=(self.lines + other.lines)[:MOST_LINES_TOLD],
            times=self.times + other.times,
            name=self.name or other.name,
            product="; ".join(products)[: cells.LONGEST_CELL],
            branch=self.branch or other.branch,
            amount=sum(amounts) if amounts else None,  # type: ignore[arg-type]
        )


@dataclass
class SupplierList:
    suppliers: list[Supplier] = field(default_factory=list)
    # Role → heading, where the list had any.
    headings: dict[str, str] = field(default_factory=dict)

    @property
    def has_amounts(self) -> bool:
        return any(supplier.amount is not None for supplier in self.suppliers)


def of_file(data: bytes) -> SupplierList:
    if len(data) > MOST_BYTES:
        raise ListRefused(too_large())
    if not files.is_workbook(data):
        return of_text(_decoded(data))
    try:
        records = files.workbook_texts(data, most_rows=MOST_ROWS + 1, most_unpacked=MOST_UNPACKED_BYTES)
    except ImportRefused as refused:
        raise ListRefused(str(refused)) from refused
    if len(records) > MOST_ROWS and any(records[-1]):
        raise ListRefused(_too_many_rows())
    return _of_records([(number, record) for number, record in enumerate(records, 1)])


def too_large() -> str:
    return _("Filen fylder mere end 5 MB. Gem kun kolonnerne med CVR-nummer, navn og beløb, og prøv igen.")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Danish systems write. Nothing is kept, so a letter that is not right harms nobody.
        return data.decode("cp1252", errors="replace")


def of_text(text: str) -> SupplierList:
    if text.count("\n") > MOST_ROWS:
        raise ListRefused(_too_many_rows())
    for delimiter in "\t;,":
        if _is_table(text, delimiter):
            read = _of_records(list(_split(text, delimiter)), unless_text=text)
            if read.suppliers:
                return read
    return _gathered(_in_lines(text))


def _too_many_rows() -> str:
    return _("Listen har flere end 10.000 linjer. Del den i flere.")


def _is_table(text: str, delimiter: str) -> bool:
    """Whether most lines have the delimiter. A comma is also part of sums: there has to be a heading too."""
    lines = [line for line in text.splitlines() if line.strip()]
    split = sum(delimiter in line for line in lines)
    if delimiter == ",":
        heading = lines[0].split(",") if lines else []
        return split == len(lines) > 0 and any(map(columns.is_heading, heading))
    return split * 2 >= len(lines) > 0


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield from [(reader.line_num, record) for record in reader]
    except csv.Error:
        for number, line in enumerate(text.splitlines(), 1):
            yield number, line.split(delimiter)


# -- tables ---------------------------------------------------------------------------------------


def _of_records(numbered: Sequence[tuple[int, list[str]]], unless_text: str = "") -> SupplierList:
    told = [(number, record) for number, record in numbered if any(cell.strip() for cell in record)]
    records = [record for _number, record in told]
    # Several numbers in a row are a list that somebody wrote with semicolons.
    is_enumeration = bool(unless_text) and any(
        sum(cells.number(cell).is_valid for cell in record) > 1 for record in records
    )
    known = None if is_enumeration else columns.found(records)
    if known is None:
        return _gathered(
            supplier for number, record in told for supplier in _in_line(number, "  ".join(record))
        )
    where, begins = known
    read = _gathered(filter(None, (_of_record(n, record, where) for n, record in told[begins:])))
    read.headings = where.headings
    return read


def _of_record(line: int, record: Sequence[str], where: columns.Columns) -> Supplier | None:
    number = cells.number(where.cell(record, "number"))
    if number.kind in (Kind.NOTHING, Kind.OTHER):
        of_place = cells.number(where.cell(record, "p_number"))
        number = of_place if of_place.kind is Kind.P_NUMBER else number
    amount = cells.amount(where.cell(record, "amount"))
    told = where.cell(record, "line").strip()
    name, product = (cells.tidy(where.cell(record, role)) for role in ("name", "product"))
    if number.kind is Kind.OTHER and not name:
        name = cells.tidy(where.cell(record, "number")).strip("–")
    if number.kind in (Kind.NOTHING, Kind.OTHER) and _is_total(record):
        return None
    if number.kind is Kind.NOTHING and not name:
        return None
    return Supplier(
        number=number,
        lines=(int(told) if told.isascii() and told.isdigit() and len(told) < 8 else line,),
        name=name,
        product=product,
        branch=cells.tidy(where.cell(record, "branch")),
        amount=None if amount is None else amount * where.unit,
    )


def _is_total(record: Sequence[str]) -> bool:
    return any(danish.fold(cell[:40]) in _TOTALS for cell in record)


# -- lines of text --------------------------------------------------------------------------------


def _in_lines(text: str) -> Iterator[Supplier]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not columns.is_heading(line):
            yield from _in_line(number, line)


def _in_line(at: int, line: str) -> Iterator[Supplier]:
    """Each number in a line; where there is but one, also whose it is and how much."""
    line = line[: cells.LONGEST_CELL * 50].replace("\xa0", " ")
    whole = cells.number(line) if len(line) <= cells.LONGEST_CELL else Number(Kind.OTHER)
    if whole.kind not in (Kind.OTHER, Kind.NOTHING):
        yield Supplier(whole, (at,))
        return
    found = _numbers_in(line)
    if not found:
        if not _is_total([line]):
            yield Supplier(
                Number(Kind.OTHER if re.search(r"\d", line) else Kind.NOTHING), (at,), name=cells.tidy(line)
            )
    elif len(found) > 1:
        yield from (Supplier(cells.number(match[0]), (at,)) for match in found)
    else:
        (match,) = found
        name, amount = _name_and_amount(f"{line[: match.start()]}  {line[match.end() :]}")
        yield Supplier(cells.number(match[0]), (at,), name=name, amount=amount)


def _numbers_in(line: str) -> list[re.Match[str]]:
    matches = list(_IN_TEXT.finditer(line))
    # 12.345.678 is also how one writes twelve million: beside another number it is taken for a sum.
    plain = [match for match in matches if not re.search(r"\d[. ]\d{3}[. ]\d{3}$", match[0])]
    return plain or matches or list(_LONGER_IN_TEXT.finditer(line))


def _name_and_amount(rest: str) -> tuple[str, Decimal | None]:
    sums = [
        (match, value)
        for match in _SUM_IN_TEXT.finditer(rest)
        if (value := cells.amount(match[0])) is not None
    ]
    money = [one for one in sums if re.search(r"kr|dkk|,\d", one[0][0], re.IGNORECASE)]
    last = sums[-1:] if sums and not rest[sums[-1][0].end() :].strip(" .,;)") else []
    for match, value in money[:1] or last:
        return _called(rest[: match.start()] + " " + rest[match.end() :]), value
    return _called(rest), None


def _called(text: str) -> str:
    return cells.tidy(text).strip(" ,;:.-–|()[]\"'*")


# -- each once ------------------------------------------------------------------------------------


def _gathered(suppliers: Iterator[Supplier]) -> SupplierList:
    found: dict[object, Supplier] = {}
    for supplier in suppliers:
        key: object = supplier.number if supplier.number.digits else (supplier.name, supplier.lines)
        found[key] = found[key].with_(supplier) if key in found else supplier
        if len(found) > MOST_SUPPLIERS:
            raise ListRefused(
                _("Listen har flere end %(most)s leverandører. Del den i flere, og tjek dem hver for sig.")
                % {"most": MOST_SUPPLIERS}
            )
    return SupplierList(list(found.values()))


def written(suppliers: Sequence[Supplier]) -> str:
    """The list in the form that is read back as the same: for what is asked of it again."""
    text = io.StringIO()
    out = csv.writer(text, delimiter="\t", lineterminator="\n")
    out.writerow(["Linje", "CVR-nummer", "Navn", "Vare", "Branche", "Beløb"])
    for one in suppliers:
        amount = "" if one.amount is None else f"{one.amount}".replace(".", ",")
        number = one.number.digits or ("–" if one.number.kind is not Kind.NOTHING else "")
        out.writerow([one.lines[0], number, one.name, one.product, one.branch, amount])
    return text.getvalue()
