"""What has been done at the desk: who, when, what and why. Read by those who check the council's work."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable


@admin.register(LogEntry)
class LogAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("action_time", "user", "what", "about", "said")
    list_display_links = None
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag",)
    search_fields = ("object_repr", "change_message", "user__name", "user__email")
    date_hierarchy = "action_time"
    list_per_page = 50
    ordering = ("-action_time", "-pk")
    sortable_by = ("action_time",)

    @admin.display(description=_("hvad"))
    def what(self, entry: LogEntry) -> str:
        kind = entry.content_type.name if entry.content_type else ""
        return f"{entry.get_action_flag_display()}: {kind}"

    @admin.display(description=_("hvilken"))
    def about(self, entry: LogEntry) -> str | SafeString:
        address = None if entry.is_deletion() else entry.get_admin_url()
        return (
            format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else entry.object_repr
        )

    @admin.display(description=_("hvordan og hvorfor"))
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message()
