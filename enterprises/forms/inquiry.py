"""The forms of a buyer's inquiry and of an enterprise's answer to one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises import mailable
from enterprises.choices import InquiryAnswer
from enterprises.forms.base import DATE, Lined, SectionForm, fitting
from enterprises.inquiries.answering import Said
from enterprises.inquiries.writing import LATEST, SOONEST
from enterprises.models import Inquiry
from enterprises.models.inquiry import LONGEST_LINK

MOST_LINKS = 5
# What is asked, and who asks.
ASKED = ("what", "how_much", "where_to", "when_needed", "answer_by", "links")
ASKING = ("name", "organisation", "email")
_ADDRESS = re.compile(r"\S@\S+\.\w|https?:|www\.", re.IGNORECASE)
_is_link = URLValidator(schemes=["http", "https"])


def without_addresses(text: str) -> None:
    """Addresses pass from one to the other when both have agreed to it, and links stand by themselves."""
    if _ADDRESS.search(text):
        raise ValidationError(
            _(
                "Skriv ikke mailadresser eller links her. "
                "Links har deres eget felt, og adresser sender vi ikke med."
            )
        )


class InquiryForm(SectionForm):
    links = forms.CharField(
        label=_("Links til bilag"),
        help_text=_("Højst fem, ét på hver linje. Vi tager ikke imod filer: læg dem et sted, alle kan åbne."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    answer_by = forms.DateField(label=_("Svar senest"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))

    class Meta:
        model = Inquiry
        fields = (*ASKED, *ASKING)
        formfield_callback = fitting
        labels = {
            "what": _("Hvad vil I købe?"),
            "how_much": _("Hvor meget?"),
            "where_to": _("Hvor skal det leveres?"),
            "when_needed": _("Hvornår skal I bruge det?"),
            "name": _("Dit navn"),
            "organisation": _("Jeres kommune, virksomhed eller forening"),
            "email": _("Din mail"),
        }
        help_texts = {
            "what": _("Det, en virksomhed skal vide for at kunne svare ja eller nej."),
            "how_much": _("Fx 40 frokoster hver onsdag, eller 300 m² vinduer to gange om året."),
            "when_needed": _("Fx fra 1. februar og et år frem."),
            "email": _("Vi sender et link til den. Virksomhederne ser den først, når de svarer ja."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("what", "how_much", "where_to", "when_needed", "name", "organisation"):
            self.fields[name].validators.append(without_addresses)
        self.fields["email"].validators.append(mailable.validate)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["organisation"].widget.attrs["autocomplete"] = "organization"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        first, last = _answer_days()
        self.fields["answer_by"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def clean_answer_by(self) -> Any:
        day = self.cleaned_data["answer_by"]
        first, last = _answer_days()
        if not first <= day <= last:
            raise ValidationError(
                gettext("Vælg en dag fra den %(first)s til den %(last)s, så de kan nå at svare.")
                % {"first": date_format(first), "last": date_format(last)}
            )
        return day

    def clean_links(self) -> list[str]:
        links = list(dict.fromkeys(self.cleaned_data["links"].split()))
        if len(links) > MOST_LINKS:
            raise ValidationError(gettext("Højst fem links."))
        for link in links:
            try:
                _is_link(link)
            except ValidationError:
                raise ValidationError(
                    gettext("%(link)s er ikke et link. Det skal begynde med https:// eller http://.")
                    % {"link": link[:60]}
                ) from None
            if len(link) > LONGEST_LINK:
                raise ValidationError(gettext("Et af linkene er for langt."))
        return links


def _answer_days() -> tuple[Any, Any]:
    today = timezone.localdate()
    return today + timedelta(days=SOONEST), today + timedelta(days=LATEST)


class AnswerForm(Lined, forms.Form):
    answer = forms.ChoiceField(label=_("Jeres svar"), choices=InquiryAnswer.choices, widget=forms.RadioSelect)
    with_whom = forms.CharField(
        label=_("Sammen med hvem?"),
        help_text=_("Kun når I svarer ja sammen med andre."),
        max_length=140,
        required=False,
    )
    text = forms.CharField(
        label=_("Besked til køberen"),
        help_text=_("Hvad I kan levere, hvad I gerne vil vide, eller hvorfor det ikke passer."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    price = forms.CharField(
        label=_("Pris og vilkår"),
        help_text=_("Så godt I kan sige det nu, fx 95 kr. pr. kuvert uden moms."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contact_name = forms.CharField(
        label=_("Hvem kan køberen tale med?"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label=_("Mail, køberen kan skrive til"),
        help_text=_("Køberen ser den kun, når I svarer ja, alene eller sammen med andre."),
        max_length=mailable.LONGEST_ADDRESS,
        required=False,
        validators=[mailable.validate],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        answer = said.get("answer")
        if answer in InquiryAnswer.willing():
            self._require("contact_name", _("Skriv, hvem køberen kan tale med."))
            self._require("contact_email", _("Skriv en mail, køberen kan skrive til."))
        if answer == InquiryAnswer.WITH_OTHERS:
            self._require("with_whom", _("Skriv, hvem I kan gøre det sammen med."))
        return said

    def _require(self, name: str, message: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    @property
    def said(self) -> Said:
        return Said(**self.cleaned_data | {"answer": InquiryAnswer(self.cleaned_data["answer"])})


class AbuseForm(Lined, forms.Form):
    text = forms.CharField(
        label=_("Hvad er galt?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
