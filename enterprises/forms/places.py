from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import RowForm, fitting
from enterprises.forms.page import SectionPage, rows
from enterprises.models import Place


class PlaceForm(RowForm):
    # Which of the enterprise's places the row was; anything else makes a new place.
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Place
        fields = (
            "label_da",
            "label_en",
            "street",
            "postcode",
            "city",
            "district",
            "hidden",
            "accessibility_da",
            "accessibility_en",
        )
        formfield_callback = fitting

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.has_changed() and not (cleaned.get("street") or cleaned.get("district")):
            self.add_error("street", _("Skriv adressen, eller vælg en bydel."))
        return cleaned


class Page(SectionPage):
    row_sets = {
        "places": rows(PlaceForm, heading=_("Steder"), row_label=_("Sted"), add_label=_("Tilføj et sted"))
    }
    intro = _("Hvor man finder jer. Åbningstiderne har deres egen side.")

    def rows_of(self, prefix: str) -> list[dict[str, Any]]:
        shown = super().rows_of(prefix)
        for row, place in zip(shown, self.enterprise.places.all(), strict=True):
            row["was"] = str(place.pk)
        return shown

    def save_rows(self, prefix: str) -> None:
        """Places keep their opening hours, and their coordinates while the address stays the same."""
        left = list(self.enterprise.places.all())
        for position, form in enumerate(self.sets[prefix].filled()):
            place = _former(form, left)
            if place is None:
                place = Place(enterprise=self.enterprise)
            else:
                left.remove(place)
            values = {name: form.cleaned_data[name] for name in PlaceForm.Meta.fields}
            if (place.street, place.postcode) != (values["street"], values["postcode"]):
                place.latitude = place.longitude = None
            for name, value in values.items():
                setattr(place, name, value)
            place.position = position
            place.save()
        for place in left:
            place.delete()


def _former(form: RowForm, left: list[Place]) -> Place | None:
    """The place a row was: the one it names, or one that has been made anew with the same address."""
    values = form.cleaned_data
    named = next((place for place in left if str(place.pk) == values["was"]), None)
    if named is not None or not values["was"]:
        return named
    address = (values["street"], values["postcode"], values["district"])
    return next((place for place in left if (place.street, place.postcode, place.district) == address), None)
