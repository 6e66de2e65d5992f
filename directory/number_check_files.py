"""The answer to a number check as a spreadsheet: a row for each supplier, and in xlsx the sums by sector."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import comparing
from directory.number_check import Answer, Row, State
from enterprises import exports
from enterprises.exports import Sheet


def said(state: State) -> str:
    """A state in words."""
    return {
        State.LISTED: _("I kataloget"),
        State.MERGED: _("Lagt sammen med en anden i kataloget"),
        State.WITHDRAWN: _("Udgået af kataloget"),
        State.ABSENT: _("Ikke i kataloget"),
        State.WRONG: _("Ikke et CVR-nummer: kontrolcifferet passer ikke"),
        State.P_NUMBER: _("Et P-nummer. Find virksomhedens CVR-nummer, som har 8 cifre"),
        State.EAN: _("Et EAN-nummer. Find virksomhedens CVR-nummer, som har 8 cifre"),
        State.CPR: _("Ligner et CPR-nummer, så vi viser det ikke"),
        State.UNREADABLE: _("Kan ikke læses som et CVR-nummer"),
        State.NO_NUMBER: _("Der står ikke noget nummer"),
    }[state]


def grounds(row: Row) -> str:
    if row.grounds_on:
        return _("Grundlag bekræftet, senest kontrolleret %(day)s") % {"day": _day(row.grounds_on)}
    if row.confirmed:
        return _("%(number)s af 5 kriterier bekræftet") % {"number": row.confirmed}
    return _("Grundlag ikke bekræftet") if row.profile else ""


def rsv(row: Row) -> str:
    read_on = row.profile.rsv_read_on if row.profile else None
    return _("RSV i CVR, læst %(day)s") % {"day": _day(read_on)} if read_on else ""


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")


def suppliers_sheet(answer: Answer) -> Sheet:
    header = [
        _("Linje"),
        _("CVR-nummer"),
        _("Navn i listen"),
        _("Svar"),
        _("Navn i kataloget"),
        _("Profil"),
        _("Grundlag"),
        _("RSV"),
        _("Mærker og medlemskaber"),
        _("Branche"),
        _("Bydel"),
        _("Beløb"),
        _("Kunne måske købes her"),
    ]
    return Sheet(_("Leverandører"), header, map(_supplier, answer.rows))


def _supplier(row: Row) -> exports.Row:
    one, profile = row.supplier, row.profile
    return [
        one.lines[0],
        one.number.digits or None,
        one.name or None,
        said(row.state),
        row.name if profile or row.gap else None,
        settings.SITE_URL + reverse("profile", args=[profile.slug]) if profile else None,
        grounds(row) or None,
        rsv(row) or None,
        [comparing.mark(held) for held in profile.marks] if profile else None,
        list(profile.sectors) if profile else None,
        list(profile.districts) if profile else None,
        _amount(one.amount),
        [f"{idea.sector} ({idea.count})" for idea in row.alternatives] or None,
    ]


def _amount(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def sectors_sheet(answer: Answer) -> Sheet:
    header = [
        _("Branche"),
        _("Købt her, leverandører"),
        _("Købt her, beløb"),
        _("Kunne købes her, leverandører"),
        _("Kunne købes her, beløb"),
        _("Virksomheder i kataloget"),
    ]
    rows = [
        [
            str(one.alternative.sector),
            one.bought,
            _amount(one.bought_sum) if answer.has_amounts else None,
            one.could_be,
            _amount(one.could_be_sum) if answer.has_amounts else None,
            one.alternative.count,
        ]
        for one in answer.sectors
    ]
    return Sheet(_("Brancher"), header, rows)
