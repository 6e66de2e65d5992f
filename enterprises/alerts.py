"""Following a search by mail: confirmed first, at most one mail a week, none where nothing is new.

An alert keeps which enterprises its search has found, so that "new" is exact: one is told of when it is
published, or changes, so that the search finds it for the first time, and never again. What the search
comes to find for another reason (the council gave a word a synonym) is taken in without a word. `send_due`
may be killed and run again: a mail is queued in the transaction that notes it, under the lock of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises import emails, mailable, rates
from enterprises.choices import MailState
from enterprises.models import Alert, Mail, Publication
from enterprises.models.alert import LONGEST_WORDS

BETWEEN_MAILS = timedelta(days=7)
# A day, from one network, behind which a whole town hall may sit, and to one address.
PER_NETWORK, PER_ADDRESS = 60, 5
MOST_FOLLOWED = 20
# On so many days in a row nothing arrived.
FAILED_DAYS = 3
# What was published just before a look may have been committed just after it.
SLACK = timedelta(days=1)

_signer = Signer(sep=".", salt="alert")


@dataclass(frozen=True)
class Found:
    """A search in the present language's words, where its results are shown, and which they are."""

    words: str
    url: str
    enterprises: list[int]
    # A filter that is no more would find everything.
    is_understood: bool = True


@dataclass(frozen=True)
class Told:
    """What a mail says of one enterprise."""

    name: str
    line: str
    url: str


@dataclass(frozen=True)
class Searching:
    find: Callable[[str], Found]
    tell: Callable[[Iterable[int]], list[Told]]


# Who searches stands above this package, and says so when the site starts.
_searching: list[Searching] = []


def searched_by(find: Callable[[str], Found], tell: Callable[[Iterable[int]], list[Told]]) -> None:
    _searching[:] = [Searching(find, tell)]


# -- following ------------------------------------------------------------------------------------


def ask(query: str, email: str, language: str, network: str) -> None:
    """Write to an address and ask whether it wants to follow a search.

    Nothing that shows here depends on whether the address follows anything already.
    """
    email = mailable.checked_address(email.strip()).lower()
    rates.count("alert", f"network-{network}", most=PER_NETWORK, seconds=rates.DAY)
    rates.count("alert", f"address-{email}", most=PER_ADDRESS, seconds=rates.DAY)
    with transaction.atomic(), override(language):
        followed = {"email": email, "query": query, "language": language}
        alert = Alert.objects.filter(**followed).first()
        is_full = alert is None and Alert.objects.filter(email=email).count() >= MOST_FOLLOWED
        if is_full:
            # Only who reads the address may know, and there stop something else.
            alert = Alert.objects.filter(email=email).latest("pk")
        elif alert is None:
            found = _searching[0].find(query)
            now = {"words": found.words[:LONGEST_WORDS], "known": found.enterprises}
            alert, _new = Alert.objects.get_or_create(**followed, defaults=now)
        context = {
            "is_full": is_full,
            "is_followed": alert.confirmed_at is not None,
            "most": MOST_FOLLOWED,
            "days": settings.ALERT_DAYS,
            "address": address(alert),
        }
        emails.send("alert_asked", email, context, language)


def confirm(alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def leave(email: str, alert: int | None = None) -> None:
    """Forget one of an address's alerts, or all of them. Nothing is kept of who has left."""
    theirs = followed_by(email)
    (theirs.filter(pk=alert) if alert is not None else theirs).delete()


def followed_by(email: str) -> QuerySet[Alert]:
    return Alert.objects.filter(email=email).defer("known")


def unconfirmed(days: int) -> QuerySet[Alert]:
    return Alert.objects.filter(confirmed_at=None, asked_at__lt=timezone.now() - timedelta(days=days))


# -- the link in every mail -------------------------------------------------------------------------


def token_of(alert: Alert) -> str:
    return _signer.sign(str(alert.pk))


def key_in(token: str) -> int | None:
    """The key of the alert a link was written for, followed still or not; None where we never wrote it."""
    try:
        return int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None


def address(alert: Alert) -> str:
    with override(alert.language):
        return settings.SITE_URL + reverse("followed", args=[token_of(alert)])


# -- the weekly mail --------------------------------------------------------------------------------


def send_due(today: date) -> int:
    """Tell all who are due what is new to them. Returns how many were written to."""
    return sum(_tell(pk, today) for pk in list(_due(today).values_list("pk", flat=True)))


def _due(today: date) -> QuerySet[Alert]:
    rested = Q(mailed_on=None) | Q(mailed_on__lte=today - BETWEEN_MAILS)
    return Alert.objects.filter(rested, confirmed_at__isnull=False)


@transaction.atomic
def _tell(pk: int, today: date) -> bool:
    alert = _due(today).select_for_update(skip_locked=True).filter(pk=pk).first()
    if alert is None:
        return False
    with override(alert.language):
        found = _searching[0].find(alert.query)
        if not found.is_understood:
            alert.delete()
            return _write("alert_ended", alert, {"words": alert.words})
        fresh = set(found.enterprises).difference(alert.known)
        if not fresh:
            return False
        news = _published_since(fresh, alert.looked_at - SLACK)
        if news and _is_unreachable(alert.email):
            alert.delete()
            return False
        alert.words, alert.looked_at = found.words[:LONGEST_WORDS], timezone.now()
        alert.known = sorted(fresh.union(alert.known))
        alert.mailed_on = today if news else alert.mailed_on
        alert.save(update_fields=["words", "looked_at", "known", "mailed_on"])
        return bool(news) and _write("alert_news", alert, _news(found, news))


def _published_since(enterprises: set[int], moment: datetime) -> list[int]:
    """Those of them whose present publication is from after a moment."""
    present = Publication.objects.filter(pk=F("enterprise__current"), enterprise__in=enterprises)
    return list(present.filter(published_at__gt=moment).values_list("enterprise", flat=True))


def _news(found: Found, enterprises: list[int]) -> dict[str, Any]:
    told = _searching[0].tell(enterprises)
    more = len(enterprises) - len(told)
    return {"words": found.words, "count": len(enterprises), "told": told, "more": more, "list": found.url}


def _write(template: str, alert: Alert, context: dict[str, Any]) -> bool:
    link = address(alert)
    # By these a mailbox shows a button of its own, which posts to the address (RFC 8058).
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    emails.send(template, alert.email, context | {"address": link}, alert.language, headers=headers)
    return True


def _is_unreachable(email: str) -> bool:
    """Whether nothing has arrived there on several days, and nothing since."""
    ended = Mail.objects.filter(recipient__iexact=email, ended_at__isnull=False).order_by("-queued_at")
    days = set()
    for state, queued_at in ended.values_list("state", "queued_at")[: FAILED_DAYS * PER_ADDRESS * 2]:
        if state != MailState.FAILED:
            break
        days.add(timezone.localdate(queued_at))
    return len(days) >= FAILED_DAYS
