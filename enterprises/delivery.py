"""From the outbox to the mail server: each mail at most once, unless a person says otherwise.

SMTP cannot promise exactly once: when the line is lost after the last word and before the answer,
nobody can tell whether the server took the mail. Rather than perhaps send it twice, we leave that to a
person. So a mail is claimed, in a transaction of its own, before its first word; who does not live to
note what came of it leaves it "sending", and after a while it is "uncertain". What goes wrong before the
text is on its way, and what the server refuses in its own words, is certain, and tried again.
"""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from errno import errorcode
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from enterprises import choices
from enterprises.models import Mail

State = choices.MailState

# After each try, until the next; the last of them again for those that are tried more often.
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1440)]
# Longer than a server that answers, however slowly, takes for one mail.
LEASE = timedelta(minutes=10)
_ENHANCED_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\S)")

logger = logging.getLogger(__name__)


class _Stored(EmailMessage):
    """A queued mail, in the words it was queued in."""

    def __init__(self, mail: Mail) -> None:
        super().__init__(from_email=mail.sender, to=[mail.recipient])
        self._content = bytes(mail.content)

    def message(self, **_options: Any) -> Any:
        return message_from_bytes(self._content, _class=_Message)


class _Message(Message):
    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:
        return super().as_bytes(unixfrom, self.policy.clone(linesep=linesep))


def deliver_due(stop: Callable[[], bool] = lambda: False) -> None:
    """Send what is due, or until told to stop between two mails. Any number of workers may do it at once."""
    _settle_abandoned()
    while not stop() and (began := timezone.now()) and _due(began).exists():
        transport: Any = get_connection(settings.MAIL_TRANSPORT)
        try:
            transport.open()
        except OSError as error:  # as all of smtplib's are
            _put_off(_due(began), error)
            return
        try:
            while not stop() and (mail := _claimed()) and _send(mail, transport):
                pass
        finally:
            with suppress(OSError):
                transport.close()


def _due(now: datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(state=State.WAITING, due_at__lte=now)


def _claimed() -> Mail | None:
    """The mail that has waited longest, now nobody else's."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        mail = _due(now).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
        if mail:
            mail.state, mail.tries, mail.due_at = State.SENDING, mail.tries + 1, now + LEASE
            mail.save(update_fields=("state", "tries", "due_at"))
    return mail


def _send(mail: Mail, transport: Any) -> bool:
    """Send a claimed mail and note what came of it. Whether the line is good for another."""
    try:
        transport.send_messages([_Stored(mail)])
    except Exception as error:
        # What another transport than SMTP makes of its mails, we cannot know.
        may_have_sent = getattr(transport, "may_have_sent", lambda _error: True)
        if may_have_sent(error):
            _note(mail, state=State.UNCERTAIN, last_error=_told(error))
        elif mail.tries >= mail.most_tries or _is_final(error):
            _note(mail, state=State.FAILED, last_error=_told(error))
        else:
            _note(mail, state=State.WAITING, last_error=_told(error))
        return False
    _note(mail, state=State.SENT, last_error="")
    return True


def _note(mail: Mail, *, state: choices.MailState, last_error: str) -> None:
    now = timezone.now()
    # Who was slow may find that it is "uncertain" by now, and knows better; nobody else has tried since.
    ours = Mail.objects.filter(pk=mail.pk, tries=mail.tries, state__in=(State.SENDING, State.UNCERTAIN))
    if state == State.WAITING:
        # Unless it was taken back meanwhile, see outbox.py.
        due_at = _next_try(mail.tries, now)
        again = ours.filter(most_tries__gt=mail.tries)
        if not again.update(state=state, last_error=last_error, due_at=due_at, ended_at=None):
            state = State.FAILED
    if state != State.WAITING:
        ours.update(state=state, last_error=last_error, due_at=None, ended_at=now)
    if last_error:
        logger.warning("Mail %s, try %s: %s (%s)", mail.pk, mail.tries, last_error, state)


def _put_off(mails: QuerySet[Mail], error: OSError) -> None:
    """There is no mail server for any of them, which counts as a try."""
    now, told = timezone.now(), _told(error)
    with transaction.atomic():
        for mail in mails.select_for_update(skip_locked=True):
            mail.tries += 1
            mail.last_error = told
            if mail.tries < mail.most_tries:
                mail.due_at = _next_try(mail.tries, now)
            else:
                mail.state, mail.due_at, mail.ended_at = State.FAILED, None, now
            mail.save(update_fields=("state", "tries", "last_error", "due_at", "ended_at"))
    logger.warning("No mail server: %s", told)


def _settle_abandoned() -> None:
    """Nobody has said what came of these, and it is too late now."""
    now = timezone.now()
    abandoned = Mail.objects.filter(state=State.SENDING, due_at__lte=now)
    if count := abandoned.update(
        state=State.UNCERTAIN, due_at=None, ended_at=now, last_error="abandoned while sending"
    ):
        logger.warning("%s mails were abandoned while they were sent", count)


def _next_try(tries: int, now: datetime) -> datetime:
    return now + DELAYS[min(tries, len(DELAYS)) - 1]


def _answers(error: BaseException) -> list[tuple[int, bytes]]:
    """What the server said: the code and its words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return [(error.smtp_code, said if isinstance(said, bytes) else said.encode())]
    return []


def _is_final(error: BaseException) -> bool:
    answers = _answers(error)
    return bool(answers) and all(500 <= code < 600 for code, _words in answers)


def _told(error: BaseException) -> str:
    """The error as it may be kept and logged: no words of the server's, which repeat the address."""
    told = [type(error).__name__]
    for code, words in _answers(error):
        told.append(str(code))
        told += [found.group().decode() for found in [_ENHANCED_STATUS.search(words)] if found]
    if isinstance(error, OSError) and error.errno:
        told.append(errorcode.get(error.errno, str(error.errno)))
    return " ".join(told)[:100]
