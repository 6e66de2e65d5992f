"""Asks enterprises once a year, and when facts look stale, whether what is said of them still holds.

A mail with three links, two reminders, then a mark on the profile, and in the end the council's list of
those to withdraw. Where nobody can be written to, the question is noted with no mails sent, so that the
council sees it, and asked once somebody can. `send_due` is for a nightly job; it may be killed and run
again: a mail is sent in the transaction that notes it, under the lock of the row it is noted in.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import DateField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import mailable, publishing, telling
from enterprises.choices import Answer
from enterprises.models import ConfirmationRequest, Editorship, Enterprise, MarkOf, Opening, Publication

ASKED_AFTER = timedelta(days=365)
# Where facts look stale; also how long nobody is asked again.
ASKED_AGAIN_AFTER = timedelta(days=182)
STALE_AFTER = timedelta(days=30)
# After the question, and at least so long after the mail before, should the job have rested.
REMINDED_AFTER = {1: timedelta(weeks=3), 2: timedelta(weeks=6)}
BETWEEN_MAILS = timedelta(weeks=2)
LAPSES_AFTER = timedelta(weeks=3)
OFFERED_AFTER = timedelta(weeks=26)
LINKS_HOLD = timedelta(weeks=26)
MAILS = 3
# A city imported on one day is not written to on one day.
MOST_ASKED_A_NIGHT = 200

_signer = Signer(sep=".", salt="confirmation")


class UsedUpError(Exception):
    """The link has been answered, or is too old, or the profile is no longer public."""


def send_due(today: date) -> int:
    """Ask, remind and mark whoever is due. Returns how many were written to."""
    for pk in list(_to_note(today).values_list("pk", flat=True)):
        _note(pk, today)
    asked = list(_to_ask(today).values_list("pk", flat=True)[:MOST_ASKED_A_NIGHT])
    reminded = list(_to_remind(today).values_list("pk", flat=True))
    written_to = sum(_ask(pk, today) for pk in asked) + sum(_remind(pk, today) for pk in reminded)
    for pk in list(_to_mark(today).values_list("enterprise", flat=True)):
        _mark(pk, today)
    return written_to


def to_withdraw(today: date) -> QuerySet[ConfirmationRequest]:
    """What the council should look at: those who say they are gone, and those who never answered."""
    silent = Q(answered_at=None, mails=MAILS, asked_on__lte=today - OFFERED_AFTER)
    gone = Q(answer=Answer.GONE) & (
        Q(enterprise__confirmed_on=None) | Q(enterprise__confirmed_on__lt=F("answered_at__date"))
    )
    return ConfirmationRequest.objects.filter(silent | gone, enterprise__current__isnull=False)


def cannot_be_asked() -> QuerySet[ConfirmationRequest]:
    """Those who should have been asked, had there been anybody to write to."""
    return _open().filter(mails=0)


def to_look_at(today: date) -> QuerySet[ConfirmationRequest]:
    """The council's list."""
    return to_withdraw(today) | cannot_be_asked()


def why_not_asked(enterprise: Enterprise) -> str:
    if enterprise.mail_unwanted:
        return _("vil ikke have mail, og ingen redigerer profilen")
    if not enterprise.email:
        return _("har ingen mailadresse, og ingen redigerer profilen")
    return _("kan ikke nås på mailadressen, og ingen redigerer profilen")


# -- who is due -----------------------------------------------------------------------------------


def _due(today: date) -> QuerySet[Enterprise]:
    """Who has not said for long enough that the facts hold, and has not been asked meanwhile."""
    firsts = Publication.objects.filter(enterprise=OuterRef("pk")).order_by().values("enterprise")
    first = Subquery(firsts.annotate(day=Min(TruncDate("published_at"))).values("day"))
    asked = ConfirmationRequest.objects.filter(enterprise=OuterRef("pk"), mails__gt=0)
    return (
        Enterprise.objects.filter(current__isnull=False, is_demo=False)
        .annotate(said_on=Coalesce("confirmed_on", first, output_field=DateField()))
        .filter(
            Q(said_on__lte=today - ASKED_AFTER)
            | Q(said_on__lte=today - ASKED_AGAIN_AFTER) & _looks_stale(today)
        )
        .exclude(Exists(asked.filter(answered_at=None)))
        .exclude(Exists(asked.filter(asked_on__gt=today - ASKED_AGAIN_AFTER)))
        .order_by("said_on", "pk")
    )


def _can_be_written_to() -> Q:
    editors = Editorship.objects.filter(enterprise=OuterRef("pk"), user__is_active=True)
    own_address = ~Q(email="") & Q(mail_unwanted=False) & mailable.plain("email")
    return Q(Exists(editors.filter(mailable.plain("user__email")))) | own_address


def _to_ask(today: date) -> QuerySet[Enterprise]:
    return _due(today).filter(_can_be_written_to())


