"""The sections of the enterprise's page that hold several rows each (places have their own module)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from enterprises.admin.base import StackedInline, TabularInline
from enterprises.models import BuyerFacts, Evidence, Link, Mark, MarkOf, Offer, Opening, SectorOf

if TYPE_CHECKING:
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _InlineFormSet = BaseInlineFormSet

RANKS = (1, 2, 3)


class SectorOfFormSet(_InlineFormSet):
    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        # Out of the way first: two rows that swap ranks would meet in the database half-way.
        changed = [form.instance.pk for form in self.initial_forms if form.has_changed()]
        SectorOf.objects.filter(pk__in=changed).delete()
        return super().save_existing_objects(commit)


class SectorInline(TabularInline):
    model = SectorOf
    formset = SectorOfFormSet
    fields = ("rank", "sector")
    max_num = len(RANKS)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return len(RANKS)


class OfferInline(StackedInline):
    model = Offer
    fields = (
        ("name_da", "name_en"),
        ("text_da", "text_en"),
        "audiences",
        "cpv",
        ("delivery_da", "delivery_en"),
        "position",
    )


class OpeningInline(StackedInline):
    model = Opening
    fields = (
        "kind",
        ("title_da", "title_en"),
        ("text_da", "text_en"),
        ("count", "apply_by"),
        "url",
        "position",
    )


class BuyerFactsInline(StackedInline):
    model = BuyerFacts
    extra = 1
    classes = ("collapse",)
    fields = (
        ("e_invoice", "collective_agreement", "consortium"),
        "city_wide",
        "delivers_to",
        ("capacity_da", "capacity_en"),
        ("insurance_da", "insurance_en"),
        "reserved_declared_on",
        "requests_unwanted",
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty row is for those who may fill it in. (Django sees to that, but not where there is one.)"""
        return int(self.has_add_permission(request, obj))

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **kwargs | {"widget": forms.CheckboxSelectMultiple}
        )


class EvidenceInline(StackedInline):
    model = Evidence
    autocomplete_fields = ("checked_by",)
    fields = (
        ("criterion", "proof"),
        ("wording_da", "wording_en"),
        ("source", "source_url", "dated"),
        ("checked_on", "checked_by", "expires_on"),
    )


class MarkInline(TabularInline):
    model = MarkOf

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "mark":
            # RSV is read in CVR (register.py); nobody can tick it.
            kwargs["queryset"] = Mark.objects.exclude(slug=Mark.RSV)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class LinkInline(TabularInline):
    model = Link
    fields = ("kind", "url", "label", "position")
