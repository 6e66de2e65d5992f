"""What waits at the desk of a city of any size: so many of each kind, for tests of scale.

Nobody is written to, and nothing of it becomes public. Names, addresses and numbers are nobody's.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from stdnum.dk import cvr as cvr_number

from enterprises import confirmations
from enterprises.choices import ClaimWay, Likeness, MailState, RegisterField
from enterprises.content import made_up
from enterprises.models import (
    Claim,
    ConfirmationRequest,
    DuplicatePair,
    Enterprise,
    ErrorReport,
    Mail,
    Message,
    MissedSearch,
    Proposal,
    RegisterDifference,
    User,
)

BATCH = 1000
DAYS = 90
# CVR gives its numbers in order, and is not half-way there.
FAR_FROM_GIVEN = range(90_000_000, 100_000_000)
EXPLANATION = "Jeg er kasserer i foreningen og passer hjemmesiden. Ring gerne, hvis I vil vide mere."
MISTAKE = "Åbningstiderne passer ikke længere: der er lukket om mandagen."
WORDS = (
    "vinduespudser", "cykelbud", "glarmester", "dyrlæge", "tagdækker", "fotograf", "flyttefirma", "urmager",
    "skomager", "bogbinder", "tolk", "planteskole", "sejlmager", "klaverstemmer",
)  # fmt: skip


@transaction.atomic
def write(count: int) -> None:
    """Add so many of each kind. Run again, it adds further ones, as far as there are enterprises for them."""
    people = _people(count)
    shown = list(
        Enterprise.objects.filter(current__isnull=False)
        .exclude(proposals__decided_at__isnull=True, proposals__isnull=False)
        .order_by("pk")[: 2 * count]
    )
    new = _new_enterprises(count)
    _proposals(shown[:count], people)
    _proposals(new[: count // 10], people)
    _made(Claim, [_claim(one, who, ClaimWay.EXPLANATION) for one, who in zip(shown, people, strict=False)])
    _made(Claim, [_claim(one, who, ClaimWay.ADDED) for one, who in zip(new, people, strict=True)])
    _made(ErrorReport, [ErrorReport(enterprise=one, message=MISTAKE) for one in shown[:count]])
    _confirmations(shown[:count])
    _pairs(shown)
    _differences(new)
    _searches(count)
    _mails(people)


def _moment(number: int) -> datetime:
    """Spread over some months, so that there is an oldest one."""
    return timezone.now() - timedelta(hours=DAYS * 24 * (number % 997) / 997)


def _made(model: Any, rows: list[Any], moment: str = "created_at") -> list[Any]:
    """Written, and then dated: what is dated as it is written would all be of the same moment."""
    made = model._default_manager.bulk_create(rows, batch_size=BATCH)
    for number, row in enumerate(made):
        setattr(row, moment, _moment(number))
    model._default_manager.bulk_update(made, [moment], batch_size=BATCH)
    return list(made)


def _people(count: int) -> list[User]:
    first = _next_number(User.objects.all())
    people = [
        User(email=f"person-{number}@venter.example", name=f"Person {number}", password="!")  # noqa: S106
        for number in range(first, first + count)
    ]
    return User.objects.bulk_create(people, batch_size=BATCH)


def _next_number(rows: QuerySet[Any]) -> int:
    return int(rows.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1


def _new_enterprises(count: int) -> list[Enterprise]:
    """Working copies that never were public, each with a CVR number that no company has yet."""
    first = _next_number(Enterprise.objects.all())
    random = Random(first)  # noqa: S311 – repeatable, nothing secret
    taken = {cvr for cvr in Enterprise.objects.values_list("cvr", flat=True) if cvr}
    numbers = (
        number for number in map(str, FAR_FROM_GIVEN) if number not in taken and cvr_number.is_valid(number)
    )
    rows = []
    for number in range(first, first + count):
        one = Enterprise(name=f"Ny virksomhed {number}", slug=f"ny-virksomhed-{number}")
        made_up.give_contact(one, random, taken)
        one.cvr = next(numbers)
        rows.append(one)
    return Enterprise.objects.bulk_create(rows, batch_size=BATCH)


def _claim(enterprise: Enterprise, who: User, way: ClaimWay) -> Claim:
    explanation = EXPLANATION if way == ClaimWay.EXPLANATION else ""
    return Claim(enterprise=enterprise, user=who, way=way, explanation=explanation)


def _proposals(enterprises: list[Enterprise], people: list[User]) -> None:
    """Each with something to read: another sentence in the description, and a word to the council."""
    for one in enterprises:
        one.description_da = f"{one.description_da} Vi holder også åbent om lørdagen.".strip()
    Enterprise.objects.bulk_update(enterprises, ["description_da"], batch_size=BATCH)
    Enterprise.objects.filter(pk__in=[one.pk for one in enterprises]).update(updated_at=timezone.now())
    sent = _made(
        Proposal,
        [Proposal(enterprise=one, submitted_by=who) for one, who in zip(enterprises, cycle(people))],
        "submitted_at",
    )
    said = [
        Message(proposal=one, author=one.submitted_by, from_council=False, text="Nye tider.") for one in sent
    ]
    Message.objects.bulk_create(said, batch_size=BATCH)


def _confirmations(enterprises: list[Enterprise]) -> None:
    """Asked three times and never answered."""
    asked = timezone.localdate() - confirmations.OFFERED_AFTER
    waiting = set(ConfirmationRequest.objects.filter(answered_at=None).values_list("enterprise", flat=True))
    ConfirmationRequest.objects.bulk_create(
        [
            ConfirmationRequest(enterprise=one, asked_on=asked, mailed_on=asked, mails=3)
            for one in enterprises
            if one.pk not in waiting
        ],
        batch_size=BATCH,
    )


def _pairs(enterprises: list[Enterprise]) -> None:
    pairs = [
        DuplicatePair(
            first=one,
            second=other,
            reasons=[Likeness.PHONE],
            grounds=[f"{Likeness.PHONE}:{one.phone}"],
            found_at=_moment(number),
        )
        for number, (one, other) in enumerate(zip(enterprises[::2], enterprises[1::2], strict=False))
    ]
    DuplicatePair.objects.bulk_create(pairs, batch_size=BATCH, ignore_conflicts=True)


def _differences(enterprises: list[Enterprise]) -> None:
    read_on = timezone.localdate()
    RegisterDifference.objects.bulk_create(
        [
            RegisterDifference(
                enterprise=one,
                field=RegisterField.NAME,
                ours=one.name,
                theirs=f"{one.name} A.M.B.A.",
                found_on=_moment(number).date(),
                read_on=read_on,
            )
            for number, one in enumerate(enterprises)
        ],
        batch_size=BATCH,
    )


def _searches(count: int) -> None:
    rows = []
    for number in range(count):
        text = f"{WORDS[number % len(WORDS)]} {number // len(WORDS)}"
        rows += [MissedSearch(day=day, text=text, language="da") for day in _days(number)]
    MissedSearch.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _days(number: int) -> list[date]:
    return [_moment(number + 331 * again).date() for again in range(3)]


def _mails(people: list[User]) -> None:
    """Given up after many tries, each with the text of a usual mail."""
    ended = timezone.now()
    rows = [
        Mail(
            message_id=f"<{who.pk}@venter.example>",
            sender="hej@venter.example",
            recipient=who.email,
            subject="Din kode",
            content=MISTAKE.encode() * 30,
            state=MailState.FAILED,
            tries=8,
            last_error="550 no such mailbox",
            ended_at=ended,
        )
        for who in people
    ]
    _made(Mail, rows, "queued_at")
