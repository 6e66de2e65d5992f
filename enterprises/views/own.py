"""Self-service: what an editor sees of their own enterprises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enterprises import access


@login_required
def my_enterprises(request: HttpRequest) -> HttpResponse:
    enterprises = access.editable(request.user).select_related("current").order_by("name", "pk")
    return render(request, "account/my_enterprises.html", {"enterprises": enterprises})
