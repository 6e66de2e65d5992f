"""What enterprises have sent: read the changes, ask, approve or reject. And which sections need no review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import (
    admission,
    claims,
    criteria,
    duplicates,
    editing,
    proposals,
    publishing,
    snapshots,
    words,
)
from enterprises.access import person
from enterprises.admin.admission import Admission
from enterprises.admin.base import ModelAdmin, ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.admin.queue_filter import QueueFilter
from enterprises.choices import ProposalState
from enterprises.models import Evidence, Proposal, SectionPolicy


class DecisionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Spørgsmål eller begrundelse"),
        help_text=gettext_lazy("Virksomheden læser det. Skal ikke udfyldes, når du godkender."),
        max_length=2000,
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 5}),
    )


@admin.register(Proposal)
class ProposalAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("enterprise", "state", "submitted_at", "submitted_by", "decided_at", "decided_by")
    list_filter = (QueueFilter, "state", "submitted_at")
    list_select_related = ("enterprise", "submitted_by", "decided_by")
    search_fields = ("enterprise__name", "enterprise__cvr")
    ordering = ("decided_at", "submitted_at")

    def get_urls(self) -> list[URLPattern]:
        review = path(
            "<int:pk>/review/",
            self.admin_site.admin_view(self.review),
            name="enterprises_proposal_review",
        )
        return [review, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:enterprises_proposal_review", args=[object_id]))

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One page with the changes in words, the talk, and three buttons."""
        proposal = get_object_or_404(Proposal.objects.select_related("enterprise", "submitted_by"), pk=pk)
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        may_decide = person(request).has_perm("enterprises.change_enterprise")
        if request.method == "POST" and not may_decide:
            raise PermissionDenied
        form = DecisionForm(request.POST or None)
        is_asked = proposal.state == ProposalState.OPEN and criteria.is_asked(proposal.enterprise)
        asked = Admission(proposal.enterprise, person(request), request.POST or None) if is_asked else None
        if request.method == "POST" and form.is_valid() and self._is_ready(request, asked):
            try:
                evidence = list(asked.evidence()) if asked and "_approve" in request.POST else []
                return self._decided(request, proposal, form.cleaned_data["text"], evidence)
            except (proposals.ProposalError, claims.ClaimError) as error:
                form.add_error(None, str(error))
            except publishing.PublishError as error:
                form.add_error(None, error.problems)
        context = self.admin_site.each_context(request) | self._about(proposal)
        context |= {"opts": self.opts, "may_decide": may_decide, "asked": asked}
        context["form"] = form if may_decide else None
        if asked:
            context["alike"] = duplicates.candidates(duplicates.facts_of(proposal.enterprise))
        return TemplateResponse(request, "admin/enterprises/proposal/review.html", context)

    def _is_ready(self, request: HttpRequest, asked: Admission | None) -> bool:
        """Evidence has to be right only where it is to be written."""
        return asked is None or "_approve" not in request.POST or asked.is_valid()

    def _about(self, proposal: Proposal) -> dict[str, Any]:
        enterprise = editing.fresh(proposal.enterprise)
        current = enterprise.current
        before = snapshots.upgrade(current.snapshot, current.schema_version) if current else {}
        return {
            "title": _("Forslag fra %(name)s") % {"name": enterprise.name},
            "proposal": proposal,
            "is_open": proposal.state == ProposalState.OPEN,
            "differences": words.differences(before, snapshots.take(enterprise)),
            "seen": proposals.seen(enterprise),
            "talk": proposal.messages.select_related("author"),
        }

    def _decided(
        self, request: HttpRequest, proposal: Proposal, text: str, evidence: list[Evidence]
    ) -> HttpResponse:
        by, here = person(request), request.get_full_path()
        if "_approve" in request.POST:
            seen = request.POST.get("seen", "")
            published = admission.approve(proposal, by=by, having_seen=seen, evidence=evidence)
            told = _("Godkendt og udgivet som nr. %(number)s.") % {"number": str(published.number)}
        elif not text:
            raise proposals.ProposalError(_("Skriv, hvad du vil sige til virksomheden."))
        elif "_reject" in request.POST or "_refuse" in request.POST:
            admission.reject(proposal, text, by=by, for_good="_refuse" in request.POST)
            told = _("Afvist. Virksomheden kan læse begrundelsen.")
        else:
            proposals.say(proposal, text, by=by, from_council=True)
            told = _("Dit spørgsmål er sendt.")
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(here)


@admin.register(SectionPolicy)
class SectionPolicyAdmin(ModelAdmin):
    list_display = ("section", "direct")
    list_editable = ("direct",)
    readonly_fields = ("section",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
