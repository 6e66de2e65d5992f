"""What one cell of a supplier list says, however it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from stdnum.dk import cvr as cvr_number

LONGEST_CELL = 200
# What spreadsheets and mails leave around a number; also the characters that turn text around.
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_OF_CVR = re.compile(r"(?:cvr|dk|se|vat|moms)(?:-?(?:nr|no|nummer))?[.:#-]*", re.IGNORECASE)
_OF_P = re.compile(r"p(?:-?(?:nr|nummer|enhed))?[.:#-]*(?=\d)", re.IGNORECASE)
_AS_A_FRACTION = re.compile(r"(\d{5,10})[.,]0{1,2}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.\-–/_'](?=\d)")
# A day, a month, a year and four more digits, with the hyphen that people write there.
_CPR = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d-\d{4}")

_CURRENCY = re.compile(r"(?:kr\.?|dkk|,-|\.-)", re.IGNORECASE)
_MINUS = ("-", "−", "–")
_AMOUNT = re.compile(r"\d{1,15}|\d{1,3}(?:[.' ]\d{3}){1,4}")
_DECIMALS = 2


class Kind(StrEnum):
    CVR = "cvr"
    P_NUMBER = "p"
    EAN = "ean"
    # A person's own number: it is told of, but neither shown nor sent back.
    CPR = "cpr"
    OTHER = "other"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Number:
    kind: Kind
    digits: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the check digit of a CVR number fits."""
        return self.kind is Kind.CVR and cvr_number.is_valid(self.digits)


def tidy(text: str) -> str:
    """A cell on one line, bounded, with nothing invisible in it."""
    return " ".join(_UNPRINTABLE.sub(" ", text[: LONGEST_CELL * 4]).split())[:LONGEST_CELL].strip()


def number(text: str) -> Number:
    """The number that a cell is, if it is one and nothing else."""
    written = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST_CELL])).strip("'\"’`´;,")
    if not written:
        return Number(Kind.NOTHING)
    if _CPR.fullmatch(written):
        return Number(Kind.CPR)
    bare, is_cvr = written, False
    while found := _OF_CVR.match(bare):
        bare, is_cvr = bare[found.end() :], True
    if found := _OF_P.match(bare):
        bare = bare[found.end() :]
    if fraction := _AS_A_FRACTION.fullmatch(bare):
        bare = fraction[1]
    digits = _BETWEEN_DIGITS.sub("", bare)
    if not (digits.isascii() and digits.isdigit()):
        return Number(Kind.OTHER)
    kind = _kind(digits, is_cvr=is_cvr)
    return Number(kind, "" if kind is Kind.OTHER else digits.zfill(8))


def _kind(digits: str, *, is_cvr: bool) -> Kind:
    # A spreadsheet that takes them for sums drops the noughts they begin with.
    if 5 <= len(digits) <= 8:
        return Kind.CVR
    if not is_cvr:
        return {10: Kind.P_NUMBER, 13: Kind.EAN}.get(len(digits), Kind.OTHER)
    return Kind.OTHER


def amount(text: str) -> Decimal | None:
    """A sum as Danes write it, 1.234,50 kr., or as programs do, 1234.50; None where it is none."""
    written = unicodedata.normalize("NFKC", text[:LONGEST_CELL]).strip()
    is_minus = written.startswith("(") and written.endswith(")")
    written = " ".join(_CURRENCY.sub(" ", written.strip("()'\"")).split())
    if written.startswith(_MINUS) or written.endswith(_MINUS):
        is_minus, written = True, written.strip("".join(_MINUS) + " ")
    whole, decimals = _split(written.removeprefix("+"))
    # re's \d knows the digits of all scripts.
    if (
        not (whole + decimals).isascii()
        or not _AMOUNT.fullmatch(whole)
        or (decimals and not decimals.isdigit())
    ):
        return None
    value = Decimal(f"{re.sub('[^0-9]', '', whole)}.{decimals[:_DECIMALS] or 0}")
    return -value if is_minus else value


def _split(written: str) -> tuple[str, str]:
    """Before and after the decimal sign: the last of two signs, but no lone dot before three digits."""
    comma, dot = written.rfind(","), written.rfind(".")
    if comma >= 0 and dot >= 0:
        at = max(comma, dot)
        return written[:at].replace("," if at == dot else ".", "."), written[at + 1 :]
    if comma >= 0:
        return _thousands(written) if written.count(",") > 1 else (written[:comma], written[comma + 1 :])
    if dot >= 0 and written.count(".") == 1 and len(written) - dot - 1 != 3:
        return written[:dot], written[dot + 1 :]
    return written, ""


def _thousands(written: str) -> tuple[str, str]:
    return written.replace(",", "."), ""
