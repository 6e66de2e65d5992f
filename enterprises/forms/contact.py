from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import RowForm, SectionForm, fitting
from enterprises.forms.page import SectionPage, rows
from enterprises.models import Enterprise, Link


class ContactForm(SectionForm):
    class Meta:
        model = Enterprise
        fields = ("contact_name", "phone", "email", "website")
        formfield_callback = fitting


class LinkForm(RowForm):
    class Meta:
        model = Link
        fields = ("kind", "url", "label")
        formfield_callback = fitting


class Page(SectionPage):
    form_class = ContactForm
    row_sets = {
        "links": rows(
            LinkForm, heading=_("Links"), row_label=_("Link"), add_label=_("Tilføj et link"), distinct="url"
        )
    }
    intro = _("Hvordan man får fat i jer. Alle kan se det, så skriv kun det, I vil kontaktes på.")
