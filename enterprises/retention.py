"""What is forgotten, and when: every kind with its period from the settings.

`forget --dry-run` counts what would go, and the worker does it each night, a job for each kind. All of it
may be killed at any moment and done again: rows go in batches, each its own transaction, and a warning is
sent in the transaction that notes it, under the lock of the row it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises import alerts, emails, telling, visits
from enterprises.accounts import leaving
from enterprises.choices import ClaimState, ClaimWay, ImportState, MailState, ProposalState
from enterprises.inquiries import forgetting
from enterprises.mailable import AddressError
from enterprises.models import (
    Alert,
    Claim,
    CriterionAnswer,
    Draft,
    Editorship,
    Enterprise,
    ErrorReport,
    Export,
    ForgettingNotice,
    Import,
    Invitation,
    Mail,
    MissedSearch,
    Photo,
    ProfileCount,
    Proposal,
    Shortlist,
    User,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BATCH = 1000
# Many who have long been away are not all written to on one night.
MOST_WARNED_A_NIGHT = 200


@dataclass(frozen=True)
class Kind:
    what: StrOrPromise
    # How many would go now, and letting them go, which says how many went.
    count: Callable[[], int]
    forget: Callable[[], int]


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


# -- rows that simply go ----------------------------------------------------------------------------


def old_mails() -> QuerySet[Mail]:
    return Mail.objects.filter(ended_at__lt=_ago(settings.MAIL_LOG_DAYS))


def old_mail_texts() -> QuerySet[Mail]:
    """Of mails that arrived or were given up; the others may be sent once more."""
    done = Mail.objects.filter(state__in=(MailState.SENT, MailState.GIVEN_UP))
    return done.filter(~Q(content=b""), ended_at__lt=_ago(settings.MAIL_TEXT_DAYS))


def old_missed_searches() -> QuerySet[MissedSearch]:
    first = timezone.localdate() - timedelta(days=settings.MISSED_SEARCH_DAYS)
    return MissedSearch.objects.filter(day__lt=first)


def old_counts() -> QuerySet[ProfileCount]:
    return ProfileCount.objects.filter(
        month__lt=visits.months_before(timezone.localdate(), settings.COUNT_MONTHS)
    )


def old_invitations() -> QuerySet[Invitation]:
    """The addresses of those who were invited and did not come."""
    return Invitation.objects.filter(accepted_at=None, sent_at__lt=_ago(settings.INVITATION_DAYS))


def old_reports() -> QuerySet[ErrorReport]:
    return ErrorReport.objects.filter(handled_at__lt=_ago(settings.REPORT_DAYS))


def old_claims() -> QuerySet[Claim]:
    """Claims on which nothing has rested for so long."""
    then = _ago(settings.CLAIM_DAYS)
    over = Claim.objects.exclude(state__in=(ClaimState.OPEN, ClaimState.ACCEPTED))
    return over.filter(Q(ended_at__lt=then) | Q(ended_at=None, decided_at__lt=then))


def old_explanations() -> QuerySet[Claim]:
    """What people wrote to be let in, once it is long decided, whether or not they were."""
    decided = Claim.objects.filter(decided_at__lt=_ago(settings.CLAIM_TEXT_DAYS))
    return decided.exclude(explanation="")


def unconfirmed_alerts() -> QuerySet[Alert]:
    return alerts.unconfirmed(settings.ALERT_DAYS)


def old_shortlists() -> QuerySet[Shortlist]:
    """The page of a list says itself when it goes, and whoever opens it puts that off."""
    first = timezone.localdate() - timedelta(days=settings.SHORTLIST_DAYS)
    return Shortlist.objects.filter(used_on__lt=first)


def old_imports() -> QuerySet[Import]:
    """Not those undone: their rows tell a withdrawal that undid from the council's word to stay away."""
    ended = Import.objects.filter(state__in=(ImportState.DONE, ImportState.DROPPED))
    return ended.filter(ended_at__lt=_ago(settings.IMPORT_DAYS))


