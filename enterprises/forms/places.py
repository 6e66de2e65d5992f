from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import addresses, districts
from enterprises.forms.base import RowForm, fitting
from enterprises.forms.page import SectionPage, rows
from enterprises.models import Enterprise, Place

SALT = "enterprises.forms.places.position"


def signed_position(street: str, postcode: str, position: districts.Position) -> str:
    """What a form carries of an address that was looked up: only the service says where a place is."""
    return signing.dumps([street, postcode, *position], salt=SALT)


def _position(values: dict[str, Any]) -> districts.Position | None:
    """Where the looked up address is, unless it is another one by now."""
    try:
        street, postcode, latitude, longitude = signing.loads(values.get("found_at") or "", salt=SALT)
    except signing.BadSignature:
        return None
    same = (street, postcode) == (values.get("street"), values.get("postcode"))
    return (latitude, longitude) if same else None


class PlaceForm(RowForm):
    # Which of the enterprise's places the row was; anything else makes a new place.
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    found_at = forms.CharField(required=False, widget=forms.HiddenInput)
    # The field after which the page offers to look the address up.
    address_ends_with = "city"

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
        if cleaned.get("postcode") and "district" in cleaned and not cleaned["district"]:
            self._suggest_district(cleaned)
        return cleaned

    def _suggest_district(self, cleaned: dict[str, Any]) -> None:
        likely = districts.likely(cleaned["postcode"], _position(cleaned))
        if len(likely) == 1:
            cleaned["district"] = likely[0]
        elif likely:
            told = _("Postnummer %(postcode)s hører til flere bydele. Vælg den rigtige: %(districts)s.")
            names = ", ".join(map(str, likely))
            self.add_error("district", told % {"postcode": cleaned["postcode"], "districts": names})


class Page(SectionPage):
    row_sets = {
        "places": rows(
            PlaceForm,
            heading=gettext_lazy("Hvor I holder til"),
            row_label=gettext_lazy("Sted"),
            add_label=gettext_lazy("Tilføj et sted"),
        )
    }
    intro = gettext_lazy("Hvor man finder jer. Åbningstiderne har deres egen side.")

    def __init__(
        self, enterprise: Enterprise, data: QueryDict | None = None, shown: QueryDict | None = None
    ) -> None:
        super().__init__(enterprise, data, shown)
        self.looks_up_addresses = addresses.is_on()
        if self.looks_up_addresses:
            for form in self.sets["places"].forms:
                form.fields["street"].widget.attrs |= _suggestions(enterprise, str(form.prefix))

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
            if looked_up := _position(form.cleaned_data):
                place.latitude, place.longitude = looked_up
            for name, value in values.items():
                setattr(place, name, value)
            place.position = position
            place.save()
        for place in left:
            place.delete()


def _suggestions(enterprise: Enterprise, row: str) -> dict[str, str]:
    """What combobox.js needs to know. A whole address presses the row's button, which looks it up."""
    return {
        "autocomplete": "off",
        "data-suggestions": reverse("address-suggestions", args=[enterprise.slug]),
        "data-suggestions-label": _("Adresser"),
        "data-suggestions-button": f"find-{row}",
    }


def _former(form: RowForm, left: list[Place]) -> Place | None:
    """The place a row was: the one it names, or one that has been made anew with the same address."""
    values = form.cleaned_data
    named = next((place for place in left if str(place.pk) == values["was"]), None)
    if named is not None or not values["was"]:
        return named
    address = (values["street"], values["postcode"], values["district"])
    return next((place for place in left if (place.street, place.postcode, place.district) == address), None)
