"""Several who change one shortlist at once, each on a connection of their own: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from enterprises import publishing, shortlists
from enterprises.choices import Right
from enterprises.models import Enterprise, Shortlist, ShortlistItem
from enterprises.shortlists import Access, NoteConflictError, RevokedError, ShortlistError
from tests.builders import an_enterprise
from tests.test_editing_any_order import _waiting

HOW_MANY = 5


@dataclass
class Shared:
    own: Access
    by_link: Access
    enterprises: list[int]

    @property
    def order(self) -> list[int]:
        """The list as it lies there; its places are one after the other."""
        rows = ShortlistItem.objects.filter(shortlist=self.own.shortlist).order_by("position")
        found = list(rows.values_list("position", "enterprise_id"))
        assert len({position for position, _pk in found}) == len(found)
        return [pk for _position, pk in found]


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shared]:
    """A committed list, empty so far, its maker, and somebody who edits it by a link."""
    with django_db_blocker.unblock():
        some = [an_enterprise(f"Delt {letter}", criteria=()) for letter in "ABCDE"]
        for enterprise in some:
            publishing.publish(enterprise)
        own = shortlists.begin("Sammen")
        by_link = shortlists.opened(shortlists.token(own, shortlists.share(own, Right.EDIT)))
        assert by_link
        try:
            yield Shared(own, by_link, [enterprise.pk for enterprise in some])
        finally:
            Shortlist.objects.filter(pk=own.shortlist.pk).delete()
            publishing.forget(Enterprise.objects.filter(pk__in=[enterprise.pk for enterprise in some]))


def at_once(shared: Shared, *acts: Callable[[], object]) -> list[object]:
    """All wait for the list before any of them gets it."""
    outcomes: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    with transaction.atomic():
        Shortlist.objects.select_for_update().get(pk=shared.own.shortlist.pk)
        for thread in threads:
            thread.start()
        tick = Event()
        for _try in range(2_000):
            if outcomes or _waiting() == len(acts):
                break
            tick.wait(0.01)
        assert not outcomes, outcomes
    for thread in threads:
        thread.join(20)
    assert len(outcomes) == len(acts)
    return outcomes


def failed(outcomes: list[object]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Exception)]


def filled(shared: Shared) -> None:
    for pk in shared.enterprises:
        shortlists.save(shared.own, pk)


def saving(access: Access, pk: int) -> Callable[[], object]:
    return lambda: shortlists.save(access, pk)


def moving(access: Access, pk: int, before: int | None) -> Callable[[], object]:
    return lambda: shortlists.move(access, pk, before)


def test_all_that_is_added_at_once_is_there_once(shared: Shared) -> None:
    acts = [saving(access, pk) for pk in shared.enterprises[:3] for access in (shared.own, shared.by_link)]
    assert failed(at_once(shared, *acts)) == []
    assert sorted(shared.order) == sorted(shared.enterprises[:3])


def test_the_last_place_is_given_once(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortlists, "MOST", 2)
    outcomes = at_once(shared, *(saving(shared.own, pk) for pk in shared.enterprises))
    assert failed(outcomes) == [ShortlistError.__name__] * (HOW_MANY - 2)
    assert len(shared.order) == 2


def test_moves_at_once_keep_all_in_one_order(shared: Shared) -> None:
    filled(shared)
    a, b, c, d, e = shared.enterprises
    outcomes = at_once(
        shared,
        moving(shared.own, e, a),
        moving(shared.by_link, a, None),
        moving(shared.own, c, b),
        moving(shared.by_link, d, e),
    )
    assert failed(outcomes) == []
    assert sorted(shared.order) == sorted(shared.enterprises)


def test_moving_while_others_add_and_remove(shared: Shared) -> None:
    a, b, c, d, e = shared.enterprises
    for pk in (a, b, c, d):
        shortlists.save(shared.own, pk)
    outcomes = at_once(
        shared,
        moving(shared.own, d, a),
        lambda: shortlists.remove(shared.by_link, a),
        saving(shared.by_link, e),
        lambda: shortlists.remove(shared.own, a),
    )
    assert failed(outcomes) == []
    assert sorted(shared.order) == sorted([b, c, d, e])


def test_of_two_who_write_a_note_at_once_one_is_asked_and_both_texts_are_there(shared: Shared) -> None:
    filled(shared)
    pk = shared.enterprises[0]
    outcomes = at_once(
        shared,
        lambda: shortlists.write_note(shared.own, pk, "Den ene", 0),
        lambda: shortlists.write_note(shared.by_link, pk, "Den anden", 0),
    )
    (conflict,) = [outcome for outcome in outcomes if isinstance(outcome, NoteConflictError)]
    assert conflict.item
    kept = ShortlistItem.objects.get(shortlist=shared.own.shortlist, enterprise=pk)
    assert conflict.item.note == kept.note
    assert {kept.note, conflict.mine} == {"Den ene", "Den anden"}


def test_what_comes_after_the_link_is_closed_does_not_come_in(shared: Shared) -> None:
    """Whichever is first: what was refused is not there, what was not is."""
    assert shared.by_link.link
    link = shared.by_link.link.pk
    pk = shared.enterprises[0]
    outcomes = at_once(shared, lambda: shortlists.revoke(shared.own, link), saving(shared.by_link, pk))
    assert set(failed(outcomes)) <= {RevokedError.__name__}
    assert shared.order == ([] if failed(outcomes) else [pk])
    with pytest.raises(RevokedError):
        shortlists.save(shared.by_link, shared.enterprises[1])


def test_who_edits_a_list_that_is_being_deleted_is_told(shared: Shared) -> None:
    outcomes = at_once(
        shared, lambda: shortlists.delete(shared.own), saving(shared.by_link, shared.enterprises[0])
    )
    assert set(failed(outcomes)) <= {ShortlistError.__name__}
    assert not Shortlist.objects.filter(pk=shared.own.shortlist.pk).exists()
    assert not ShortlistItem.objects.filter(enterprise__in=shared.enterprises).exists()
