"""From a file's bytes to rows: csv or xlsx, in any encoding Excel writes, safely or not at all."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from enterprises import danish
from enterprises.cells import FORMULA
from enterprises.imports.rows import COLUMNS, Problem, Row

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ZIP_ENTRIES = 10_000
MAX_ZIP_RATIO = 200
MAX_ROWS = 50_000
MAX_COLUMNS = 1_000
MAX_CELL_LENGTH = 10_000
HEADER_IS_WITHIN_ROWS = 10
# What Excel's own rows end at: a workbook that claims a later one would keep us counting empty rows.
LAST_ROW_OF_EXCEL = 1_048_576

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_INVISIBLE = "\ufeff\u200b"
# Also the characters that turn text around and so make it read as something else.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class ImportRefused(Exception):  # noqa: N818 - it is the file that is at fault
    """The file cannot be read or is not safe to read. Nothing was changed; the message says why."""


class Cell(NamedTuple):
    text: str
    flaw: str = ""


@dataclass
class Sheet:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


# -- reading --------------------------------------------------------------------------------------


def read(path: Path) -> Sheet:
    """The rows of a csv or xlsx file."""
    if path.is_dir():
        raise ImportRefused(_("“%(path)s” er en mappe. Vælg en fil.") % {"path": path})
    if not path.is_file():
        raise ImportRefused(_("Filen “%(path)s” findes ikke.") % {"path": path})
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImportRefused(_("Filen “%(path)s” kan ikke åbnes.") % {"path": path}) from error
    return parse(data)


def parse(data: bytes) -> Sheet:
    """The rows of a file's bytes. Whatever they are, it gives rows or raises ImportRefused."""
    if len(data) > MAX_BYTES:
        raise ImportRefused(_("Filen fylder mere end 20 MB. Del den i flere."))
    if data.startswith(_ZIP):
        return _parse_workbook(data)
    if data.startswith(_OLE):
        raise ImportRefused(_ole_refusal(data))
    return _parse_csv(_decoded(data))


