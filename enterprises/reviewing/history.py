"""What has happened to an enterprise, the latest first: who, when, what and why. In one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _

from enterprises import sections
from enterprises.choices import Change, ProposalState
from enterprises.models import Enterprise, Message, Proposal, Publication, Withdrawal

# Older ones are in the lists of the desk.
SHOWN = 40
PUBLISHED, WITHDRAWN, SENT, DECIDED = "published", "withdrawn", "sent", "decided"


@dataclass(frozen=True)
class Event:
    at: datetime
    what: str
    who: str
    why: str


def of(enterprise: Enterprise) -> tuple[list[Event], bool]:
    """The latest events, and whether there are more."""
    theirs = {"enterprise": enterprise}
    proposals = Proposal.objects.filter(**theirs)
    said = Message.objects.filter(proposal=OuterRef("pk"))
    first = said.filter(from_council=False, sent_at__lte=OuterRef("submitted_at")).order_by("sent_at")
    last = said.filter(from_council=True).order_by("-sent_at", "-pk")
    publications, withdrawals = Publication.objects.filter(**theirs), Withdrawal.objects.filter(**theirs)
    number = Cast("number", TextField())
    rows = _told(PUBLISHED, publications, "published_at", "published_by", F("change"), number, F("reason"))
    rows = rows.union(
        _told(WITHDRAWN, withdrawals, "withdrawn_at", "withdrawn_by", NOTHING, NOTHING, F("reason")),
        _told(SENT, proposals, "submitted_at", "submitted_by", NOTHING, NOTHING, _text(first)),
        _told(
            DECIDED,
            proposals.exclude(state=ProposalState.OPEN),
            "decided_at",
            "decided_by",
            F("state"),
            Cast("approved", TextField()),
            _text(last),
        ),
        all=True,
    )
    found = list(rows.order_by("-at", "kind")[: SHOWN + 1])
    return [_event(*row) for row in found[:SHOWN]], len(found) > SHOWN


NOTHING = Value("", TextField())


def _text(messages: QuerySet[Message]) -> Any:
    return Coalesce(Subquery(messages.values("text")[:1]), NOTHING)


def _told(kind: str, rows: QuerySet[Any], at: str, by: str, state: Any, detail: Any, why: Any) -> Any:
    """The same columns for each kind, so that they can be put together."""
    name = Coalesce(NullIf(f"{by}__name", Value("")), f"{by}__email", Value("–"), output_field=TextField())
    columns = {
        "kind": Value(kind, CharField()),
        "at": F(at),
        "who": name,
        "told": Cast(state, TextField()),
        "detail": detail,
        "why": Cast(why, TextField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


def _event(kind: str, at: datetime, who: str, told: str, detail: str, why: str) -> Event:
    if kind == PUBLISHED:
        what = _("%(change)s, nr. %(number)s") % {"change": Change(told).label, "number": detail}
    elif kind == WITHDRAWN:
        what = _("Taget af siden")
    elif kind == SENT:
        what = _("Forslag sendt til rådet")
    else:
        what = _("Forslag: %(state)s") % {"state": str(ProposalState(told).label).lower()}
        if keys := detail.strip("{}"):
            what += f" ({', '.join(sections.named(keys.split(',')))})"
    return Event(at, what, who, why)