def old_exports() -> QuerySet[Export]:
    """Files with many people's names in them."""
    return Export.objects.filter(asked_at__lt=_ago(settings.EXPORT_DAYS)).defer("content")


def _in_batches(rows: QuerySet[Any], change: Callable[[QuerySet[Any]], int]) -> int:
    """Change rows until none is left. What was saved since it was found is looked at again."""
    changed = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            changed += change(rows.filter(pk__in=keys))
    return changed


def _deleted(rows: QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)


def _gone(what: StrOrPromise, due: Callable[[], QuerySet[Any]]) -> Kind:
    return Kind(what, lambda: due().count(), lambda: _in_batches(due(), _deleted))


def _emptied(what: StrOrPromise, due: Callable[[], QuerySet[Any]], field: str, empty: Any) -> Kind:
    def emptied(rows: QuerySet[Any]) -> int:
        return rows.order_by().update(**{field: empty})

    return Kind(what, lambda: due().count(), lambda: _in_batches(due(), emptied))


# -- who and what has been away for long ------------------------------------------------------------


def _away_since(days: int) -> QuerySet[User]:
    """Accounts that nothing rests on: never staff's, never an editor's, never of somebody who waits."""
    waiting = Claim.objects.filter(user=OuterRef("pk"), state=ClaimState.OPEN)
    return (
        User.objects.filter(is_staff=False, is_superuser=False)
        .annotate(active_at=Greatest("date_joined", "last_login"))
        .filter(active_at__lt=_ago(days))
        .exclude(Exists(Editorship.objects.filter(user=OuterRef("pk"))))
        .exclude(Exists(waiting))
    )


def _left_since(days: int) -> QuerySet[Enterprise]:
    """Enterprises that somebody added, that never became public and that nobody has touched since."""
    then = _ago(days)
    mine = {"enterprise": OuterRef("pk")}
    touched = (
        Draft.objects.filter(**mine, saved_at__gte=then),
        CriterionAnswer.objects.filter(**mine, answered_at__gte=then),
        Photo.objects.filter(**mine, added_at__gte=then),
        Proposal.objects.filter(Q(submitted_at__gte=then) | Q(decided_at__gte=then), **mine),
        Claim.objects.filter(Q(created_at__gte=then) | Q(decided_at__gte=then), **mine),
    )
    added = Claim.objects.filter(**mine, way=ClaimWay.ADDED)
    kept = (
        *touched,
        Proposal.objects.filter(**mine, state=ProposalState.OPEN),
        Editorship.objects.filter(**mine),
    )
    left = Enterprise.objects.filter(
        Exists(added), publications=None, withdrawals=None, is_demo=False, updated_at__lt=then
    )
    for rows in kept:
        left = left.exclude(Exists(rows))
    return left


def _warned(field: str, period: int, *, for_days: int = 0) -> Exists:
    """A notice older than the period is of an earlier absence, from which they came back."""
    today = timezone.localdate()
    return Exists(
        ForgettingNotice.objects.filter(
            **{field: OuterRef("pk")},
            sent_on__gt=today - timedelta(days=period),
            sent_on__lte=today - timedelta(days=for_days),
        )
    )


def accounts_to_warn() -> QuerySet[User]:
    period = settings.ACCOUNT_DAYS
    return _away_since(period - settings.NOTICE_DAYS).exclude(_warned("user", period))


def accounts_to_delete() -> QuerySet[User]:
    period = settings.ACCOUNT_DAYS
    return _away_since(period).filter(_warned("user", period, for_days=settings.NOTICE_DAYS))


def added_to_warn() -> QuerySet[Enterprise]:
    period = settings.ADDED_DAYS
    return _left_since(period - settings.NOTICE_DAYS).exclude(_warned("enterprise", period))


def added_to_delete() -> QuerySet[Enterprise]:
    period = settings.ADDED_DAYS
    return _left_since(period).filter(_warned("enterprise", period, for_days=settings.NOTICE_DAYS))


