"""A snapshot as a definition list for people, with the domain's words instead of keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enterprises import choices


@dataclass(frozen=True)
class Definition:
    """A label with a text, or with groups of definitions under it."""

    label: str
    text: str = ""
    groups: list[list[Definition]] = field(default_factory=list)


# In the order a reader wants them, which the database does not keep.
LABELS = {
    "kind": gettext_lazy("slags"),
    "name": gettext_lazy("navn"),
    "aliases": gettext_lazy("andre stavemåder"),
    "slug": gettext_lazy("adresse"),
    "cvr": gettext_lazy("CVR-nummer"),
    "legal_form": gettext_lazy("virksomhedsform"),
    "ownership": gettext_lazy("ejerskab"),
    "sectors": gettext_lazy("brancher"),
    "missions": gettext_lazy("formål"),
    "tagline": gettext_lazy("én linje"),
    "description": gettext_lazy("beskrivelse"),
    "impact": gettext_lazy("hvilken forskel I gør"),
    "founded": gettext_lazy("stiftet"),
    "figures": gettext_lazy("tal"),
    "employees": gettext_lazy("ansatte"),
    "special_terms": gettext_lazy("ansatte på særlige vilkår"),
    "owner_members": gettext_lazy("medejere og medlemmer"),
    "volunteers": gettext_lazy("frivillige"),
    "contact": gettext_lazy("kontakt"),
    "phone": gettext_lazy("telefon"),
    "email": gettext_lazy("mail"),
    "website": gettext_lazy("hjemmeside"),
    "links": gettext_lazy("links"),
    "url": gettext_lazy("link"),
    "label": gettext_lazy("tekst"),
    "places": gettext_lazy("steder"),
    "street": gettext_lazy("vej og nummer"),
    "postcode": gettext_lazy("postnummer"),
    "city": gettext_lazy("by"),
    "district": gettext_lazy("bydel"),
    "latitude": gettext_lazy("breddegrad"),
    "longitude": gettext_lazy("længdegrad"),
    "hidden": gettext_lazy("adressen er skjult"),
    "accessibility": gettext_lazy("adgangsforhold"),
    "hours": gettext_lazy("åbningstider"),
    "exceptions": gettext_lazy("særlige åbningstider"),
    "day": gettext_lazy("ugedag"),
    "opens": gettext_lazy("åbner"),
    "closes": gettext_lazy("lukker"),
    "first_day": gettext_lazy("fra dato"),
    "last_day": gettext_lazy("til og med"),
    "note": gettext_lazy("bemærkning"),
    "offers": gettext_lazy("ydelser"),
    "text": gettext_lazy("uddybning"),
    "audiences": gettext_lazy("for hvem"),
    "cpv": gettext_lazy("CPV-koder"),
    "delivery": gettext_lazy("leveres hvor"),
    "photos": gettext_lazy("billeder"),
    "alt": gettext_lazy("hvad man ser"),
    "credit": gettext_lazy("fotograf"),
    "digest": gettext_lazy("billedet"),
    "width": gettext_lazy("bredde"),
    "height": gettext_lazy("højde"),
    "widths": gettext_lazy("vises i bredderne"),
    "buyer": gettext_lazy("oplysninger til indkøbere"),
    "e_invoice": gettext_lazy("sender e-faktura (NemHandel/EAN)"),
    "city_wide": gettext_lazy("leverer i hele København"),
    "delivers_to": gettext_lazy("leverer i bydelene"),
    "capacity": gettext_lazy("kapacitet"),
    "insurance": gettext_lazy("forsikring"),
    "collective_agreement": gettext_lazy("har overenskomst"),
    "consortium": gettext_lazy("går gerne sammen med andre om en opgave"),
    "reserved_declared_on": gettext_lazy("erklærer sig omfattet af udbudslovens § 54, dato"),
    "requests_unwanted": gettext_lazy("vil ikke have forespørgsler gennem kataloget"),
    "openings": gettext_lazy("muligheder"),
    "title": gettext_lazy("overskrift"),
    "count": gettext_lazy("antal pladser"),
    "apply_by": gettext_lazy("ansøgningsfrist"),
    "evidence": gettext_lazy("grundlag"),
    "criterion": gettext_lazy("kriterium"),
    "proof": gettext_lazy("dokumentation"),
    "wording": gettext_lazy("offentlig tekst"),
    "source": gettext_lazy("kilde"),
    "source_url": gettext_lazy("link til kilden"),
    "dated": gettext_lazy("kildens dato"),
    "checked_on": gettext_lazy("kontrolleret"),
    "expires_on": gettext_lazy("gælder til og med"),
    "marks": gettext_lazy("mærker og medlemskaber"),
    "number": gettext_lazy("licens- eller medlemsnummer"),
    "rsv": gettext_lazy("RSV i CVR"),
    "registered": gettext_lazy("registreret"),
    "read_on": gettext_lazy("læst i CVR den"),
    "provenance": gettext_lazy("hvor oplysningerne kommer fra"),
    "urls": gettext_lazy("links til kilder"),
    "demo": gettext_lazy("demo"),
    "da": gettext_lazy("dansk"),
    "en": gettext_lazy("engelsk"),
}

# (the key around it, the key): what a coded value means
CODES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("", "kind"): choices.Kind,
    ("links", "kind"): choices.LinkKind,
    ("openings", "kind"): choices.OpeningKind,
    ("photos", "kind"): choices.PhotoKind,
    ("offers", "audiences"): choices.Audience,
    ("evidence", "criterion"): choices.Criterion,
    ("evidence", "proof"): choices.Proof,
    ("hours", "day"): choices.Weekday,
}


def definitions(values: dict[str, Any], within: str = "") -> list[Definition]:
    known = [key for key in LABELS if key in values]
    unknown = sorted(values.keys() - LABELS.keys())
    return [_definition(key, values[key], within) for key in known + unknown]


def _definition(key: str, value: Any, within: str) -> Definition:
    label = str(LABELS.get(key, key))
    if isinstance(value, dict) and not _is_line(value):
        return Definition(label, groups=[definitions(value, key)])
    if isinstance(value, list):
        if any(isinstance(item, dict) and not _is_line(item) for item in value):
            return Definition(label, groups=[definitions(item, key) for item in value])
        return Definition(label, ", ".join(_line(item, key, within) for item in value))
    return Definition(label, _line(value, key, within))


def _is_line(value: dict[str, Any]) -> bool:
    """Whether it is a term or a figure, which fit on one line."""
    return value.keys() in ({"slug", "da", "en"}, {"value", "year"})


def _line(value: Any, key: str, within: str) -> str:
    if isinstance(value, dict):
        if "year" in value:
            return f"{value['value']} ({value['year']})"
        return str(value["en"] if get_language() == "en" else value["da"])
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    code = CODES.get((within, key))
    return str(code(value).label) if code else str(value)
