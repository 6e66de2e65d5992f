"""What the tests of buyers' inquiries have in common."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.choices import InquiryAnswer
from enterprises.inquiries import answering, tokens, writing
from enterprises.inquiries.answering import Said
from enterprises.models import Enterprise, Inquiry, InquiryRecipient

OURS = {"HTTP_ORIGIN": "http://testserver"}
BUYER, NETWORK = "bodil@kommune.example", "10.0.0.1"
TODAY = timezone.localdate()
FACTS: dict[str, Any] = {
    "what": "Frokost til møder på rådhuset",
    "how_much": "40 kuverter hver onsdag",
    "where_to": "Rådhuspladsen 1",
    "when_needed": "Fra februar",
    "answer_by": TODAY + timedelta(days=14),
    "name": "Bodil Bruun",
    "organisation": "Økonomiforvaltningen",
    "email": BUYER,
}
FORM = FACTS | {"answer_by": FACTS["answer_by"].isoformat(), "links": ""}
YES = Said(InquiryAnswer.YES, "Det kan vi.", "", "95 kr. pr. kuvert", "Gerda", "gerda@alfa.example")


def written(*enterprises: Enterprise, network: str = NETWORK, **fields: Any) -> Inquiry:
    """Waiting for its confirmation."""
    inquiry = Inquiry(**{"language": "da", **FACTS, **fields})
    return writing.write(inquiry, [one.pk for one in enterprises], network)


def sent(*enterprises: Enterprise, **fields: Any) -> Inquiry:
    inquiry = written(*enterprises, **fields)
    assert writing.confirm(inquiry, TODAY)
    inquiry.refresh_from_db()
    return inquiry


def recipient(inquiry: Inquiry, enterprise: Enterprise) -> InquiryRecipient:
    found = InquiryRecipient.objects.select_related("inquiry", "enterprise__current")
    return found.get(inquiry=inquiry, enterprise=enterprise)


def answered(inquiry: Inquiry, enterprise: Enterprise, said: Said = YES) -> InquiryRecipient:
    return answering.answer(recipient(inquiry, enterprise), said, TODAY)


def buyers_page(inquiry: Inquiry) -> str:
    return reverse("inquiry", args=[tokens.of_buyer(inquiry)])


def answer_page(inquiry: Inquiry, enterprise: Enterprise) -> str:
    return reverse("answer-inquiry", args=[tokens.of_enterprise(recipient(inquiry, enterprise))])


def report_page(inquiry: Inquiry, enterprise: Enterprise) -> str:
    return reverse("report-inquiry", args=[tokens.of_enterprise(recipient(inquiry, enterprise))])


def save(client: Client, *enterprises: Enterprise) -> None:
    for enterprise in enterprises:
        assert client.post(reverse("save-to-shortlist"), {"enterprise": enterprise.pk}).status_code == 302


def links(message: Any) -> list[str]:
    """The addresses of ours in a mail."""
    return re.findall(rf"{re.escape(settings.SITE_URL)}(/\S+)", message.body)


def mails_to(address: str) -> list[Any]:
    return [message for message in mail.outbox if message.to == [address]]


def mailed() -> list[str]:
    return [address for message in mail.outbox for address in message.to]
