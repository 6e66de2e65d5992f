"""How it stands with enterprises, for their editors: what is public, what waits, what has grown old."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enterprises import completeness, sections, snapshots
from enterprises.choices import ProposalState, Section
from enterprises.models import ConfirmationRequest, Enterprise, Message, Proposal
from enterprises.snapshots import Snapshot


@dataclass(frozen=True)
class Stale:
    """Something that no longer holds, and where to mend it; None where only the council can."""

    text: str
    section: Section | None


@dataclass
class Standing:
    """Of one enterprise, fetched with all a snapshot needs."""

    enterprise: Enterprise
    today: date
    latest: Proposal | None
    # Put to the enterprise by mail and not answered yet.
    question: ConfirmationRequest | None

    @cached_property
    def snapshot(self) -> Snapshot:
        return snapshots.take(self.enterprise)

    @cached_property
    def shown(self) -> Snapshot:
        """What the public sees; nothing where it sees nothing."""
        current = self.enterprise.current
        return snapshots.upgrade(current.snapshot, current.schema_version) if current else {}

    @cached_property
    def has_changes(self) -> bool:
        return not snapshots.same(self.shown, self.snapshot)

    @property
    def changed(self) -> list[Section]:
        return sections.differing(self.shown, self.snapshot) if self.enterprise.current else []

    @property
    def completeness(self) -> completeness.Completeness:
        return completeness.of(self.snapshot)

    @property
    def is_open(self) -> bool:
        return self.latest is not None and self.latest.state == ProposalState.OPEN

    @property
    def proposal(self) -> Proposal | None:
        """A no, to all or to some, stands until the changes are gone; what was approved needs no words."""
        no = (ProposalState.REJECTED, ProposalState.PARTLY)
        refused = self.latest is not None and self.latest.state in no
        return self.latest if self.is_open or (refused and self.has_changes) else None

    @property
    def last(self) -> Message | None:
        """What was said last about it."""
        said = list(self.proposal.messages.all()) if self.proposal else []
        return said[-1] if said else None

    @property
    def is_asked(self) -> bool:
        """Whether the council waits for an answer."""
        return self.is_open and self.last is not None and self.last.from_council

    @property
    def stale(self) -> list[Stale]:
        return [
            *(
                Stale(
                    _("“%(name)s” havde frist %(day)s.") % _said(opening, opening.apply_by), Section.OPENINGS
                )
                for opening in self.enterprise.openings.all()
                if opening.apply_by and opening.apply_by < self.today
            ),
            *(
                Stale(_("%(name)s gjaldt til %(day)s.") % _said(held.mark, held.expires_on), None)
                for held in self.enterprise.marks.all()
                if held.expires_on and held.expires_on < self.today
            ),
        ]


def _said(thing: object, day: date) -> dict[str, str]:
    return {"name": str(thing), "day": date_format(day)}


def of(enterprises: Collection[Enterprise], today: date) -> list[Standing]:
    """Of each, in three queries however many they are."""
    proposals = Proposal.objects.filter(enterprise__in=enterprises).prefetch_related("messages")
    latest = {
        proposal.enterprise_id: proposal
        for proposal in proposals.order_by("enterprise_id", "-submitted_at", "-pk").distinct("enterprise_id")
    }
    asked = ConfirmationRequest.objects.filter(enterprise__in=enterprises, answered_at=None, mails__gt=0)
    questions = {question.enterprise_id: question for question in asked}
    return [Standing(each, today, latest.get(each.pk), questions.get(each.pk)) for each in enterprises]
