"""Mails in the recipient's language: templates/emails/<name>.txt, its first line the subject."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import override


def send(template_name: str, to: str, context: dict[str, Any], language: str) -> None:
    """Queue a mail in the present transaction. An .html of the same name is sent as the other way to read it.

    Raises outbox.AddressError for an address that cannot be one.
    """
    path = f"emails/{template_name}"
    context = {"site_url": settings.SITE_URL, "site_owner": settings.SITE_OWNER} | context
    with override(language):
        # Plain text: nothing is to be escaped, which Django would do in any template.
        text = Engine.get_default().get_template(f"{path}.txt").render(Context(context, autoescape=False))
        subject, _newline, body = text.strip().partition("\n")
        mail = EmailMultiAlternatives(
            subject.strip(),
            body.strip() + "\n",
            to=[to],
            headers={"Content-Language": language, "Auto-Submitted": "auto-generated"},
        )
        with suppress(TemplateDoesNotExist):
            mail.attach_alternative(render_to_string(f"{path}.html", context), "text/html")
        mail.send()
