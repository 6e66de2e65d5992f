from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import SectionForm, fitting
from enterprises.forms.page import SectionPage
from enterprises.models import Enterprise
from enterprises.models.enterprise import FIGURES


class OwnershipForm(SectionForm):
    class Meta:
        model = Enterprise
        fields = (
            "ownership",
            "legal_form",
            *(field for figure in FIGURES for field in (figure, f"{figure}_year")),
        )
        formfield_callback = fitting

    def lines(self) -> Iterator[list[forms.BoundField]]:
        """Each figure beside the year it is from."""
        for line in super().lines():
            name = line[0].name
            if name in FIGURES:
                yield [*line, self[f"{name}_year"]]
            elif not name.endswith("_year"):
                yield line


class Page(SectionPage):
    form_class = OwnershipForm
    intro = _("Hvem der bestemmer, og hvor mange I er. Skriv det år, hvert tal gælder for.")
