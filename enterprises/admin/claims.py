"""Who may edit what: claims, and the editorships that rest on them. All of it goes through claims.py."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enterprises import claims
from enterprises.access import person
from enterprises.admin.base import ModelAdmin, TabularInline
from enterprises.models import Editorship


class EditorshipInline(TabularInline):
    """On a person's page, to read."""

    model = Editorship
    fields = readonly_fields = ("enterprise", "way", "since", "given_by")
    verbose_name_plural = _("redigerer")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("hvordan"))
    def way(self, editorship: Editorship) -> str:
        return str(editorship.claim.get_way_display())

    @admin.display(description=_("givet"))
    def since(self, editorship: Editorship) -> Any:
        return editorship.claim.decided_at

    @admin.display(description=_("givet af"))
    def given_by(self, editorship: Editorship) -> Any:
        return editorship.claim.decided_by


@admin.register(Editorship)
class EditorshipAdmin(ModelAdmin):
    list_display = ("enterprise", "user", "way", "since", "given_by")
    list_select_related = ("enterprise", "user", "claim__decided_by")
    list_filter = ("claim__way",)
    search_fields = ("enterprise__name", "user__email", "user__name")
    autocomplete_fields = ("enterprise", "user")
    fields = ("enterprise", "user")
    ordering = ("-claim__decided_at",)

    way, since, given_by = EditorshipInline.way, EditorshipInline.since, EditorshipInline.given_by

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Editorship, form: Any, change: bool) -> None:
        given = claims.give(obj.enterprise, obj.user, by=person(request))
        obj.pk, obj.claim = given.pk, given.claim

    def delete_model(self, request: HttpRequest, obj: Editorship) -> None:
        claims.revoke(obj, by=person(request), reason="")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for editorship in queryset:
            self.delete_model(request, editorship)
