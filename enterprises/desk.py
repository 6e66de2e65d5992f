"""The council's desk as an admin site of its own: nobody gets in without a second step."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme


class Desk(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and _has_second_step(request)

    def get_urls(self) -> list[Any]:
        from enterprises.admin import personal, report  # which need the site to be there

        own = [
            path("rapport/", self.admin_view(report.page), name="report"),
            path("rapport/xlsx/", self.admin_view(report.spreadsheet), name="report-xlsx"),
            path("personoplysninger/", self.admin_view(personal.page), name="person"),
        ]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for whoever looks, and under it all there is."""
        from enterprises import waiting
        from enterprises.access import person

        today = timezone.localdate()
        queues = waiting.of(person(request), today)
        first = next((each for each in queues if each.count and each.queue.may_decide(person(request))), None)
        context = {
            "waiting": [each for each in queues if each.count],
            "empty": [each for each in queues if not each.count],
            "first": first,
            "first_address": first.queue.oldest_address(today) if first else "",
        }
        return super().index(request, context | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Through the same door as everybody; staff who lack a second step are led to set one up."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not super().has_permission(request):
            raise PermissionDenied
        return redirect(wanted if self.has_permission(request) else resolve_url("mfa_index"))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")


def _has_second_step(request: HttpRequest) -> bool:
    """Asked at the door and again by the page's frame: looked up once for each request."""
    from enterprises.accounts.second_step import has_second_step

    known: bool | None = getattr(request, "_has_second_step", None)
    if known is None:
        known = has_second_step(request.user)
        request._has_second_step = known  # type: ignore[attr-defined]
    return known
