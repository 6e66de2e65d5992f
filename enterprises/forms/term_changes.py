"""What the desk asks before a word of the taxonomies is changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from enterprises import danish, term_carriers
from enterprises.models import Enterprise, Term


class ChangeForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor"),
        max_length=300,
        help_text=_("Kommer i loggen, og i historikken hos dem, der udgives på ny."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, term: Term, data: Any = None) -> None:
        super().__init__(data, initial=self.first(term))
        self.term = term
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def first(self, term: Term) -> dict[str, Any]:
        return {}

    def details(self) -> dict[str, Any]:
        """As term_changes.py reads them."""
        return {}


def _name(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "vTextField"})
    return forms.CharField(label=label, max_length=120, widget=widget, **kwargs)


class RenameForm(ChangeForm):
    name_da = _name(_("Navn på dansk"))
    name_en = _name(_("Navn på engelsk"))
    slug = forms.CharField(
        label=_("Adresse"),
        max_length=60,
        validators=[validate_slug],
        help_text=_("Den gamle adresse fører altid videre hertil."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def first(self, term: Term) -> dict[str, Any]:
        return {"name_da": term.name_da, "name_en": term.name_en, "slug": term.slug}

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name_da", "name_en", "slug")}


def _others(term: Term) -> Any:
    return type(term).objects.exclude(pk=term.pk)


class MergeForm(ChangeForm):
    into = forms.ModelChoiceField(Enterprise.objects.none(), label=_("Læg sammen med"))

    def __init__(self, term: Term, data: Any = None) -> None:
        super().__init__(term, data)
        self.fields["into"].queryset = _others(term)  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        return {"into": self.cleaned_data["into"].pk}


class RetireForm(ChangeForm):
    instead = forms.ModelChoiceField(
        Enterprise.objects.none(),
        label=_("Giv dem i stedet"),
        required=False,
        empty_label=_("Intet: de mister ordet"),
    )

    def __init__(self, term: Term, data: Any = None) -> None:
        super().__init__(term, data)
        self.fields["instead"].queryset = _others(term)  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        instead = self.cleaned_data["instead"]
        return {"instead": instead.pk if instead else None}


class SplitForm(ChangeForm):
    """New words, and what each enterprise gets: as ticked so far, else by the words that point to one."""

    new_1_da = _name(_("Nyt ord på dansk"))
    new_1_en = _name(_("Nyt ord på engelsk"))
    words_1 = _name(
        _("Ord, der peger på det"),
        required=False,
        help_text=_("De, der skriver et af dem, er valgt på forhånd. Adskil med komma. Tomt: selve navnet."),
    )
    new_2_da = _name(_("Endnu et nyt ord på dansk"), required=False)
    new_2_en = _name(_("Endnu et nyt ord på engelsk"), required=False)
    words_2 = _name(_("Ord, der peger på det"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("new_2_da")) != bool(cleaned.get("new_2_en")):
            self.add_error("new_2_en", _("Skriv navnet på begge sprog."))
        return cleaned

    @property
    def new(self) -> list[dict[str, str]]:
        pairs = [(self.cleaned_data.get(f"new_{n}_da"), self.cleaned_data.get(f"new_{n}_en")) for n in (1, 2)]
        return [
            {"slug": danish.slugify(da)[:60].strip("-"), "name_da": da, "name_en": en}
            for da, en in pairs
            if da and en
        ]

    @property
    def options(self) -> list[tuple[str, Any]]:
        """What can be chosen for each."""
        options: list[tuple[str, Any]] = [("keep", _("Behold “%(name)s”") % {"name": self.term})]
        can_have_both = term_carriers.key_of(self.term) in ("sectors", "missions")
        for number, names in enumerate(self.new):
            options.append((f"move-{number}", _("Flyt til “%(name)s”") % {"name": names["name_da"]}))
            if can_have_both:
                options.append((f"both-{number}", _("Begge: også “%(name)s”") % {"name": names["name_da"]}))
        return options

    def choices(self, carriers: Sequence[Enterprise]) -> dict[str, str]:
        """What each is to get, in the order of the carriers."""
        known = {value for value, _label in self.options}
        ticked = self._ticked()
        found = {}
        for enterprise in carriers:
            choice = ticked.get(str(enterprise.pk), "")
            found[str(enterprise.pk)] = choice if choice in known else self._suggested(enterprise)
        return found

    def _ticked(self) -> dict[str, str]:
        """On this page and those before."""
        try:
            before = json.loads(self.data.get("chosen") or "{}")
        except ValueError:
            before = {}
        rows = {
            name.removeprefix("row-"): value for name, value in self.data.items() if name.startswith("row-")
        }
        return {**before, **rows} if isinstance(before, dict) else rows

    def _suggested(self, enterprise: Enterprise) -> str:
        offers = [offer.name_da for offer in enterprise.offers.all()]
        told = (enterprise.name, enterprise.tagline_da, enterprise.description_da, *offers)
        text = danish.fold(" ".join(told))
        for number, names in enumerate(self.new):
            words = self.cleaned_data.get(f"words_{number + 1}") or names["name_da"]
            pointing = [danish.fold(word) for word in words.split(",") if word.strip()]
            if any(word.strip() in text for word in pointing):
                return f"move-{number}"
        return "keep"
