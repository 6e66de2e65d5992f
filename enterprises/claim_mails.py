"""What is written to those who claim a profile, to its editors, and to those they invite."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from enterprises import emails, telling
from enterprises.choices import ClaimWay
from enterprises.masking import masked
from enterprises.models import Claim, Enterprise, Invitation


def code(claim: Claim, to: str, code: str) -> None:
    """To the enterprise's own address. Who asks is told by their address: a name can say anything.

    Raises AddressError, and so does `invited`.
    """
    context = {"name": public_name(claim.enterprise), "code": code, "email": claim.user.email}
    emails.send("claim_code", to, context, telling.LANGUAGES)


def opened(claim: Claim) -> None:
    _tell_editors("claim_opened", claim)


def joined(claim: Claim) -> None:
    """To those who edit the profile, of somebody whom none of them has let in."""
    _tell_editors("editor_joined", claim, by_mitid=claim.way == ClaimWay.MITID)


def accepted(claim: Claim) -> None:
    # Whoever has added an enterprise is written to about its admission.
    if claim.way != ClaimWay.ADDED:
        enterprise = claim.enterprise
        _tell("claim_accepted", enterprise, claim.user.email, "edit-enterprise", enterprise.slug)


def refused(claim: Claim) -> None:
    if claim.way != ClaimWay.ADDED:
        _tell("claim_refused", claim.enterprise, claim.user.email, reason=claim.reason)


def revoked(claim: Claim) -> None:
    _tell("editorship_revoked", claim.enterprise, claim.user.email, reason=claim.reason)


def invited(invitation: Invitation, token: str) -> None:
    context = {"name": public_name(invitation.enterprise), "page": "invitation", "key": token}
    emails.send("invitation", invitation.email, context, telling.LANGUAGES)


def public_name(enterprise: Enterprise) -> str:
    """What readers call it. A new name that waits for the council is not for everybody."""
    return str(enterprise.current.snapshot["name"]) if enterprise.current else enterprise.name


def _tell_editors(template: str, claim: Claim, **context: Any) -> None:
    context |= {"who": claim.user.name, "email": masked(claim.user.email)}
    for address in telling.editors_of(claim.enterprise):
        if address != claim.user.email:
            _tell(template, claim.enterprise, address, "people", claim.enterprise.slug, **context)


def _tell(
    template: str, enterprise: Enterprise, address: str, page: str = "", key: str = "", **context: Any
) -> None:
    """`page` and its key are where the mail leads."""
    known = {"name": public_name(enterprise), "page": page, "key": key}
    telling.write(template, enterprise, address, known | {"contact_email": settings.CONTACT_EMAIL} | context)
