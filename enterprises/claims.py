"""The one door through which anybody comes to edit an enterprise, or stops doing so.

Each function is one transaction that holds the enterprise's row, as publishing does, so that two who
decide at once decide one after the other. First come is never enough: where somebody edits already, or
where nothing proves it, a claim waits for an editor or for the council's staff.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import claim_mails
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import Claim, Editorship, Enterprise, Invitation, MailedCode, User

# What of the council's staff one must be allowed, to say who edits what.
DECIDES = "enterprises.change_editorship"


class ClaimError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


def lock(enterprise: Enterprise) -> None:
    """Everything about one enterprise happens one after the other."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)


def open_one(enterprise: Enterprise, user: User) -> Claim | None:
    return Claim.objects.filter(enterprise=enterprise, user=user, state=ClaimState.OPEN).first()


def open_locked(claim: Claim) -> Claim:
    lock(claim.enterprise)
    found = Claim.objects.select_related("enterprise__current", "user").filter(
        pk=claim.pk, state=ClaimState.OPEN
    )
    if not (claim_now := found.first()):
        raise ClaimError(_("Anmodningen er afgjort i mellemtiden."))
    return claim_now


def was_put_out(enterprise: Enterprise, user: User) -> bool:
    """Whether staff have taken the right back from them. Then only people let them in again."""
    return Claim.objects.filter(enterprise=enterprise, user=user, state=ClaimState.REVOKED).exists()


def refuse_outsiders(enterprise: Enterprise, by: User) -> None:
    """Whoever was let in a moment ago may have been put out since."""
    is_editor = Editorship.objects.filter(enterprise=enterprise, user=by).exists()
    if not (is_editor or (by.is_staff and by.has_perm(DECIDES))):
        raise ClaimError(_("Kun dem, der kan rette profilen, og rådets medarbejdere kan svare."))


@transaction.atomic
def open_(enterprise: Enterprise, user: User, way: ClaimWay, explanation: str = "") -> Claim:
    """Say that the enterprise is one's own. Said again, it is the same claim, in the words said last."""
    lock(enterprise)
    if Editorship.objects.filter(enterprise=enterprise, user=user).exists():
        raise ClaimError(_("Du kan allerede rette profilen."))
    claim = open_one(enterprise, user)
    if claim is None:
        claim = Claim.objects.create(enterprise=enterprise, user=user, way=way, explanation=explanation)
        claim_mails.opened(claim)
        return claim
    # What is proven by a code stays so, whatever is written besides.
    claim.way = claim.way if claim.proven_at else way
    claim.explanation = explanation or claim.explanation
    claim.save(update_fields=["way", "explanation"])
    return claim


@transaction.atomic
def accept(claim: Claim, *, by: User) -> Editorship:
    claim = open_locked(claim)
    refuse_outsiders(claim.enterprise, by)
    claim_mails.accepted(claim)
    return _let_in(claim, by)


@transaction.atomic
def refuse(claim: Claim, *, by: User, reason: str) -> None:
    claim = open_locked(claim)
    refuse_outsiders(claim.enterprise, by)
    _close(claim, ClaimState.REFUSED, by, reason)
    claim_mails.refused(claim)


@transaction.atomic
def prove(claim: Claim) -> Editorship | None:
    """The claim is proven by the enterprise's own mail. That is enough only where nobody edits it yet.

    Nor for whoever was put out: those who read the mail are not always those who may.
    """
    claim = open_locked(claim)
    claim.proven_at = timezone.now()
    claim.save(update_fields=["proven_at"])
    is_edited = Editorship.objects.filter(enterprise=claim.enterprise).exists()
    if is_edited or was_put_out(claim.enterprise, claim.user):
        return None
    claim_mails.accepted(claim)
    return _let_in(claim, None)


@transaction.atomic
def withdraw(claim: Claim) -> None:
    """The person takes it back. Their drafts are kept, should they think better of it."""
    claim = open_locked(claim)
    _close(claim, ClaimState.WITHDRAWN, claim.user)


@transaction.atomic
def give(
    enterprise: Enterprise, user: User, *, by: User | None = None, way: ClaimWay = ClaimWay.STAFF
) -> Editorship:
    """Let somebody edit at once, on the strength of what the way stands for. What they have, they keep."""
    lock(enterprise)
    present = Editorship.objects.filter(enterprise=enterprise, user=user).first()
    if present:
        return present
    claim = open_one(enterprise, user) or Claim(enterprise=enterprise, user=user)
    claim.way = way
    if way == ClaimWay.STAFF and by:
        claim_mails.accepted(claim)
    if way in (ClaimWay.STAFF, ClaimWay.MITID):
        claim_mails.joined(claim)
    return _let_in(claim, by)


@transaction.atomic
def revoke(editorship: Editorship, *, by: User | None, reason: str) -> None:
    """Staff take the right back, and the invitations that came of it."""
    editorship = _locked(editorship)
    _cancel_invitations(editorship)
    _end(editorship, ClaimState.REVOKED, by, reason)
    claim_mails.revoked(editorship.claim)


