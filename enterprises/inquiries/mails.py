"""What is mailed about an inquiry. All of it can be taken back, and none of it holds an address."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.utils.translation import override

from enterprises import emails, telling
from enterprises.inquiries import tokens
from enterprises.mailable import AddressError
from enterprises.models import Inquiry, InquiryRecipient

logger = logging.getLogger(__name__)


def about(inquiry: Inquiry) -> str:
    return f"inquiry-{inquiry.pk}"


def confirm(inquiry: Inquiry, names: list[str]) -> None:
    """Nothing of what was written is in it: the address may be a stranger's.

    Raises AddressError where nothing can be sent to it.
    """
    context = {"names": names, "days": settings.INQUIRY_UNCONFIRMED_DAYS}
    emails.send(
        "inquiry_confirm",
        inquiry.email,
        _to_buyer(inquiry) | context,
        inquiry.language,
        about=about(inquiry),
    )


def ask(recipient: InquiryRecipient, *, again: bool = False) -> bool:
    """Whether anybody could be written to."""
    return _to_enterprise("inquiry", recipient, {"again": again})


def thanks(recipient: InquiryRecipient) -> bool:
    return _to_enterprise("inquiry_thanks", recipient, {})


def answered(recipient: InquiryRecipient) -> None:
    inquiry = recipient.inquiry
    with override(inquiry.language):
        said = str(recipient.get_answer_display())
    _write(inquiry, "inquiry_answered", {"enterprise": recipient.public_name, "said": said})


def ask_outcome(inquiry: Inquiry) -> None:
    _write(inquiry, "inquiry_outcome", {})


def stopped(inquiry: Inquiry) -> None:
    """The last word, which is not taken back with the others."""
    context = {"reason": inquiry.stopped_reason, "contact_email": settings.CONTACT_EMAIL}
    _write(inquiry, "inquiry_stopped", context, named=False)


def _to_buyer(inquiry: Inquiry) -> dict[str, Any]:
    return {"token": tokens.of_buyer(inquiry), "day": inquiry.answer_by}


def _write(inquiry: Inquiry, template: str, context: dict[str, Any], *, named: bool = True) -> None:
    name = about(inquiry) if named else ""
    try:
        emails.send(template, inquiry.email, _to_buyer(inquiry) | context, inquiry.language, about=name)
    except AddressError:
        logger.warning("Inquiry %s has an address that cannot be written to", inquiry.pk)


def _to_enterprise(template: str, recipient: InquiryRecipient, context: dict[str, Any]) -> bool:
    inquiry, sent = recipient.inquiry, False
    known = {
        "token": tokens.of_enterprise(recipient),
        "enterprise": recipient.public_name,
        "slug": recipient.enterprise.slug,
        "person": inquiry.name,
        "organisation": inquiry.organisation,
        "day": inquiry.answer_by,
        "contact_email": settings.CONTACT_EMAIL,
    }
    for address in recipient.addresses:
        try:
            emails.send(template, address, known | context, telling.LANGUAGES, about=about(inquiry))
            sent = True
        except AddressError:
            # One such must not keep the others from being written to.
            logger.warning("Enterprise %s has an address that cannot be written to", recipient.enterprise_id)
    return sent
