"""The links' secrets, signed and kept nowhere: who reads the database cannot open anything."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from enterprises.models import Inquiry, InquiryRecipient

_buyers = Signer(sep=".", salt="inquiry")
_enterprises = Signer(sep=".", salt="inquiry answer")


def of_buyer(inquiry: Inquiry) -> str:
    return _buyers.sign(str(inquiry.pk))


def of_enterprise(recipient: InquiryRecipient) -> str:
    return _enterprises.sign(str(recipient.pk))


def inquiry(token: str) -> Inquiry | None:
    """None where we never wrote the token, or what it opened is forgotten."""
    key = _key(_buyers, token)
    return Inquiry.objects.exclude(email="").filter(pk=key).first() if key else None


def recipient(token: str) -> InquiryRecipient | None:
    key = _key(_enterprises, token)
    found = InquiryRecipient.objects.select_related("inquiry", "enterprise__current")
    return found.exclude(inquiry__email="").filter(pk=key).first() if key else None


def _key(signer: Signer, token: str) -> int | None:
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None
