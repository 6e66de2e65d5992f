"""Self-service: what an editor sees of their own enterprises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enterprises import access, charts, signs, visits


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


@login_required
def my_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """How often the profile was seen and used in the last twelve months, and what led to it."""
    enterprise = get_object_or_404(access.editable(request.user), pk=pk)
    report = visits.report(enterprise, timezone.localdate())
    views = [(date_format(month.first_day, "M").strip(".")[:3], month.views) for month in report.months]
    chart = charts.bars(views, _("Visninger måned for måned; tallene står i tabellen."))
    context = {"enterprise": enterprise, "report": report, "chart": chart, "shown_from": visits.SHOWN_FROM}
    return render(request, "account/my_numbers.html", context)
