"""The queue of suspected duplicates, and the page on which two are merged or told apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import merging, pairs, publishing, side_by_side
from enterprises.access import person
from enterprises.admin.base import OneStateFilter, ReadOnlyAdmin
from enterprises.choices import Likeness, PairState, Take
from enterprises.models import DuplicatePair, Enterprise

COLUMNS = [Take.FIRST, Take.SECOND]


class StateFilter(OneStateFilter):
    states = PairState


class ReasonFilter(admin.SimpleListFilter):
    title = gettext_lazy("hvorfor")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        # A like name alone is no reason here.
        return [(one.value, one.label) for one in Likeness if one != Likeness.NAME]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
        return queryset.filter(reasons__contains=[self.value()]) if self.value() else queryset


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Hvorfor, hvis det ikke siger sig selv. Kun rådet ser den."),
        max_length=300,
        required=False,
        widget=AdminTextInputWidget,
    )


class ChoiceForm(forms.Form):
    """Whose address stays, and from whom each thing is taken on which the two differ."""

    def __init__(self, rows: list[side_by_side.Row], keep: Take, data: Any = None) -> None:
        super().__init__(data)
        self.fields["keep"] = forms.ChoiceField(
            choices=[(take, take.label) for take in COLUMNS], initial=keep
        )
        for row in rows:
            if row.differs:
                options = [(take, take.label) for take in row.options]
                self.fields[row.key] = forms.ChoiceField(choices=options, initial=row.suggested)

    def chosen(self, key: str) -> str:
        return str(self[key].value())

    def takes(self) -> dict[str, Take]:
        return {key: Take(value) for key, value in self.cleaned_data.items() if key != "keep"}


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    list_display = ("two", "first_standing", "second_standing", "why", "found", "decision")
    list_display_links = None
    list_filter = (StateFilter, ReasonFilter)
    list_select_related = ("first", "second", "decided_by")
    search_fields = ("first__name", "second__name", "first__cvr", "second__cvr")
    search_help_text = gettext_lazy("Søg på navn eller CVR-nummer.")
    list_per_page = 50
    ordering = ("found_at", "pk")
    sortable_by = ("found",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self._may_decide(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def _may_decide(self, request: HttpRequest) -> bool:
        """As withdrawing, which merging does too."""
        return request.user.has_perm("enterprises.change_enterprise")

    # -- columns --------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("virksomheder"))
    def two(self, pair: DuplicatePair) -> SafeString:
        address = reverse("admin:enterprises_duplicatepair_compare", args=[pair.pk])
        return format_html('<a href="{}">{} – {}</a>', address, pair.first, pair.second)

    @admin.display(description=gettext_lazy("den ene"))
    def first_standing(self, pair: DuplicatePair) -> str:
        return _("udgivet") if pair.first.is_public else _("ikke udgivet")

    @admin.display(description=gettext_lazy("den anden"))
    def second_standing(self, pair: DuplicatePair) -> str:
        return _("udgivet") if pair.second.is_public else _("ikke udgivet")

    @admin.display(description=gettext_lazy("hvorfor"))
    def why(self, pair: DuplicatePair) -> str:
        return ", ".join(str(Likeness(reason).label) for reason in pair.reasons)

    @admin.display(description=gettext_lazy("opdaget"), ordering="found_at")
    def found(self, pair: DuplicatePair) -> str:
        return date_format(timezone.localdate(pair.found_at), "SHORT_DATE_FORMAT")

    @admin.display(description=gettext_lazy("afgørelse"))
    def decision(self, pair: DuplicatePair) -> str:
        day = date_format(timezone.localdate(pair.decided_at), "SHORT_DATE_FORMAT") if pair.decided_at else ""
        told = (pair.get_state_display(), str(pair.decided_by or ""), day, pair.note)
        return ", ".join(filter(None, told))

    # -- one pair -------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        compare = path(
            "<int:pk>/compare/",
            self.admin_site.admin_view(self.compare),
            name="enterprises_duplicatepair_compare",
        )
        return [compare, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        return HttpResponseRedirect(reverse("admin:enterprises_duplicatepair_compare", args=[object_id]))

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both beside each other, something to choose wherever they differ, and two buttons."""
        pair = get_object_or_404(DuplicatePair.objects.select_related("decided_by"), pk=pk)
        if not self.has_view_permission(request, pair):
            raise PermissionDenied
        first, second = merging.both(pair)
        rows = side_by_side.rows(first, second)
        keep = side_by_side.likelier(first, second)
        note = NoteForm(request.POST or None)
        choices = ChoiceForm(rows, keep, request.POST or None)
        if request.method == "POST":
            if not self._may_decide(request):
                raise PermissionDenied
            try:
                if note.is_valid() and self._decided(request, pair, choices, note.cleaned_data["note"]):
                    return HttpResponseRedirect(reverse("admin:enterprises_duplicatepair_changelist"))
            except (merging.MergeError, pairs.PairError) as error:
                note.add_error(None, str(error))
            except publishing.PublishError as error:
                note.add_error(None, error.problems)
            pair.refresh_from_db()
        context = self.admin_site.each_context(request) | {
            "title": _("Er de den samme?"),
            "opts": self.opts,
            "form": note if self._may_decide(request) else None,
            "pair": pair,
            "two": [(Take.FIRST, first), (Take.SECOND, second)],
            "grounds": [(Likeness(reason).label, value) for reason, value in _told(pair)],
            "circumstances": side_by_side.circumstances(first, second),
            "keep": choices.chosen("keep"),
            "rows": [(row, choices.chosen(row.key) if row.differs else "") for row in rows],
            "seen": merging.seen(first, second),
            "may_decide": self._may_decide(request) and pair.state == PairState.OPEN,
            "may_merge": not (merging.has_left(first) or merging.has_left(second)),
        }
        return TemplateResponse(request, "admin/enterprises/duplicatepair/compare.html", context)

    def _decided(self, request: HttpRequest, pair: DuplicatePair, choices: ChoiceForm, note: str) -> bool:
        by = person(request)
        if "_apart" in request.POST:
            pairs.tell_apart(pair, by=by, having_seen=request.POST.getlist("shared"), note=note)
            told = _("De er ikke den samme. Vi spørger ikke igen om det, de har til fælles nu.")
            self._log(request, pair, [pair.first, pair.second], told, note)
        elif not choices.is_valid():
            raise merging.MergeError(_("Vælg ved hver forskel, hvad der skal stå."))
        else:
            keep, takes = Take(choices.cleaned_data["keep"]), choices.takes()
            seen = request.POST.get("seen", "")
            kept, other = merging.merge(pair, takes, keep=keep, by=by, having_seen=seen, reason=note)
            told = merging.described(kept, other, takes, keep=keep)
            self._log(request, pair, [kept, other], told, note)
        self.message_user(request, told, messages.SUCCESS)
        return True

    def _log(
        self, request: HttpRequest, pair: DuplicatePair, two: list[Enterprise], told: str, note: str
    ) -> None:
        told = f"{told} {note}".strip()
        for concerned in (pair, *two):
            self.log_change(request, concerned, told)


def _told(pair: DuplicatePair) -> list[tuple[str, str]]:
    parted = [ground.partition(":") for ground in pair.grounds]
    return [(reason, value) for reason, _colon, value in parted]
