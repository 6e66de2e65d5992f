from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import RowForm, fitting
from enterprises.forms.page import SectionPage, rows
from enterprises.models import Offer


class OfferForm(RowForm):
    class Meta:
        model = Offer
        fields = (
            "name_da",
            "name_en",
            "text_da",
            "text_en",
            "delivery_da",
            "delivery_en",
            "audiences",
            "cpv",
        )
        formfield_callback = fitting


class Page(SectionPage):
    row_sets = {
        "offers": rows(
            OfferForm, heading=_("Ydelser"), row_label=_("Ydelse"), add_label=_("Tilføj en ydelse")
        )
    }
    intro = _("Det, man kan købe hos jer. Skriv det vigtigste først.")
