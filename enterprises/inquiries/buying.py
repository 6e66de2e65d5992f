"""What a buyer does with the answers: read them, say thanks once, and tell what came of it."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from enterprises.choices import InquiryOutcome, InquiryState
from enterprises.inquiries import mails
from enterprises.inquiries.writing import StoppedError, held
from enterprises.models import Inquiry, InquiryRecipient


def recipients(inquiry: Inquiry) -> list[InquiryRecipient]:
    return list(inquiry.recipients.select_related("inquiry", "enterprise__current"))


def thank(inquiry: Inquiry) -> int:
    """Thank all who have answered, once. Returns how many."""
    with held(inquiry) as inquiry:
        _refuse_stopped(inquiry)
        answered = [row for row in recipients(inquiry) if row.answered_at]
        if inquiry.thanked_at or not answered:
            return 0
        inquiry.thanked_at = timezone.now()
        inquiry.save(update_fields=["thanked_at"])
        return sum(mails.thanks(row) for row in answered)


def may_tell_outcome(inquiry: Inquiry, today: date) -> bool:
    is_over = inquiry.answer_by < today or any(row.answered_at for row in inquiry.recipients.all())
    is_open = inquiry.outcome in ("", InquiryOutcome.LATER)
    return inquiry.state == InquiryState.SENT and is_open and is_over


def tell_outcome(inquiry: Inquiry, outcome: InquiryOutcome, today: date) -> bool:
    """Note what came of it, once; that it is not decided yet may still be followed by how it was."""
    with held(inquiry) as inquiry:
        _refuse_stopped(inquiry)
        if not may_tell_outcome(inquiry, today):
            return False
        inquiry.outcome, inquiry.outcome_at = outcome, timezone.now()
        inquiry.save(update_fields=["outcome", "outcome_at"])
        return True


def sent_between(first: date, last: date) -> QuerySet[Inquiry]:
    """For the yearly report, which counts them and their outcomes; they are kept when the words are not."""
    return Inquiry.objects.filter(state=InquiryState.SENT, confirmed_at__date__range=(first, last))


def _refuse_stopped(inquiry: Inquiry) -> None:
    if inquiry.state != InquiryState.SENT:
        raise StoppedError