def _ole_refusal(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _("Filen er låst med en adgangskode. Gem den uden adgangskode, og prøv igen.")
    return _("Filen er i det gamle Excel-format (.xls). Gem den som .xlsx, og prøv igen.")


def _decoded(data: bytes) -> str:
    """What Excel calls “CSV UTF-8”, “Unicode text” and, in Denmark, plain “CSV”: windows-1252."""
    encodings = ["utf-16"] if data.startswith(_UTF_16) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ImportRefused(
            _("Filen er ikke gemt som UTF-8. Vælg “Gem som” og “CSV UTF-8 (semikolonsepareret)” i Excel.")
        )
    if "\0" in text:
        raise ImportRefused(_("Filen er ikke en tekstfil. Gem den som csv (UTF-8) eller xlsx."))
    if not text.strip():
        raise ImportRefused(_("Filen er tom."))
    return text


def _parse_csv(text: str) -> Sheet:
    csv.field_size_limit(MAX_BYTES)  # an endless cell is to be the row's error, not csv's
    heads = {delimiter: _csv_head(text, delimiter) for delimiter in ";,\t"}
    if all(len(record) < 2 for head in heads.values() for record in head):
        raise ImportRefused(
            _("Filen har kun én kolonne. Kolonnerne skal være adskilt af semikolon, komma eller tabulator.")
        )
    delimiter = max(heads, key=lambda delimiter: max(map(_known_columns, heads[delimiter])))
    return _sheet(_csv_records(text, delimiter), is_csv=True)


def _csv_head(text: str, delimiter: str) -> list[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[Cell(text) for text in record] for record in islice(reader, HEADER_IS_WITHIN_ROWS)]


def _csv_records(text: str, delimiter: str) -> Iterator[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows_read = 0
    try:
        for record in reader:
            rows_read += 1
            yield [_cell(_unescaped(text)) for text in record]
    except csv.Error as error:
        raise ImportRefused(
            _("Række %(row)s kan ikke læses: der er et citationstegn, som mangler sin makker.")
            % {"row": rows_read + 1}
        ) from error


def _unescaped(text: str) -> str:
    """Without the apostrophe that our own files, and Excel's, put before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _cell(text: str) -> Cell:
    """What looks like a formula is a text as any other: nothing here works formulas out."""
    text = re.sub(r"\r\n?", "\n", text).strip().strip(_INVISIBLE).strip()
    if len(text) > MAX_CELL_LENGTH:
        return Cell(text, _("Teksten er længere end 10.000 tegn."))
    if _CONTROL.search(text):
        return Cell(text, _("Teksten indeholder usynlige styretegn. Skriv den igen."))
    return Cell(text)


# -- workbooks ------------------------------------------------------------------------------------


@contextmanager
def _damage_refused() -> Iterator[None]:
    """zipfile and openpyxl break on damaged files in more ways than can be listed."""
    try:
        yield
    except ImportRefused:
        raise
    except Exception as error:
        raise ImportRefused(
            _("Filen kan ikke læses som et Excel-ark. Åbn den i Excel, gem den igen som .xlsx, og prøv så.")
        ) from error


def _parse_workbook(data: bytes) -> Sheet:
    return _first_sheet(_visible_sheets(data, MAX_UNPACKED_BYTES), data)


def _visible_sheets(data: bytes, most_unpacked: int) -> list[Any]:
    with _damage_refused(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_bombs(archive.infolist(), most_unpacked)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about decoration that it does not know
        with _damage_refused():
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def is_workbook(data: bytes) -> bool:
    """Whether it is one, of a kind we read or not."""
    return data.startswith((*_ZIP, _OLE))


def workbook_texts(data: bytes, *, most_rows: int, most_unpacked: int) -> list[list[str]]:
    """The first rows of the first sheet with anything in it as texts, whatever its columns are called."""
    if data.startswith(_OLE):
        raise ImportRefused(_ole_refusal(data))
    for worksheet in _visible_sheets(data, most_unpacked):
        records = islice(_workbook_records(worksheet, data), most_rows)
        if any(map(any, rows := [[cell.text for cell in record] for record in records])):
            return rows
    raise ImportRefused(_("Filen er tom."))


def _refuse_bombs(entries: list[zipfile.ZipInfo], most_unpacked: int) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise ImportRefused(_("Filen er låst med en adgangskode. Gem den uden adgangskode, og prøv igen."))
    if (
        len(entries) > MAX_ZIP_ENTRIES
        or sum(entry.file_size for entry in entries) > most_unpacked
        or any(entry.file_size > MAX_ZIP_RATIO * max(entry.compress_size, 1) for entry in entries)
    ):
        raise ImportRefused(
            _("Filen fylder alt for meget, når den pakkes ud. Kopiér rækkerne til et nyt ark, og gem det.")
        )


def _first_sheet(worksheets: list[Any], data: bytes) -> Sheet:
    """The first worksheet with a header that is not hidden. That others are left out is said."""
    with_header = [sheet for sheet in worksheets if _header_index(_workbook_head(sheet)) is not None]
    if not with_header:
        raise ImportRefused(_no_header())
    sheet = _sheet(_workbook_records(with_header[0], data), is_csv=False)
    sheet.warnings += [
        _("Arket “%(sheet)s” blev ikke læst: kun det første ark med overskrifter læses.")
        % {"sheet": _printable(other.title)}
        for other in with_header[1:]
    ]
    return sheet


def _workbook_head(worksheet: Any) -> list[list[Cell]]:
    return list(islice(_workbook_records(worksheet), HEADER_IS_WITHIN_ROWS))


def _workbook_records(worksheet: Any, data: bytes = b"") -> Iterator[list[Cell]]:
    """`data` are the workbook's bytes, where formulas are to give what they last came to."""
    last_seen = _LastSeen(data, worksheet.title)
    with _damage_refused():
        worksheet.reset_dimensions()  # the file's own word for its size is often wrong
        for number, row in enumerate(worksheet.iter_rows(), 1):
            if number > LAST_ROW_OF_EXCEL:
                raise ImportRefused(_too_many_rows())
            if len(row) > MAX_COLUMNS:
                raise ImportRefused(_("Arket har flere end 1.000 kolonner. Slet dem, der ikke skal bruges."))
            if data and any(cell.data_type == "f" for cell in row):
                row = last_seen.row(number, row)
            yield [_workbook_cell(cell) for cell in row]


class _LastSeen:
    """What a sheet's formulas came to when Excel last saved it. Read a second time, but only where asked."""

    def __init__(self, data: bytes, title: str) -> None:
        self.data, self.title, self.number = data, title, 0
        self.rows: Iterator[Any] | None = None

    def row(self, number: int, with_formulas: Any) -> list[Any]:
        """The row with values for formulas; a formula that was never worked out stays as its text."""
        if self.rows is None:
            book = openpyxl.load_workbook(
                io.BytesIO(self.data), read_only=True, keep_links=False, data_only=True
            )
            sheet = book[self.title]
            sheet.reset_dimensions()
            self.rows = sheet.iter_rows()
        row = next(islice(self.rows, number - self.number - 1, None), ())
        self.number = number
        found = zip_longest(with_formulas, row)
        return [
            cell if cell is not None and (value is None or value.value is None) else value
            for cell, value in found
        ]


def _workbook_cell(cell: Any) -> Cell:
    text = _text(cell.value)
    if cell.data_type == "e":
        return Cell(text, _("Cellen viser en fejl (%(error)s).") % {"error": text[:20]})
    return _cell(text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, ArrayFormula | DataTableFormula):
        return str(getattr(value, "text", None) or "")
    if isinstance(value, float):
        # With a decimal comma, as in Danish: 1.125 would be eleven hundred.
        return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return str(value)


# -- headers and rows -----------------------------------------------------------------------------


def _header_name(cell: Cell) -> str:
    return danish.fold(cell.text.strip(_INVISIBLE)[:200]).replace(" ", "_")


def _known_columns(record: list[Cell]) -> int:
    """How many of our columns a row names. A lone one is a header only when it is the one all need."""
    known = {_header_name(cell) for cell in record}.intersection(COLUMNS)
    return len(known) if len(known) > 1 or "name" in known else 0


def _header_index(head: list[list[Cell]]) -> int | None:
    return next((index for index, record in enumerate(head) if _known_columns(record)), None)


def _goes_on(header: list[Cell], below: list[Cell]) -> bool:
    """Whether the names stand in two rows, under merged cells such as “Adresse” over street and city."""
    known = {_header_name(cell) for cell in header}.intersection(COLUMNS)
    names = [_header_name(cell) for cell in below if cell.text]
    return bool(names) and all(name in COLUMNS and name not in known for name in names)


def _no_header() -> str:
    return _("Der er ingen række med kolonnernes navne (name, cvr, sectors …) blandt de første ti rækker.")


def _too_many_rows() -> str:
    return _("Filen har flere end 50.000 rækker. Del den i flere.")


def _printable(text: str) -> str:
    return _CONTROL.sub("", " ".join(text.split()))[:60]


def _sheet(records: Iterator[list[Cell]], *, is_csv: bool) -> Sheet:
    head = list(islice(records, HEADER_IS_WITHIN_ROWS))
    index = _header_index(head)
    if index is None:
        raise ImportRefused(_no_header())
    sheet, header = Sheet(), head[index]
    if index + 1 < len(head) and _goes_on(header, head[index + 1]):
        index += 1
        header = [
            below if below.text else above
            for above, below in zip_longest(header, head[index], fillvalue=Cell(""))
        ]
    columns = _columns(header, sheet)
    unnamed: set[int] = set()
    for number, record in enumerate(chain(head[index + 1 :], records), index + 2):
        filled = [place for place, cell in enumerate(record) if cell.text]
        if not filled:
            continue
        if is_csv and filled[-1] >= len(header):
            sheet.problems.append(Problem(number, "", _too_many_cells()))
        else:
            unnamed.update(place for place in filled if not _has_name(header, place))
        _add_row(sheet, number, {columns[place]: record[place] for place in filled if place in columns})
    if not sheet.rows:
        raise ImportRefused(_("Der er ingen rækker under kolonnernes navne."))
    sheet.warnings += [
        _("Kolonne %(letter)s har ingen overskrift, så den blev ikke læst.")
        % {"letter": get_column_letter(place + 1)}
        for place in sorted(unnamed)
    ]
    return sheet


def _has_name(header: list[Cell], place: int) -> bool:
    return place < len(header) and bool(_printable(header[place].text.strip(_INVISIBLE)))


def _too_many_cells() -> str:
    return _(
        "Rækken har flere celler end overskrifterne. Står der ; eller komma i en celle, "
        "så sæt cellen i anførselstegn, eller skil lister med |."
    )


def _columns(header: list[Cell], sheet: Sheet) -> dict[int, str]:
    """Where each of our columns stands. Warns about the others."""
    columns: dict[int, str] = {}
    seen: set[str] = set()
    for place, cell in enumerate(header):
        if not _has_name(header, place):
            continue
        name, shown = _header_name(cell) or cell.text, _printable(cell.text)
        if name in seen:
            raise ImportRefused(_("Kolonnen “%(column)s” står der to gange.") % {"column": shown})
        seen.add(name)
        if name in COLUMNS:
            columns[place] = name
        else:
            sheet.warnings.append(
                _("Kolonnen “%(column)s” kender vi ikke, så den blev ikke læst.") % {"column": shown}
            )
    if "name" not in columns.values():
        raise ImportRefused(_("Kolonnen “name” mangler. Den skal være der."))
    return columns


def _add_row(sheet: Sheet, number: int, cells: dict[str, Cell]) -> None:
    if len(sheet.rows) == MAX_ROWS:
        raise ImportRefused(_too_many_rows())
    sheet.problems += [Problem(number, column, cell.flaw) for column, cell in cells.items() if cell.flaw]
    sheet.rows.append(
        Row(
            number,
            {column: cell.text for column, cell in cells.items() if not cell.flaw},
            frozenset(column for column, cell in cells.items() if cell.flaw),
        )
    )