def _each(due: Callable[[], QuerySet[Any]], act: Callable[[Any], None], most: int | None = None) -> int:
    """One after the other, each looked at again under its lock: who has just come back is left alone."""
    acted = 0
    for key in list(due().order_by("pk").values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            if due().model.objects.select_for_update().filter(pk=key).exists() and (
                row := due().filter(pk=key).first()
            ):
                act(row)
                acted += 1
    return acted


def _noted(**about: Any) -> dict[str, Any]:
    today = timezone.localdate()
    ForgettingNotice.objects.update_or_create(**about, defaults={"sent_on": today})
    return {"day": today + timedelta(days=settings.NOTICE_DAYS), "contact_email": settings.CONTACT_EMAIL}


def _warn_user(user: User) -> None:
    context = _noted(user=user)
    try:
        emails.send("account_forgotten_soon", user.email, context, telling.LANGUAGES)
    except AddressError:
        return  # nobody can be told


def _warn_adders(enterprise: Enterprise) -> None:
    context = _noted(enterprise=enterprise)
    for address in telling.writers_of(enterprise):
        telling.write("added_forgotten_soon", enterprise, address, context)


def _delete_user(user: User) -> None:
    leaving.leave(user, tell=False)


def _delete_enterprise(enterprise: Enterprise) -> None:
    enterprise.delete()


# -- rates ------------------------------------------------------------------------------------------


def _expired_rates(statement: str) -> Any:
    """Counts of attempts whose time is up; Django only deletes them where the table grows full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} FROM {table} WHERE expires < %s", [timezone.now()])
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


# -- all of it --------------------------------------------------------------------------------------

KINDS: dict[str, Kind] = {
    "mail-texts": _emptied(_("teksten i mails"), old_mail_texts, "content", b""),
    "mails": _gone(_("mails i loggen"), old_mails),
    "missed-searches": _gone(_("søgninger uden resultat"), old_missed_searches),
    "counts": _gone(_("tællinger af visninger"), old_counts),
    "invitations": _gone(_("invitationer, ingen tog imod"), old_invitations),
    "explanations": _emptied(_("forklaringer i afgjorte anmodninger"), old_explanations, "explanation", ""),
    "imports": _gone(_("indlæste regneark"), old_imports),
    "exports": _gone(_("udtræk, nogen har bestilt"), old_exports),
    "claims": _gone(_("anmodninger, der er slut"), old_claims),
    "error-reports": _gone(_("behandlede fejlmeldinger"), old_reports),
    "alerts": _gone(_("fulgte søgninger, ingen bekræftede"), unconfirmed_alerts),
    "shortlists": _gone(_("indkøberes lister, ingen brugte"), old_shortlists),
    "unconfirmed-inquiries": _gone(_("forespørgsler, ingen bekræftede"), forgetting.unconfirmed),
    "inquiries": Kind(
        _("det, der er skrevet i gamle forespørgsler"),
        lambda: forgetting.old().count(),
        lambda: _in_batches(forgetting.old(), forgetting.empty),
    ),
    "accounts": Kind(
        _("konti, ingen bruger"),
        lambda: accounts_to_delete().count(),
        lambda: _each(accounts_to_delete, _delete_user),
    ),
    "account-notices": Kind(
        _("varsler til konti, ingen bruger"),
        lambda: min(accounts_to_warn().count(), MOST_WARNED_A_NIGHT),
        lambda: _each(accounts_to_warn, _warn_user, MOST_WARNED_A_NIGHT),
    ),
    "added-enterprises": Kind(
        _("tilføjede virksomheder, ingen gjorde færdige"),
        lambda: added_to_delete().count(),
        lambda: _each(added_to_delete, _delete_enterprise),
    ),
    "added-enterprise-notices": Kind(
        _("varsler om tilføjede virksomheder"),
        lambda: min(added_to_warn().count(), MOST_WARNED_A_NIGHT),
        lambda: _each(added_to_warn, _warn_adders, MOST_WARNED_A_NIGHT),
    ),
    "rates": Kind(
        _("udløbne tællinger af forsøg"),
        lambda: int(_expired_rates("SELECT count(*)")),
        lambda: int(_expired_rates("DELETE")),
    ),
}


def forget(kind: str) -> int:
    return KINDS[kind].forget()
