"""Spreadsheets on their way in: uploaded, read through, decided about row by row, read in, undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enterprises import exports
from enterprises.access import person
from enterprises.admin.base import ReadOnlyAdmin
from enterprises.choices import Decision, ImportState, Likeness, RowKind, RowOutcome
from enterprises.imports import files, progress, runs, undoing, words
from enterprises.imports.rows import COLUMNS
from enterprises.models import Import, ImportRow
from enterprises.photos import uploads

ROWS_SHOWN = 50
HINDRANCES_SHOWN = 20
RUNNING = (ImportState.LOOKING, ImportState.QUEUED, ImportState.UNDOING)
UNDECIDED = "undecided"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fil"),
        help_text=gettext_lazy("xlsx eller csv, højst 12 MB og 50.000 rækker."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


@dataclass(frozen=True)
class Tab:
    value: str
    label: str
    count: int


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("file", "state", "undecided", "uploaded_at", "uploaded_by", "ended_at")
    list_display_links = None
    list_filter = ("state",)
    list_select_related = ("uploaded_by",)
    search_fields = ("name",)

    # -- who may ----------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.add_import")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self._may_decide(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def _may_decide(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.change_import")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        waiting = Count("rows", filter=Q(state=ImportState.DECIDING, rows__decision=Decision.UNDECIDED))
        found: QuerySet[Import] = super().get_queryset(request).annotate(undecided=waiting)
        return found

    @admin.display(description=gettext_lazy("rækker at afgøre"), ordering="undecided")
    def undecided(self, run: Any) -> int:
        return int(run.undecided)

    @admin.display(description=gettext_lazy("fil"), ordering="name")
    def file(self, run: Import) -> SafeString:
        return format_html('<a href="{}">{}</a>', _address(run), run.name)

    # -- addresses --------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("skabelon.<str:suffix>", view(self.sample), name="enterprises_import_sample"),
            path("<int:pk>/rapport/", view(self.report), name="enterprises_import_report"),
        ]
        return [*own, *super().get_urls()]

    # -- uploading --------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if request.method == "POST" and uploads.had_too_large(request):
            form.errors["file"] = form.error_class([_("Filen fylder mere end 12 MB. Del den i flere.")])
        elif request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                run = runs.receive(
                    file.name, file.read(), by=person(request), language=get_language() or "da"
                )
            except files.ImportRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                self.log_addition(request, run, _("Lagt op"))
                return HttpResponseRedirect(_address(run))
        context = self.admin_site.each_context(request) | {
            "title": _("Indlæs et regneark"),
            "opts": self.opts,
            "form": form,
            "columns": words.columns(),
            "suffixes": ["xlsx", "csv"],
        }
        return TemplateResponse(request, "admin/enterprises/import/upload.html", context)

    def sample(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        """A file with the right columns and one line."""
        if not self.has_add_permission(request) or suffix not in ("xlsx", "csv"):
            raise PermissionDenied
        return _file(_("skabelon"), suffix, COLUMNS, [[words.EXAMPLE[column] for column in COLUMNS]])

    # -- one import -------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pk = int(object_id) if object_id.isdecimal() else 0
        run = get_object_or_404(Import.objects.select_related("uploaded_by", "ended_by"), pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        if request.method == "POST":
            if not self._may_decide(request):
                raise PermissionDenied
            return self._act(request, run)
        response = self._page(request, run)
        if "HX-Request" in request.headers and run.state not in RUNNING:
            response["HX-Refresh"] = "true"
        return response

    def _act(self, request: HttpRequest, run: Import) -> HttpResponse:
        by = person(request)
        told = ""
        try:
            if "_undo" in request.POST:
                undoing.queue(run, by=by)
                told = _("Fortrydes")
            elif "_drop" in request.POST:
                runs.drop(run, by=by)
                told = _("Opgivet")
            elif "_again" in request.POST:
                runs.again(run)
            else:
                self._decide(request, run)
                if "_apply" in request.POST:
                    runs.queue(run, by=by)
                    told = _("Sat i gang")
        except runs.StepError as error:
            self.message_user(request, str(error), messages.ERROR)
        if told:
            self.log_change(request, run, told)
        asked = request.GET.urlencode()
        return HttpResponseRedirect(_address(run) + (f"?{asked}" if asked else ""))

    def _decide(self, request: HttpRequest, run: Import) -> None:
        """What is ticked on the page, and then, where such a button was pressed, all of a kind."""
        said = {
            int(name.removeprefix("row-")): str(value)
            for name, value in request.POST.items()
            if name.startswith("row-") and name.removeprefix("row-").isdecimal()
        }
        if said:
            runs.decide(run, said)
        kind, _colon, decision = request.POST.get("_all", "").partition(":")
        if kind in RowKind.values and decision in Decision.values:
            count = runs.decide_all(run, RowKind(kind), Decision(decision))
            told = _("%(count)d rækker (%(kind)s): %(decision)s.") % {
                "count": count,
                "kind": RowKind(kind).label,
                "decision": Decision(decision).label,
            }
            self.log_change(request, run, told)
            self.message_user(request, told, messages.SUCCESS)

    def _page(self, request: HttpRequest, run: Import) -> HttpResponse:
        is_open = run.state == ImportState.DECIDING
        is_done = run.state in (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)
        context = self.admin_site.each_context(request) | {
            "title": run.name,
            "opts": self.opts,
            "run": run,
            "state": ImportState(run.state).label,
            "is_running": run.state in RUNNING,
            "is_open": is_open,
            "is_done": is_done,
            "may_decide": self._may_decide(request),
        }
        if run.state in RUNNING:
            context["progress"] = progress.of(run.pk)
        else:
            context |= self._listed(request, run, is_done=is_done)
        if is_open:
            context["earlier"] = runs.earlier(run)
        if run.state == ImportState.DONE:
            found = undoing.hindrances(run)
            context |= {
                "hindrances": found[:HINDRANCES_SHOWN],
                "hindrances_left": len(found[HINDRANCES_SHOWN:]),
            }
        return TemplateResponse(request, "admin/enterprises/import/page.html", context)

    def _listed(self, request: HttpRequest, run: Import, *, is_done: bool) -> dict[str, Any]:
        tabs, undecided = _tabs(run, is_done=is_done)
        asked = request.GET.get("only", "")
        usual = UNDECIDED if undecided else tabs[0].value if tabs else ""
        chosen = next((tab for tab in tabs if tab.value == (asked or usual)), None)
        rows = run.rows.select_related("enterprise").defer("before").order_by("number")
        if chosen and chosen.value == UNDECIDED:
            rows = rows.filter(decision=Decision.UNDECIDED)
        elif chosen and chosen.value != "all":
            rows = rows.filter(**{"outcome" if is_done else "kind": chosen.value})
        paginator = Paginator(rows, ROWS_SHOWN)
        paginator.count = chosen.count if chosen else 0  # known already
        page = paginator.get_page(request.GET.get("p"))
        is_kind = chosen is not None and chosen.value in RowKind.values
        return {
            "tabs": tabs,
            "chosen": chosen,
            "undecided": undecided,
            "page": page,
            "pages": list(paginator.get_elided_page_range(page.number)),
            "rows": [_shown(row) for row in page],
            "all_of": RowKind(chosen.value) if chosen and is_kind and not is_done else None,
            "may_take_all": chosen is not None and chosen.value not in runs.NEVER_TAKEN,
        }

    def report(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What came of each row, as csv."""
        run = get_object_or_404(Import, pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        header = [
            _("Række"),
            _("Navn"),
            _("Slags"),
            _("Afgørelse"),
            _("Udfald"),
            _("Ændringer"),
            _("Bemærkninger"),
        ]
        return _file(f"{_('rapport')}-{run.pk}", "csv", header, _report(run.rows.defer("before")))


def _address(run: Import) -> str:
    return reverse("admin:enterprises_import_change", args=[run.pk])


def _tabs(run: Import, *, is_done: bool) -> tuple[list[Tab], int]:
    """How many rows there are of each kind (or outcome), with all of them first; and how many wait."""
    if is_done:
        found, undecided = runs.counts(run, "outcome"), 0
        known = [(str(value), str(label)) for value, label in RowOutcome.choices]
    else:
        found = runs.counts(run, "kind")
        undecided = runs.counts(run, "decision").get(Decision.UNDECIDED.value, 0)
        known = [(str(value), str(label)) for value, label in RowKind.choices]
    tabs = [Tab("all", _("Alle"), sum(found.values()))]
    if undecided and run.state == ImportState.DECIDING:
        tabs.append(Tab(UNDECIDED, _("Ikke afgjort"), undecided))
    return tabs + [Tab(value, label, found[value]) for value, label in known if found.get(value)], undecided


def _shown(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row,
        "name": row.name or row.cells.get("name", ""),
        "kind": RowKind(row.kind).label if row.kind else "",
        "changes": words.changes(row.changes),
        "problems": _problems(row),
        "suspects": [suspect | {"why": _reasons(suspect)} for suspect in row.suspects],
        "options": [
            (decision.value, decision.label)
            for decision in (Decision.TAKE, Decision.SKIP)
            if decision == Decision.SKIP or row.kind not in runs.NEVER_TAKEN
        ],
    }


def _problems(row: ImportRow) -> list[str]:
    return [
        f"{problem['column']}: {problem['text']}" if problem["column"] else str(problem["text"])
        for problem in row.problems
    ]


def _reasons(suspect: dict[str, Any]) -> str:
    return ", ".join(str(Likeness(reason).label) for reason in suspect["reasons"])


def _report(rows: QuerySet[ImportRow]) -> Iterator[exports.Row]:
    for row in rows.order_by("number").iterator(chunk_size=1_000):
        changed = (
            f"{words.label(one['column'])}: {words.shown(one['before']) or '–'} → {words.shown(one['after'])}"
            for one in row.changes
        )
        yield [
            row.number,
            row.name or row.cells.get("name", ""),
            RowKind(row.kind).label if row.kind else "",
            Decision(row.decision).label,
            RowOutcome(row.outcome).label if row.outcome else "",
            "\n".join(changed),
            " ".join([*_problems(row), *row.remarks]),
        ]


def _file(name: str, suffix: str, header: Any, rows: Any) -> HttpResponseBase:
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{suffix}"
    if suffix == "xlsx":
        file: HttpResponseBase = FileResponse(
            exports.xlsx([exports.Sheet(name, header, rows)]),
            as_attachment=True,
            filename=filename,
            content_type=exports.FORMATS[suffix],
        )
    else:
        file = StreamingHttpResponse(
            exports.csv_parts(header, rows),
            content_type=exports.FORMATS[suffix],
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )
    file.headers["Cache-Control"] = "private, no-store"
    return file
