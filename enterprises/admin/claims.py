"""Who may edit what: claims, the editorships that rest on them, invitations. All goes through claims.py."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminEmailInputWidget, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import claims, invitations, rates
from enterprises.access import person
from enterprises.admin.base import ModelAdmin, TabularInline
from enterprises.admin.exporting import Exportable
from enterprises.admin.queue_filter import QueueFilter
from enterprises.choices import ClaimState
from enterprises.models import Claim, Editorship, Enterprise, Invitation


class EditorshipInline(TabularInline):
    """On a person's page, to read."""

    model = Editorship
    fields = readonly_fields = ("enterprise", "way", "since", "given_by")
    verbose_name_plural = gettext_lazy("redigerer")
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("hvordan"))
    def way(self, editorship: Editorship) -> str:
        return str(editorship.claim.get_way_display())

    @admin.display(description=gettext_lazy("givet"))
    def since(self, editorship: Editorship) -> Any:
        return editorship.claim.decided_at

    @admin.display(description=gettext_lazy("givet af"))
    def given_by(self, editorship: Editorship) -> Any:
        return editorship.claim.decided_by


class _EndedOnly(Exportable, ModelAdmin):
    """Rows that end by a decision and go with their person or enterprise, but are not deleted by hand."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"admin:enterprises_{self.opts.model_name}_changelist"))


@admin.register(Editorship)
class EditorshipAdmin(_EndedOnly):
    list_display = ("enterprise", "user", "way", "since", "given_by")
    list_select_related = ("enterprise", "user", "claim__decided_by")
    list_filter = ("claim__way",)
    search_fields = ("enterprise__name", "user__email", "user__name")
    autocomplete_fields = ("enterprise", "user")
    fields = ("enterprise", "user")
    ordering = ("-claim__decided_at",)

    way, since, given_by = EditorshipInline.way, EditorshipInline.since, EditorshipInline.given_by

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        editorship = get_object_or_404(Editorship, pk=object_id)
        return HttpResponseRedirect(reverse("admin:enterprises_claim_decide", args=[editorship.claim_id]))

    def save_model(self, request: HttpRequest, obj: Editorship, form: Any, change: bool) -> None:
        given = claims.give(obj.enterprise, obj.user, by=person(request))
        obj.pk, obj.claim = given.pk, given.claim


class WaitingFilter(admin.SimpleListFilter):
    title = gettext_lazy("venter på svar")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Venter")), ("no", gettext_lazy("Afgjort"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() in ("yes", "no"):
            return queryset.filter(decided_at__isnull=self.value() == "yes")
        return queryset


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Begrundelse"),
        help_text=gettext_lazy("Vedkommende får den i en mail. Skal ikke udfyldes, når svaret er ja."),
        max_length=2000,
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 5}),
    )


@admin.register(Claim)
class ClaimAdmin(_EndedOnly):
    list_display = (
        "enterprise",
        "user",
        "way",
        "state",
        "proven_at",
        "created_at",
        "decided_at",
        "decided_by",
    )
    list_filter = (WaitingFilter, QueueFilter, "state", "way")
    list_select_related = ("enterprise", "user", "decided_by")
    search_fields = ("enterprise__name", "enterprise__cvr", "user__email", "user__name")
    ordering = (F("decided_at").desc(nulls_first=True), "created_at", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "enterprise" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<int:pk>/decide/", self.admin_site.admin_view(self.decide), name="enterprises_claim_decide"
        )
        return [decide, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:enterprises_claim_decide", args=[object_id]))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All about one claim on one page: say yes or no, or take back what followed from it."""
        claim = get_object_or_404(Claim.objects.select_related("enterprise", "user", "decided_by"), pk=pk)
        if not self.has_view_permission(request, claim):
            raise PermissionDenied
        may_decide = person(request).has_perm(claims.DECIDES)
        if request.method == "POST" and not may_decide:
            raise PermissionDenied
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._decided(request, claim, form.cleaned_data["reason"])
            except claims.ClaimError as error:
                form.add_error(None, str(error))
        editing = Editorship.objects.filter(claim=claim)
        context = self.admin_site.each_context(request) | {
            "title": _("%(who)s og %(name)s") % {"who": claim.user, "name": claim.enterprise},
            "opts": self.opts,
            "claim": claim,
            "is_open": claim.state == ClaimState.OPEN,
            "is_editing": editing.exists(),
            "others": claim.enterprise.editorships.exclude(user=claim.user).select_related("user"),
            "form": form if may_decide else None,
            "may_decide": may_decide,
        }
        return TemplateResponse(request, "admin/enterprises/claim/decide.html", context)

    def _decided(self, request: HttpRequest, claim: Claim, reason: str) -> HttpResponse:
        by = person(request)
        if "_accept" in request.POST:
            claims.accept(claim, by=by)
            told = _("%(who)s kan nu rette profilen for %(name)s.")
        elif not reason:
            raise claims.ClaimError(_("Skriv en begrundelse."))
        elif "_revoke" in request.POST:
            editorship = Editorship.objects.filter(claim=claim).first()
            if editorship is None:
                raise claims.ClaimError(_("Personen kan ikke længere rette profilen."))
            claims.revoke(editorship, by=by, reason=reason)
            told = _("%(who)s kan ikke længere rette profilen for %(name)s.")
        else:
            claims.refuse(claim, by=by, reason=reason)
            told = _("Afvist: %(who)s, %(name)s.")
        told %= {"who": claim.user, "name": claim.enterprise}
        self.log_change(request, claim, f"{told} {reason}".strip())
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())


class InviteForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mailadresse"), max_length=254, widget=AdminEmailInputWidget)


@admin.register(Invitation)
class InvitationAdmin(_EndedOnly):
    list_display = ("enterprise", "email", "invited_by", "sent_at", "accepted_at", "cancelled_at")
    list_select_related = ("enterprise", "invited_by")
    search_fields = ("enterprise__name", "email")
    ordering = ("-sent_at",)
    actions = ("cancel_selected",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """From the enterprise's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        invite = path(
            "invite/<int:pk>/", self.admin_site.admin_view(self.invite), name="enterprises_invitation_invite"
        )
        return [invite, *super().get_urls()]

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Invite somebody to edit an enterprise."""
        if not person(request).has_perm(claims.DECIDES):
            raise PermissionDenied
        enterprise = get_object_or_404(Enterprise, pk=pk)
        form = InviteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                invited = invitations.invite(enterprise, form.cleaned_data["email"], by=person(request))
            except (claims.ClaimError, rates.TooOftenError) as error:
                form.add_error("email", str(error))
            else:
                self.log_addition(request, invited, _("Inviteret."))
                told = _("Invitationen er sendt til %(email)s.") % {"email": invited.email}
                self.message_user(request, told, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:enterprises_enterprise_change", args=[pk]))
        title = _("Invitér en redaktør til %(name)s") % {"name": enterprise}
        context = self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/enterprises/invitation/invite.html", context)

    @admin.action(description=gettext_lazy("Træk invitationerne tilbage"), permissions=["change"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        try:
            for invitation in queryset.filter(accepted_at=None, cancelled_at=None):
                invitations.cancel(invitation, by=person(request))
                self.log_change(request, invitation, _("Trukket tilbage."))
        except claims.ClaimError as error:
            self.message_user(request, str(error), messages.ERROR)
