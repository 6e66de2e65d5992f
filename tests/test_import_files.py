"""Bytes to rows: whatever a clerk's file holds, it is read or refused with a reason."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enterprises import exports
from enterprises.cells import inert
from enterprises.imports import files, rows, terms
from enterprises.imports.files import ImportRefused, parse
from enterprises.models import LegalForm


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for lines in sheets:
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def cells(data: bytes) -> list[dict[str, str]]:
    return [row.cells for row in parse(data).rows]


def refusal(data: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        parse(data)
    return str(refused.value)


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "name;cvr\nSmørrebrød;1",
        "name,cvr\r\nSmørrebrød,1\r\n",
        "name\tcvr\nSmørrebrød\t1",
        "sep=;\nname;cvr\nSmørrebrød;1",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_danish_and_english_excel_are_both_read(text: str, encoding: str) -> None:
    assert cells(text.encode(encoding)) == [{"name": "Smørrebrød", "cvr": "1"}]


@pytest.mark.parametrize("header", ["Legal Form", "\ufefflegal_form ", "LEGAL-FORM", "\xa0legal form\xa0"])
def test_headers_are_recognised_however_they_are_spelt(header: str) -> None:
    assert cells(f"{header};name\nApS;A".encode()) == [{"legal_form": "ApS", "name": "A"}]


def test_row_numbers_are_the_spreadsheets() -> None:
    sheet = parse(b'name;description_da\nA;"to\nlinjer"\n\n;;\nB;x\n')
    assert [(row.number, row.cells["name"]) for row in sheet.rows] == [(2, "A"), (5, "B")]


def test_quoted_cells_keep_their_lists_and_lines() -> None:
    assert cells(b'name;sectors\n"Den ""r\xc3\xb8de""\r\nhal\xc2\xa0";"a;b"')[0] == {
        "name": 'Den "røde"\nhal',
        "sectors": "a;b",
    }


def test_unquoted_semicolon_in_a_cell_is_noticed() -> None:
    sheet = parse(b"name;sectors\nA;mad;finans\n")
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, "")]


def test_unread_columns_are_named() -> None:
    sheet = parse(b"name;Noter;;cvr\nA;x;y;1\n")
    assert [warning.split(" kender")[0].split(" har")[0] for warning in sheet.warnings] == [
        "Kolonnen “Noter”",
        "Kolonne C",
    ]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+A1", "-2+3", '=HYPERLINK("x")', "+45 33 12 34 56"])
def test_what_looks_like_a_formula_in_csv_is_text_with_an_apostrophe_or_without(
    text: str,
) -> None:
    for written in (text, inert(text)):
        quoted = written.replace('"', '""')
        assert cells(f'name;source\nA;"{quoted}"\n'.encode()) == [{"name": "A", "source": text}]


@pytest.mark.parametrize("text", ["pling\x07", "\u202eevil", "a" * 10_001, "a" * 200_000])
def test_control_characters_and_endless_cells_are_errors(text: str) -> None:
    sheet = parse(f"name;source\nA;{text}\n".encode())
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, "source")]
    assert sheet.rows[0].cells == {"name": "A"}


def test_html_is_text() -> None:
    assert cells(b"name;source\n<b>A</b>;x")[0]["name"] == "<b>A</b>"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "tom"),
        (b"\xef\xbb\xbf \n", "tom"),
        ("name;cvr\nA;1".encode("utf-16")[:-1], "UTF-8"),
        (b"name;cvr\nA\x81;1", "UTF-8"),
        (b"name;cvr\nA\0;1", "tekstfil"),
        ("name;cvr\nA;1".encode("utf-16-le"), "tekstfil"),
        (b"name\nA\nB", "én kolonne"),
        (b"alfa;beta\n1;2", "ingen række med kolonnernes navne"),
        (b"cvr;email\n1;2", "“name” mangler"),
        (b"name;cvr;Name\nA;1;B", "to gange"),
        (b"name;cvr\n", "ingen rækker under"),
        (b'name;cvr\n"A;1\nB;2', "Række 2 kan ikke læses"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "gamle Excel-format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "adgangskode"),
        (b"PK\x03\x04 brudt", "Excel-ark"),
        (zipped(noget=b"andet"), "Excel-ark"),
        (b"name;cvr\n" + b"A;1\n" * 50_001, "50.000"),
        (b"name;cvr\n" + b" " * 20 * 1024 * 1024, "20 MB"),
        (zipped(bombe=bytes(30_000_000)), "pakkes ud"),
        (zipped(**{str(i): b"" for i in range(10_001)}), "pakkes ud"),
    ],
)  # fmt: skip
def test_files_that_are_refused_say_why(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_workbooks_that_swell_are_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 1_000)
    assert "pakkes ud" in refusal(workbook([["name"], ["A"]]))


def test_first_sheet_with_a_header_is_read_below_its_titles() -> None:
    header = ["Name", "CVR", "members", "latitude"]
    data = workbook(
        [["Forside"]], [["Liste 2024"], [], header, ["A", 12345678.0, 1200, 55.5]], [["name"], ["B"]]
    )
    sheet = parse(data)
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (4, {"name": "A", "cvr": "12345678", "members": "1200", "latitude": "55,5"})
    ]
    assert "blev ikke læst" in sheet.warnings[0]


def with_cached(data: bytes, cell: str, value: str) -> bytes:
    """The workbook as Excel saves it, with what a formula last came to."""
    book = zipfile.ZipFile(io.BytesIO(data))
    entries = {name: book.read(name) for name in book.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"].decode()
    assert f'<c r="{cell}"' in sheet
    sheet = re.sub(rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?', rf"\1<v>{value}</v>", sheet)
    return zipped(**entries | {"xl/worksheets/sheet1.xml": sheet.encode()})


def test_formulas_give_what_they_last_came_to_and_are_never_worked_out() -> None:
    rows = [["name", "source", "founded"], ["A", "@raadet", "=2000+15"], [], ["B", "- punkt", "=1+1"]]
    data = with_cached(workbook(rows), "C2", "2015")
    sheet = parse(data)
    assert not sheet.problems
    assert [row.cells for row in sheet.rows] == [
        {"name": "A", "source": "@raadet", "founded": "2015"},
        {"name": "B", "source": "- punkt", "founded": "=1+1"},
    ]


def test_hidden_sheets_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["name"], ["Gammel"]], [["name"], ["Ny"]])))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    file = io.BytesIO()
    book.save(file)
    assert cells(file.getvalue()) == [{"name": "Ny"}]


def test_names_in_two_rows_under_merged_cells_are_one_header() -> None:
    data = workbook(
        [["Liste"], ["name", "Adresse", None, "cvr"], [None, "street", "postcode"], ["A", "Vej 1", 2200, 1]]
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active.merge_cells("B2:C2")
    book.active.merge_cells("A2:A3")
    file = io.BytesIO()
    book.save(file)
    (row,) = parse(file.getvalue()).rows
    assert (row.number, row.cells) == (4, {"name": "A", "street": "Vej 1", "postcode": "2200", "cvr": "1"})


def test_a_row_of_column_names_is_no_second_header() -> None:
    assert cells(b"name;cvr\nname;1\n") == [{"name": "name", "cvr": "1"}]


# What a cell can hold: no line break but our own, and nothing invisible, which is refused by itself.
texts = (
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=30
    )
    .map(lambda text: text.strip())
    .filter(lambda text: text and not text.startswith("'"))
)
sheets = st.lists(
    st.fixed_dictionaries({"name": texts}, optional=dict.fromkeys(("source", "tagline_da", "phone"), texts)),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@given(lines=sheets)
def test_any_sheet_that_goes_out_comes_in_the_same(suffix: str, lines: list[dict[str, str]]) -> None:
    header = ["name", "source", "tagline_da", "phone"]
    written = [[line.get(column, "") for column in header] for line in lines]
    if suffix == "csv":
        data = b"".join(exports.csv_parts(header, written))
    else:
        with exports.xlsx([exports.Sheet("Liste", header, written)]) as file:
            data = file.read()
    assert cells(data) == lines


@given(st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), sheets)
def test_any_csv_is_read_whatever_parts_its_cells(
    delimiter: str, encoding: str, lines: list[dict[str, str]]
) -> None:
    header = ["name", "source", "tagline_da", "phone"]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([[f" {line.get(column, '')}\xa0" for column in header] for line in lines])
    assert cells(file.getvalue().encode(encoding)) == lines


def test_decimal_in_a_number_cell_is_no_thousand() -> None:
    row = parse(workbook([["name", "members"], ["A", 1.125]])).rows[0]
    assert [problem.column for problem in rows.check(row, terms.Terms({}))[1]] == ["members"]


def test_entities_in_a_workbook_are_refused() -> None:
    book = zipfile.ZipFile(io.BytesIO(workbook([["name", "cvr"], ["A", "1"]])))
    entries = {name: book.read(name) for name in book.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"]
    entries["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + sheet
    assert "Excel-ark" in refusal(zipped(**entries))


def reads_or_refuses(data: bytes) -> None:
    try:
        assert parse(data).rows
    except ImportRefused as refused:
        assert str(refused)


@given(st.binary() | st.text().map(str.encode))
@example(b"\xff\xfe\x00\xd8")
@example(b'"')
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reads_or_refuses(data)


csv_like = st.text(st.sampled_from("ab;,\t|\"'\r\n =+-@\x1b\u2028æ"), max_size=60)


@given(csv_like, st.sampled_from(["name;cvr\n", "name,cvr\r\n", "\ufeffname\tcvr\r"]))
def test_anything_under_a_header_is_read_or_refused(text: str, header: str) -> None:
    reads_or_refuses((header + text).encode())


GOOD_WORKBOOK = workbook([["name", "cvr"], ["A", 1]])


@settings(deadline=None)
@given(st.integers(0, len(GOOD_WORKBOOK) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_workbooks_are_read_or_refused(place: int, damage: bytes) -> None:
    reads_or_refuses(GOOD_WORKBOOK[:place] + damage + GOOD_WORKBOOK[place + len(damage) :])


XML = ("<row>", "<c r='A1' t='n'>", "<c t='s'>", "<c t='d'>", "<v>", "1e999", "</v>", "</c>", "</row>", "x")
ROWS = ("<row r='3'><c t='n'><v>1e999</v></c></row>", "<row r='9'><c r='ZZZ9' t='b'><v>1</v></c></row>")


@settings(deadline=None)
@given(st.lists(st.sampled_from(XML + ROWS), max_size=8).map("".join))
@example("<row r='9999999999'><c><v>1</v></c></row>")
def test_strange_worksheets_are_read_or_refused(xml: str) -> None:
    book = zipfile.ZipFile(io.BytesIO(GOOD_WORKBOOK))
    entries = {name: book.read(name) for name in book.namelist()}
    good = entries["xl/worksheets/sheet1.xml"]
    entries["xl/worksheets/sheet1.xml"] = good.replace(b"</sheetData>", f"{xml}</sheetData>".encode())
    reads_or_refuses(zipped(**entries))


# -- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["12345678", "DK12345678", "dk 12 34 56 78", "12345678.0", "12345678,0", "12\xa034 5678"]
)
def test_cvr_numbers_are_read_however_they_are_written(text: str) -> None:
    assert terms.cvr(text) == "12345678"


def test_cvr_number_gets_its_zeros_back() -> None:
    assert terms.cvr("1234567") == "01234567"


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (terms.whole_number, "1.200", 1200),
        (terms.whole_number, "1 200", 1200),
        (terms.whole_number, "12.0", 12),
        (terms.decimal, "55,6761", 55.6761),
        (terms.decimal, "55.6761", 55.6761),
        (terms.postcode, "2200.0", "2200"),
        (terms.postcode, "800", "0800"),
        (terms.phone, "12345678.0", "12345678"),
        (terms.phone, "1234567", "01234567"),
        (terms.phone, "+45 33\xa012 34 56", "+45 33 12 34 56"),
        (terms.year, "2015-01-31", 2015),
        (terms.year, "31-01-2015", 2015),
        (terms.website, "kaffe.dk", "https://kaffe.dk"),
        (terms.website, "http://kaffe.dk", "http://kaffe.dk"),
        (terms.items, " Brød ; frokost |brød;", ["Brød", "frokost", "brød"]),
    ],
)  # fmt: skip
def test_cells_are_read_as_danes_write_them(reader: Callable[[str], Any], text: str, value: Any) -> None:
    assert reader(text) == value


@pytest.mark.parametrize("reader", [terms.cvr, terms.postcode, terms.decimal, terms.whole_number, terms.year])
@given(text=st.text() | st.from_regex(r"[0-9.,\s-]{1,9}"))
def test_numbers_are_read_or_are_errors(reader: Callable[[str], Any], text: str) -> None:
    try:
        reader(text)
    except terms.CellError as error:
        assert str(error)


AMBA = LegalForm(
    slug="andel",
    name_da="Andelsselskab",
    name_en="Co-op",
    abbreviation="A.M.B.A.",
    cvr_code=140,
    aliases=["Ålaug"],
)
APS = LegalForm(slug="aps", name_da="Anpartsselskab", name_en="Limited", abbreviation="ApS", aliases=["amba"])


@pytest.mark.parametrize(
    "text", ["amba", "A.m.b.a.", "a m b a", "ANDELSSELSKAB", "co-op", "140", "aalaug", "Ålaug"]
)
def test_terms_are_found_by_any_of_their_words(text: str) -> None:
    assert terms.Terms({"legal_form": [APS, AMBA]}).find("legal_form", text) is AMBA


def test_unknown_term_gets_the_nearest_suggestion() -> None:
    with pytest.raises(terms.CellError, match=r"“Andelselskap” kender vi ikke\. Mente du “Andelsselskab”\?"):
        terms.Terms({"legal_form": [APS, AMBA]}).find("legal_form", "Andelselskap")
