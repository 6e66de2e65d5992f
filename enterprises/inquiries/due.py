"""What the worker mails about inquiries each day: one reminder, and one question what came of it.

It may be killed and run again: each mail is queued in the transaction that notes it.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from enterprises.choices import InquiryState
from enterprises.inquiries import mails
from enterprises.inquiries.writing import held
from enterprises.models import Inquiry, InquiryRecipient

# Before the last day to answer, and not so soon after the inquiry itself.
REMINDED_BEFORE = timedelta(days=3)
BETWEEN_MAILS = timedelta(days=2)
# After the last day to answer; what was long ago is not asked about any more.
OUTCOME_AFTER = timedelta(days=21)
OUTCOME_UNTIL = timedelta(days=60)


def send_due(today: date) -> int:
    """Returns how many inquiries were written about."""
    reminded = sum(_remind(row) for row in list(_to_remind(today)))
    return reminded + sum(_ask_outcome(row, today) for row in list(_to_ask_outcome(today)))


def _open() -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(state=InquiryState.SENT).exclude(email="")


def _silent(inquiry: Inquiry) -> QuerySet[InquiryRecipient]:
    asked = inquiry.recipients.filter(answered_at=None, reminded_on=None, enterprise__current__isnull=False)
    return asked.exclude(addresses=[]).filter(abuse=None)


def _to_remind(today: date) -> QuerySet[Inquiry]:
    waiting = InquiryRecipient.objects.filter(answered_at=None, reminded_on=None).exclude(addresses=[])
    return _open().filter(
        answer_by__range=(today, today + REMINDED_BEFORE),
        confirmed_at__lt=timezone.now() - BETWEEN_MAILS,
        pk__in=waiting.values("inquiry"),
    )


def _remind(inquiry: Inquiry) -> bool:
    with held(inquiry) as inquiry:
        if inquiry.state != InquiryState.SENT:
            return False
        silent = list(_silent(inquiry).select_related("inquiry", "enterprise__current"))
        for recipient in silent:
            recipient.reminded_on = timezone.localdate()
            recipient.save(update_fields=["reminded_on"])
            mails.ask(recipient, again=True)
        return bool(silent)


def _to_ask_outcome(today: date) -> QuerySet[Inquiry]:
    return _open().filter(
        answer_by__range=(today - OUTCOME_UNTIL, today - OUTCOME_AFTER), outcome_asked_on=None, outcome=""
    )


def _ask_outcome(inquiry: Inquiry, today: date) -> bool:
    with held(inquiry):
        due = _to_ask_outcome(today).filter(pk=inquiry.pk).first()
        if due is None:
            return False
        due.outcome_asked_on = today
        due.save(update_fields=["outcome_asked_on"])
        mails.ask_outcome(due)
        return True
