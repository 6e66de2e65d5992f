"""Asks enterprises once a year, and when facts look stale, whether what is said of them still holds.

A mail with three links, two reminders, then a mark on the profile, and in the end the council's list of
those to withdraw. `send_due` is for a nightly job; it may be killed and run again: a mail is sent in the
transaction that notes it, under the lock of the row it is noted in.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import DateField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from enterprises import emails, publishing
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


# -- who is due -----------------------------------------------------------------------------------


def _to_ask(today: date) -> QuerySet[Enterprise]:
    firsts = Publication.objects.filter(enterprise=OuterRef("pk")).order_by().values("enterprise")
    first = Subquery(firsts.annotate(day=Min(TruncDate("published_at"))).values("day"))
    requests = ConfirmationRequest.objects.filter(enterprise=OuterRef("pk"))
    return (
        Enterprise.objects.filter(current__isnull=False, is_demo=False)
        .annotate(said_on=Coalesce("confirmed_on", first, output_field=DateField()))
        .filter(
            Q(said_on__lte=today - ASKED_AFTER)
            | Q(said_on__lte=today - ASKED_AGAIN_AFTER) & _looks_stale(today)
        )
        .filter(
            Exists(Editorship.objects.filter(enterprise=OuterRef("pk"), user__is_active=True))
            | ~Q(email="") & Q(mail_unwanted=False)
        )
        .exclude(Exists(requests.filter(answered_at=None)))
        .exclude(Exists(requests.filter(asked_on__gt=today - ASKED_AGAIN_AFTER)))
        .order_by("said_on", "pk")
    )


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
def _ask(pk: int, today: date) -> bool:
    _held(pk)
    enterprise = _to_ask(today).filter(pk=pk).first()
    if enterprise is None:
        return False
    request = ConfirmationRequest.objects.create(enterprise=enterprise, asked_on=today, mailed_on=today)
    _mail(request)
    return True


@transaction.atomic
def _remind(pk: int, today: date) -> bool:
    due = _to_remind(today).filter(pk=pk)
    request = due.select_for_update(of=("self",), skip_locked=True).select_related("enterprise").first()
    if request is None:
        return False
    request.mails += 1
    request.mailed_on = today
    request.save(update_fields=["mails", "mailed_on"])
    _mail(request)
    return True


@transaction.atomic
def _mark(enterprise: int, today: date) -> None:
    _held(enterprise)
    request = _to_mark(today).filter(enterprise=enterprise).select_related("enterprise").first()
    if request:
        publishing.mark_unanswered(request.enterprise, on=today)


# -- the mail -------------------------------------------------------------------------------------


def _mail(request: ConfirmationRequest) -> None:
    """One mail to each editor, who need not know each other's addresses; else to the enterprise's own."""
    enterprise = request.enterprise
    editors = enterprise.editorships.filter(user__is_active=True).order_by("pk")
    addresses = list(editors.values_list("user__email", flat=True))
    to_editors = bool(addresses)
    if not to_editors and enterprise.email and not enterprise.mail_unwanted:
        addresses = [enterprise.email]
    context = {
        "name": enterprise.name,
        "mails": request.mails,
        "token": token_of(request),
        "slug": enterprise.current.snapshot["slug"] if enterprise.current else enterprise.slug,
        "edited": enterprise.slug if to_editors else "",
    }
    languages = [language for language, _name in settings.LANGUAGES]
    for address in addresses:
        emails.send("still_right", address, context, languages)


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
