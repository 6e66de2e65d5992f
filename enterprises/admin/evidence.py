"""All evidence, to search and filter by source, date and expiry. It is changed on the enterprise's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises.admin.base import ModelAdmin
from enterprises.admin.exporting import Exportable
from enterprises.admin.queue_filter import QueueFilter
from enterprises.models import Evidence


@admin.register(Evidence)
class EvidenceAdmin(Exportable, ModelAdmin):
    list_display = ("profile", "criterion", "proof", "source", "checked_on", "checked_by", "expires_on")
    list_display_links = None
    list_filter = (QueueFilter, "criterion", "proof")
    list_select_related = ("enterprise", "checked_by")
    search_fields = ("enterprise__name", "enterprise__cvr", "source")
    search_help_text = _("Søg på virksomhedens navn eller CVR-nummer, eller på kilden.")
    list_per_page = 50
    ordering = ("expires_on", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        """Not by hand from the list; with its enterprise."""
        return obj is not None and super().has_delete_permission(request, obj)

    @admin.display(description=_("virksomhed"), ordering="enterprise__name")
    def profile(self, row: Evidence) -> SafeString:
        address = reverse("admin:enterprises_enterprise_change", args=[row.enterprise_id])
        return format_html('<a href="{}">{}</a>', address, row.enterprise)
