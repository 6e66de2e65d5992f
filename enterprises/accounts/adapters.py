"""Where this site does otherwise than allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enterprises.accounts import mails
from enterprises.mailable import checked_address

# What a person should be told on the next page. Of the rest, the page itself is the answer.
SAID = {
    "account/messages/password_changed.txt": _("Din adgangskode er ændret."),
    "account/messages/password_set.txt": _("Du har nu en adgangskode."),
    "mfa/messages/totp_activated.txt": _("Din app er nu dit andet trin."),
    "mfa/messages/totp_deactivated.txt": _("Din app er ikke længere dit andet trin."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "Du har fået nødkoder. Havde du nogen før, virker de ikke mere."
    ),
    "mfa/messages/webauthn_added.txt": _("Nøglen er føjet til din konto."),
    "mfa/messages/webauthn_removed.txt": _("Nøglen er fjernet fra din konto."),
    "usersessions/messages/sessions_logged_out.txt": _("Du er logget ud alle andre steder."),
    "socialaccount/messages/account_connected.txt": _("Dit MitID er knyttet til din konto."),
    "socialaccount/messages/account_connected_other.txt": _(
        "Dit MitID er allerede knyttet til en anden konto."
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if told := message or SAID.get(message_template or ""):
            messages.add_message(request, level, str(told), extra_tags)

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> Any:
        UserSession.objects.purge_and_list(user)  # those that have expired
        return super().post_login(request, user, **told)

    def logout(self, request: HttpRequest) -> None:
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mails.send(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        mails.send("account/email/account_already_exists", email)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if address := email or EmailAddress.objects.get_primary_email(user):
            mails.notify(template_prefix, address)

    def clean_email(self, email: str) -> str:
        """Refuse what nothing can be sent to, before anybody looks whether it has an account."""
        return checked_address(str(super().clean_email(email)).lower())


class SecondStepAdapter(DefaultMFAAdapter):
    def _get_site_name(self) -> str:
        return "Den fælles by"
