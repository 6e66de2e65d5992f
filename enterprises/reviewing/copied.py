"""Whether a text stands in another's profile already.

A few runs of words are asked for in the index of all words (GIN: a run is looked up by its words, so
the rarest decides how much is read), and only what is found is compared word by word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from math import ceil
from operator import or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from enterprises import danish
from enterprises.models import Enterprise
from enterprises.models.enterprise import SAYS, WORDS

# Words in a row. Fewer than this are a turn of phrase.
RUN = 7
ASKED_FOR, COMPARED = 8, 20
# Less of a text than so many percent may be what many say of themselves.
SHARE = 30


@dataclass(frozen=True)
class Copy:
    enterprise: Enterprise
    # Of the text, in percent.
    share: int


def others_with(texts: Iterable[str], *, but: int) -> list[Copy]:
    """Public profiles that hold much of the texts, the most alike first."""
    told = [text.split() for text in texts]
    mine = _runs(told)
    if not mine:
        return []
    found = with_runs(told, but=but).only("name", *SAYS)[:COMPARED]
    copies = (Copy(one, round(100 * len(mine & _runs_of(one)) / len(mine))) for one in found)
    return sorted((copy for copy in copies if copy.share >= SHARE), key=lambda copy: -copy.share)


def with_runs(texts: Iterable[list[str]], *, but: int) -> QuerySet[Enterprise]:
    """Public profiles in which one of the runs that are asked for stands."""
    asked = (SearchQuery(run, search_type="phrase", config="simple") for run in _some(texts))
    public = Enterprise.objects.filter(current__isnull=False).exclude(pk=but).order_by()
    return public.alias(words=WORDS).filter(words=reduce(or_, asked))


def _some(texts: Iterable[list[str]]) -> list[str]:
    """Runs to ask for, from all over the texts, as they are written."""
    cut = [" ".join(words[at : at + RUN]) for words in texts for at in range(0, len(words) - RUN + 1, RUN)]
    return cut[:: ceil(len(cut) / ASKED_FOR)] if cut else []


def _runs(texts: Iterable[list[str]]) -> set[tuple[str, ...]]:
    """All runs of words, however they are written."""
    found = set()
    for words in texts:
        folded = [word for word in map(danish.fold, words) if word]
        found |= {tuple(folded[at : at + RUN]) for at in range(len(folded) - RUN + 1)}
    return found


def _runs_of(enterprise: Enterprise) -> set[tuple[str, ...]]:
    return _runs(getattr(enterprise, field).split() for field in SAYS)
