"""What waits for the council's people: every queue of the desk, each one entry in QUEUES.

The front page shows the number and the age of the oldest, all in one query; the list behind each number
shows exactly those rows (admin/queue_filter.py, or a filter the list has anyway).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from enterprises import confirmations, pairs
from enterprises.choices import ClaimState, ClaimWay, ImportState, MailState, ProposalState
from enterprises.cvr import deciding
from enterprises.models import (
    Claim,
    ErrorReport,
    Evidence,
    ImportRow,
    Mail,
    MissedSearch,
    Proposal,
    Publication,
    User,
)

# So long before it runs out, somebody can still ask for a new one.
EXPIRES_WITHIN = timedelta(days=60)
# Nobody closes these one by one: older ones are in their lists.
OF_LATE = timedelta(days=7)
CHANGES = "enterprises.change_enterprise"


@dataclass(frozen=True)
class Queue:
    key: str
    label: Promise
    rows: Callable[[date], QuerySet[Any]]
    # The day or time from which a row has waited.
    since: str
    # What one must be allowed to close a case; empty where it closes by itself.
    decides: str = ""
    # The address of the list that shows these rows; by default that of QueueFilter.
    query: dict[str, str] | None = None
    # Whether a row has a page of its own on which it is decided.
    has_page: bool = True
    # Where the rows have no list: the field that leads to what has, and is decided about row by row.
    part_of: str = ""

    def may_see(self, user: User) -> bool:
        model = self._model()
        return user.has_perm(f"{model.app_label}.view_{model.model_name}")

    def may_decide(self, user: User) -> bool:
        return bool(self.decides) and user.has_perm(self.decides)

    def address(self) -> str:
        """Of the list with exactly these rows."""
        query = {"queue": self.key} if self.query is None else self.query
        return self._reversed("changelist") + (f"?{urlencode(query)}" if query else "")

    def oldest_address(self, today: date) -> str:
        """Of the oldest case, where it has a page; else of the list."""
        if not self.has_page:
            return self.address()
        named = self.part_of or "pk"
        pk = self.rows(today).order_by(self.since, "pk").values_list(named, flat=True).first()
        return self._reversed("change", pk) if pk else self.address()

    def _reversed(self, page: str, *args: Any) -> str:
        model = self._model()
        return reverse(f"admin:{model.app_label}_{model.model_name}_{page}", args=args)

    def _model(self) -> Any:
        rows = self.rows(timezone.localdate()).model._meta
        return rows.get_field(self.part_of).related_model._meta if self.part_of else rows


@dataclass(frozen=True)
class Waiting:
    queue: Queue
    count: int
    since: date | None

    @property
    def age(self) -> str:
        """How long the oldest has waited, in words and with its day."""
        if self.since is None:
            return ""
        days = (timezone.localdate() - self.since).days
        if days == 0:
            return gettext("Den ældste er fra i dag.")
        said = {"age": in_words(abs(days)), "day": date_format(self.since)}
        if days < 0:
            return gettext("Den første om %(age)s, %(day)s.") % said
        return gettext("Den ældste har ventet i %(age)s, siden %(day)s.") % said


def in_words(days: int) -> str:
    """A number of days as people say it."""
    if days < 14:
        return ngettext("%(count)s dag", "%(count)s dage", days) % {"count": days}
    if days < 60:
        return ngettext("%(count)s uge", "%(count)s uger", days // 7) % {"count": days // 7}
    if days < 730:
        return ngettext("%(count)s måned", "%(count)s måneder", days // 30) % {"count": days // 30}
    return ngettext("%(count)s år", "%(count)s år", days // 365) % {"count": days // 365}


# -- the queues -----------------------------------------------------------------------------------


def _never_public() -> Q:
    publications = Publication.objects.filter(enterprise=OuterRef("enterprise"))
    return Q(~Exists(publications), enterprise__current=None)


def _proposals(today: date) -> QuerySet[Proposal]:
    new = _new_enterprises(today).values("pk")
    return Proposal.objects.filter(state=ProposalState.OPEN).exclude(pk__in=new)


def _new_enterprises(_today: date) -> QuerySet[Proposal]:
    return Proposal.objects.filter(_never_public(), state=ProposalState.OPEN)


def _claims(_today: date) -> QuerySet[Claim]:
    """Without those of people who have added an enterprise: these are answered together with it."""
    return Claim.objects.filter(state=ClaimState.OPEN).exclude(_never_public(), way=ClaimWay.ADDED)


def _reports(_today: date) -> QuerySet[ErrorReport]:
    return ErrorReport.objects.filter(handled_at=None)


def _mails(_today: date) -> QuerySet[Mail]:
    return Mail.objects.filter(state__in=MailState.lost())


def _expiring(today: date) -> QuerySet[Evidence]:
    """What shows a criterion of a public profile and has run out or soon will, if nothing outlasts it."""
    checked = Evidence.objects.filter(checked_on__isnull=False)
    same = checked.filter(enterprise=OuterRef("enterprise"), criterion=OuterRef("criterion"))
    outlasting = same.filter(
        Q(expires_on=None)
        | Q(expires_on__gt=OuterRef("expires_on"))
        | Q(expires_on=OuterRef("expires_on"), pk__gt=OuterRef("pk"))
    )
    soon = checked.filter(expires_on__lte=today + EXPIRES_WITHIN, enterprise__current__isnull=False)
    return soon.exclude(Exists(outlasting))


def _missed(today: date) -> QuerySet[MissedSearch]:
    """Each text once, by the day it was first searched for."""
    of_late = MissedSearch.objects.filter(day__gt=today - OF_LATE)
    same = of_late.filter(text=OuterRef("text"), language=OuterRef("language"))
    return of_late.exclude(Exists(same.filter(day__lt=OuterRef("day"))))


def _failed_jobs(_today: date) -> QuerySet[ProcrastinateJob]:
    events = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-at")
    failed: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.filter(status="failed")
    return failed.annotate(failed_at=Subquery(events.values("at")[:1])).filter(
        failed_at__gt=timezone.now() - OF_LATE
    )


QUEUES: tuple[Queue, ...] = (
    Queue("proposals", _("Forslag til ændringer"), _proposals, "submitted_at", CHANGES),
    Queue("new", _("Nye virksomheder"), _new_enterprises, "submitted_at", CHANGES),
    Queue("claims", _("Anmodninger om adgang"), _claims, "created_at", "enterprises.change_editorship"),
    Queue(
        "reports",
        _("Fejlmeldinger"),
        _reports,
        "created_at",
        "enterprises.change_errorreport",
        query={"handled": "no"},
        has_page=False,
    ),
    Queue(
        "mails",
        _("Mails, der ikke kom frem"),
        _mails,
        "ended_at",
        "enterprises.change_mail",
        has_page=False,
    ),
    Queue(
        "stale",
        _("Profiler, ingen svarer for"),
        confirmations.to_look_at,
        "asked_on",
        CHANGES,
        query={},
        has_page=False,
    ),
    Queue("evidence", _("Grundlag, der udløber"), _expiring, "expires_on", CHANGES, has_page=False),
    Queue("duplicates", _("Mulige dubletter"), lambda _today: pairs.waiting(), "found_at", CHANGES, query={}),
    Queue(
        "imports",
        _("Rækker i regneark"),
        lambda _today: ImportRow.objects.waiting(),
        "run__uploaded_at",
        "enterprises.change_import",
        query={"state__exact": ImportState.DECIDING},
        part_of="run",
    ),
    Queue(
        "register",
        _("Afvigelser fra CVR"),
        lambda _today: deciding.open_ones(),
        "found_on",
        CHANGES,
        query={},
        has_page=False,
    ),
    Queue(
        "missed",
        _("Søgninger uden resultat, seneste uge"),
        _missed,
        "day",
        query={"days": str(OF_LATE.days)},
        has_page=False,
    ),
    Queue("jobs", _("Job, der fejlede i ugens løb"), _failed_jobs, "failed_at", has_page=False),
)


def of_model(model: type[Any]) -> list[Queue]:
    """Those whose rows are of a model and are shown by QueueFilter."""
    return [queue for queue in QUEUES if queue.query is None and queue._model().model is model]


# -- what waits for somebody ------------------------------------------------------------------------


def of(user: User, today: date) -> list[Waiting]:
    """The queues somebody may see: that with the oldest case first, those in which nothing waits last."""
    queues = [queue for queue in QUEUES if queue.may_see(user)]
    waiting = [
        Waiting(queue, count, timezone.localdate(since) if since else None)
        for queue, (count, since) in zip(queues, _counted(queues, today), strict=True)
    ]
    return sorted(waiting, key=lambda each: each.since or date.max)


def _counted(queues: Sequence[Queue], today: date) -> list[tuple[int, datetime | None]]:
    """How many rows each has and since when the oldest waits, in one query."""
    if not queues:
        return []
    counts: list[str] = []
    params: list[Any] = []
    for number, queue in enumerate(queues):
        rows = queue.rows(today).order_by().annotate(waits_since=Cast(queue.since, DateTimeField()))
        sql, given = rows.values("waits_since").query.sql_with_params()
        counts.append(f"SELECT {number}, count(*), min(waits_since) FROM ({sql}) AS queue_{number}")  # noqa: S608
        params += given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts) + " ORDER BY 1", params)
        return [(count, since) for _number, count, since in cursor.fetchall()]
