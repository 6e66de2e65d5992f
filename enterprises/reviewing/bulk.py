"""Approving several proposals unread, where the policy of every section they change allows it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enterprises import admission, claims, proposals, publishing, sections
from enterprises.choices import ProposalState
from enterprises.models import Proposal, Publication, SectionPolicy, User
from enterprises.reviewing import case as cases
from enterprises.reviewing import queue


class LeftError(Exception):
    """It was not approved; the message says why."""


def allowed() -> frozenset[str]:
    """The sections that may be approved so."""
    return frozenset(SectionPolicy.objects.filter(bulk=True).values_list("section", flat=True))


def approve(proposal: Proposal, may: frozenset[str], *, by: User) -> Publication:
    """Publish what is proposed, if nobody need read it. Raises LeftError."""
    if proposal.state != ProposalState.OPEN:
        raise LeftError(_("er afgjort allerede."))
    if not queue.waiting().filter(pk=proposal.pk).exists():
        raise LeftError(_("venter på svar fra virksomheden."))
    case = cases.of(proposal.enterprise_id)
    if case.enterprise.current is None:
        raise LeftError(_("er ikke udgivet, så den skal læses."))
    if case.doubts or case.copies:
        raise LeftError(_("der er noget, man skal se på først."))
    if unread := [part.part for part in case.parts if not _may_pass(part.part, may)]:
        names = ", ".join(part.label for part in unread)
        raise LeftError(_("%(sections)s skal læses.") % {"sections": names})
    try:
        return admission.approve(proposal, by=by, having_seen=proposals.seen(case.enterprise))
    except (proposals.ProposalError, claims.ClaimError, publishing.PublishError) as error:
        raise LeftError(str(error)) from error


def _may_pass(part: sections.Part, may: frozenset[str]) -> bool:
    return part != sections.REST and may.issuperset(part.sections)
