"""Lists of suppliers as buyers have them: whatever is sent is read, or refused in a sentence."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from stdnum.dk import cvr as cvr_number

from enterprises.supplier_lists import cells, reading
from enterprises.supplier_lists.cells import Kind
from enterprises.supplier_lists.reading import ListRefused, Supplier

ONE, TWO = "13585628", "25313763"


def next_valid(number: int) -> str:
    while not cvr_number.is_valid(str(number)):
        number += 1
    return str(number)


numbers = st.integers(10_000_000, 99_999_000).map(next_valid)
ways = st.sampled_from(
    [
        lambda n: n,
        lambda n: f"DK{n}",
        lambda n: f"dk-{n}",
        lambda n: f"DK {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
        lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
        lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]}.{n[6:]}",
        lambda n: f"{n[:2]}.{n[2:5]}.{n[5:]}",
        lambda n: f"{n[:4]} {n[4:]}",
        lambda n: f"{n[:4]}-{n[4:]}",
        lambda n: f"CVR-nr.: {n}",
        lambda n: f"CVR {n}",
        lambda n: f"  {n}\u00a0 ",
        lambda n: f"\u200b{n}",
        lambda n: f"'{n}",
        lambda n: f'"{n}"',
        lambda n: f"{n},",
        lambda n: "".join(chr(ord(digit) - 48 + 0xFF10) for digit in n),
    ]
)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def digits(suppliers: list[Supplier]) -> list[str]:
    return [supplier.number.digits for supplier in suppliers]


def only(text: str) -> Supplier:
    (supplier,) = reading.of_text(text).suppliers
    return supplier


# -- anything -------------------------------------------------------------------------------------


@given(st.text() | st.text(alphabet="0123456789.,; \t\n-kDKrcvCVR\"'()æ"))
def test_no_text_fails(text: str) -> None:
    try:
        read = reading.of_text(text)
    except ListRefused:
        return
    again = reading.of_text(reading.written(read.suppliers))
    known = [one for one in read.suppliers if one.number.kind is Kind.CVR]
    kept = [one for one in again.suppliers if one.number.kind is Kind.CVR]
    assert [(o.number, o.lines[0], o.amount) for o in kept] == [
        (o.number, o.lines[0], o.amount) for o in known
    ]


@given(st.binary() | st.binary().map(lambda tail: b"PK\x03\x04" + tail))
def test_no_file_fails_but_in_a_sentence(data: bytes) -> None:
    try:
        reading.of_file(data)
    except ListRefused as refused:
        assert str(refused).endswith(".")


@given(st.text())
def test_no_cell_fails(text: str) -> None:
    assert cells.number(text).kind in Kind
    amount = cells.amount(text)
    assert amount is None or amount.is_finite()
    assert "\n" not in cells.tidy(text) and len(cells.tidy(text)) <= cells.LONGEST_CELL


# -- numbers --------------------------------------------------------------------------------------


@given(st.lists(st.tuples(numbers, ways), min_size=1, max_size=20, unique_by=lambda pair: pair[0]))
def test_numbers_are_found_however_they_are_written(pairs: list[tuple[str, Any]]) -> None:
    lines = [way(number) for number, way in pairs]
    expected = [number for number, _way in pairs]
    assert digits(reading.of_text("\n".join(lines)).suppliers) == expected
    assert digits(reading.of_text("\r\n".join(["CVR-nr", *lines])).suppliers) == expected
    table = "\n".join(["Navn\tCVR-nummer\tKøb", *(f"Firma\t{line}\t5" for line in lines)])
    assert digits(reading.of_text(table.replace('"', "")).suppliers) == expected


@given(st.lists(numbers, min_size=2, max_size=10, unique=True), st.sampled_from([" ", ", ", "; ", ";", "\t"]))
def test_numbers_on_one_line(several: list[str], between: str) -> None:
    assert digits(reading.of_text(between.join(several)).suppliers) == several


def test_noughts_that_a_spreadsheet_dropped_are_put_back() -> None:
    assert only("1234567").number.digits == "01234567"
    data = workbook(["CVR", "Navn"], [1234567, "Kort"], [13585628.0, "Lang"])
    assert digits(reading.of_file(data).suppliers) == ["01234567", ONE]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("1003388394", Kind.P_NUMBER),
        ("P-nr. 1003388394", Kind.P_NUMBER),
        ("5798000420526", Kind.EAN),
        ("010190-1234", Kind.CPR),
        ("SE556677889901", Kind.OTHER),
        ("123", Kind.OTHER),
        ("²²²²²²²²", Kind.CVR),  # NFKC makes digits of them
        ("١٢٣٤٥٦٧٨", Kind.OTHER),
    ],
)
def test_other_numbers_are_told_apart(written: str, kind: Kind) -> None:
    assert cells.number(written).kind is kind


def test_a_persons_number_is_neither_shown_nor_sent_back() -> None:
    for text in ("010190-1234", f"CVR;Navn\n010190-1234;Jens\n{ONE};Firma", "Jens 010190-1234"):
        read = reading.of_text(text)
        assert any(one.number.kind is Kind.CPR for one in read.suppliers)
        assert "1234" not in reading.written(read.suppliers) and "1234" not in repr(read.suppliers)


def test_a_number_twice_is_one_supplier_with_the_sum() -> None:
    supplier = only(f"{ONE} 100\nDK{ONE} 1.000,50 kr.\n{ONE}")
    assert (supplier.times, supplier.lines, supplier.amount) == (3, (1, 2, 3), Decimal("1100.50"))


# -- sums -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1.234,50 kr.", "1234.50"),
        ("kr. 1.234", "1234"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("1 234 567,5", "1234567.5"),
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("DKK 500", "500"),
        ("500,-", "500"),
        ("-500", "-500"),
        ("(500,25)", "-500.25"),
        ("500-", "-500"),
        ("0", "0"),
    ],
)
def test_sums_are_read_as_danes_write_them(written: str, amount: str) -> None:
    assert cells.amount(written) == Decimal(amount)


@pytest.mark.parametrize(
    "written", ["", "kr.", "-", "Acme", "12.34.56.78", "1.2.3", "1e9", "NaN", "12 stk", "٣"]
)
def test_what_is_no_sum(written: str) -> None:
    assert cells.amount(written) is None


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False))
def test_a_sum_in_danish_is_itself(value: Decimal) -> None:
    danish = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert cells.amount(danish) == cells.amount(f"{danish} kr.") == value


# -- columns --------------------------------------------------------------------------------------


def test_columns_are_known_by_their_headings() -> None:
    read = reading.of_text(
        "Leverandørliste 2026\n\nLeverandørnr.;Leverandør;CVR-nr.;Varegruppe;Branchekode;Beløb ekskl. moms\n"
        f"7001;Acme ApS;{ONE};Kontorartikler;47.62;1.234,50\n7002;Beta;{TWO};;;10\nI alt;;;;;1.244,50\n"
    )
    first, second = read.suppliers
    assert (first.number.digits, first.name, first.product) == (ONE, "Acme ApS", "Kontorartikler")
    assert (first.branch, first.amount, first.lines) == ("47.62", Decimal("1234.50"), (4,))
    assert (second.number.digits, second.amount) == (TWO, Decimal(10))
    assert read.headings["amount"] == "Beløb ekskl. moms" and read.headings["name"] == "Leverandør"


def test_columns_without_headings_are_known_by_what_is_in_them() -> None:
    for text in (
        f"Acme\t{ONE}\t1.234,50\nBeta\t{TWO}\t2.000,00",
        f"1.234,50;Acme;{ONE}\n2.000,00;Beta;{TWO}",
    ):
        first, second = reading.of_text(text).suppliers
        assert (first.number.digits, first.name, first.amount) == (ONE, "Acme", Decimal("1234.50"))
        assert (second.number.digits, second.name, second.amount) == (TWO, "Beta", Decimal(2000))


def test_a_heading_in_thousands_is_believed() -> None:
    assert only(f"CVR;Forbrug (t.kr.)\n{ONE};12,5").amount == Decimal(12_500)


def test_lines_of_a_mail_are_read_too() -> None:
    supplier = only(f"Acme ApS, CVR-nr. {ONE[:2]} {ONE[2:4]} {ONE[4:6]} {ONE[6:]}: 12.345.678,00 kr")
    assert (supplier.number.digits, supplier.name) == (ONE, "Acme ApS")
    assert supplier.amount == Decimal(12_345_678)


def test_a_workbook_of_any_columns() -> None:
    data = workbook(
        ["Udtræk"], [], ["Kreditor", "CVR", "Beløb"], ["Acme", int(ONE), 1234.5], ["Beta", f"DK{TWO}", None]
    )
    first, second = reading.of_file(data).suppliers
    assert (first.number.digits, first.name, first.amount) == (ONE, "Acme", Decimal("1234.5"))
    assert first.lines == (4,) and (second.number.digits, second.amount) == (TWO, None)


def test_csv_in_old_letters() -> None:
    text = f"Leverandør;CVR;Beløb\nSmørrebrød;{ONE};5"
    for encoding in ("cp1252", "utf-8-sig", "utf-16"):
        (supplier,) = reading.of_file(text.encode(encoding)).suppliers
        assert (supplier.name, supplier.amount) == ("Smørrebrød", Decimal(5))


# -- limits ---------------------------------------------------------------------------------------


def many(count: int) -> str:
    return "\n".join(str(number) for number in range(20_000_000, 20_000_000 + count))


def test_five_hundred_suppliers_but_no_more() -> None:
    assert len(reading.of_text(many(500)).suppliers) == 500
    with pytest.raises(ListRefused, match="500"):
        reading.of_text(many(501))


def test_too_many_rows_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(ListRefused, match=r"10\.000"):
        reading.of_text(f"{ONE}\n" * 10_001)
    with pytest.raises(ListRefused, match=r"10\.000"):
        reading.of_file(workbook(*([[int(ONE)]] * 10_001)))
    with pytest.raises(ListRefused, match="5 MB"):
        reading.of_file(b"1" * (reading.MOST_BYTES + 1))


def test_a_bomb_is_not_unpacked() -> None:
    data = BytesIO(workbook([ONE]))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", b"\0" * (reading.MOST_UNPACKED_BYTES + 1))
    with pytest.raises(ListRefused, match="pakkes ud"):
        reading.of_file(data.getvalue())
