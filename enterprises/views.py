"""Self-service: what an editor sees of their own enterprises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from enterprises import access, signs


@login_required
def my_enterprises(request: HttpRequest) -> HttpResponse:
    enterprises = access.editable(request.user).select_related("current").order_by("name", "pk")
    return render(request, "account/my_enterprises.html", {"enterprises": enterprises})


@login_required
def my_signs(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything to show on one's own site and in the window, with what to copy."""
    enterprise = get_object_or_404(access.editable(request.user).select_related("current"), pk=pk)
    shown = enterprise.current.snapshot if enterprise.current else None
    made = signs.of(shown["slug"], shown["name"]) if shown else []
    context = {"enterprise": enterprise, "slug": shown and shown["slug"], "signs": made}
    return render(request, "account/my_signs.html", context)