def _to_note(today: date) -> QuerySet[Enterprise]:
    noted = ConfirmationRequest.objects.filter(enterprise=OuterRef("pk"), answered_at=None)
    return _due(today).exclude(_can_be_written_to()).exclude(Exists(noted))


def _looks_stale(today: date) -> Q:
    """Jobs that nobody can apply for any more, and certificates that have run out."""
    of_it = {"enterprise": OuterRef("pk")}
    return Q(Exists(Opening.objects.filter(**of_it, apply_by__lt=today - STALE_AFTER))) | Q(
        Exists(MarkOf.objects.filter(**of_it, expires_on__lt=today - STALE_AFTER))
    )


def _open() -> QuerySet[ConfirmationRequest]:
    return ConfirmationRequest.objects.filter(answered_at=None, enterprise__current__isnull=False)


def _to_remind(today: date) -> QuerySet[ConfirmationRequest]:
    due = Q(pk=None)
    for mails, after in REMINDED_AFTER.items():
        due |= Q(mails=mails, asked_on__lte=today - after)
    return _open().filter(due, mailed_on__lte=today - BETWEEN_MAILS)


def _to_mark(today: date) -> QuerySet[ConfirmationRequest]:
    return _open().filter(
        mails=MAILS, mailed_on__lte=today - LAPSES_AFTER, enterprise__unanswered_on__isnull=True
    )


# -- one at a time --------------------------------------------------------------------------------


def _held(enterprise: int) -> None:
    """Everything here happens under the lock of the enterprise's row, as publishing does."""
    Enterprise.objects.select_for_update().filter(pk=enterprise).values("pk").first()


@transaction.atomic
def _note(pk: int, today: date) -> None:
    """That nobody can be asked."""
    _held(pk)
    if enterprise := _to_note(today).filter(pk=pk).first():
        ConfirmationRequest.objects.create(enterprise=enterprise, asked_on=today, mailed_on=today, mails=0)


@transaction.atomic
def _ask(pk: int, today: date) -> bool:
    _held(pk)
    enterprise = _to_ask(today).filter(pk=pk).first()
    if enterprise is None:
        return False
    asked = {"asked_on": today, "mailed_on": today, "mails": 1}
    request, _new = ConfirmationRequest.objects.update_or_create(
        enterprise=enterprise, answered_at=None, defaults=asked
    )
    return _written(request)


@transaction.atomic
def _remind(pk: int, today: date) -> bool:
    due = _to_remind(today).filter(pk=pk)
    request = due.select_for_update(of=("self",), skip_locked=True).select_related("enterprise").first()
    if request is None:
        return False
    request.mails += 1
    request.mailed_on = today
    request.save(update_fields=["mails", "mailed_on"])
    return _written(request)


@transaction.atomic
def _mark(enterprise: int, today: date) -> None:
    _held(enterprise)
    request = _to_mark(today).filter(enterprise=enterprise).select_related("enterprise").first()
    if request:
        publishing.mark_unanswered(request.enterprise, on=today)


# -- the mail -------------------------------------------------------------------------------------


def _written(request: ConfirmationRequest) -> bool:
    """Write to the editors, else to the enterprise's own address; with nobody, note that it was not asked."""
    enterprise = request.enterprise
    addresses, edited = telling.editors_of(enterprise), enterprise.slug
    if not addresses:
        edited = ""
        addresses = [enterprise.email] if enterprise.email and not enterprise.mail_unwanted else []
    context = {
        "mails": request.mails,
        "token": token_of(request),
        "slug": enterprise.current.snapshot["slug"] if enterprise.current else enterprise.slug,
        "edited": edited,
    }
    written = [address for address in addresses if telling.write("still_right", enterprise, address, context)]
    if not written:
        ConfirmationRequest.objects.filter(pk=request.pk).update(mails=0)
    return bool(written)


# -- the answer -----------------------------------------------------------------------------------


def token_of(request: ConfirmationRequest) -> str:
    return _signer.sign(str(request.pk))


def of_token(token: str) -> ConfirmationRequest | None:
    """The request a link belongs to, answered or not; None where we never wrote it."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return ConfirmationRequest.objects.select_related("enterprise__current").filter(pk=pk).first()


def is_used_up(request: ConfirmationRequest, today: date) -> bool:
    too_old = request.asked_on < today - LINKS_HOLD
    return too_old or request.answered_at is not None or not request.enterprise.is_public


@transaction.atomic
def answer(request: ConfirmationRequest, given: Answer, today: date) -> None:
    """Take the answer, once."""
    _held(request.enterprise_id)
    request = ConfirmationRequest.objects.select_related("enterprise").get(pk=request.pk)
    if is_used_up(request, today):
        raise UsedUpError
    if given == Answer.HOLDS:
        publishing.confirm(request.enterprise, on=today)
    else:
        request.answer, request.answered_at = given, timezone.now()
        request.save(update_fields=["answer", "answered_at"])
