"""What waits for the council, the oldest first. Where it has asked, it is the enterprise's turn."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enterprises.choices import ProposalState
from enterprises.models import Message, Proposal


def waiting() -> QuerySet[Proposal]:
    """Open, and not asked about since they were last written to or changed."""
    last = Message.objects.filter(proposal=OuterRef("pk")).order_by("-sent_at", "-pk")
    asked = Q(last_from_council=True, enterprise__updated_at__lte=F("last_sent_at"))
    return (
        Proposal.objects.filter(state=ProposalState.OPEN)
        .alias(
            last_from_council=Coalesce(Subquery(last.values("from_council")[:1]), False),
            last_sent_at=Subquery(last.values("sent_at")[:1]),
        )
        .exclude(asked)
        .order_by("submitted_at", "pk")
    )


def after(proposal: Proposal) -> Proposal | None:
    """The next that waits; behind the last, the first again."""
    others = waiting().exclude(pk=proposal.pk)
    later = Q(submitted_at__gt=proposal.submitted_at) | Q(
        submitted_at=proposal.submitted_at, pk__gt=proposal.pk
    )
    return others.filter(later).first() or others.first()
