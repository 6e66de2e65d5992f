"""What an enterprise does with an inquiry, by its link: answer it, once, or say that it is abuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils import timezone

from enterprises.choices import InquiryAnswer, InquiryState
from enterprises.inquiries import mails
from enterprises.inquiries.writing import held
from enterprises.models import InquiryAbuse, InquiryRecipient


class Closed(Enum):
    """Why a link takes no answer."""

    STOPPED = "stopped"
    ANSWERED = "answered"
    LATE = "late"
    GONE = "gone"


class ClosedError(Exception):
    pass


@dataclass(frozen=True)
class Said:
    answer: InquiryAnswer
    text: str = ""
    with_whom: str = ""
    price: str = ""
    contact_name: str = ""
    contact_email: str = ""


def why_closed(recipient: InquiryRecipient, today: date) -> Closed | None:
    inquiry = recipient.inquiry
    if inquiry.state != InquiryState.SENT:
        return Closed.STOPPED
    if recipient.answered_at:
        return Closed.ANSWERED
    if inquiry.answer_by < today:
        return Closed.LATE
    return None if recipient.enterprise.is_public else Closed.GONE


def answer(recipient: InquiryRecipient, said: Said, today: date) -> InquiryRecipient:
    """Take the answer, and tell the buyer that there is one. Of a no, nothing but its text is kept."""
    with held(recipient.inquiry):
        recipient = InquiryRecipient.objects.select_related("inquiry", "enterprise__current").get(
            pk=recipient.pk
        )
        if why_closed(recipient, today):
            raise ClosedError
        recipient.answer, recipient.text, recipient.answered_at = said.answer, said.text, timezone.now()
        if recipient.is_willing:
            recipient.price = said.price
            recipient.contact_name, recipient.contact_email = said.contact_name, said.contact_email
        if recipient.answer == InquiryAnswer.WITH_OTHERS:
            recipient.with_whom = said.with_whom
        recipient.save()
        mails.answered(recipient)
        return recipient


def report(recipient: InquiryRecipient, text: str) -> None:
    """Put it before staff, once for each enterprise."""
    with held(recipient.inquiry):
        InquiryAbuse.objects.get_or_create(recipient=recipient, defaults={"text": text})
