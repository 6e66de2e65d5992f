"""The outbox at the desk: what became of each mail, and what to do about those that did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enterprises import outbox
from enterprises.access import person
from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.admin.queue_filter import QueueFilter
from enterprises.masking import masked
from enterprises.models import Mail

Decision = Callable[[QuerySet[Mail]], list[Mail]]


@admin.register(Mail)
class MailAdmin(Exportable, ReadOnlyAdmin):
    """Without the texts: they may hold login codes and links that only the recipient should follow.

    Those who do not see people see no more of an address than where it is delivered.
    """

    list_display = ("subject", "to", "state", "last_error", "queued_at")
    list_filter = (QueueFilter, "state")
    search_fields = ("=recipient", "subject")
    date_hierarchy = "queued_at"
    list_per_page = 50
    fields = (*list_display, "tries", "due_at", "ended_at", "sender", "most_tries", "message_id")
    actions = ("try_again", "give_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        rows: QuerySet[Mail] = super().get_queryset(request).defer("content")
        return rows.annotate(sees_people=Value(_sees_people(request)))

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Who searches by an address learns whether it is there."""
        return self.search_fields if _sees_people(request) else ("subject",)

    def get_fields(self, request: HttpRequest, obj: Mail | None = None) -> tuple[str, ...]:
        return self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Mail | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=_("modtager"), ordering="recipient")
    def to(self, mail: Any) -> str:
        return str(mail.recipient) if mail.sees_people else masked(mail.recipient)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return not lookup.startswith("recipient") and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enterprises.change_mail")

    @admin.action(description=_("Prøv igen"), permissions=["decide"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        self._decide(request, queryset, outbox.try_again, gettext("Sendes igen."))

    @admin.action(description=_("Opgiv"), permissions=["decide"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        self._decide(request, queryset, outbox.give_up, gettext("Opgivet."))

    def _decide(self, request: HttpRequest, mails: QuerySet[Mail], decide: Decision, what: str) -> None:
        decided = decide(mails)
        for mail in decided:
            self.log_change(request, mail, what)
        done = ngettext("%(count)s mail: %(what)s", "%(count)s mails: %(what)s", len(decided))
        self.message_user(request, done % {"count": len(decided), "what": what}, messages.SUCCESS)


def _sees_people(request: HttpRequest) -> bool:
    return person(request).has_perm("enterprises.view_user")
