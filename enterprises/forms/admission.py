"""An answer about one criterion, with a file to show for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Reply
from enterprises.forms.base import SectionForm, fitting
from enterprises.models import CriterionAnswer


class AnswerForm(SectionForm):
    reply = forms.ChoiceField(
        label=_("Jeres svar"),
        choices=Reply.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg ja, nej eller ved ikke.")},
    )
    file = forms.FileField(
        label=_("Læg et bilag op"),
        help_text=_("PDF, JPEG eller PNG, højst 10 MB. Kun I og rådets medarbejdere kan hente det."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"empty": _("Filen er tom. Vælg en anden.")},
    )

    class Meta:
        model = CriterionAnswer
        fields = ("reply", "text_da", "text_en", "url")
        formfield_callback = fitting
        labels = {
            "text_da": _("Fortæl det med jeres egne ord, på dansk"),
            "text_en": _("På engelsk, hvis I vil"),
            "url": _("Link til dokumentation"),
        }
        help_texts = {"url": _("Fx jeres vedtægter på jeres hjemmeside. Begynder med https://.")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        told = any(cleaned.get(name, "").strip() for name in ("text_da", "text_en"))
        if cleaned.get("reply") in (Reply.YES, Reply.NO) and not told and "text_da" not in self.errors:
            self.add_error("text_da", _("Skriv et par ord om, hvordan det er hos jer."))
        return cleaned

    def refuse(self, field: str, sentence: str) -> None:
        """Say that alone of the field."""
        self.errors.pop(field, None)
        self.add_error(field, sentence)
