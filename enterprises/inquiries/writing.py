"""Writing an inquiry, within the limits, and sending it once its sender's address is shown to be theirs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import rates
from enterprises.choices import InquiryState
from enterprises.inquiries import mails, reach
from enterprises.inquiries.reach import Reach
from enterprises.mailable import AddressError
from enterprises.models import Inquiry, InquiryRecipient

# How many are asked in one inquiry, and in all with the same text.
MOST_ASKED = 10
SAME_TEXT_FOR = timedelta(days=30)
# A day, confirmed or not; behind one network address a whole town hall may sit.
PER_SENDER, PER_NETWORK = 3, 20
# In how many days from today the answers may be asked for.
SOONEST, LATEST = 4, 90


class InquiryError(Exception):
    """The message is a sentence for the person who asked."""


class LimitError(InquiryError):
    """It was too much, or the sender was stopped."""


class StoppedError(InquiryError):
    def __init__(self) -> None:
        super().__init__(_("Forespørgslen er stoppet af rådets medarbejdere."))


class GoneError(InquiryError):
    """It has been forgotten meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Forespørgslen findes ikke mere."))


def write(inquiry: Inquiry, enterprises: Sequence[int], network: str) -> Inquiry:
    """Keep what a form made, and mail its sender to confirm it. Nobody else is written to yet."""
    inquiry.email = inquiry.email.strip().lower()
    _count(
        f"network-{network}",
        PER_NETWORK,
        _("Fra jeres netværk kan der skrives %(most)s forespørgsler om dagen. Prøv igen i morgen."),
    )
    _count(
        f"sender-{inquiry.email}",
        PER_SENDER,
        _("Fra én mailadresse kan der skrives %(most)s forespørgsler om dagen. Prøv igen i morgen."),
    )
    return _write(inquiry, enterprises)


def _count(whose: str, most: int, refusal: str) -> None:
    try:
        rates.count("inquiry", whose, most=most, seconds=rates.DAY)
    except rates.TooOftenError as error:
        raise LimitError(refusal % {"most": most}) from error


@transaction.atomic
def _write(inquiry: Inquiry, enterprises: Sequence[int]) -> Inquiry:
    chosen = _chosen(enterprises)
    stopped = Inquiry.objects.filter(email=inquiry.email, state=InquiryState.STOPPED)
    # Whose address was never shown to be theirs has done nothing.
    if stopped.filter(confirmed_at__isnull=False).exists():
        raise LimitError(
            _(
                "Rådets medarbejdere har stoppet en forespørgsel fra adressen, så den kan ikke bruges her. "
                "Skriv til rådet, hvis det er en fejl."
            )
        )
    inquiry.what_digest = digest(inquiry.what)
    _refuse_the_same_to_many(inquiry.what_digest, len(chosen))
    inquiry.save()
    InquiryRecipient.objects.bulk_create(
        InquiryRecipient(inquiry=inquiry, enterprise=one.enterprise) for one in chosen
    )
    try:
        mails.confirm(inquiry, [one.name for one in chosen])
    except AddressError as error:
        raise InquiryError(error.message) from error
    return inquiry


def _chosen(enterprises: Sequence[int]) -> list[Reach]:
    chosen = reach.of(dict.fromkeys(enterprises))
    if not chosen:
        raise InquiryError(_("Vælg mindst én virksomhed."))
    if len(chosen) > MOST_ASKED:
        raise InquiryError(_("Vælg højst %(most)s virksomheder.") % {"most": MOST_ASKED})
    for one in chosen:
        if one.why_not:
            raise InquiryError(f"{one.name}: {one.why_not}")
    return chosen


def digest(text: str) -> str:
    """The same for texts that differ in nothing one would say aloud."""
    return hashlib.sha256(" ".join(re.findall(r"\w+", text.casefold())).encode()).hexdigest()


def _refuse_the_same_to_many(what: str, more: int) -> None:
    # One after the other, so that none of those sent at once is overlooked.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
    asked = InquiryRecipient.objects.filter(
        inquiry__what_digest=what, inquiry__created_at__gt=timezone.now() - SAME_TEXT_FOR
    ).count()
    if asked + more > MOST_ASKED:
        raise LimitError(
            _(
                "Den samme tekst er skrevet til %(asked)s virksomheder den sidste måned, og grænsen er "
                "%(most)s. Vent på deres svar, eller skriv, hvad der er anderledes denne gang."
            )
            % {"asked": asked, "most": MOST_ASKED}
        )


@contextmanager
def held(inquiry: Inquiry) -> Iterator[Inquiry]:
    """The inquiry as it is now, and nobody else's meanwhile."""
    with transaction.atomic():
        found = Inquiry.objects.select_for_update().exclude(email="").filter(pk=inquiry.pk).first()
        if found is None:
            raise GoneError
        yield found


def confirm(inquiry: Inquiry, today: date) -> bool:
    """Send it. Whether that was done now: pressed twice, it is sent once."""
    with held(inquiry) as inquiry:
        if inquiry.state == InquiryState.SENT:
            return False
        if inquiry.state == InquiryState.STOPPED:
            raise StoppedError
        if inquiry.answer_by < today:
            raise InquiryError(_("Svarfristen er gået, så forespørgslen bliver ikke sendt. Skriv en ny."))
        inquiry.state, inquiry.confirmed_at = InquiryState.SENT, timezone.now()
        inquiry.save(update_fields=["state", "confirmed_at"])
        _send(inquiry)
        return True


def _send(inquiry: Inquiry) -> None:
    """To those who can still be asked; the buyer sees who cannot any more."""
    recipients = {row.enterprise_id: row for row in inquiry.recipients.all()}
    for one in reach.of(recipients):
        recipient = recipients[one.enterprise.pk]
        recipient.inquiry, recipient.enterprise = inquiry, one.enterprise
        if not one.why_not:
            recipient.addresses = list(one.addresses)
            mails.ask(recipient)
            recipient.save(update_fields=["addresses"])
