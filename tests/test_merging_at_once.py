"""Two who decide about the same enterprises at once, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from enterprises import merging, pairs, publishing
from enterprises.choices import PairState, Take
from enterprises.merging import MergeError
from enterprises.models import DuplicatePair, Enterprise, User
from tests.builders import a_user, an_enterprise
from tests.test_editing_any_order import at_once


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[DuplicatePair]:
    """Two committed enterprises that could be one, and a third that nobody has seen is like them."""
    with django_db_blocker.unblock():
        some = [an_enterprise(name, criteria=()) for name in ("Brød", "Brød ApS", "Brød IVS")]
        person = a_user("karen@example.dk")
        for enterprise in some[:2]:
            publishing.publish(enterprise)
        pairs.find([some[0].pk])
        DuplicatePair.objects.filter(second=some[2]).delete()
        try:
            yield DuplicatePair.objects.select_related("first", "second").get()
        finally:
            publishing.forget(Enterprise.objects.filter(pk__in=[enterprise.pk for enterprise in some]))
            User.objects.filter(pk=person.pk).delete()


def merging_of(pair: DuplicatePair, keep: Take = Take.FIRST) -> Callable[[], object]:
    seen, by = merging.seen(*merging.both(pair)), User.objects.get(email="karen@example.dk")
    return lambda: merging.merge(pair, {}, keep=keep, by=by, having_seen=seen)


def the_two(pair: DuplicatePair) -> list[bool]:
    """Whether each is public."""
    found = Enterprise.objects.in_bulk([pair.first_id, pair.second_id])
    return [found[pair.first_id].is_public, found[pair.second_id].is_public]


def test_of_two_clerks_who_merge_at_once_one_is_told(shared: DuplicatePair) -> None:
    outcomes = at_once(shared.first, merging_of(shared), merging_of(shared, Take.SECOND))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PairError", "tuple"]
    assert sum(the_two(shared)) == 1


def test_of_one_who_merges_and_one_who_tells_apart_one_is_told(shared: DuplicatePair) -> None:
    karen = User.objects.get(email="karen@example.dk")
    outcomes = at_once(
        shared.first,
        merging_of(shared),
        lambda: pairs.tell_apart(shared, by=karen, having_seen=shared.grounds),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, pairs.PairError)]) == 1
    shared.refresh_from_db()
    assert (sum(the_two(shared)) == 1) == (shared.state == PairState.MERGED)


def test_merging_while_the_kept_one_is_published_loses_nothing(shared: DuplicatePair) -> None:
    """Whichever comes first: what was published unseen is not merged, and what was merged is public."""
    Enterprise.objects.filter(pk=shared.first_id).update(tagline_da="Nyt")
    outcomes = at_once(shared.first, merging_of(shared), lambda: publishing.publish(shared.first))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(outcome, MergeError) for outcome in refused)
    assert the_two(shared) == [True, bool(refused)]
    current = Enterprise.objects.get(pk=shared.first_id).current
    assert current is not None and current.snapshot["tagline"]["da"] == "Nyt"


def test_merging_while_the_worker_looks_stops_neither(shared: DuplicatePair) -> None:
    outcomes = at_once(shared.first, merging_of(shared), lambda: pairs.find([shared.first_id]))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert the_two(shared) == [True, False]
    pairs.find()
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN)
    assert not waiting.filter(first=shared.second_id).exists()
    assert waiting.filter(first=shared.first_id).exists()
