"""Buyers' inquiries at the desk: to read, and to stop; and what enterprises have reported as abuse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.access import person
from enterprises.admin.base import OneStateFilter, ReadOnlyAdmin
from enterprises.choices import AbuseState, InquiryState
from enterprises.inquiries import stopping
from enterprises.models import Inquiry, InquiryAbuse


class StopForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Begrundelse"),
        help_text=gettext_lazy("Afsenderen får den i en mail, hvis forespørgslen var sendt."),
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
    )


@admin.register(Inquiry)
class InquiryAdmin(ReadOnlyAdmin):
    list_display = (
        "organisation",
        "about",
        "state",
        "created_at",
        "answer_by",
        "asked",
        "answered",
        "reported",
    )
    list_filter = ("state", "outcome")
    search_fields = ("organisation", "name", "=email", "what")
    date_hierarchy = "created_at"
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inquiry]:
        open_reports = Q(recipients__abuse__state=AbuseState.OPEN)
        counts = {
            "asked": Count("recipients"),
            "answered": Count("recipients", filter=Q(recipients__answered_at__isnull=False)),
            "reported": Count("recipients", filter=open_reports),
        }
        rows: QuerySet[Inquiry] = super().get_queryset(request)
        return rows.annotate(**{f"{name}_count": count for name, count in counts.items()})

    @admin.display(description=gettext_lazy("hvad"))
    def about(self, inquiry: Inquiry) -> str:
        return Truncator(inquiry.what).chars(60)

    @admin.display(description=gettext_lazy("spurgt"), ordering="asked_count")
    def asked(self, inquiry: Any) -> int:
        return int(inquiry.asked_count)

    @admin.display(description=gettext_lazy("svar"), ordering="answered_count")
    def answered(self, inquiry: Any) -> int:
        return int(inquiry.answered_count)

    @admin.display(description=gettext_lazy("åbne meldinger"), ordering="reported_count")
    def reported(self, inquiry: Any) -> int:
        return int(inquiry.reported_count)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """All of one inquiry to read, without the addresses of enterprises, and the button that stops it."""
        inquiry = get_object_or_404(Inquiry.objects.select_related("stopped_by"), pk=object_id)
        if not self.has_view_permission(request, inquiry):
            raise PermissionDenied
        may_stop = person(request).has_perm(stopping.MAY_STOP)
        form = StopForm(request.POST or None)
        if request.method == "POST":
            if not may_stop:
                raise PermissionDenied
            if form.is_valid():
                return self._stopped(request, inquiry, form.cleaned_data["reason"])
        context = self.admin_site.each_context(request) | {
            "title": inquiry.organisation or _("Glemt forespørgsel"),
            "opts": self.opts,
            "inquiry": inquiry,
            "recipients": inquiry.recipients.select_related("enterprise__current", "abuse"),
            "form": form if may_stop and inquiry.state != InquiryState.STOPPED else None,
        }
        return TemplateResponse(request, "admin/enterprises/inquiry/stop.html", context)

    def _stopped(self, request: HttpRequest, inquiry: Inquiry, reason: str) -> HttpResponse:
        taken_back = stopping.stop(inquiry, by=person(request), reason=reason)
        if taken_back is None:
            self.message_user(request, _("Den var stoppet i forvejen."), messages.WARNING)
        else:
            told = ngettext(
                "Stoppet. %(count)s mail, der ikke var sendt, er taget tilbage.",
                "Stoppet. %(count)s mails, der ikke var sendt, er taget tilbage.",
                taken_back,
            ) % {"count": taken_back}
            self.log_change(request, inquiry, told)
            self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())


class AbuseFilter(OneStateFilter):
    states = AbuseState


@admin.register(InquiryAbuse)
class InquiryAbuseAdmin(ReadOnlyAdmin):
    list_display = ("inquiry", "enterprise", "text", "reported_at", "state", "decided_by")
    list_display_links = None
    list_filter = (AbuseFilter,)
    list_select_related = ("recipient__inquiry", "recipient__enterprise", "decided_by")
    list_per_page = 50
    actions = ("dismiss",)

    @admin.display(description=gettext_lazy("forespørgsel"))
    def inquiry(self, report: InquiryAbuse) -> SafeString:
        """Leads to where it can be stopped."""
        inquiry = report.recipient.inquiry
        address = reverse("admin:enterprises_inquiry_change", args=[inquiry.pk])
        return format_html('<a href="{}">{}</a>', address, inquiry.organisation or inquiry.pk)

    @admin.display(description=gettext_lazy("meldt af"), ordering="recipient__enterprise__name")
    def enterprise(self, report: InquiryAbuse) -> str:
        return report.recipient.enterprise.name

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.change_inquiryabuse")

    @admin.action(description=gettext_lazy("Intet at gøre"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[InquiryAbuse]) -> None:
        done = stopping.dismiss(queryset, by=person(request))
        told = ngettext("%(count)s melding er lukket.", "%(count)s meldinger er lukket.", done)
        self.message_user(request, told % {"count": done})
