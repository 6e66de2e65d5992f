"""The short form by which an enterprise comes in. All the rest is written on its profile's own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.duplicates import Facts
from enterprises.forms.base import SectionForm, fitting
from enterprises.imports import terms
from enterprises.models import Enterprise
from enterprises.models.place import postcode


class AddForm(SectionForm):
    cvr = forms.CharField(
        label=_("CVR-nummer"),
        max_length=20,
        required=False,
        help_text=_("Otte cifre. Lad det stå tomt, hvis I ikke har et endnu."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    street = forms.CharField(
        label=_("Vej og nummer"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=_("Postnummer"),
        max_length=4,
        required=False,
        validators=[postcode],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("By"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    website = forms.URLField(label=_("Hjemmeside"), required=False, max_length=200, assume_scheme="https")
    field_order = (
        *("name", "cvr", "legal_form", "street", "postcode", "city"),
        *("website", "email", "phone", "tagline_da"),
    )

    class Meta:
        model = Enterprise
        fields = ("name", "cvr", "legal_form", "website", "email", "phone", "tagline_da")
        formfield_callback = fitting
        labels = {
            "name": _("Virksomhedens navn"),
            "email": _("Virksomhedens mail"),
            "phone": _("Virksomhedens telefon"),
            "tagline_da": _("Hvad kan man købe eller få hos jer? Én linje på dansk"),
        }
        error_messages = {"name": {"required": _("Skriv, hvad I hedder.")}}

    def lines(self) -> Iterator[list[forms.BoundField]]:
        for line in super().lines():
            if line[0].name == "postcode":
                yield [self["postcode"], self["city"]]
            elif line[0].name != "city":
                yield line

    def clean_cvr(self) -> str:
        """However it is written: “DK 25 06 38 64” is 25063864."""
        typed: str = self.cleaned_data["cvr"]
        if not typed:
            return ""
        try:
            number = terms.cvr(typed)
        except terms.CellError as error:
            raise forms.ValidationError(str(error)) from error
        # In a spreadsheet the first ones may be eaten; here somebody has forgotten some.
        if number not in re.sub(r"\D", "", typed):
            raise forms.ValidationError(
                gettext("“%(text)s” er ikke et CVR-nummer: det har otte cifre.") % {"text": typed}
            )
        return number

    def validate_unique(self) -> None:
        """Whoever has the number already is told of in words, not as a mistake in the form."""

    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("street", "postcode", "city")}

    def facts(self) -> Facts:
        typed = self.cleaned_data
        return Facts(
            name=typed["name"],
            cvr=typed["cvr"],
            website=typed["website"],
            phone=typed["phone"],
            email=typed["email"],
            addresses=((typed["street"], typed["postcode"]),),
        )
