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
from tests.search import cities, quality
from tests.search.quality import NONSENSE, Score, mean

BOTH = (quality.TUNED, quality.HELD_OUT)
# Not for the held-out set: who raises a floor under it has begun to tune by it.
LEAST_NONSENSE, LEAST_OF_A_KIND = 0.93, 0.75
LEAST = {
    quality.TUNED: {"nDCG@10": 0.89, "recall@20": 0.94, "MRR": 0.98},
    quality.OTHER: {"nDCG@10": 0.94, "recall@20": 0.94, "MRR": 0.96},
}


@pytest.fixture(scope="module", params=LEAST)
def scores(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker
) -> Iterator[tuple[str, list[Score]]]:
    """A set's queries answered on the whole of its city. Each is built once, and erased again."""
    name: str = request.param
    with django_db_blocker.unblock():
        if name == quality.OTHER:
            cities.move_to_the_other_city()
        else:
            call_command("load_content", verbosity=0)
        catalogue = catalogues.build()
        names = dict(Listing.objects.values_list("pk", "name"))
        measured = quality.measure(lambda q: [names[pk] for pk in catalogue.search(q)[1]], name)
    yield name, measured
    with django_db_blocker.unblock():
        publishing.forget(Enterprise.objects.all())


def kinds(scores: list[Score]) -> dict[str, list[Score]]:
    names = dict.fromkeys(one.judged.kind for one in scores)
    return {name: [one for one in scores if one.judged.kind == name] for name in names}


def test_the_search_is_as_good_as_it_was(scores: tuple[str, list[Score]]) -> None:
    name, measured = scores
    answerable = [one for one in measured if one.judged.kind != NONSENSE]
    reached = {
        "nDCG@10": mean([one.ndcg for one in answerable]),
        "recall@20": mean([one.recall for one in answerable]),
        "MRR": mean([one.reciprocal_rank for one in answerable]),
    } | {kind: mean([one.ndcg for one in group]) for kind, group in kinds(measured).items()}
    least = LEAST[name] | {NONSENSE: LEAST_NONSENSE}
    fallen = [what for what, value in reached.items() if value < least.get(what, LEAST_OF_A_KIND)]
    assert not fallen, f"{', '.join(fallen)} below the least that will do\n{quality.table(measured)}"


@pytest.mark.parametrize(
    ("name", "least"), [(quality.TUNED, 80), (quality.HELD_OUT, 110), (quality.OTHER, 150)]
)
def test_there_are_queries_of_every_kind(name: str, least: int) -> None:
    count = Counter(query.kind for query in quality.judged(name))
    assert count.total() >= least
    assert min(count.values()) >= 7
    assert set(count) == {query.kind for query in quality.judged()}


def test_no_held_out_query_is_one_that_the_search_is_tuned_by() -> None:
    tuned, held_out = ({query.q.casefold() for query in quality.judged(name)} for name in BOTH)
    assert not tuned & held_out


@pytest.mark.django_db
def test_judged_enterprises_exist(scores: tuple[str, list[Score]]) -> None:
    """A name that was changed in the city would count as a miss for ever."""
    sets = [quality.OTHER] if scores[0] == quality.OTHER else BOTH
    judged = {name for one in sets for query in quality.judged(one) for name in query.grades}
    assert judged - set(Listing.objects.values_list("name", flat=True)) == set()
