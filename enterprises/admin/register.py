"""Where we and CVR differ: both values with their dates, decided on with one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import publishing
from enterprises.access import person
from enterprises.admin.base import OneStateFilter, ReadOnlyAdmin
from enterprises.admin.changelist import WithdrawForm
from enterprises.admin.exporting import Exportable
from enterprises.choices import DifferenceState, RegisterField
from enterprises.cvr import deciding, words
from enterprises.models import Editorship, RegisterDifference, User

Decide = Callable[[RegisterDifference, User], str]


class StateFilter(OneStateFilter):
    states = DifferenceState

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RegisterDifference]
    ) -> QuerySet[RegisterDifference]:
        if self.state == DifferenceState.OPEN:
            return queryset.filter(pk__in=deciding.open_ones().values("pk"))
        return super().queryset(request, queryset)


def _take_over(difference: RegisterDifference, by: User) -> str:
    publication = deciding.take_over(difference, by=by)
    told = _("Overtaget fra CVR i arbejdskopien. Intet er udgivet.")
    if publication:
        told = _("Overtaget fra CVR og udgivet som nr. %(number)s.") % {"number": str(publication.number)}
    if difference.field == RegisterField.ADDRESS:
        told += " " + _("Se efter, om bydelen og stedet på kortet passer.")
    return told


def _keep_ours(difference: RegisterDifference, by: User) -> str:
    deciding.keep_ours(difference, by=by)
    return _("Vores står ved magt. Vi spørger igen, når CVR siger noget andet.")


@admin.register(RegisterDifference)
class RegisterDifferenceAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("profile", "field", "ours_said", "theirs_said", "decision", "dates")
    list_display_links = None
    not_exported = ("decision",)
    list_filter = (StateFilter, "field")
    list_select_related = ("enterprise", "decided_by")
    search_fields = ("enterprise__name", "enterprise__cvr")
    search_help_text = gettext_lazy("Søg på navn eller CVR-nummer.")
    list_per_page = 50
    ordering = ("-urgent", "found_on", "pk")
    sortable_by = ("profile", "field", "dates")
    actions = ("take_over_selected", "keep_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RegisterDifference]:
        """With what the buttons depend on: whether it has editors, and who looks."""
        editors = Editorship.objects.filter(enterprise=OuterRef("enterprise"))
        rows: QuerySet[RegisterDifference] = super().get_queryset(request)
        return rows.annotate(
            has_editors=Exists(editors), may_decide=Value(self.has_decide_permission(request))
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.change_enterprise")

    # -- columns --------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("virksomhed"), ordering="enterprise__name")
    def profile(self, row: RegisterDifference) -> SafeString:
        address = reverse("admin:enterprises_enterprise_change", args=[row.enterprise_id])
        link = format_html('<a href="{}">{}</a>', address, row.enterprise)
        if row.urgent and row.state == DifferenceState.OPEN:
            return format_html('{}<p class="errornote">{}</p>', link, _("Haster"))
        return link

    @admin.display(description=gettext_lazy("vi siger"))
    def ours_said(self, row: RegisterDifference) -> str:
        return words.ours(row.field, row.ours)

    @admin.display(description=gettext_lazy("CVR siger"))
    def theirs_said(self, row: RegisterDifference) -> str:
        return words.theirs(row.field, row.theirs)

    @admin.display(description=gettext_lazy("datoer"), ordering="found_on")
    def dates(self, row: RegisterDifference) -> SafeString:
        told = [(_("i CVR siden"), row.since), (_("opdaget"), row.found_on), (_("læst"), row.read_on)]
        lines = [(label, date_format(day, "SHORT_DATE_FORMAT")) for label, day in told if day]
        return format_html_join("", "<div>{} {}</div>", lines)

    @admin.display(description=gettext_lazy("afgørelse"))
    def decision(self, row: Any) -> str | SafeString:
        if row.state != DifferenceState.OPEN:
            day = date_format(timezone.localdate(row.decided_at), "SHORT_DATE_FORMAT")
            told = (row.get_state_display(), str(row.decided_by or ""), day, row.note)
            return ", ".join(filter(None, told))
        if not row.may_decide:
            return str(row.get_state_display())
        why_not = deciding.hindrance(row, has_editors=row.has_editors)
        take = why_not or _button(row, "_take_over", _take_label(row))
        return format_html(
            "{} {} {}", take, _withdraw_link(row), _button(row, "_keep_ours", _("Behold vores"))
        )

    # -- deciding -------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for name, decide in (("_take_over", _take_over), ("_keep_ours", _keep_ours)):
            if pressed := request.POST.get(name):
                return self._pressed(request, pressed, decide)
        return super().changelist_view(request, extra_context)

    def _pressed(self, request: HttpRequest, pressed: str, decide: Decide) -> HttpResponse:
        """A button names a difference and what it said when the page was drawn."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        pk, _colon, seen = pressed.partition(":")
        row = get_object_or_404(RegisterDifference, pk=int(pk) if pk.isdecimal() else 0)
        if deciding.seen(row) == seen:
            self._decide(request, row, decide)
        else:
            self.message_user(request, _("CVR er læst igen i mellemtiden. Se efter igen."), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def _decide(self, request: HttpRequest, row: RegisterDifference, decide: Decide) -> None:
        try:
            told = decide(row, person(request))
        except (deciding.DecisionError, publishing.PublishError) as error:
            self.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            self._log(request, row, told)
            self.message_user(request, f"{row}: {told}", messages.SUCCESS)

    def _log(self, request: HttpRequest, row: RegisterDifference, told: str) -> None:
        self.log_change(request, row, told)
        self.log_change(request, row.enterprise, f"{row.get_field_display()}: {told}")

    @admin.action(description=gettext_lazy("Overtag fra CVR og udgiv"), permissions=["decide"])
    def take_over_selected(self, request: HttpRequest, queryset: QuerySet[RegisterDifference]) -> None:
        for row in queryset:
            self._decide(request, row, _take_over)

    @admin.action(description=gettext_lazy("Behold vores"), permissions=["decide"])
    def keep_selected(self, request: HttpRequest, queryset: QuerySet[RegisterDifference]) -> None:
        for row in queryset:
            self._decide(request, row, _keep_ours)

    # -- withdrawing ----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        withdraw = path(
            "<int:pk>/withdraw/",
            self.admin_site.admin_view(self.withdraw),
            name="enterprises_registerdifference_withdraw",
        )
        return [withdraw, *super().get_urls()]

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the reason, which is at hand."""
        row = get_object_or_404(RegisterDifference.objects.select_related("enterprise"), pk=pk)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        reason = _("CVR: %(said)s") % {"said": words.theirs(row.field, row.theirs)}
        form = WithdrawForm(request.POST or None, initial={"reason": reason})
        if request.method == "POST" and form.is_valid():

            def decide(row: RegisterDifference, by: User) -> str:
                deciding.withdraw(row, by=by, **form.cleaned_data)
                return _("Trukket tilbage.")

            self._decide(request, row, decide)
            return HttpResponseRedirect(reverse("admin:enterprises_registerdifference_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": _("Træk tilbage"),
            "opts": self.opts,
            "enterprises": [row.enterprise],
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/enterprises/enterprise/withdraw.html", context)


def _take_label(row: RegisterDifference) -> str:
    return _("Overtag og udgiv") if row.enterprise.is_public else _("Overtag")


def _button(row: RegisterDifference, name: str, label: str) -> SafeString:
    return format_html(
        '<button type="submit" class="button" name="{}" value="{}:{}" aria-label="{}: {}">{}</button>',
        name, row.pk, deciding.seen(row), label, row, label,
    )  # fmt: skip


def _withdraw_link(row: RegisterDifference) -> str | SafeString:
    if row.field not in (RegisterField.STATUS, RegisterField.NUMBER) or not row.enterprise.is_public:
        return ""
    address = reverse("admin:enterprises_registerdifference_withdraw", args=[row.pk])
    return format_html('<p><a class="button" href="{}">{}</a></p>', address, _("Træk tilbage …"))
