"""What we say of an enterprise beside what CVR says of it: where the two differ, and since when.

Values are what JSON can hold, and never the street of a sole trader or of a protected address: of those
only postcode and city are compared, proposed and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from enterprises import danish
from enterprises.choices import Kind, RegisterField
from enterprises.cvr import branches
from enterprises.cvr.reading import Address, Company, Standing
from enterprises.models import Enterprise, LegalForm, Place, Sector, Term

# Sole traders, small personal businesses, estates.
PERSONAL_FORMS = {10, 15, 20}
_SUFFIX = re.compile(
    r"[\s,]+(aps|a/s|as|ivs|i/s|p/s|k/s|a\.?m\.?b\.?a\.?|f\.?m\.?b\.?a\.?|s\.?m\.?b\.?a\.?)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Difference:
    field: RegisterField
    ours: Any
    theirs: Any
    since: date | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Terms:
    """The taxonomies that codes of the register stand for, fetched once for many companies."""

    forms: dict[int, LegalForm] = field(
        default_factory=lambda: {form.cvr_code: form for form in LegalForm.objects.all() if form.cvr_code}
    )
    sectors: list[Sector] = field(default_factory=lambda: list(Sector.objects.all()))


def differences(enterprise: Enterprise, company: Company, terms: Terms) -> list[Difference]:
    """Of a company that has ceased only that is said: nobody corrects the rest."""
    if company.standing is Standing.CLOSED:
        return list(_status(enterprise, company))
    return [
        difference
        for compare in (
            _status, _name, partial(_form, terms=terms), partial(_address, terms=terms),
            partial(_branch, terms=terms), _founded, _rsv,
        )
        for difference in compare(enterprise, company)
    ]  # fmt: skip


def not_found(enterprise: Enterprise) -> list[Difference]:
    return [Difference(RegisterField.NUMBER, ours(enterprise, RegisterField.NUMBER), None, urgent=True)]


def ours(enterprise: Enterprise, what: RegisterField, *, private: bool = False) -> Any:
    """What the working copy says; of a private address, only that a street is shown."""
    match what:
        case RegisterField.NUMBER:
            return enterprise.cvr
        case RegisterField.STATUS:
            return None
        case RegisterField.NAME:
            return enterprise.name
        case RegisterField.FORM:
            return _term(enterprise.legal_form)
        case RegisterField.ADDRESS:
            return [_said(place, private) for place in enterprise.places.all()]
        case RegisterField.BRANCH:
            return [_term(chosen.sector) for chosen in enterprise.sector_ranks.all()]
        case RegisterField.FOUNDED:
            return enterprise.founded
        case RegisterField.RSV:
            return enterprise.rsv_registered


def _term(term: Term | None) -> dict[str, str] | None:
    return {"slug": term.slug, "da": term.name_da, "en": term.name_en} if term else None


def _said(place: Place, private: bool) -> dict[str, Any]:
    """What readers may see of a place."""
    said = {"postcode": place.postcode, "city": place.city, "hidden": place.hidden}
    if private:
        return said | {"shows_street": _shows_a_street(place)}
    return said if place.hidden else said | {"street": place.street}


# -- one field each -------------------------------------------------------------------------------


def _status(_enterprise: Enterprise, company: Company) -> Iterator[Difference]:
    if company.status and company.standing is not Standing.ACTIVE:
        theirs = {"status": company.status.value}
        if company.ended:
            theirs["ended"] = company.ended.isoformat()
        urgent = company.standing in (Standing.CLOSING, Standing.CLOSED)
        yield Difference(RegisterField.STATUS, None, theirs, company.status.since, urgent)


def _name(enterprise: Enterprise, company: Company) -> Iterator[Difference]:
    if not is_called((company.name.value, *company.other_names), enterprise.name, enterprise.aliases):
        yield Difference(
            RegisterField.NAME,
            ours(enterprise, RegisterField.NAME),
            company.name.value,
            company.name.since,
        )


def is_called(theirs: Iterable[str], name: str, aliases: Iterable[str]) -> bool:
    """Whether one of the register's names is one of ours."""
    return not {*map(_plain_name, theirs)}.isdisjoint(map(_plain_name, (name, *aliases)))


def _plain_name(name: str) -> str:
    """Without the form at the end, which the register writes and few others do."""
    return danish.fold(_SUFFIX.sub("", name.strip()).replace("&", " og "))


