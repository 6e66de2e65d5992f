"""Places on the enterprise's page, and each place's own page for when its door is open."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises.admin.base import ModelAdmin, StackedInline, TabularInline
from enterprises.models import Enterprise, HoursException, OpeningHours, Place

ADDRESS = (
    ("label_da", "label_en"),
    ("street", "postcode", "city", "district"),
    ("latitude", "longitude", "position"),
    "hidden",
    ("accessibility_da", "accessibility_en"),
)


class PlaceInline(StackedInline):
    model = Place
    fields = (*ADDRESS, "opening_hours")
    readonly_fields = ("opening_hours",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        return super().get_queryset(request).prefetch_related("hours", "exceptions")

    @admin.display(description=_("åbningstider"))
    def opening_hours(self, place: Place) -> str | SafeString:
        if place.pk is None:
            return str(_("Gem først, så kan du skrive åbningstider."))
        rows = [*place.hours.all(), *place.exceptions.all()]
        return format_html(
            '<a href="{}">{}</a> {}',
            reverse("admin:enterprises_place_change", args=[place.pk]),
            _("Åbningstider"),
            ", ".join(map(str, rows)) or _("(ingen endnu)"),
        )


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 3


class HoursExceptionInline(TabularInline):
    model = HoursException
    extra = 1


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    """Reached from the enterprise's page, and leads back to it."""

    fields = ("enterprise", *ADDRESS)
    readonly_fields = ("enterprise",)
    inlines = (OpeningHoursInline, HoursExceptionInline)
    list_display = ("enterprise", "street", "postcode", "city", "district")
    list_select_related = ("enterprise", "district")
    list_filter = ("district",)
    search_fields = ("enterprise__name", "street")
    ordering = ("enterprise__name", "position")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        Enterprise.objects.filter(pk=form.instance.enterprise_id).update(updated_at=timezone.now())

    def response_post_save_change(self, request: HttpRequest, obj: Place) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:enterprises_enterprise_change", args=[obj.enterprise_id]))
