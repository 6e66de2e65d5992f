"""What the council says to a new enterprise: in, with a publication and an editor, or not, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from enterprises import claims, criteria, emails, proposals, publishing
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import Claim, Enterprise, Evidence, Proposal, Publication, User


@transaction.atomic
def approve(
    proposal: Proposal, *, by: User, having_seen: str, evidence: Collection[Evidence] = ()
) -> Publication:
    """Publish what is proposed. Whoever added a new enterprise edits it from now on.

    `evidence` is what the council has made of its answers.
    """
    is_new = criteria.is_new(proposal.enterprise)
    publication = proposals.approve(proposal, by=by, having_seen=having_seen, evidence=evidence)
    _let_in(proposal.enterprise, by)
    if is_new:
        _write(proposal, "admitted", slug=publication.snapshot["slug"])
    return publication


@transaction.atomic
def approve_some(
    proposal: Proposal, chosen: Collection[str], reason: str, *, by: User, having_seen: str
) -> Publication:
    """Publish some of what is proposed, of one that is public already."""
    publication = proposals.approve_some(proposal, chosen, reason, by=by, having_seen=having_seen)
    _let_in(proposal.enterprise, by)
    return publication


@transaction.atomic
def publish(enterprise: Enterprise, *, by: User) -> Publication:
    """Publish at the desk, without a proposal. Whoever added it would else be shut out of what is public.

    A clerk who may not say who edits leaves the claim to one who may.
    """
    publication = publishing.publish(enterprise, by=by)
    if by.has_perm(claims.DECIDES):
        _let_in(enterprise, by)
    return publication


@transaction.atomic
def reject(
    proposal: Proposal, reason: str, *, by: User, for_good: bool = False, having_seen: str | None = None
) -> None:
    """Say no, and why. A new enterprise may mend and send again, unless the no is for good."""
    proposals.reject(proposal, reason, by=by, having_seen=having_seen)
    if not criteria.is_new(proposal.enterprise):
        return
    # Before the claims are closed: afterwards nobody is left to write to.
    _write(proposal, "not_admitted", reason=reason, for_good=for_good)
    if for_good:
        for claim in _waiting(proposal.enterprise):
            claims.refuse(claim, by=by, reason=reason)


def _let_in(enterprise: Enterprise, by: User) -> None:
    for claim in _waiting(enterprise):
        claims.accept(claim, by=by)


def _waiting(enterprise: Enterprise) -> list[Claim]:
    waiting = Claim.objects.filter(enterprise=enterprise, way=ClaimWay.ADDED, state=ClaimState.OPEN)
    return list(waiting.select_related("user"))


def _write(proposal: Proposal, template: str, **context: Any) -> None:
    """To whoever sent it, in the language they sent it in."""
    to = proposal.submitted_by
    if to and to.is_active:
        about = {"name": proposal.enterprise.name, "own_slug": proposal.enterprise.slug}
        emails.send(template, to.email, about | context, proposal.language)
