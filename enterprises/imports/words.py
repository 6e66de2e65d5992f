"""What a row changes, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enterprises import readable, words
from enterprises.imports.changes import HIDDEN
from enterprises.imports.rows import COLUMNS, FIELD_OF, PLACE_COLUMNS
from enterprises.models import Enterprise, Place

# How a column is to be filled in, where its label does not say it.
HINTS = {
    "name": gettext_lazy("Skal altid være der."),
    "cvr": gettext_lazy("Otte cifre. Virksomheden findes på det, ellers på navn og postnummer."),
    "legal_form": gettext_lazy("Navn, forkortelse eller kode, som i listen over virksomhedsformer."),
    "ownership": gettext_lazy("Som i listen over ejerskaber."),
    "sectors": gettext_lazy("Højst tre, den vigtigste først, skilt med |"),
    "missions": gettext_lazy("Skilt med |"),
    "products": gettext_lazy("Det, man kan købe, skilt med |"),
    "district": gettext_lazy("Navnet på bydelen."),
    "latitude": gettext_lazy("Som 55,6761. Skriv begge eller ingen af de to."),
    "longitude": gettext_lazy("Som 12,5683."),
    "founded": gettext_lazy("Et årstal."),
    "source": gettext_lazy("Hvor oplysningerne kommer fra. Den vises offentligt."),
}
# One line that can be read in, as an example.
EXAMPLE = {
    "name": "Eksempel: Brødhuset", "cvr": "", "legal_form": "A.M.B.A.", "ownership": "Medarbejderejet",
    "sectors": "mad-catering", "missions": "unge", "tagline_da": "Brød og frokost til møder",
    "tagline_en": "Bread and lunch for meetings", "description_da": "Vi bager om natten.",
    "description_en": "We bake at night.", "products": "Rugbrød|Frokost", "street": "Nørrebrogade 1",
    "postcode": "2200", "city": "København N", "district": "Nørrebro", "latitude": "55,6912",
    "longitude": "12,5501", "phone": "00 00 12 34", "email": "hej@broedhuset.example",
    "website": "https://broedhuset.example", "founded": "2015", "employees": "12", "members": "40",
    "source": "Rådets liste",
}  # fmt: skip


def columns() -> list[tuple[str, str, str]]:
    """Each column's name, what it is called on the site, and how it is filled in."""
    return [(column, label(column), str(HINTS.get(column, ""))) for column in COLUMNS]


def label(column: str) -> str:
    if column == "products":
        return capfirst(str(readable.LABELS["offers"]))
    model = Place if column in (*PLACE_COLUMNS, HIDDEN) else Enterprise
    names = {field.name: field.verbose_name for field in (*model._meta.fields, *model._meta.many_to_many)}
    return capfirst(str(names[FIELD_OF.get(column, column)]))


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, dict):
        return str(value.get(get_language() or "da") or value["da"])
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def changes(stored: Iterable[dict[str, Any]]) -> list[words.Change]:
    return [
        words.Change(label(one["column"]), *words.compared(shown(one["before"]), shown(one["after"])))
        for one in stored
    ]
