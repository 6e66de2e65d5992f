"""The words enterprises are sorted by. None is ever deleted: its address must lead somewhere for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enterprises import danish, term_changes
from enterprises.admin import term_changing
from enterprises.admin.base import AddressForm, ModelAdmin, ReadOnlyAdmin
from enterprises.choices import TermChangeKind
from enterprises.models import District, LegalForm, Mark, Mission, Ownership, Sector, Term, TermChange
from enterprises.term_carriers import ChangeError

FIXED = ("slug", "name_da", "name_en")


class TermForm(AddressForm):
    class Meta:
        help_texts = {"slug": _("Lad feltet stå tomt, så laves adressen af navnet.")}

    def made_from_name(self) -> str:
        return danish.slugify(self.cleaned_data.get("name_da", ""))

    def clean(self) -> dict[str, Any]:
        """An address that another word has had is not free."""
        cleaned = super().clean()
        if self.instance.pk is None and cleaned.get("slug"):
            try:
                term_changes.free_slug_or_refuse(self.instance, cleaned["slug"])
            except ChangeError as error:
                self.add_error("slug", error.problems)
        return cleaned


class InUseFilter(admin.SimpleListFilter):
    title = _("i brug")
    parameter_name = "out"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("I brug")), ("1", _("Gået ud af brug"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or "") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(retired_on__isnull=self.value() != "1")


@admin.register(Sector, Mission, Ownership)
class TermAdmin(ModelAdmin):
    form = TermForm
    list_display: tuple[str, ...] = ("name_da", "name_en", "slug", "position", "changes")
    list_editable = ("position",)
    list_filter: ClassVar[tuple[Any, ...]] = (InUseFilter,)
    search_fields = ("name_da", "name_en", "slug")
    ordering = ("position", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.everything.filter(successor=None).order_by(*self.ordering)
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Names have a page of their own, which says what changes with them."""
        if obj is None:
            return ()
        return FIXED if TermChangeKind.RENAME in term_changes.possible(obj) else ("slug",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return shown if self.has_change_permission(request) else [name for name in shown if name != "changes"]

    @admin.display(description=_("ret"))
    def changes(self, term: Term) -> SafeString:
        name = f"admin:enterprises_{self.opts.model_name}_change_word"
        return format_html_join(
            " · ",
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>',
            ((reverse(name, args=[term.pk, kind]), kind.label, term) for kind in term_changes.possible(term)),
        )

    def get_urls(self) -> list[URLPattern]:
        change = path(
            "<int:pk>/<slug:kind>/word/",
            self.admin_site.admin_view(self.change_word),
            name=f"enterprises_{self.opts.model_name}_change_word",
        )
        return [change, *super().get_urls()]

    def change_word(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        term = get_object_or_404(self.get_queryset(request), pk=pk)
        if kind not in TermChangeKind.values:
            raise Http404
        return term_changing.page(request, self, term, TermChangeKind(kind))


@admin.register(LegalForm)
class LegalFormAdmin(TermAdmin):
    list_display = (
        "name_da", "abbreviation", "cvr_code", "can_be_rsv", "sole_trader", "position", "changes",
    )  # fmt: skip


@admin.register(District)
class DistrictAdmin(TermAdmin):
    """Facts: the city's ten. Their names can be spelt better, and their order changed, no more."""

    list_display = ("name_da", "name_en", "number", "slug", "position")
    list_filter = ()


@admin.register(Mark)
class MarkAdmin(TermAdmin):
    list_display = ("name_da", "kind", "slug", "position", "changes")
    list_filter = (InUseFilter, "kind")


@admin.register(TermChange)
class TermChangeAdmin(ReadOnlyAdmin):
    list_display = ("what", "state", "outcome", "reason", "asked_by", "asked_at")
    list_display_links = None
    list_filter = ("state", "kind", "taxonomy")
    list_select_related = ("asked_by",)
    search_fields = ("name", "outcome", "reason")
    list_per_page = 50

    @admin.display(description=_("ændring"))
    def what(self, change: TermChange) -> str:
        return str(change)
