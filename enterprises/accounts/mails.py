"""What an account's owner is written, in the language of the page that they are on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

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
    """A mail by its template: the first line is the subject, the rest what it says."""
    addresses = {
        "log_in_url": settings.SITE_URL + reverse("account_login"),
        "sign_up_url": settings.SITE_URL + reverse("account_signup"),
    }
    text = render_to_string(f"{template}.txt", {"email": email, **addresses, **(context or {})})
    subject, _line, body = text.strip().partition("\n")
    signed = f"{body.strip()}\n\n-- \nDen fælles by\n{settings.SITE_URL}\n"
    send_mail(subject, signed, settings.DEFAULT_FROM_EMAIL, [email])


def notify(event: str, email: str) -> None:
    """Tell the owner what has happened, in case it was somebody else."""
    if event in HAPPENED:
        context = {"happened": HAPPENED[event], "contact_email": settings.CONTACT_EMAIL}
        send("account/email/notification", email, context)
