"""The suspected duplicates that are kept: found, closed when their cause is gone, and told apart by people.

What somebody has dismissed is dismissed for ever: two that share a phone number and are not the same are not
asked about again for that number. Should they come to share something else (a new name, an address, another
number), that is a new question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import suspecting
from enterprises.choices import PairState
from enterprises.models import DuplicatePair, Enterprise, User
from enterprises.suspecting import Two

KEPT_AT_ONCE = 500
# Beyond so many, going through all of them is quicker.
MOST_ASKED = 50
# Longer than from one look to the next, so that none is missed.
LATE = timedelta(minutes=25)
# In the order of their keys, as whoever merges two holds them, so that neither waits for the other.
_HELD = "SELECT id FROM enterprises_enterprise WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


class PairError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


@dataclass
class Outcome:
    found: int = 0
    asked_anew: int = 0
    closed: int = 0


def find(about: Collection[int] | None = None) -> Outcome:
    """Look at all enterprises, or at some, and bring what is kept up to date. Done again, nothing changes."""
    if about is not None and len(about) > MOST_ASKED:
        about = None
    found = suspecting.suspected(about)
    known = DuplicatePair.objects.order_by("pk")
    if about is not None:
        known = known.filter(Q(first__in=about) | Q(second__in=about))
    outcome = Outcome()
    for pair in list(known):
        _bring_up_to_date(pair, found.pop((pair.first_id, pair.second_id), []), outcome)
    for some in _batches(found):
        outcome.found += _keep(some)
    return outcome


def _bring_up_to_date(pair: DuplicatePair, shared: list[str], outcome: Outcome) -> None:
    """Whoever decides at the same time is not overruled: a row that has changed since is left alone."""
    if pair.state == PairState.MERGED:
        return
    as_read = DuplicatePair.objects.filter(pk=pair.pk, state=pair.state, dismissed=pair.dismissed)
    is_open = pair.state == PairState.OPEN
    if set(shared) - set(pair.dismissed):
        if is_open and shared == pair.grounds:
            return
        told = {"grounds": shared, "reasons": suspecting.reasons(shared)}
        if is_open:
            as_read.update(**told)
        else:
            outcome.asked_anew += as_read.update(
                **told, state=PairState.OPEN, found_at=timezone.now(), decided_at=None, decided_by=None
            )
    elif is_open:
        outcome.closed += as_read.update(state=PairState.GONE, decided_at=timezone.now())


def _batches(found: dict[Two, list[str]]) -> Iterator[dict[Two, list[str]]]:
    rows = iter(sorted(found.items()))
    while some := dict(islice(rows, KEPT_AT_ONCE)):
        yield some


@transaction.atomic
def _keep(found: dict[Two, list[str]]) -> int:
    keys = sorted({pk for two in found for pk in two})
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [keys])
    # Somebody may have left the site, or been deleted, since they were read.
    present = set(suspecting.standing().filter(pk__in=keys).values_list("pk", flat=True))
    now = timezone.now()
    made = [
        DuplicatePair(
            first_id=two[0],
            second_id=two[1],
            grounds=shared,
            reasons=suspecting.reasons(shared),
            found_at=now,
        )
        for two, shared in found.items()
        if present.issuperset(two)
    ]
    DuplicatePair.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def find_late() -> Outcome:
    """Look at those that were changed, published or read in of late; what is older the night has seen."""
    since = timezone.now() - LATE
    changed = Q(updated_at__gte=since) | Q(current__published_at__gte=since)
    late = list(suspecting.standing().filter(changed).values_list("pk", flat=True))
    return find(late) if late else Outcome()


def waiting() -> QuerySet[DuplicatePair]:
    return DuplicatePair.objects.filter(state=PairState.OPEN)


def of(enterprise: Enterprise) -> QuerySet[DuplicatePair]:
    return DuplicatePair.objects.filter(Q(first=enterprise) | Q(second=enterprise))


def held(pair: DuplicatePair) -> DuplicatePair:
    """The pair as it is now, both its enterprises held until the transaction ends."""
    keys = (pair.first_id, pair.second_id)
    list(Enterprise.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    now = DuplicatePair.objects.select_for_update().filter(pk=pair.pk).first()
    if now is None or now.state != PairState.OPEN:
        raise PairError(_("Det er afgjort i mellemtiden."))
    return now


@transaction.atomic
def tell_apart(pair: DuplicatePair, *, by: User, having_seen: Collection[str], note: str = "") -> None:
    """They are not the same, whatever they were seen to share."""
    pair = held(pair)
    if sorted(pair.grounds) != sorted(having_seen):
        raise PairError(_("De har fået noget andet til fælles, siden siden blev hentet. Se efter igen."))
    pair.dismissed = sorted({*pair.dismissed, *pair.grounds})
    close(pair, PairState.APART, by=by, note=note)


def close(pair: DuplicatePair, state: PairState, *, by: User | None, note: str = "") -> None:
    pair.state, pair.decided_at, pair.decided_by, pair.note = state, timezone.now(), by, note
    pair.save()
