from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import SectionForm, fitting
from enterprises.forms.page import SectionPage
from enterprises.models import BuyerFacts

# What is said by a tick alone.
TICKED = ("city_wide", "requests_unwanted")


class BuyerForm(SectionForm):
    class Meta:
        model = BuyerFacts
        fields = (
            "e_invoice",
            "city_wide",
            "delivers_to",
            "capacity_da",
            "capacity_en",
            "insurance_da",
            "insurance_en",
            "collective_agreement",
            "consortium",
            "reserved_declared_on",
            "requests_unwanted",
        )
        formfield_callback = fitting


class Page(SectionPage):
    form_class = BuyerForm
    intro = _("Det, kommuner og virksomheder spørger om, før de køber.")

    def instance(self) -> BuyerFacts:
        found = BuyerFacts.objects.filter(enterprise=self.enterprise).first()
        return found or BuyerFacts(enterprise=self.enterprise)

    def save(self) -> None:
        """Facts of which none is stated are no facts."""
        assert self.form is not None  # noqa: S101
        said = self.form.cleaned_data
        if any(said[name] or (said[name] is False and name not in TICKED) for name in BuyerForm.Meta.fields):
            super().save()
        else:
            BuyerFacts.objects.filter(enterprise=self.enterprise).delete()
