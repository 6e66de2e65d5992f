"""The outbox: what Django's mail API sends is stored in the transaction that causes it.

`delivery` hands it on. Nothing is sent for what is rolled back, and nothing is lost with a mail server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from email.utils import make_msgid, parseaddr
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from enterprises import choices, tasks
from enterprises.mailable import checked_address, without_tricks
from enterprises.models import Mail
from enterprises.models.mail import MOST_TRIES

State = choices.MailState

LONGEST_SUBJECT = 255


class EmailBackend(BaseEmailBackend):
    """Queues all mails or none."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        mails = [mail for message in email_messages for mail in _mails(message)]
        if mails:
            with transaction.atomic():
                Mail.objects.bulk_create(mails)
                tasks.deliver_mails.defer()
        return len(email_messages)


def _mails(message: EmailMessage) -> Iterator[Mail]:
    """One for each recipient, so that each is delivered, or not, by itself."""
    sender, *_replies = [_bare(address) for address in (message.from_email, *message.reply_to)]
    recipients = [checked_address(address) for address in message.recipients()]
    named = copy(message)
    # Made once and kept, so that a mailbox can tell a mail that comes twice.
    identity = {"Message-ID": make_msgid(domain=sender.rpartition("@")[2])}
    named.extra_headers = identity | message.extra_headers
    content = named.message().as_bytes()
    for recipient in dict.fromkeys(recipients):
        yield Mail(
            message_id=named.extra_headers["Message-ID"],
            sender=sender,
            recipient=recipient,
            subject=str(message.subject)[:LONGEST_SUBJECT],
            about=getattr(message, "about", ""),
            content=content,
            due_at=timezone.now(),
        )


def _bare(address: str) -> str:
    """The address in "Name <address>"."""
    return without_tricks(parseaddr(address)[1] if address.isprintable() else "")


# -- what staff decide --------------------------------------------------------------------------------


def try_again(mails: QuerySet[Mail]) -> list[Mail]:
    """Send them as if they were new, those too that have perhaps arrived. Returns which."""
    open_ended = (State.WAITING, State.FAILED, State.UNCERTAIN, State.GIVEN_UP)
    changes = {"state": State.WAITING, "most_tries": F("tries") + MOST_TRIES, "due_at": timezone.now()}
    with transaction.atomic():
        tasks.deliver_mails.defer()
        return _change(mails.filter(state__in=open_ended).exclude(content=b""), ended_at=None, **changes)


def give_up(mails: QuerySet[Mail]) -> list[Mail]:
    """Leave it at that, except with one that is just being sent. Returns which."""
    undecided = mails.filter(state__in=(State.WAITING, State.FAILED, State.UNCERTAIN))
    with transaction.atomic():
        return _change(undecided, state=State.GIVEN_UP, due_at=None, ended_at=timezone.now())


@transaction.atomic
def take_back(about: str) -> int:
    """Send nothing more of what is about this, not even by hand. Returns how many mails were taken back.

    One that is just being sent may arrive; should it not, it is not tried again.
    """
    # All of them, so that none goes from one state to another meanwhile.
    held = Mail.objects.filter(pk__in=[
        mail.pk for mail in Mail.objects.select_for_update().filter(about=about).defer("content")
    ])  # fmt: skip
    held.filter(state=State.SENDING).update(most_tries=F("tries"))
    unsent = held.filter(state__in=(State.WAITING, State.FAILED, State.UNCERTAIN))
    return unsent.update(state=State.GIVEN_UP, due_at=None, ended_at=timezone.now(), content=b"")


def _change(mails: QuerySet[Mail], **changes: Any) -> list[Mail]:
    chosen = list(mails.select_for_update().defer("content"))
    Mail.objects.filter(pk__in=[mail.pk for mail in chosen]).update(**changes)
    return chosen
