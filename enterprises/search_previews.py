"""What a changed group of search words would change. Who searches tells it: see `answer_by`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from enterprises.models import MissedSearch, SynonymGroup

DAYS = 90
MOST_MISSED = 100
MOST_NAMED = 3


@dataclass(frozen=True)
class Change:
    """How many a search finds before and after, and the first it will find."""

    text: str
    before: int
    after: int
    names: list[str]
    # How often it was searched for in vain.
    times: int = 0


# (all groups as they would be, texts) → what each text finds before and after
Compare = Callable[[Sequence[SynonymGroup], Sequence[str]], list[Change]]
_compare: list[Compare] = []


def answer_by(compare: Compare) -> None:
    _compare[:] = [compare]


@dataclass(frozen=True)
class Preview:
    words: list[Change]
    # Of the searches that found nothing lately, those that now find something.
    found: list[Change]


def of(group: SynonymGroup) -> Preview:
    """For a group as it is to be saved."""
    present = SynonymGroup.objects.exclude(pk=group.pk)
    terms = list(group.terms)
    if group.pk:
        terms += SynonymGroup.objects.get(pk=group.pk).terms
    missed = _missed(terms)
    texts = [*dict.fromkeys([*terms, *missed])]
    told = {change.text: change for compare in _compare for change in compare([*present, group], texts)}
    found = [told[text] for text in missed if text in told and told[text].after > told[text].before == 0]
    return Preview(
        words=[told[term] for term in dict.fromkeys(terms) if term in told],
        found=[Change(c.text, c.before, c.after, c.names, missed[c.text]) for c in found],
    )


def _missed(terms: Sequence[str]) -> dict[str, int]:
    """Lately searched for in vain with a word of the group's in it, and how often."""
    since = timezone.localdate() - timedelta(days=DAYS)
    rows = MissedSearch.objects.filter(day__gt=since).order_by().values("text").annotate(times=Sum("count"))
    words = {word for term in terms for word in term.lower().split() if len(word) > 2}
    found: dict[str, int] = {}
    for text, times in rows.order_by("-times", "text").values_list("text", "times"):
        if any(word in text for word in words):
            found[text] = times
        if len(found) == MOST_MISSED:
            break
    return found
