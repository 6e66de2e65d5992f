"""The list of enterprises: what state each is in, and what can be done to several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelect
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from enterprises import admission, publishing, tasks, whole
from enterprises.access import person as person
from enterprises.choices import ProposalState
from enterprises.cvr import client as cvr
from enterprises.cvr import runs
from enterprises.models import District, Enterprise, Ownership, Proposal, Sector, Term, Withdrawal

if TYPE_CHECKING:
    from django.contrib.admin.filters import RelatedFieldListFilter as _RelatedFieldListFilter

    from enterprises.admin.enterprise import EnterpriseAdmin
else:
    _RelatedFieldListFilter = admin.RelatedFieldListFilter


MOST_COMPARED = 50
FILTERED_BY: tuple[type[Term], ...] = (Sector, Ownership, District)


class EnterpriseChangeList(ChangeList):
    """Fetches what telling a row's state takes, for all rows at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        whole.fill(self.result_list)


def status(enterprise: Enterprise) -> str:
    if enterprise.current is None:
        return _("trukket tilbage") if enterprise.withdrawals.all() else _("kladde")
    number = {"number": str(enterprise.current.number)}
    if publishing.has_changes(enterprise):
        return _("udgivet nr. %(number)s, ændringer venter") % number
    return _("udgivet nr. %(number)s") % number


class TermFilter(_RelatedFieldListFilter):
    """Terms to filter by. Those of all lists come by one query for each request."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        return _terms(request)[field.related_model]


def _terms(request: HttpRequest) -> dict[type[Term], list[tuple[int, str]]]:
    known: dict[type[Term], list[tuple[int, str]]] | None = getattr(request, "_terms", None)
    if known is None:
        name = "name_en" if get_language() == "en" else "name_da"
        first, *others = (
            model._default_manager.order_by().values_list(Value(number), "position", "slug", "pk", name)
            for number, model in enumerate(FILTERED_BY)
        )
        known = {model: [] for model in FILTERED_BY}
        for number, _position, _slug, key, label in sorted(first.union(*others)):
            known[FILTERED_BY[number]].append((key, label))
        request._terms = known  # type: ignore[attr-defined]
    return known


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("published", _("udgivet")),
            ("changed", _("ændringer venter")),
            ("draft", _("kladde")),
            ("withdrawn", _("trukket tilbage")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        withdrawn = Withdrawal.objects.values("enterprise")
        match self.value():
            case "published":
                return queryset.filter(current__isnull=False)
            case "changed":
                return _with_changes(queryset)
            case "draft":
                return queryset.filter(current__isnull=True).exclude(pk__in=withdrawn)
            case "withdrawn":
                return queryset.filter(current__isnull=True, pk__in=withdrawn)
        return queryset


def _with_changes(queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Rows saved since they were published, or proposed while another section was published directly.

    Saved as it was, a row holds no change. Where they are few they are compared; thousands would take
    seconds, so there the list may hold one whose status says that nothing waits.
    """
    proposed = Proposal.objects.filter(enterprise=OuterRef("pk"), state=ProposalState.OPEN)
    touched = queryset.filter(
        Q(updated_at__gt=F("current__published_at")) | Exists(proposed), current__isnull=False
    )
    compared = list(touched.order_by()[: MOST_COMPARED + 1])
    if len(compared) > MOST_COMPARED:
        return touched
    whole.fill(compared)
    return queryset.filter(pk__in=[one.pk for one in compared if publishing.has_changes(one)])


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Begrundelse"), max_length=300, widget=AdminTextInputWidget, required=True
    )
    merged_into = forms.ModelChoiceField(
        label=gettext_lazy("Lagt sammen med"),
        help_text=gettext_lazy(
            "Vælg en virksomhed her, hvis profilens adresse skal føre videre til en anden udgivet profil."
        ),
        queryset=Enterprise.objects.filter(current__isnull=False),
        widget=AutocompleteSelect(Withdrawal._meta.get_field("merged_into"), admin.site),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Vælg en virksomhed, der er udgivet.")},
    )


@admin.action(description=gettext_lazy("Udgiv de valgte"), permissions=["change"])
def publish_selected(desk: EnterpriseAdmin, request: HttpRequest, queryset: QuerySet[Enterprise]) -> None:
    _each(desk, request, queryset, lambda enterprise: admission.publish(enterprise, by=person(request)))


@admin.action(description=gettext_lazy("Træk tilbage …"), permissions=["change"])
def withdraw_selected(
    desk: EnterpriseAdmin, request: HttpRequest, queryset: QuerySet[Enterprise]
) -> TemplateResponse | None:
    """Asks for the reason first."""
    form = WithdrawForm(request.POST if "withdraw" in request.POST else None)
    if form.is_valid():
        _each(
            desk,
            request,
            queryset,
            lambda enterprise: publishing.withdraw(enterprise, by=person(request), **form.cleaned_data),
        )
        return None
    context = desk.admin_site.each_context(request) | {
        "title": _("Træk tilbage"),
        "opts": desk.opts,
        "enterprises": queryset,
        "form": form,
        "media": desk.media + form.media,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/enterprises/enterprise/withdraw.html", context)


@admin.action(description=gettext_lazy("Virksomheden har bekræftet i dag"), permissions=["change"])
def confirm_today(desk: EnterpriseAdmin, request: HttpRequest, queryset: QuerySet[Enterprise]) -> None:
    def confirm(enterprise: Enterprise) -> None:
        publishing.confirm(enterprise, on=timezone.localdate())
        desk.log_change(request, enterprise, _("Bekræftet."))

    _each(desk, request, queryset, confirm)


@admin.action(description=gettext_lazy("Læs i CVR"), permissions=["change"])
def read_in_register(desk: EnterpriseAdmin, request: HttpRequest, queryset: QuerySet[Enterprise]) -> None:
    """In the background: the register may be slow."""
    if not cvr.is_on():
        desk.message_user(request, _("Der er ingen adgang til CVR: se README.md."), messages.ERROR)
        return
    chosen = [enterprise.pk for enterprise in runs.readable().filter(pk__in=queryset.values("pk"))]
    tasks.read_in_register.defer(enterprises=chosen)
    told = ngettext(
        "%(count)s virksomhed bliver læst i CVR nu.",
        "%(count)s virksomheder bliver læst i CVR nu.",
        len(chosen),
    )
    desk.message_user(request, told % {"count": len(chosen)}, messages.SUCCESS)


def _each(
    desk: EnterpriseAdmin, request: HttpRequest, enterprises: QuerySet[Enterprise], change: Any
) -> None:
    """Change each by itself, so that one that cannot be changed does not hold the others back."""
    changed = 0
    for enterprise in enterprises:
        try:
            change(enterprise)
        except publishing.PublishError as error:
            desk.message_user(request, f"{enterprise}: {error}", messages.ERROR)
        else:
            changed += 1
    if changed:
        done = ngettext("%(count)s virksomhed er klaret.", "%(count)s virksomheder er klaret.", changed)
        desk.message_user(request, done % {"count": changed}, messages.SUCCESS)
