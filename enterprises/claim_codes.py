"""A code sent to the mail address on the profile: whoever can read that mail belongs to the enterprise."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import Enum, auto

from allauth.core.internal.cryptokit import generate_user_code, normalize_user_code
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from enterprises import claim_mails, claims, rates, snapshots
from enterprises.choices import ClaimWay
from enterprises.mailable import AddressError
from enterprises.models import Claim, Enterprise, MailedCode, User

HOLDS_FOR = timedelta(minutes=30)
MOST_TRIES = 5
# An hour. No one person can use up all that may be sent to an enterprise, and so keep its own people out.
PER_PERSON, PER_ENTERPRISE = 4, 12


class Outcome(Enum):
    LET_IN = auto()
    # The code was right, but somebody edits the profile already: they or the council decide.
    WAITS = auto()
    WRONG = auto()
    USED_UP = auto()


def address_of(enterprise: Enterprise) -> str:
    """The address that everybody can read on the profile: one that waits for the council proves nothing."""
    if enterprise.current is None:
        return ""
    shown = snapshots.upgrade(enterprise.current.snapshot, enterprise.current.schema_version)
    return str(shown.get("contact", {}).get("email", ""))


def send(enterprise: Enterprise, user: User) -> Claim:
    """Mail a new code; the one before it is good no more."""
    rates.count("claim-code", f"person-{user.pk}", most=PER_PERSON, seconds=rates.HOUR)
    rates.count("claim-code", f"enterprise-{enterprise.pk}", most=PER_ENTERPRISE, seconds=rates.HOUR)
    return _send(enterprise, user)


@transaction.atomic
def _send(enterprise: Enterprise, user: User) -> Claim:
    claim = claims.open_(enterprise, user, ClaimWay.CODE)
    code = generate_user_code()
    told = {"digest": _digest(claim, code), "sent_at": timezone.now(), "tries": 0}
    MailedCode.objects.update_or_create(claim=claim, defaults=told)
    try:
        claim_mails.code(claim, address_of(enterprise), code)
    except AddressError as error:
        raise claims.ClaimError(_("Vi kan ikke sende en kode til profilens mailadresse.")) from error
    return claim


def waiting(claim: Claim) -> MailedCode | None:
    """The code that can still be typed."""
    return MailedCode.objects.filter(
        claim=claim, sent_at__gt=timezone.now() - HOLDS_FOR, tries__lt=MOST_TRIES
    ).first()


@transaction.atomic
def prove(claim: Claim, typed: str) -> Outcome:
    """Try a code. Each try counts, and a right code is good once."""
    claim = claims.open_locked(claim)
    code = waiting(claim)
    if code is None:
        return Outcome.USED_UP
    if not secrets.compare_digest(code.digest, _digest(claim, typed)):
        code.tries += 1
        code.save(update_fields=["tries"])
        return Outcome.WRONG
    code.delete()
    return Outcome.LET_IN if claims.prove(claim) else Outcome.WAITS


def _digest(claim: Claim, code: str) -> str:
    """A code is short, so nobody who reads the table may try them all: the hash takes the site's secret."""
    written = f"{claim.pk}:{normalize_user_code(code)}"
    return salted_hmac(
        "enterprises.claim_codes", written, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
