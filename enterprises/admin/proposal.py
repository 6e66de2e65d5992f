"""What enterprises have sent, as a list; which sections need no review; and reasons to say no with."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from enterprises.access import person
from enterprises.admin.base import ModelAdmin, ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.admin.queue_filter import QueueFilter
from enterprises.admin.reviewing import Review
from enterprises.models import Proposal, ReasonText, SectionPolicy
from enterprises.reviewing import bulk
from enterprises.views.framing import shows_preview


@admin.register(Proposal)
class ProposalAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("enterprise", "state", "submitted_at", "submitted_by", "decided_at", "decided_by")
    list_filter = (QueueFilter, "state", "submitted_at")
    list_select_related = ("enterprise", "submitted_by", "decided_by")
    search_fields = ("enterprise__name", "enterprise__cvr")
    ordering = ("decided_at", "submitted_at")
    actions = ("approve_unread",)

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "enterprises_proposal"
        review, skip = shows_preview(self.review), require_safe(self.skip)
        return [
            path("<int:pk>/review/", wrap(review), name=f"{name}_review"),
            path("<int:pk>/skip/", wrap(skip), name=f"{name}_skip"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:enterprises_proposal_review", args=[object_id]))

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        return Review(self, request, pk).answer()

    def skip(self, request: HttpRequest, pk: int) -> HttpResponse:
        return Review(self, request, pk).skipped()

    # -- several at once ------------------------------------------------------------------------

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.change_enterprise")

    @admin.action(
        description=gettext_lazy("Godkend dem, der ikke behøver at blive læst"), permissions=["decide"]
    )
    def approve_unread(self, request: HttpRequest, chosen: QuerySet[Proposal]) -> None:
        """One transaction each: that one is left does not hold the others back."""
        may, approved = bulk.allowed(), []
        for proposal in chosen.select_related("enterprise").order_by("submitted_at", "pk"):
            try:
                publication = bulk.approve(proposal, may, by=person(request))
            except bulk.LeftError as error:
                told = _("%(name)s: ikke godkendt, %(why)s") % {"name": proposal.enterprise, "why": error}
                self.message_user(request, told, messages.WARNING)
                continue
            told = _("Godkendt fra listen og udgivet som nr. %(number)s.") % {"number": publication.number}
            for concerned in (proposal, proposal.enterprise):
                self.log_change(request, concerned, told)
            approved.append(str(proposal.enterprise))
        if approved:
            told = ngettext(
                "%(count)s er godkendt: %(names)s.", "%(count)s er godkendt: %(names)s.", len(approved)
            )
            self.message_user(
                request, told % {"count": len(approved), "names": ", ".join(approved)}, messages.SUCCESS
            )


@admin.register(SectionPolicy)
class SectionPolicyAdmin(ModelAdmin):
    list_display = ("section", "direct", "bulk")
    list_editable = ("direct", "bulk")
    readonly_fields = ("section",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReasonText)
class ReasonTextAdmin(ModelAdmin):
    list_display = ("title", "text_da", "position", "active")
    list_editable = ("position", "active")
    search_fields = ("title", "text_da", "text_en")
