"""The yearly report at the desk, and the same as a spreadsheet with a sheet for each table."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import exports
from enterprises.access import person
from enterprises.reporting import yearly

# Everything in it can be read off the publications.
MAY_READ = "enterprises.view_publication"


def _report(request: HttpRequest) -> yearly.Report:
    if not person(request).has_perm(MAY_READ):
        raise PermissionDenied
    asked = request.GET.get("year", "")
    return yearly.of(int(asked) if asked.isascii() and asked.isdigit() else None, timezone.now())


def page(request: HttpRequest) -> HttpResponseBase:
    report = _report(request)
    title = _("Rapport for %(year)s") % {"year": str(report.year)}
    context = admin.site.each_context(request) | {"title": title, "report": report}
    return TemplateResponse(request, "admin/report.html", context)


def spreadsheet(request: HttpRequest) -> HttpResponseBase:
    report = _report(request)
    file = exports.xlsx(exports.Sheet(table.title, table.header, table.rows) for table in report.tables)
    name = _("rapport-%(year)s.xlsx") % {"year": str(report.year)}
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=exports.FORMATS["xlsx"])
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
