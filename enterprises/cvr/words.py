"""The values of differences, in the words of whoever reads them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises.choices import RegisterField

NOTHING = "–"


def ours(what: str, value: Any) -> str:
    """What we say."""
    match what:
        case RegisterField.STATUS:
            return _("Står i kataloget")
        case RegisterField.FORM:
            return _term(value) if value else NOTHING
        case RegisterField.ADDRESS:
            return "; ".join(map(address, value)) or NOTHING
        case RegisterField.BRANCH:
            return ", ".join(map(_term, value)) or NOTHING
        case RegisterField.RSV:
            return _rsv(value)
    return NOTHING if value is None else str(value)


def theirs(what: str, value: Any) -> str:
    """What CVR says."""
    match what:
        case RegisterField.NUMBER:
            return _("Nummeret findes ikke i CVR")
        case RegisterField.STATUS:
            return _status(value)
        case RegisterField.FORM:
            return _term(value) if "slug" in value else f"{value['text']} ({value['code']})"
        case RegisterField.ADDRESS:
            return address(value)
        case RegisterField.BRANCH:
            return f"{value['text']} ({value['code']}): {', '.join(map(_term, value['sectors']))}"
        case RegisterField.RSV:
            return _rsv(value)
    return str(value)


def address(value: dict[str, Any]) -> str:
    city = f"{value['postcode']} {value['city']}".strip()
    text = ", ".join(filter(None, (value.get("street", ""), city))) or NOTHING
    if value.get("protected"):
        return _("%(address)s (adressen er beskyttet)") % {"address": text}
    if value.get("private"):
        return _("%(address)s (resten er måske et hjem)") % {"address": text}
    if value.get("shows_street"):
        return _("%(address)s (vej og nummer vises)") % {"address": text}
    return _("%(address)s (skjult)") % {"address": text} if value.get("hidden") else text


def _term(term: dict[str, str]) -> str:
    return term["en"] if get_language() == "en" else term["da"]


def _rsv(registered: bool | None) -> str:
    if registered is None:
        return NOTHING
    return _("Registreret") if registered else _("Ikke registreret")


def _status(value: dict[str, str]) -> str:
    status = value["status"].capitalize()
    if "ended" not in value:
        return status
    return _("%(status)s, ophørt %(day)s") % {
        "status": status,
        "day": date_format(date.fromisoformat(value["ended"])),
    }
