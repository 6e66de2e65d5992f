"""The one way to mail: a text in templates/emails/, its first paragraph the subject, signed and queued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, Engine
from django.utils.translation import override

from enterprises.mailable import checked_address

SIGNATURE = "-- \nDen fælles by\n{site_url}\n"
BETWEEN_LANGUAGES = "\n\n– – –\n\n"


class AboutMessage(EmailMessage):
    """What it is about goes to the outbox and not into the mail."""

    about = ""


def send(
    template_name: str,
    to: str,
    context: dict[str, Any],
    language: str | Sequence[str],
    *,
    about: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """Queue a mail in the present transaction; in several languages, one after the other, if told several.

    The subject is the first language's. What it is about names it for `outbox.take_back`. Raises
    AddressError for an address nothing can be sent to.
    """
    languages = [language] if isinstance(language, str) else list(language)
    rendered = [_rendered(template_name, context, each) for each in languages]
    signature = SIGNATURE.format(site_url=settings.SITE_URL)
    message = AboutMessage(
        rendered[0][0],
        BETWEEN_LANGUAGES.join(body for _subject, body in rendered) + f"\n\n{signature}",
        to=[checked_address(to)],
        headers={
            "Content-Language": ", ".join(languages),
            "Auto-Submitted": "auto-generated",
            **(headers or {}),
        },
    )
    message.about = about
    message.send()


def _rendered(template_name: str, context: dict[str, Any], language: str) -> tuple[str, str]:
    """Subject and body."""
    known = {"site_url": settings.SITE_URL, "site_owner": settings.SITE_OWNER} | context
    with override(language):
        # Plain text: nothing is to be escaped, which Django would do in any template.
        template = Engine.get_default().get_template(f"emails/{template_name}.txt")
        text = template.render(Context(known, autoescape=False))
    # What people have written may hold line breaks, which a subject must not.
    subject, _gap, body = text.strip().partition("\n\n")
    return " ".join(subject.split()), body.strip()
