"""The council's list of those who do not answer, who say that they are gone, or whom nobody can ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises import confirmations
from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.choices import Answer
from enterprises.models import ConfirmationRequest

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

USUAL = "look"


class StandingFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (USUAL, _("rådet skal se på dem")),
            ("open", _("venter på svar")),
            ("answered", _("besvaret")),
        ]

    @property
    def standing(self) -> str:
        return self.value() or USUAL

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Without "all": the list is for those to look at."""
        for value, label in self.lookup_choices:
            yield {
                "selected": self.standing == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ConfirmationRequest]
    ) -> QuerySet[ConfirmationRequest]:
        if self.standing in ("open", "answered"):
            return queryset.filter(answered_at__isnull=self.standing == "open")
        return queryset.filter(pk__in=confirmations.to_look_at(timezone.localdate()).values("pk"))


@admin.register(ConfirmationRequest)
class ConfirmationRequestAdmin(Exportable, ReadOnlyAdmin):
    list_display = ("profile", "why", "asked_on", "mails", "mailed_on", "answer", "answered_at")
    list_display_links = None
    list_filter = (StandingFilter,)
    list_select_related = ("enterprise",)
    search_fields = ("enterprise__name",)
    list_per_page = 50
    ordering = ("asked_on", "pk")

    @admin.display(description=_("virksomhed"), ordering="enterprise__name")
    def profile(self, row: ConfirmationRequest) -> SafeString:
        """Leads to where it can be withdrawn."""
        address = reverse("admin:enterprises_enterprise_change", args=[row.enterprise_id])
        return format_html('<a href="{}">{}</a>', address, row.enterprise)

    @admin.display(description=_("hvorfor"))
    def why(self, row: ConfirmationRequest) -> StrOrPromise:
        if row.answered_at:
            return _("siger, at de ikke findes mere") if row.answer == Answer.GONE else ""
        if row.mails == 0:
            reason = confirmations.why_not_asked(row.enterprise)
            return gettext("kan ikke spørges: %(reason)s") % {"reason": reason}
        return _("svarer ikke") if row.mails == confirmations.MAILS else ""
