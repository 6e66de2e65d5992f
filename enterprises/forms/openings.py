from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import RowForm, fitting
from enterprises.forms.page import SectionPage, rows
from enterprises.models import Opening


class OpeningForm(RowForm):
    class Meta:
        model = Opening
        fields = ("kind", "title_da", "title_en", "text_da", "text_en", "count", "apply_by", "url")
        formfield_callback = fitting


class Page(SectionPage):
    row_sets = {
        "openings": rows(
            OpeningForm, heading=_("Muligheder"), row_label=_("Mulighed"), add_label=_("Tilføj en mulighed")
        )
    }
    intro = _(
        "Job, praktik, læreplads eller frivilligt arbejde. Opslag forsvinder selv, når fristen er gået."
    )