def _form(enterprise: Enterprise, company: Company, terms: Terms) -> Iterator[Difference]:
    if company.form is None:
        return
    form = terms.forms.get(company.form.value.code)
    if form is None or form.pk != enterprise.legal_form_id:
        theirs = {"code": company.form.value.code, "text": company.form.value.text} | (_term(form) or {})
        yield Difference(RegisterField.FORM, ours(enterprise, RegisterField.FORM), theirs, company.form.since)


def _address(enterprise: Enterprise, company: Company, terms: Terms) -> Iterator[Difference]:
    if company.address is None:
        return
    address, places = company.address.value, list(enterprise.places.all())
    private = address.protected or is_personal(enterprise, company, terms)
    differs = _shows_a_home(places, address) if private else not _is_there(places, address)
    if not differs and private:
        differs = _is_elsewhere(places, address)
    if differs:
        yield Difference(
            RegisterField.ADDRESS,
            ours(enterprise, RegisterField.ADDRESS, private=private),
            address_told(enterprise, company, terms),
            company.address.since,
            urgent=address.protected and any(_shows_a_street(place) for place in places),
        )


def address_told(enterprise: Enterprise, company: Company, terms: Terms) -> dict[str, Any] | None:
    """Where the register has it, as far as we may keep that."""
    if company.address is None:
        return None
    address = company.address.value
    private = address.protected or is_personal(enterprise, company, terms)
    told: dict[str, Any] = {"postcode": address.postcode, "city": address.city}
    return told | (
        {"private": True, "protected": address.protected} if private else {"street": address.street}
    )


def is_personal(enterprise: Enterprise, company: Company, terms: Terms) -> bool:
    """Whether its address may be a home. It may, where the register does not say what it is."""
    if company.form is None:
        return True
    code = company.form.value.code
    forms: Iterable[LegalForm | None] = (terms.forms.get(code), enterprise.legal_form)
    return code in PERSONAL_FORMS or any(form is not None and form.sole_trader for form in forms)


def _shows_a_street(place: Place) -> bool:
    return bool(place.street) and not place.hidden


def _shows_a_home(places: Iterable[Place], address: Address) -> bool:
    """A street that the register keeps to itself; of a sole trader the street it registers, not a shop's."""
    return any(_shows_a_street(place) and (address.protected or _is_at(place, address)) for place in places)


def _is_elsewhere(places: list[Place], address: Address) -> bool:
    """Another postcode than all of ours. Who shows a street, a shop's, need not live there."""
    if not address.postcode or any(map(_shows_a_street, places)):
        return False
    return all(place.postcode != address.postcode for place in places)


def _is_there(places: Iterable[Place], address: Address) -> bool:
    return any(_is_at(place, address) for place in places)


def _is_at(place: Place, address: Address) -> bool:
    return is_same_door((place.street, place.postcode), (address.street, address.postcode))


def is_same_door(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Of two streets with their postcodes. Floors are written in too many ways."""
    return ours[1] == theirs[1] and _door(ours[0]) == _door(theirs[0])


def _door(street: str) -> str:
    door = danish.fold(street.partition(",")[0])
    return re.sub(r"(\d) (?=[a-z]$)", r"\1", door)


def _branch(enterprise: Enterprise, company: Company, terms: Terms) -> Iterator[Difference]:
    """Only where it belongs to sectors of ours, and to none that the enterprise has."""
    if company.branch is None or enterprise.kind == Kind.ORGANISATION:
        return
    branch = company.branch.value
    candidates = branches.practising(terms.sectors, branch.code)
    chosen = [chosen.sector for chosen in enterprise.sector_ranks.all()]
    if candidates and not any(branches.covers(sector, branch.code) for sector in chosen):
        theirs = {
            "code": branch.code,
            "text": branch.text,
            "sectors": [_term(sector) for sector in candidates],
        }
        yield Difference(
            RegisterField.BRANCH, ours(enterprise, RegisterField.BRANCH), theirs, company.branch.since
        )


def _founded(enterprise: Enterprise, company: Company) -> Iterator[Difference]:
    if company.started and company.started.year != enterprise.founded:
        yield Difference(
            RegisterField.FOUNDED,
            ours(enterprise, RegisterField.FOUNDED),
            company.started.year,
            company.started,
        )


def _rsv(enterprise: Enterprise, company: Company) -> Iterator[Difference]:
    """That neither has heard of a registration is no difference."""
    if company.rsv and company.rsv.value != bool(enterprise.rsv_registered):
        yield Difference(
            RegisterField.RSV,
            ours(enterprise, RegisterField.RSV),
            company.rsv.value,
            company.rsv.since,
        )
