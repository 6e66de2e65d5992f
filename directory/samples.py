"""What the style guide shows: one of everything, in each of its states, whatever the catalogue holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory import facets, houses, texts
from directory.cards import Card
from directory.catalogue import Catalogue
from directory.opening_hours import COPENHAGEN, Status
from directory.paging import Page
from directory.tiles import SHADES, Tile
from enterprises.choices import Roof
from enterprises.forms.base import Lined
from enterprises.words import Change, Piece

SIX_O_CLOCK = datetime(2026, 11, 23, 18, 0, tzinfo=COPENHAGEN)
COUNTS = (24, 17, 9, 4, 1)
SECTORS_ON_SHEET = 4


@dataclass(frozen=True)
class State:
    """A component's parameter in one state, and what that state is called."""

    name: str
    shown: Any
    today: bool = False


class Form(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Navn"), help_text=gettext_lazy("Som det står på skiltet."), max_length=120
    )
    email = forms.EmailField(label=gettext_lazy("Mailadresse"), required=False)
    message = forms.CharField(label=gettext_lazy("Besked"), widget=forms.Textarea(attrs={"rows": 3}))


def empty_form() -> Form:
    return Form(auto_id="empty_%s")


def wrong_form() -> Form:
    return Form({"name": _("Værkstedet"), "email": "hej@"}, auto_id="wrong_%s")


class PairForm(Lined, forms.Form):
    line_da = forms.CharField(label=gettext_lazy("Én linje på dansk"), max_length=200)
    line_en = forms.CharField(label=gettext_lazy("Én linje på engelsk"), max_length=200, required=False)


def pair_form() -> PairForm:
    return PairForm(auto_id="pair_%s")


def changes() -> list[Change]:
    before = [Piece(_("Åbent hver "), False), Piece(_("lørdag"), True)]
    after = [Piece(_("Åbent hver "), False), Piece(_("søndag"), True)]
    return [Change(_("Én linje"), before, after), Change(_("Telefon"), [], [Piece("00 00 12 34", True)])]


def openings() -> list[State]:
    return [
        State(_("Åben"), Status(True, SIX_O_CLOCK)),
        State(_("Åben hele døgnet"), Status(True, None)),
        State(_("Åbner senere i dag"), Status(False, SIX_O_CLOCK), today=True),
        State(_("Åbner en anden dag"), Status(False, SIX_O_CLOCK)),
        State(_("Lukket, og ingen ved hvor længe"), Status(False, None)),
    ]


def cards(catalogue: Catalogue) -> list[State]:
    sector, ownership, mission, district = (
        next(iter(catalogue.terms[facet].values()))
        for facet in ("sector", "ownership", "mission", "district")
    )
    plain = Card(
        pk=0,
        slug="eksempel",
        name=_("Virksomhedens navn"),
        url=reverse("listing"),
        tagline=texts.Text(_("Det, den sælger, på én linje"), get_language() or "da"),
        sector=sector,
        ownership=ownership,
        missions=[mission],
        district=district,
        house=_house("eksempel", sector, ownership.roof),
        opening=None,
        opens_today=False,
        rsv=False,
        verified=False,
        is_demo=False,
    )
    flagged = _house("eksempel", sector, ownership.roof, flag=True)
    bare = _house("eksempel", sector, Roof.FLAT)
    return [
        State(_("Uden åbningstid"), plain),
        State(
            _("Åben, grundlag bekræftet"),
            replace(plain, opening=openings()[0].shown, verified=True, house=flagged),
        ),
        State(_("Lukket, RSV i CVR"), replace(plain, opening=openings()[3].shown, rsv=True)),
        State(_("Demo"), replace(plain, is_demo=True)),
        State(
            _("Spurgt flere gange uden svar"),
            replace(plain, unanswered=True, confirmed_on=date(2025, 3, 1)),
        ),
        State(
            _("Næsten intet oplyst"), replace(plain, ownership=None, missions=[], district=None, house=bare)
        ),
    ]


def tiles(catalogue: Catalogue) -> list[Tile]:
    """Every shade, from none to most."""
    districts = [term for term in catalogue.terms["district"].values() if term.number]
    return [Tile(term, 7 * (n % (SHADES + 1)), n % (SHADES + 1)) for n, term in enumerate(districts)]


def facet(catalogue: Catalogue) -> facets.Facet:
    """One value chosen, the sixth empty, the rest folded away."""
    options = [
        facets.Option("sector", value, label, COUNTS[n] if n < len(COUNTS) else 0, checked=n == 1)
        for n, (value, label) in enumerate(facets.values(catalogue, "district").items())
    ]
    return facets.Facet("district", facets.FACETS["district"], options)


def chips() -> list[facets.Chip]:
    return [
        facets.Chip(_("Nørrebro"), reverse("listing")),
        facets.Chip(_("Medarbejderejet"), reverse("listing")),
    ]


def page() -> tuple[Page, dict[str, str]]:
    listing = reverse("listing")
    return Page(2, 5, 93, 20, 40), {"previous": listing, "next": f"{listing}?page=3"}


@dataclass(frozen=True)
class HouseSheet:
    """All roofs down, some walls across; each house without and with its flag."""

    sectors: list[Any]
    rows: list[tuple[Any, list[tuple[SafeString, SafeString]]]]


def house_sheet(catalogue: Catalogue) -> HouseSheet:
    every = list(catalogue.terms["sector"].values())
    sectors = every[:: max(1, len(every) // SECTORS_ON_SHEET)][:SECTORS_ON_SHEET]
    rows = [
        (ownership, [_pair(sector, ownership) for sector in sectors])
        for ownership in catalogue.terms["ownership"].values()
    ]
    return HouseSheet(sectors, rows)


def _pair(sector: Any, ownership: Any) -> tuple[SafeString, SafeString]:
    key = f"{sector.slug} {ownership.slug}"
    return _house(key, sector, ownership.roof), _house(key, sector, ownership.roof, flag=True)


def _house(key: str, sector: Any, roof: str, *, flag: bool = False) -> SafeString:
    drawing = houses.draw(key, sector.colour, sector.colour_dark, roof, flag=flag)
    return SafeString(houses.svg(drawing))


def colours() -> list[str]:
    """The names of the colour tokens, as the stylesheet has them now."""
    light, _brace, _dark = (settings.BASE_DIR / "static/css/tokens.css").read_text().partition("}")
    return re.findall(r"--([a-z0-9-]+): #", light)
