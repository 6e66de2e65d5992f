"""What is written to those who claim a profile, to its editors, and to those they invite."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from enterprises import emails
from enterprises.choices import ClaimWay
from enterprises.masking import masked
from enterprises.models import Claim, Enterprise, Invitation, User

LANGUAGE = settings.LANGUAGE_CODE


def code(claim: Claim, to: str, code: str) -> None:
    """To the enterprise's own address. Who asks is told by their address: a name can say anything."""
    _send("claim_code", to, claim.enterprise, {"code": code, "email": claim.user.email})


def opened(claim: Claim) -> None:
    _tell_editors("claim_opened", claim)


def joined(claim: Claim) -> None:
    """To those who edit the profile, of somebody whom none of them has let in."""
    _tell_editors("editor_joined", claim, by_mitid=claim.way == ClaimWay.MITID)


def accepted(claim: Claim) -> None:
    # Whoever has added an enterprise is written to about its admission.
    if claim.way != ClaimWay.ADDED:
        enterprise = claim.enterprise
        _send("claim_accepted", claim.user.email, enterprise, {}, "edit-enterprise", enterprise.slug)


def refused(claim: Claim) -> None:
    if claim.way != ClaimWay.ADDED:
        _send("claim_refused", claim.user.email, claim.enterprise, {"reason": claim.reason})


def revoked(claim: Claim) -> None:
    _send("editorship_revoked", claim.user.email, claim.enterprise, {"reason": claim.reason})


def invited(invitation: Invitation, token: str) -> None:
    _send("invitation", invitation.email, invitation.enterprise, {}, "invitation", token)


def public_name(enterprise: Enterprise) -> str:
    """What readers call it. A new name that waits for the council is not for everybody."""
    return str(enterprise.current.snapshot["name"]) if enterprise.current else enterprise.name


def _tell_editors(template: str, claim: Claim, **context: Any) -> None:
    context |= {"who": claim.user.name, "email": masked(claim.user.email)}
    editors = User.objects.filter(editorships__enterprise=claim.enterprise, is_active=True)
    for editor in editors.exclude(pk=claim.user_id).order_by("pk"):
        _send(template, editor.email, claim.enterprise, context, "people", claim.enterprise.slug)


def _send(
    template: str, to: str, enterprise: Enterprise, context: dict[str, Any], page: str = "", key: str = ""
) -> None:
    with override(LANGUAGE):
        link = settings.SITE_URL + reverse(page, args=[key]) if page else ""
    told = {"name": public_name(enterprise), "link": link, "contact_email": settings.CONTACT_EMAIL}
    emails.send(template, to, told | context, LANGUAGE)
