"""What has been public, to read and to bring back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import publishing, readable, snapshots
from enterprises.access import person
from enterprises.admin import comparing
from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.models import Publication, Withdrawal


class RestoreForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Begrundelse"), max_length=300, widget=AdminTextInputWidget)
    discard_changes = forms.BooleanField(
        label=gettext_lazy("Ændringer, der aldrig er udgivet, skal gå tabt"), required=False
    )

    def __init__(self, *args: Any, unpublished_changes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unpublished_changes:
            del self.fields["discard_changes"]


@admin.register(Publication)
class PublicationAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("enterprise", "number", "change", "published_at", "published_by", "reason")
    list_filter = ("change", "published_at")
    list_select_related = ("enterprise", "published_by")
    search_fields = ("enterprise__name", "enterprise__cvr", "reason")
    ordering = ("-published_at", "-pk")
    fields = (
        "enterprise",
        "number",
        "change",
        "reason",
        "published_at",
        "published_by",
        "schema_version",
        "contents",
    )

    @admin.display(description=gettext_lazy("indhold"))
    def contents(self, publication: Publication) -> str:
        snapshot = snapshots.upgrade(publication.snapshot, publication.schema_version)
        return render_to_string(
            "admin/enterprises/publication/definitions.html", {"definitions": readable.definitions(snapshot)}
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def get_urls(self) -> list[URLPattern]:
        restore = path(
            "<int:pk>/restore/",
            self.admin_site.admin_view(self.restore_view),
            name="enterprises_publication_restore",
        )
        compare = path(
            "compare/<int:pk>/",
            self.admin_site.admin_view(self.compare_view),
            name="enterprises_publication_compare",
        )
        return [restore, compare, *super().get_urls()]

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Those of the enterprise with this key."""
        return comparing.page(request, pk, self)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may_restore = {"may_restore": _may_restore(request)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may_restore)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = get_object_or_404(Publication.objects.select_related("enterprise"), pk=pk)
        if not _may_restore(request):
            raise PermissionDenied
        changed = publishing.has_unpublished_changes(publication.enterprise)
        form = RestoreForm(request.POST or None, unpublished_changes=changed)
        if form.is_valid():
            try:
                restored = publishing.restore(publication, by=person(request), **form.cleaned_data)
            except publishing.PublishError as error:
                form.add_error(None, error.problems)
            else:
                return self._restored(request, publication, restored)
        context = self.admin_site.each_context(request) | {
            "title": _("Gendan %(publication)s") % {"publication": publication},
            "opts": self.opts,
            "publication": publication,
            "form": form,
        }
        return TemplateResponse(request, "admin/enterprises/publication/restore.html", context)

    def _restored(self, request: HttpRequest, old: Publication, new: Publication) -> HttpResponse:
        self.message_user(
            request,
            _("Nr. %(old)s er gendannet og udgivet som nr. %(new)s.")
            % {"old": str(old.number), "new": str(new.number)},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:enterprises_enterprise_change", args=[old.enterprise_id]))


def _may_restore(request: HttpRequest) -> bool:
    return person(request).has_perm("enterprises.change_enterprise")


@admin.register(Withdrawal)
class WithdrawalAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("enterprise", "withdrawn_at", "withdrawn_by", "reason", "merged_into")
    list_select_related = ("enterprise", "withdrawn_by", "merged_into")
    search_fields = ("enterprise__name", "reason")
    ordering = ("-withdrawn_at", "-pk")
