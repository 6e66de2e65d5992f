"""A table as a file: xlsx, csv or json, a row at a time, whatever its length.

csv is what Danish Excel opens rightly: a byte order mark, semicolons, decimal commas. In xlsx a text that
looks like a formula is marked as text, as a spreadsheet does it itself; in csv it gets an apostrophe.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from enterprises.cells import FORMULA, inert

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
}
LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
# So many rows go out at a time.
CHUNK = 200

Row = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    name: str
    header: Sequence[str]
    rows: Iterable[Row]


def csv_parts(header: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv([header])
    for chunk in _chunks(rows):
        yield _csv(chunk)


def json_parts(keys: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """One object for each row, whose keys are the same in all languages."""
    before = "[\n"
    for chunk in _chunks(rows):
        objects = (dict(zip(keys, map(_plain, row), strict=True)) for row in chunk)
        yield (before + ",\n".join(json.dumps(each, ensure_ascii=False) for each in objects)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def xlsx(sheets: Iterable[Sheet]) -> IO[bytes]:
    """A file at its beginning. The rows lie on disk while it is made."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name.translate(_NOT_IN_SHEET_NAMES)[:LONGEST_SHEET_NAME])
        page.freeze_panes = "A2"
        page.append([_heading(page, label) for label in sheet.header])
        for row in sheet.rows:
            page.append([_xlsx_cell(page, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 – whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _csv(rows: Iterable[Row]) -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=";").writerows([_csv_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value}".replace(".", ",")
    return inert(_shown(value))


def _xlsx_cell(page: Any, value: Any) -> Any:
    """A cell only for what would be a formula: a plain value costs half."""
    shown = _shown(value)
    if not isinstance(shown, str):
        return shown
    shown = ILLEGAL_CHARACTERS_RE.sub("", shown)
    return _inert(page, shown) if shown.startswith(FORMULA) else shown


def _inert(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def _heading(page: Any, label: str) -> Any:
    cell = WriteOnlyCell(page, label)
    cell.font = Font(bold=True)
    return cell


def _shown(value: Any) -> Any:
    """As people read it in a cell."""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float) else str(value)


def _plain(value: Any) -> Any:
    """As programs read it."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return _local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
