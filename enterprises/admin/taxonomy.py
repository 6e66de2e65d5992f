"""The words enterprises are sorted by. A word in use cannot be deleted, and its address stays."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enterprises import danish
from enterprises.admin.base import AddressForm, ModelAdmin
from enterprises.models import District, LegalForm, Mark, Mission, Ownership, Sector, SynonymGroup


class TermForm(AddressForm):
    class Meta:
        help_texts = {"slug": _("Kan ikke ændres senere. Lad feltet stå tomt, så laves adressen af navnet.")}

    def made_from_name(self) -> str:
        return danish.slugify(self.cleaned_data.get("name_da", ""))


@admin.register(Sector, Mission, Ownership)
class TermAdmin(ModelAdmin):
    form = TermForm
    list_display: tuple[str, ...] = ("name_da", "name_en", "slug", "position")
    search_fields = ("name_da", "name_en", "slug")
    ordering = ("position", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()


@admin.register(LegalForm)
class LegalFormAdmin(TermAdmin):
    list_display = ("name_da", "abbreviation", "cvr_code", "can_be_rsv", "sole_trader", "position")


@admin.register(District)
class DistrictAdmin(TermAdmin):
    list_display = ("name_da", "name_en", "number", "slug", "position")


@admin.register(Mark)
class MarkAdmin(TermAdmin):
    list_display = ("name_da", "kind", "slug", "position")
    list_filter = ("kind",)


@admin.register(SynonymGroup)
class SynonymGroupAdmin(ModelAdmin):
    list_display = ("__str__",)
    search_fields = ("da", "en")
