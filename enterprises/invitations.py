"""Asking a colleague to edit too. An invitation is good once, for 14 days, and for its address alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import claim_mails, claims, rates
from enterprises.choices import ClaimWay
from enterprises.claims import ClaimError
from enterprises.mailable import AddressError
from enterprises.models import Editorship, Enterprise, Invitation, User

HOLDS_FOR = timedelta(days=14)
# A day: what a busy office needs, and too little to bother people with. An address is written to for each
# enterprise by itself, so that no other's editor can use up what its own colleagues may send it.
PER_PERSON, PER_ADDRESS, IN_ALL = 20, 3, 9


def invite(enterprise: Enterprise, email: str, *, by: User) -> Invitation:
    """Write to an address. Written to again, it has a new link, and the old one is dead.

    Nothing here depends on whether the address has an account.
    """
    email = email.strip().lower()
    rates.count("invitation", f"person-{by.pk}", most=PER_PERSON, seconds=rates.DAY)
    rates.count("invitation", f"{enterprise.pk}-{email}", most=PER_ADDRESS, seconds=rates.DAY)
    rates.count("invitation", f"address-{email}", most=IN_ALL, seconds=rates.DAY)
    return _invite(enterprise, email, by)


def resend(invitation: Invitation, *, by: User) -> Invitation:
    return invite(invitation.enterprise, invitation.email, by=by)


@transaction.atomic
def cancel(invitation: Invitation, *, by: User) -> None:
    claims.lock(invitation.enterprise)
    claims.refuse_outsiders(invitation.enterprise, by)
    if not _open().filter(pk=invitation.pk).update(cancelled_at=timezone.now()):
        raise ClaimError(_("Invitationen er brugt eller trukket tilbage i mellemtiden."))


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Editorship:
    """Let in whoever has shown that the invited address is theirs."""
    claims.lock(invitation.enterprise)
    found = _valid().select_related("enterprise", "invited_by").filter(pk=invitation.pk).first()
    if found is None:
        raise ClaimError(_("Invitationen gælder ikke længere. Bed om en ny."))
    if not owns(user, found.email):
        raise ClaimError(_("Invitationen er sendt til en anden adresse end den, du er logget ind med."))
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    return claims.give(found.enterprise, user, by=found.invited_by, way=ClaimWay.INVITATION)


def owns(user: User, email: str) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True, email__iexact=email).exists())


def of_token(token: str) -> Invitation | None:
    """The invitation a link belongs to, whether or not it is still good."""
    return (
        Invitation.objects.select_related("enterprise__current", "invited_by")
        .filter(digest=_digest(token))
        .first()
    )


def is_valid(invitation: Invitation) -> bool:
    return _valid().filter(pk=invitation.pk).exists()


def waiting_for(enterprise: Enterprise, user: User) -> Invitation | None:
    """One that was sent to an address of theirs."""
    theirs = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return _valid().filter(enterprise=enterprise, email__in=[email.lower() for email in theirs]).first()


def unanswered(enterprise: Enterprise) -> QuerySet[Invitation]:
    return _open().filter(enterprise=enterprise)


@transaction.atomic
def _invite(enterprise: Enterprise, email: str, by: User) -> Invitation:
    claims.lock(enterprise)
    claims.refuse_outsiders(enterprise, by)
    token = secrets.token_urlsafe(32)
    invitation = _open().filter(enterprise=enterprise, email__iexact=email).first()
    if invitation is None:
        invitation = Invitation(enterprise=enterprise, email=email)
    invitation.invited_by, invitation.digest, invitation.sent_at = by, _digest(token), timezone.now()
    invitation.save()
    try:
        claim_mails.invited(invitation, token)
    except AddressError as error:
        raise ClaimError(error.message) from error
    return invitation


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, cancelled_at=None)


def _valid() -> QuerySet[Invitation]:
    return _open().filter(sent_at__gt=timezone.now() - HOLDS_FOR)


def _digest(token: str) -> str:
    # As long and random as a key, so that nobody can guess it from its hash.
    return hashlib.sha256(token.encode()).hexdigest()
