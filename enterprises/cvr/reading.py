"""From an answer of the register to companies. Pure functions: they ask nobody and keep nothing.

Fields that are missing, null or unknown to us are nothing worse than not said. A field we know that holds
something of another type makes the company unreadable: then nothing of it is believed. Names of people
(owners, c/o) are never read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Row = dict[str, Any]

RSV = "SOCIAL_ØKONOMISK_VIRKSOMHED"
PROTECTED = "beskyttet"
LONGEST = 300
# In answers to fewer, that nobody is found may be true.
MANY = 4

# What is asked for. The rest (owners, telephone numbers, mail addresses) is none of our business.
FIELDS = tuple(
    f"Vrvirksomhed.{name}"
    for name in (
        "cvrNummer", "reklamebeskyttet", "navne", "binavne", "beliggenhedsadresse", "hovedbranche",
        "virksomhedsform", "virksomhedsstatus", "livsforloeb", "attributter", "dataAdgang",
        "virksomhedMetadata.nyesteNavn", "virksomhedMetadata.sammensatStatus",
        "virksomhedMetadata.stiftelsesDato",
    )
)  # fmt: skip


class AnswerError(Exception):
    """The answer as a whole is not what was agreed; the message holds nothing of what it says."""


class CompanyError(Exception):
    """One company cannot be read; the message names the field and nothing of what it holds."""


class Standing(Enum):
    """What a status means for those who deal with the company."""

    ACTIVE = "active"
    OTHER = "other"
    CLOSING = "closing"
    CLOSED = "closed"


@dataclass(frozen=True)
class Fact(Generic[Value]):
    value: Value
    since: date | None = None


@dataclass(frozen=True)
class Form:
    code: int
    text: str


@dataclass(frozen=True)
class Branch:
    code: str
    text: str


@dataclass(frozen=True)
class Address:
    street: str
    postcode: str
    city: str
    # The register says, or as good as says, that it is nobody's business.
    protected: bool = False


@dataclass(frozen=True)
class Company:
    """What the register says of one company on a day. None: it says nothing we can read."""

    number: str
    name: Fact[str]
    other_names: tuple[str, ...] = ()
    form: Fact[Form] | None = None
    address: Fact[Address] | None = None
    branch: Fact[Branch] | None = None
    status: Fact[str] | None = None
    started: date | None = None
    ended: date | None = None
    rsv: Fact[bool] | None = None
    advertising_protected: bool | None = None

    @property
    def standing(self) -> Standing:
        if self.ended:
            return Standing.CLOSED
        return standing(self.status.value) if self.status else Standing.ACTIVE


def standing(status: str) -> Standing:
    said = status.upper()
    if said in ("NORMAL", "AKTIV"):
        return Standing.ACTIVE
    if said.startswith("UNDER "):
        return Standing.CLOSING
    if said.startswith(("OPLØST", "TVANGSOPLØST", "SLETTET", "OPHØRT")):
        return Standing.CLOSED
    return Standing.OTHER


# -- the answer -----------------------------------------------------------------------------------


def companies(answer: Any, numbers: Collection[str], on: date) -> dict[str, Company | CompanyError]:
    """What an answer says of those asked for. Who is not in it is not in the register."""
    found: dict[str, Company | CompanyError] = {}
    for row in _hits(answer):
        number = _number(row)
        if number not in numbers:
            continue
        try:
            if number in found:
                raise CompanyError("more than one company has the number")
            found[number] = company(row, on)
        except CompanyError as error:
            found[number] = error
    if len(numbers) >= MANY and not found:
        raise AnswerError("none of many is found")
    return found


def _hits(answer: Any) -> list[Row]:
    """The companies of a whole answer: a part of one would make the others look dissolved."""
    match answer:
        case {"timed_out": timed_out} if timed_out is not False:
            raise AnswerError("the search timed out")
        case {"_shards": {"failed": failed}} if failed != 0:
            raise AnswerError("a part of the register did not answer")
        case {"hits": {"hits": list(hits), "total": int(total)}} if total > len(hits):
            raise AnswerError("hits are left out")
        case {"hits": {"hits": list(hits)}}:
            return [_source(hit) for hit in hits]
    raise AnswerError("there are no hits in it")


def _source(hit: Any) -> Row:
    match hit:
        case {"_source": {"Vrvirksomhed": dict(row)}}:
            return row
    raise AnswerError("a hit holds no company")


def _number(row: Row) -> str:
    number = row.get("cvrNummer")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 10**8:
        raise AnswerError("a company has no number")
    return f"{number:08}"


# -- one company ----------------------------------------------------------------------------------


def company(row: Row, on: date) -> Company:
    ended = _ended(row, on)
    return Company(
        number=_number(row),
        name=_name(row, on),
        other_names=tuple(
            name for name in (_text(other, "navn") for other in _valid(row, "binavne", on)) if name
        ),
        form=_form(row, on),
        address=_address(row, on),
        branch=_branch(row, on),
        status=_status(row, on, ended),
        started=_started(row),
        ended=ended,
        rsv=_rsv(row, on),
        advertising_protected=_flag(row, "reklamebeskyttet"),
    )


def _name(row: Row, on: date) -> Fact[str]:
    # All names of a company that is dissolved have ended with it.
    named = _last(_valid(row, "navne", on)) or _last(_rows(row, "navne"))
    named = named or _part(_part(row, "virksomhedMetadata"), "nyesteNavn")
    if not (name := _text(named, "navn")):
        raise CompanyError("navne")
    return Fact(name, _period(named)[0])


def _form(row: Row, on: date) -> Fact[Form] | None:
    form = _last(_valid(row, "virksomhedsform", on))
    code = _whole(form, "virksomhedsformkode")
    if code is None:
        return None
    return Fact(
        Form(code, _text(form, "langBeskrivelse") or _text(form, "kortBeskrivelse")), _period(form)[0]
    )


def _branch(row: Row, on: date) -> Fact[Branch] | None:
    branch = _last(_valid(row, "hovedbranche", on))
    code = _text(branch, "branchekode")
    if not code:
        return None
    if not (code.isascii() and code.isdigit()):
        raise CompanyError("branchekode")
    return Fact(Branch(code, _text(branch, "branchetekst")), _period(branch)[0])


def _status(row: Row, on: date, ended: date | None) -> Fact[str] | None:
    """Associations have none of their own, but one that is put together for all."""
    state = _last(_valid(row, "virksomhedsstatus", on))
    said = _text(state, "status") or _text(_part(row, "virksomhedMetadata"), "sammensatStatus")
    if ended and (not said or standing(said) is not Standing.CLOSED):
        return Fact("OPHØRT", ended)
    return Fact(said.upper(), _period(state)[0]) if said else None


def _ended(row: Row, on: date) -> date | None:
    """The day it ceased; None while it lives, or where nothing is said."""
    lives = _rows(row, "livsforloeb")
    if not lives or _valid(row, "livsforloeb", on):
        return None
    ends = [end for _start, end in map(_period, lives) if end and end < on]
    return max(ends, default=None)


def _started(row: Row) -> date | None:
    founded = _day(_part(row, "virksomhedMetadata"), "stiftelsesDato")
    starts = [start for start, _end in map(_period, _rows(row, "livsforloeb")) if start]
    return founded or min(starts, default=None)


def _address(row: Row, on: date) -> Fact[Address] | None:
    address = _last(_valid(row, "beliggenhedsadresse", on))
    if not address:
        return None
    street, words = _text(address, "vejnavn"), _text(address, "fritekst")
    postcode = _whole(address, "postnummer")
    return Fact(
        Address(
            street=_street(address) if street else "",
            postcode=f"{postcode:04}" if postcode is not None else "",
            city=_text(address, "postdistrikt"),
            protected=not street or PROTECTED in words.casefold() or bool(_whole(row, "dataAdgang")),
        ),
        _period(address)[0],
    )


def _street(address: Row) -> str:
    """As we write them: Blågårdsgade 12A, 1. tv."""
    numbers = [
        f"{number}{_text(address, f'bogstav{end}')}"
        for end in ("Fra", "Til")
        if (number := _whole(address, f"husnummer{end}")) is not None
    ]
    street = " ".join(filter(None, (_text(address, "vejnavn"), "-".join(numbers))))
    floor, door = _text(address, "etage"), _text(address, "sidedoer")
    where = " ".join(filter(None, (f"{floor.rstrip('.')}." if floor else "", door)))
    return f"{street}, {where}" if where else street


def _rsv(row: Row, on: date) -> Fact[bool] | None:
    """Not said where attributes are not; no where they do not name it, or no longer."""
    if row.get("attributter") is None:
        return None
    values = [
        value
        for attribute in _rows(row, "attributter")
        if _text(attribute, "type") == RSV
        for value in _rows(attribute, "vaerdier")
    ]
    now = _last([value for value in values if _is_valid(value, on)])
    if not now:
        ends = [end for _start, end in map(_period, values) if end]
        return Fact(False, max(ends) + timedelta(days=1) if ends else None)
    match now.get("vaerdi"):
        case "true" | True:
            return Fact(True, _period(now)[0])
        case "false" | False:
            return Fact(False, _period(now)[0])
    raise CompanyError("vaerdi")


# -- rows and periods -----------------------------------------------------------------------------


def _rows(row: Row, key: str) -> list[Row]:
    rows = row.get(key)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise CompanyError(key)
    return rows


def _valid(row: Row, key: str, on: date) -> list[Row]:
    return [each for each in _rows(row, key) if _is_valid(each, on)]


def _is_valid(row: Row, on: date) -> bool:
    start, end = _period(row)
    return (start is None or start <= on) and (end is None or on <= end)


def _last(rows: list[Row]) -> Row:
    """The one that began last; an empty one where there is none."""
    return max(rows, key=lambda row: _period(row)[0] or date.min, default={})


def _period(row: Row) -> tuple[date | None, date | None]:
    period = _part(row, "periode")
    return _day(period, "gyldigFra"), _day(period, "gyldigTil")


def _part(row: Row, key: str) -> Row:
    part = row.get(key)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise CompanyError(key)
    return part


def _day(row: Row, key: str) -> date | None:
    said = row.get(key)
    if said is None:
        return None
    if not isinstance(said, str):
        raise CompanyError(key)
    try:
        # Some come with a time of day.
        return date.fromisoformat(said[:10])
    except ValueError as error:
        raise CompanyError(key) from error


def _text(row: Row, key: str) -> str:
    said = row.get(key)
    if said is None:
        return ""
    if not isinstance(said, str):
        raise CompanyError(key)
    text = " ".join(said.split())
    if len(text) > LONGEST or not text.isprintable():
        raise CompanyError(key)
    return text


def _whole(row: Row, key: str) -> int | None:
    said = row.get(key)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < 10_000:
        raise CompanyError(key)
    return said


def _flag(row: Row, key: str) -> bool | None:
    said = row.get(key)
    if said is not None and not isinstance(said, bool):
        raise CompanyError(key)
    return said
