"""Self-service: what an editor sees of their own enterprises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from enterprises import access, charts, snapshots, standing, visits
from enterprises.access import person
from enterprises.choices import ClaimState
from enterprises.signs import made_for
from enterprises.views.trail import trail


@never_cache
@login_required
def my_enterprises(request: HttpRequest) -> HttpResponse:
    """How it stands with each, in as many queries for thirty as for one."""
    mine = access.editable(request.user).select_related("current").prefetch_related(*snapshots.RELATIONS)
    enterprises, today = list(mine.order_by("name", "pk")), timezone.localdate()
    views = visits.views_of(enterprises, today)
    rows = [(state, views.get(state.enterprise.pk, 0)) for state in standing.of(enterprises, today)]
    waiting = (
        person(request)
        .claims.filter(state=ClaimState.OPEN, enterprise__current__isnull=False)
        .values_list("enterprise__current__snapshot__name", "enterprise__current__snapshot__slug")
    )
    return render(request, "account/my_enterprises.html", {"rows": rows, "claims": waiting})


@never_cache
@login_required
def signs(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything to show on one's own site and in the window, with what to copy."""
    enterprise = access.editable_or_404(request.user, slug)
    shown = enterprise.current.snapshot if enterprise.current else None
    made = made_for(shown["slug"], shown["name"]) if shown else []
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "slug": shown and shown["slug"],
        "signs": made,
    }
    return render(request, "editing/signs.html", context)


@never_cache
@login_required
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """How often the profile was seen and used in the last twelve months, and what led to it."""
    enterprise = access.editable_or_404(request.user, slug)
    report = visits.report(enterprise, timezone.localdate())
    views = [(date_format(month.first_day, "M").strip(".")[:3], month.views) for month in report.months]
    chart = charts.bars(views, _("Visninger måned for måned; tallene står i tabellen."))
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "report": report,
        "chart": chart,
        "shown_from": visits.SHOWN_FROM,
    }
    return render(request, "editing/numbers.html", context)
