"""The search keeps its quality on the judged queries. `make quality` prints the same table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from directory import catalogue as catalogues
from directory.models import Listing
from enterprises import publishing
from enterprises.models import Enterprise
from tests.search import quality
from tests.search.quality import NONSENSE, Score, mean

BOTH = (quality.TUNED, quality.HELD_OUT)
# Only for the tuned set: who raises a floor under the held-out one has begun to tune by it.
LEAST_NDCG, LEAST_RECALL, LEAST_MRR, LEAST_NONSENSE, LEAST_OF_A_KIND = 0.84, 0.91, 0.96, 0.93, 0.70


@pytest.fixture(scope="module")
def scores(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[list[Score]]:
    """The judged queries answered on the whole demo city. Built once, and erased again."""
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)
        catalogue = catalogues.build()
        names = dict(Listing.objects.values_list("pk", "name"))
        measured = quality.measure(lambda q: [names[pk] for pk in catalogue.search(q)[1]])
    yield measured
    with django_db_blocker.unblock():
        publishing.forget(Enterprise.objects.all())


def kinds(scores: list[Score]) -> dict[str, list[Score]]:
    names = dict.fromkeys(one.judged.kind for one in scores)
    return {name: [one for one in scores if one.judged.kind == name] for name in names}


def test_the_search_is_as_good_as_it_was(scores: list[Score]) -> None:
    answerable = [one for one in scores if one.judged.kind != NONSENSE]
    reached = {
        "nDCG@10": (mean([one.ndcg for one in answerable]), LEAST_NDCG),
        "recall@20": (mean([one.recall for one in answerable]), LEAST_RECALL),
        "MRR": (mean([one.reciprocal_rank for one in answerable]), LEAST_MRR),
    }
    for kind, group in kinds(scores).items():
        reached[kind] = (mean([one.ndcg for one in group]), LEAST_OF_A_KIND)
    reached[NONSENSE] = (reached[NONSENSE][0], LEAST_NONSENSE)
    fallen = [name for name, (value, least) in reached.items() if value < least]
    assert not fallen, f"{', '.join(fallen)} below the least that will do\n{quality.table(scores)}"


@pytest.mark.parametrize(("name", "least"), [(quality.TUNED, 80), (quality.HELD_OUT, 110)])
def test_there_are_queries_of_every_kind(name: str, least: int) -> None:
    count = Counter(query.kind for query in quality.judged(name))
    assert count.total() >= least
    assert min(count.values()) >= 8
    assert set(count) == {query.kind for query in quality.judged()}


def test_no_held_out_query_is_one_that_the_search_is_tuned_by() -> None:
    tuned, held_out = ({query.q.casefold() for query in quality.judged(name)} for name in BOTH)
    assert not tuned & held_out


@pytest.mark.django_db
def test_judged_enterprises_exist(scores: list[Score]) -> None:
    """A name that was changed in the city would count as a miss for ever."""
    names = set(Listing.objects.values_list("name", flat=True))
    judged = {name for both in BOTH for query in quality.judged(both) for name in query.grades}
    assert judged - names == set()
