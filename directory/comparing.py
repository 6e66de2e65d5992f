"""Published enterprises side by side: facts in rows, enterprises in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from directory.profiles import Criterion, Profile
from directory.texts import Text
from enterprises import choices


@dataclass(frozen=True)
class Line:
    text: str
    href: str = ""

    @property
    def attr(self) -> SafeString:
        return self.text.attr if isinstance(self.text, Text) else SafeString("")


Lines = list[Line]
# A part of the table, its facts, and of each what every enterprise says.
Part = tuple[str, list[tuple[str, list[Lines]]]]


def table(profiles: Sequence[Profile | None]) -> list[Part]:
    """What at least one of them tells. For None, an enterprise that is gone, every cell is empty."""
    told = [dict(_facts(profile)) if profile else {} for profile in profiles]
    parts: dict[str, list[tuple[str, list[Lines]]]] = {part: [] for part, _label in _order(told)}
    for part, label in _order(told):
        cells = [facts.get((part, label), []) for facts in told]
        if any(cells):
            parts[part].append((label, cells))
    return [(part, rows) for part, rows in parts.items() if rows]


def _order(told: Iterable[dict[tuple[str, str], Lines]]) -> Iterable[tuple[str, str]]:
    """All know the same facts in the same order, but for those who are gone."""
    return next((list(facts) for facts in told if facts), [])


def _facts(profile: Profile) -> Iterator[tuple[tuple[str, str], Lines]]:
    parts: list[tuple[str, Iterable[tuple[str, Any]]]] = [
        (_("Hvad de laver"), _trade(profile)),
        (_("Hvem de er"), _identity(profile)),
        (_("For indkøbere"), _buying(profile)),
        (_("Grundlag"), _grounds(profile)),
        (_("Kontakt"), _contact(profile)),
    ]
    for part, facts in parts:
        for label, value in facts:
            yield (part, str(label)), _lines(value)


def _lines(value: Any) -> Lines:
    values = value if isinstance(value, list) else [value]
    return [
        one if isinstance(one, Line) else Line(one if isinstance(one, Text) else str(one))
        for one in values
        if one
    ]


def _trade(profile: Profile) -> Iterator[tuple[str, Any]]:
    yield _("Kort fortalt"), profile.tagline
    yield _("Det kan du købe"), [offer["name"] for offer in profile.offers]
    yield _("Branche"), profile.sectors
    yield _("Bydel"), profile.districts


def _identity(profile: Profile) -> Iterator[tuple[str, Any]]:
    yield _("Ejerskab"), profile.ownership
    yield _("Formål"), profile.missions
    yield _("Stiftet"), profile.founded
    figures = {str(label): f"{value} ({year})" for label, value, year in profile.figures}
    yield _("Ansatte"), figures.get(_("Ansatte"))
    yield _("Ansatte på særlige vilkår"), figures.get(_("Ansatte på særlige vilkår"))


def _buying(profile: Profile) -> Iterator[tuple[str, Any]]:
    for label, answer in profile.buyer_facts:
        yield str(label), answer
    yield _("Reserverede kontrakter (udbudslovens § 54)"), declared(profile)


def declared(profile: Profile) -> str:
    day = profile.reserved_declared_on
    return _("Selv erklæret %(day)s") % {"day": _day(day)} if day else ""


def _grounds(profile: Profile) -> Iterator[tuple[str, Any]]:
    stated = {criterion.label: criterion for criterion in profile.criteria}
    for label in choices.Criterion.labels:
        yield str(label), proof(stated.get(str(label)))
    yield _("RSV i CVR"), profile.rsv_read_on and _("Ja, læst %(day)s") % {"day": _day(profile.rsv_read_on)}
    yield _("Mærker og medlemskaber"), [mark(held) for held in profile.marks]
    confirmed = profile.listing.confirmed_on
    yield _("Oplysningerne bekræftet af virksomheden"), confirmed and _day(confirmed)


def proof(criterion: Criterion | None) -> list[str]:
    """How sure it is, from where, and of what date."""
    if criterion is None or criterion.state == "unknown":
        return []
    if criterion.checked_on and criterion.state == "confirmed":
        said = _("Bekræftet af rådet %(day)s") % {"day": _day(criterion.checked_on)}
        if criterion.expires_on:
            said += "; " + _("gælder til og med %(day)s") % {"day": _day(criterion.expires_on)}
    elif criterion.expires_on and criterion.state == "expired":
        said = _("Har været bekræftet, udløbet %(day)s") % {"day": _day(criterion.expires_on)}
    else:
        said = _("Oplyst, ikke bekræftet")
    dated = _day(criterion.dated) if criterion.dated else ""
    source = ", ".join(filter(None, (str(criterion.source), dated)))
    return [said, _("Kilde: %(source)s") % {"source": source}] if source else [said]


def mark(held: dict[str, Any]) -> str:
    named = " ".join(filter(None, (str(held["term"]), held["number"])))
    seen = held["checked_on"]
    return f"{named} ({_('set %(day)s') % {'day': _day(seen)}})" if seen else named


def _contact(profile: Profile) -> Iterator[tuple[str, Any]]:
    contact = profile.contact
    phone, email, website = (contact.get(name, "") for name in ("phone", "email", "website"))
    yield _("Navn"), contact.get("name")
    yield _("Telefon"), phone and Line(phone, f"tel:{profile.dialled}")
    yield _("Mail"), email and Line(email, f"mailto:{email}")
    bare = website.removeprefix("https://").removeprefix("http://").rstrip("/")
    yield _("Web"), website and Line(bare, website)
    yield _("Adresse"), [place.address for place in profile.places if not place.hidden]


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
