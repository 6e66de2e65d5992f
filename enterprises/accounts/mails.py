"""What an account's owner is written, in the language of the page that they are on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from enterprises import emails
from enterprises.mailable import AddressError

# What may happen to an account without its owner having done it.
HAPPENED = {
    "account/email/email_changed": gettext_lazy(
        "Din konto har fået en ny mailadresse. Denne adresse hører ikke længere til den."
    ),
    "account/email/password_changed": gettext_lazy("Din adgangskode er ændret."),
    "account/email/password_set": gettext_lazy("Din konto har fået en adgangskode."),
    "mfa/email/totp_activated": gettext_lazy("En app er blevet din kontos andet trin."),
    "mfa/email/totp_deactivated": gettext_lazy("Appen er ikke længere din kontos andet trin."),
    "mfa/email/recovery_codes_generated": gettext_lazy("Din konto har fået nye nødkoder."),
    "mfa/email/webauthn_added": gettext_lazy("En nøgle er føjet til din konto."),
    "mfa/email/webauthn_removed": gettext_lazy("En nøgle er fjernet fra din konto."),
    "socialaccount/email/account_connected": gettext_lazy("Et MitID er knyttet til din konto."),
    "account/email/deleted": gettext_lazy("Din konto er slettet, som du bad om."),
}


def send(template: str, email: str, context: dict[str, Any] | None = None) -> None:
    """A mail by the name allauth has for it: account/email/login_code lies in emails/account/."""
    name = template.replace("/email/", "/")
    emails.send(name, email, {"email": email} | (context or {}), get_language() or settings.LANGUAGE_CODE)


def notify(event: str, email: str) -> None:
    """Tell the owner what has happened, in case it was somebody else."""
    if event in HAPPENED:
        context = {"happened": HAPPENED[event], "contact_email": settings.CONTACT_EMAIL}
        # Who has an address that cannot be written to can still leave, or guard the account.
        with suppress(AddressError):
            send("account/email/notification", email, context)
