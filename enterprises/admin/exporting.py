"""A list at the desk as a file: what is filtered and searched for, with the columns that are ticked.

All is in the address: whoever keeps it gets the same file again. A long spreadsheet is asked for and
fetched when it is done (exporting_later.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import display_for_value, label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from enterprises import exports
from enterprises.access import person
from enterprises.admin import exporting_later
from enterprises.choices import ExportState
from enterprises.models import Export

if TYPE_CHECKING:
    from django.contrib import admin

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

COLUMN, FORMAT = "_column", "_format"
# Read at a time.
CHUNK = 1000
SHOWN = 5
# A spreadsheet of so many cells takes about half a second; a longer one is the worker's.
CELLS_AT_ONCE = 30_000


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    # Ticked where nobody has ticked anything yet.
    usual: bool = True


class Exportable(_Admin):
    """Give it to an admin before its other bases. Its columns are the list's unless it says otherwise."""

    # Of the list's columns: buttons, and what only makes sense on a screen.
    not_exported: Sequence[str] = ()

    def export_columns(self, request: HttpRequest) -> list[Column]:
        names = [str(name) for name in self.get_list_display(request) if name not in self.not_exported]
        return [Column(name, capfirst(str(label_for_field(name, self.model, self)))) for name in names]

    def export_rows(self, rows: QuerySet[Any], keys: Sequence[str]) -> Iterator[exports.Row]:
        """A constant number of queries, however many rows."""
        for row in rows.iterator(chunk_size=CHUNK):
            yield [_value(key, row, self) for key in keys]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        fetch = self.admin_site.admin_view(self.fetch_export)
        return [
            path("export/", view, name=f"{self._name()}_export"),
            path("export/<int:pk>/", fetch, name=f"{self._name()}_export_file"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked = request.GET.urlencode()
        address = reverse(f"admin:{self._name()}_export") + (f"?{asked}" if asked else "")
        return super().changelist_view(request, {"export_address": address} | (extra_context or {}))

    def export(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        columns = self.export_columns(request)
        ticked = request.GET.getlist(COLUMN)
        chosen = [each for each in columns if each.key in ticked] or [each for each in columns if each.usual]
        wanted = request.GET.get(FORMAT)
        filters = request.GET.copy()
        for name in (COLUMN, FORMAT):
            filters.pop(name, None)
        request.GET = filters  # type: ignore[assignment] # the list knows nothing of ours
        listed = self.get_changelist_instance(request)
        rows = self.export_rows(
            listed.get_queryset(request).prefetch_related(None), [each.key for each in chosen]
        )
        is_long = wanted == "xlsx" and listed.result_count * len(chosen) > CELLS_AT_ONCE
        if is_long and request.method == "POST":
            return self._asked(request, filters, chosen)
        if wanted in exports.FORMATS and not is_long:
            return self._file(wanted, chosen, rows)
        if wanted is not None and not is_long:
            return HttpResponseRedirect(reverse(f"admin:{self._name()}_export"))
        context = self.admin_site.each_context(request) | {
            "title": _("Hent %(what)s som fil") % {"what": self.opts.verbose_name_plural},
            "opts": self.opts,
            "columns": [(each, each in chosen) for each in columns],
            "chosen": chosen,
            "filters": [(name, value) for name, values in filters.lists() for value in values],
            "asked": filters.urlencode(),
            "count": listed.result_count,
            "formats": list(exports.FORMATS),
            "is_long": is_long,
            "mine": exporting_later.of(person(request), self),
            "days": settings.EXPORT_DAYS,
            "fetch": f"admin:{self._name()}_export_file",
            "rows": [[display_for_value(value, "–") for value in row] for row in islice(rows, SHOWN)],
        }
        return TemplateResponse(request, "admin/export.html", context)

    def _file(self, wanted: str, chosen: list[Column], rows: Iterator[exports.Row]) -> HttpResponseBase:
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.{wanted}"
        labels = [each.label for each in chosen]
        if wanted == "xlsx":
            sheet = exports.Sheet(str(self.opts.verbose_name_plural), labels, rows)
            file: HttpResponseBase = FileResponse(
                exports.xlsx([sheet]), as_attachment=True, filename=name, content_type=exports.FORMATS[wanted]
            )
        else:
            parts = (
                exports.csv_parts(labels, rows)
                if wanted == "csv"
                else exports.json_parts([each.key for each in chosen], rows)
            )
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            file = StreamingHttpResponse(parts, content_type=exports.FORMATS[wanted], headers=headers)
        file.headers["Cache-Control"] = "private, no-store"
        return file

    def _asked(self, request: HttpRequest, filters: QueryDict, chosen: list[Column]) -> HttpResponse:
        """The page again, as it was, without what would ask once more."""
        keys = [each.key for each in chosen]
        try:
            exporting_later.ask(self, person(request), query=filters.urlencode(), columns=keys)
        except exporting_later.TooManyError:
            told = _("Du har allerede bestilt så mange, som du kan ad gangen. Vent, til de er klar.")
            self.message_user(request, told, messages.WARNING)
        else:
            told = _("Filen bliver lavet nu. Hent siden igen om lidt, så ligger den under “Dine udtræk”.")
            self.message_user(request, told, messages.SUCCESS)
        again = filters.copy()
        again.setlist(COLUMN, keys)
        return HttpResponseRedirect(f"{reverse(f'admin:{self._name()}_export')}?{again.urlencode()}")

    def fetch_export(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For whoever asked for it, as long as they may see the list."""
        mine = Export.objects.filter(user=person(request), model=self.opts.label_lower)
        export = get_object_or_404(mine, pk=pk, state=ExportState.DONE)
        if not self.has_view_permission(request):
            raise PermissionDenied
        day = timezone.localdate(export.asked_at)
        name = f"{self.opts.model_name}-{day:%Y-%m-%d}-{export.pk}.xlsx"
        return HttpResponse(
            bytes(export.content or b""),
            content_type=exports.FORMATS["xlsx"],
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "private, no-store",
            },
        )

    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"


def _value(key: str, row: Any, admin: Any) -> Any:
    """What the list shows, without its markup."""
    field, _attribute, value = lookup_field(key, row, admin)
    if field is not None and getattr(field, "flatchoices", None):
        return getattr(row, f"get_{key}_display")()
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value.replace("<", " <")).split())
    return value
