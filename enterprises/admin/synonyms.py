"""Groups of search words. What a change does to searches is shown before it is saved."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises import search_previews
from enterprises.admin.base import ModelAdmin
from enterprises.models import SynonymGroup


class Terms(AdminTextareaWidget):
    """Room for many, and air between them."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 3})

    def format_value(self, value: Any) -> str | None:
        shown = super().format_value(value)
        return ", ".join(term.strip() for term in shown.split(",")) if shown else shown


GroupForm = forms.modelform_factory(SynonymGroup, fields=("da", "en"), widgets={"da": Terms(), "en": Terms()})


@admin.register(SynonymGroup)
class SynonymGroupAdmin(ModelAdmin):
    list_display = ("__str__",)
    search_fields = ("da", "en")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        group = get_object_or_404(SynonymGroup, pk=object_id) if object_id else SynonymGroup()
        if not self._may_save(request, group):
            if group.pk:
                return super().changeform_view(request, object_id, form_url, extra_context)
            raise PermissionDenied
        form = GroupForm(request.POST or None, instance=group)
        context = self.admin_site.each_context(request) | {
            "title": _("Søgeord: %(group)s") % {"group": group.terms[0]} if group.pk else _("Nye søgeord"),
            "opts": self.opts,
            "form": form,
            "media": form.media,
            "group": group,
            "may_delete": bool(group.pk) and self.has_delete_permission(request, group),
        }
        if request.method == "POST" and form.is_valid():
            seen = _digest(group)
            if "_do" in request.POST and request.POST.get("seen") == seen:
                return self._saved(request, form, change=bool(object_id))
            context |= {"preview": search_previews.of(group), "seen": seen}
        return TemplateResponse(request, "admin/enterprises/synonymgroup/change.html", context)

    def _may_save(self, request: HttpRequest, group: SynonymGroup) -> bool:
        if group.pk:
            return self.has_change_permission(request, group)
        return self.has_add_permission(request)

    def _saved(self, request: HttpRequest, form: Any, *, change: bool) -> HttpResponse:
        group = form.save()
        message = self.construct_change_message(request, form, [], add=not change)
        (self.log_change if change else self.log_addition)(request, group, message)
        self.message_user(request, _("Gemt. Det virker fra næste søgning."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:enterprises_synonymgroup_changelist"))


def _digest(group: SynonymGroup) -> str:
    """Names what was shown: nothing else is saved."""
    said = json.dumps([group.da, group.en])
    return hashlib.sha256(said.encode()).hexdigest()[:20]
