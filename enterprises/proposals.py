"""The way from a changed working copy to a publication: send, talk, decide. One transaction each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises import criteria, publishing, sections, snapshots, telling
from enterprises.choices import ProposalState
from enterprises.models import Enterprise, Evidence, Message, Proposal, Publication, User


class ProposalError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


class DecidedError(ProposalError):
    """Somebody was first: who, when and what."""

    def __init__(self, proposal: Proposal) -> None:
        at = timezone.localtime(proposal.decided_at)
        told = {
            "state": proposal.get_state_display().lower(),
            "who": str(proposal.decided_by or "–"),
            "when": date_format(at, "DATETIME_FORMAT"),
        }
        super().__init__(_("Forslaget er afgjort i mellemtiden: %(state)s af %(who)s, %(when)s.") % told)


def open_one(enterprise: Enterprise) -> Proposal | None:
    return Proposal.objects.filter(enterprise=enterprise, state=ProposalState.OPEN).first()


def seen(enterprise: Enterprise) -> str:
    """Names what is proposed, so that nobody sends or approves what they have not seen.

    Of a new enterprise its answers are part of it, of others what it is compared with.
    """
    told = sections.digest(snapshots.take(enterprise)) + criteria.digest(enterprise)
    return f"{told}-{enterprise.current_id}" if enterprise.current_id else told


@transaction.atomic
def submit(enterprise: Enterprise, *, by: User, having_seen: str, message: str = "") -> Proposal:
    """Ask the council to publish the working copy. Asking twice is asking once."""
    enterprise = _locked(enterprise)
    waiting = open_one(enterprise)
    if waiting:
        return waiting
    _refuse_unseen(enterprise, having_seen)
    if problems := [*publishing.missing(enterprise), *criteria.missing(enterprise)]:
        raise ProposalError(" ".join(problems))
    if not publishing.has_changes(enterprise):
        raise ProposalError(_("Der er ingen ændringer at sende: alt er allerede udgivet."))
    proposal = Proposal.objects.create(
        enterprise=enterprise, submitted_by=by, language=get_language() or settings.LANGUAGE_CODE
    )
    if message:
        Message.objects.create(proposal=proposal, author=by, from_council=False, text=message)
    return proposal


@transaction.atomic
def withdraw(enterprise: Enterprise, *, by: User) -> None:
    """Take the proposal back. The working copy keeps every change."""
    proposal = _open_locked(_locked(enterprise))
    _close(proposal, ProposalState.WITHDRAWN, by)


@transaction.atomic
def say(proposal: Proposal, text: str, *, by: User, from_council: bool) -> Message:
    """Add to the talk about an open proposal. The same words twice in a row are a button pressed twice."""
    _locked(proposal.enterprise)
    _still_open(proposal)
    last = proposal.messages.last()
    if last and (last.text, last.author_id, last.from_council) == (text, by.pk, from_council):
        return last
    if from_council:
        telling.asked(proposal.enterprise, text)
    return Message.objects.create(proposal=proposal, author=by, from_council=from_council, text=text)


@transaction.atomic
def approve(
    proposal: Proposal, *, by: User, having_seen: str, evidence: Collection[Evidence] = ()
) -> Publication:
    """Publish what was seen, together with the evidence that whoever approves has written meanwhile."""
    enterprise = _locked(proposal.enterprise)
    _still_open(proposal)
    _refuse_unseen(enterprise, having_seen)
    Evidence.objects.bulk_create(evidence)
    return publishing.publish(enterprise, by=by)


@transaction.atomic
def approve_some(
    proposal: Proposal, chosen: Collection[str], reason: str, *, by: User, having_seen: str
) -> Publication:
    """Publish the chosen parts of what was seen (keys of sections.parts), and say why not the others.

    These wait in the working copy, which keeps every change, until the editors send it again.
    """
    enterprise = _locked(proposal.enterprise)
    _still_open(proposal)
    _refuse_unseen(enterprise, having_seen)
    if not chosen:
        raise ProposalError(_("Sæt kryds ved det, der skal udgives."))
    publication = publishing.publish_parts(enterprise, chosen, by=by)
    if not publishing.has_changes(_locked(enterprise)):
        _close(proposal, ProposalState.APPROVED, by, publication=publication)
        telling.approved(enterprise)
        return publication
    if not reason:
        raise ProposalError(_("Skriv til virksomheden, hvorfor resten ikke er med."))
    Message.objects.create(proposal=proposal, author=by, from_council=True, text=reason)
    _close(proposal, ProposalState.PARTLY, by, publication=publication, approved=sorted(chosen))
    telling.approved_partly(enterprise, reason)
    return publication


@transaction.atomic
def reject(proposal: Proposal, reason: str, *, by: User, having_seen: str | None = None) -> None:
    """Leave the public page as it is, and say why. The working copy keeps every change."""
    enterprise = _locked(proposal.enterprise)
    _still_open(proposal)
    if having_seen is not None:
        _refuse_unseen(enterprise, having_seen)
    Message.objects.create(proposal=proposal, author=by, from_council=True, text=reason)
    _close(proposal, ProposalState.REJECTED, by)
    telling.rejected(proposal.enterprise, reason)


def _locked(enterprise: Enterprise) -> Enterprise:
    """Everything about one enterprise happens one after the other."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    return Enterprise.objects.select_related("current").get(pk=enterprise.pk)


def _open_locked(enterprise: Enterprise) -> Proposal:
    proposal = open_one(enterprise)
    if proposal is None:
        raise ProposalError(_("Der er ikke noget forslag, der venter."))
    return proposal


def _still_open(proposal: Proposal) -> None:
    now = Proposal.objects.select_related("decided_by").get(pk=proposal.pk)
    if now.state != ProposalState.OPEN:
        raise DecidedError(now)


def _refuse_unseen(enterprise: Enterprise, having_seen: str) -> None:
    if seen(enterprise) != having_seen:
        raise ProposalError(_("Der er ændret noget, siden siden blev hentet. Læs ændringerne igen."))


def _close(proposal: Proposal, state: ProposalState, by: User, **more: Any) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(
        state=state, decided_at=timezone.now(), decided_by=by, **more
    )
