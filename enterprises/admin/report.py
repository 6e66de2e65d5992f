"""The yearly report at the desk, and the same as a spreadsheet with a sheet for each table."""

from __future__ import annotations

import contextlib
from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from enterprises import exports, tasks
from enterprises.access import person
from enterprises.reporting import stored, yearly

# Everything in it can be read off the publications.
MAY_READ = "enterprises.view_publication"
# To have it worked out anew changes nothing in it that is not true already, but is work all the same.
MAY_ASK = "enterprises.change_enterprise"


def _report(request: HttpRequest) -> tuple[yearly.Report, datetime]:
    if not person(request).has_perm(MAY_READ):
        raise PermissionDenied
    asked = request.GET.get("year", "")
    return stored.of(int(asked) if asked.isascii() and asked.isdigit() else None)


def page(request: HttpRequest) -> HttpResponseBase:
    may_ask = person(request).has_perm(MAY_ASK)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    report, made_at = _report(request)
    if request.method == "POST":
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            tasks.make_report.configure(queueing_lock=f"report {report.year}").defer(year=report.year)
        messages.success(request, _("Rapporten bliver beregnet igen. Hent siden igen om lidt."))
        return HttpResponseRedirect(request.get_full_path())
    title = _("Rapport for %(year)s") % {"year": str(report.year)}
    context = admin.site.each_context(request) | {
        "title": title,
        "report": report,
        "made_at": made_at,
        "may_ask": may_ask,
    }
    return TemplateResponse(request, "admin/report.html", context)


def spreadsheet(request: HttpRequest) -> HttpResponseBase:
    report, _made_at = _report(request)
    file = exports.xlsx(exports.Sheet(table.title, table.header, table.rows) for table in report.tables)
    name = _("rapport-%(year)s.xlsx") % {"year": str(report.year)}
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=exports.FORMATS["xlsx"])
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
