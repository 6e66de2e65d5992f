"""Staff's part: stop an inquiry, or find that there is nothing to a report of abuse."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enterprises import outbox
from enterprises.choices import AbuseState, InquiryState
from enterprises.inquiries import mails
from enterprises.inquiries.writing import held
from enterprises.models import Inquiry, InquiryAbuse, User

MAY_STOP = "enterprises.change_inquiry"


def stop(inquiry: Inquiry, *, by: User, reason: str) -> int | None:
    """Its links die, and what was not sent yet stays unsent. Returns how many mails; None if it was stopped.

    The sender is told, unless nobody has shown that the address is theirs.
    """
    with held(inquiry) as inquiry:
        if inquiry.state == InquiryState.STOPPED:
            return None
        was_sent = inquiry.state == InquiryState.SENT
        inquiry.state, inquiry.stopped_at = InquiryState.STOPPED, timezone.now()
        inquiry.stopped_by, inquiry.stopped_reason = by, reason
        inquiry.save(update_fields=["state", "stopped_at", "stopped_by", "stopped_reason"])
        _decide(InquiryAbuse.objects.filter(recipient__inquiry=inquiry), AbuseState.STOPPED, by)
        taken_back = outbox.take_back(mails.about(inquiry))
        if was_sent and inquiry.email:
            mails.stopped(inquiry)
        return taken_back


@transaction.atomic
def dismiss(reports: QuerySet[InquiryAbuse], *, by: User) -> int:
    """Returns how many were open."""
    return _decide(reports, AbuseState.NOTHING, by)


def _decide(reports: QuerySet[InquiryAbuse], state: AbuseState, by: User) -> int:
    waiting = reports.filter(state=AbuseState.OPEN).order_by()
    return waiting.update(state=state, decided_at=timezone.now(), decided_by=by)
