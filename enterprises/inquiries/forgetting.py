"""What is forgotten of inquiries, by their age or because a person asks for it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from enterprises.choices import InquiryState
from enterprises.models import Inquiry, InquiryAbuse, InquiryRecipient


def unconfirmed() -> QuerySet[Inquiry]:
    """Nobody has shown that the address is theirs, nor was anything sent."""
    then = timezone.now() - timedelta(days=settings.INQUIRY_UNCONFIRMED_DAYS)
    return Inquiry.objects.filter(state=InquiryState.UNCONFIRMED, created_at__lt=then)


def old() -> QuerySet[Inquiry]:
    last = timezone.localdate() - timedelta(days=settings.INQUIRY_DAYS)
    return Inquiry.objects.filter(answer_by__lt=last).exclude(email="")


def empty(rows: QuerySet[Inquiry]) -> int:
    """All that was written goes. Who was asked, what they answered and what came of it still counts."""
    keys = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    InquiryAbuse.objects.filter(recipient__inquiry__in=keys).update(text="")
    said = dict.fromkeys(("text", "with_whom", "price", "contact_name", "contact_email"), "")
    InquiryRecipient.objects.filter(inquiry__in=keys).update(addresses=[], **said)
    asked = ("what", "what_digest", "how_much", "where_to", "when_needed", "stopped_reason")
    written = dict.fromkeys((*asked, "name", "organisation", "email"), "")
    return Inquiry.objects.filter(pk__in=keys).update(links=[], **written)


def forget_person(email: str) -> None:
    """As a buyer, and as who answered for an enterprise or was asked for it."""
    empty(Inquiry.objects.filter(email__iexact=email))
    answered = InquiryRecipient.objects.filter(contact_email__iexact=email)
    answered.update(contact_name="", contact_email="")
    for recipient in InquiryRecipient.objects.filter(addresses__icontains=email):
        kept = [address for address in recipient.addresses if address.lower() != email.lower()]
        InquiryRecipient.objects.filter(pk=recipient.pk).update(addresses=kept)