@transaction.atomic
def lapse(editorship: Editorship) -> None:
    """What the right rested on is no more, and so neither do the invitations that came of it hold."""
    editorship = _locked(editorship)
    _cancel_invitations(editorship)
    _end(editorship, ClaimState.LEFT, editorship.user)


@transaction.atomic
def leave(editorship: Editorship) -> None:
    """The person edits it no more. Once the last has left, the profile is there to be claimed anew."""
    editorship = _locked(editorship)
    _end(editorship, ClaimState.LEFT, editorship.user)


@transaction.atomic
def move(enterprise: Enterprise, to: Enterprise, *, by: User, reason: str) -> None:
    """Who edits one enterprise, or waits to, does so with another from now on: the two were the same.

    The claims go along as they are. Where a person has the same already, what they had here ends.
    """
    for held in sorted((enterprise, to), key=lambda one: one.pk):
        lock(held)
    for editorship in Editorship.objects.filter(enterprise=enterprise).select_related("claim", "user"):
        if Editorship.objects.filter(enterprise=to, user=editorship.user_id).exists():
            _end(editorship, ClaimState.LEFT, by, reason)
            continue
        if waiting := Claim.objects.filter(
            enterprise=to, user=editorship.user_id, state=ClaimState.OPEN
        ).first():
            _close(waiting, ClaimState.WITHDRAWN, by, reason)
        claim = editorship.claim
        editorship.delete()
        claim.enterprise = to
        claim.save(update_fields=["enterprise"])
        Editorship.objects.create(enterprise=to, user_id=claim.user_id, claim=claim)
    _move_waiting(enterprise, to, by, reason)
    _move_invitations(enterprise, to)


def _move_waiting(enterprise: Enterprise, to: Enterprise, by: User, reason: str) -> None:
    for claim in Claim.objects.filter(enterprise=enterprise, state=ClaimState.OPEN):
        edits = Editorship.objects.filter(enterprise=to, user=claim.user_id).exists()
        if edits or open_one(to, claim.user):
            _close(claim, ClaimState.WITHDRAWN, by, reason)
            continue
        # A code from the mail of the one proves nothing about the other.
        MailedCode.objects.filter(claim=claim).delete()
        claim.enterprise, claim.proven_at = to, None
        claim.save(update_fields=["enterprise", "proven_at"])
        _let_wait(claim)


def let_added_wait(enterprise: Enterprise) -> None:
    """Who has added what turns out to be another's profile has only a claim, as anybody else."""
    for claim in Claim.objects.filter(enterprise=enterprise, state=ClaimState.OPEN):
        _let_wait(claim)


def _let_wait(claim: Claim) -> None:
    if claim.way == ClaimWay.ADDED:
        claim.way = ClaimWay.EXPLANATION
        claim.explanation = claim.explanation or _(
            "Har selv tilføjet en profil, der er lagt sammen med denne."
        )
        claim.save(update_fields=["way", "explanation"])


def _move_invitations(enterprise: Enterprise, to: Enterprise) -> None:
    waiting = Invitation.objects.filter(accepted_at=None, cancelled_at=None)
    for invitation in waiting.filter(enterprise=enterprise):
        known = waiting.filter(enterprise=to, email__iexact=invitation.email).exists()
        known |= Editorship.objects.filter(enterprise=to, user__email__iexact=invitation.email).exists()
        if known:
            invitation.cancelled_at = timezone.now()
        else:
            invitation.enterprise = to
        invitation.save(update_fields=["enterprise", "cancelled_at"])


def _let_in(claim: Claim, by: User | None) -> Editorship:
    claim.state, claim.decided_at, claim.decided_by = ClaimState.ACCEPTED, timezone.now(), by
    claim.save()
    return Editorship.objects.create(enterprise=claim.enterprise, user=claim.user, claim=claim)


def _close(claim: Claim, state: ClaimState, by: User, reason: str = "") -> None:
    claim.state, claim.decided_at, claim.decided_by, claim.reason = state, timezone.now(), by, reason
    claim.save()


def _end(editorship: Editorship, state: ClaimState, by: User | None, reason: str = "") -> None:
    claim = editorship.claim
    editorship.delete()
    claim.state, claim.ended_at, claim.ended_by, claim.reason = state, timezone.now(), by, reason
    claim.save()


def _cancel_invitations(editorship: Editorship) -> None:
    sent = Invitation.objects.filter(enterprise=editorship.enterprise, invited_by=editorship.user)
    sent.filter(accepted_at=None, cancelled_at=None).update(cancelled_at=timezone.now())


def _locked(editorship: Editorship) -> Editorship:
    lock(editorship.enterprise)
    found = Editorship.objects.select_related("claim__user", "claim__enterprise__current", "user").filter(
        pk=editorship.pk
    )
    if not (present := found.first()):
        raise ClaimError(_("Personen kan ikke længere rette profilen."))
    return present
