"""The outbox at the desk: what became of each mail, and what to do about those that did not arrive."""

from __future__ import annotations

from collections.abc import Callable

import procrastinate.contrib.django.admin  # noqa: F401 – registers it, before we may unregister it
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import outbox
from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.exporting import Exportable
from enterprises.models import Mail

Decision = Callable[[QuerySet[Mail]], list[Mail]]

# Its pages need inline styles, and show nothing that staff could act on.
admin.site.unregister(ProcrastinateJob)


@admin.register(Mail)
class MailAdmin(Exportable, ReadOnlyAdmin):
    """Without the texts: they may hold login codes and links that only the recipient should follow."""

    list_display = ("subject", "recipient", "state", "last_error", "queued_at")
    list_filter = ("state",)
    search_fields = ("=recipient", "subject")
    search_help_text = _("Hele mailadressen eller et ord i emnet.")
    date_hierarchy = "queued_at"
    list_per_page = 50
    fields = (*list_display, "tries", "due_at", "ended_at", "sender", "most_tries", "message_id")
    actions = ("try_again", "give_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("content")

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
