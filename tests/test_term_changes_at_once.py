"""Words change while others save and publish, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import QueryDict

from directory.models import Listing
from enterprises import editing, publishing, sections, term_changes
from enterprises.choices import Section, TermChangeKind
from enterprises.models import Enterprise, Sector, SectorOf, TermChange, User
from enterprises.term_carriers import ChangeError
from tests.builders import a_user, an_enterprise
from tests.test_editing_any_order import at_once

SLUGS = ("prove-a", "prove-b", "prove-c")


@pytest.fixture
def pottery(django_db_setup: None, django_db_blocker: Any) -> Iterator[Enterprise]:
    """Committed: one with a branch of ours, and two other branches."""
    with django_db_blocker.unblock():
        for slug in SLUGS:
            Sector.objects.create(slug=slug, name_da=slug, name_en=slug, position=99)
        enterprise = an_enterprise("Ler", sectors=["prove-a"], criteria=())
        person = a_user("karen@example.dk")
        publishing.publish(enterprise)
        try:
            yield enterprise
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
            TermChange.objects.all().delete()
            Sector.everything.filter(slug__in=SLUGS).update(successor=None)
            Sector.everything.filter(slug__in=SLUGS).delete()
            User.objects.filter(pk=person.pk).delete()


def sector(slug: str) -> Sector:
    found: Sector = Sector.everything.get(slug=slug)
    return found


def merging(slug: str, into: str) -> Callable[[], object]:
    by, term, details = User.objects.get(email="karen@example.dk"), sector(slug), {"into": sector(into).pk}
    return lambda: term_changes.ask(term, TermChangeKind.MERGE, details, by=by, reason="x")


def said(pottery: Enterprise) -> tuple[list[str], list[str]]:
    """The branches of the working copy, and those readers see."""
    ranks = SectorOf.objects.filter(enterprise=pottery).order_by("rank")
    return list(ranks.values_list("sector__slug", flat=True)), Listing.objects.get(pk=pottery.pk).card[
        "sectors"
    ]


def typing(pottery: Enterprise, *slugs: str) -> Callable[[], object]:
    data = QueryDict(mutable=True)
    data.update({"name": "Ler", "tagline_da": "Krukker", "description_da": "Vi drejer."})
    data.update({f"sector_{rank}": str(sector(slug).pk) for rank, slug in enumerate(slugs, 1)})
    version = sections.version(editing.fresh(pottery), Section.WHO)
    by = User.objects.get(email="karen@example.dk")

    def save() -> object:
        """Whoever is told that a word has changed saves again."""
        outcome = editing.save(pottery, by, Section.WHO, data, version=version, revision=0)
        if isinstance(outcome, editing.Conflict):
            return editing.save(pottery, by, Section.WHO, data, version=outcome.version, revision=0)
        return outcome

    return save


@pytest.mark.parametrize("slugs", [("prove-a",), ("prove-a", "prove-b"), ("prove-b", "prove-a")])
def test_whoever_saves_a_word_that_is_merged_meanwhile_has_its_successor(
    pottery: Enterprise, slugs: tuple[str, ...]
) -> None:
    saving = typing(pottery, *slugs)
    outcomes = at_once(pottery, merging("prove-a", "prove-b"), saving)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert any(isinstance(outcome, editing.Saved) for outcome in outcomes)
    assert said(pottery) == (["prove-b"], ["prove-b"])


def test_what_is_published_meanwhile_shows_the_successor(pottery: Enterprise) -> None:
    Enterprise.objects.filter(pk=pottery.pk).update(tagline_da="Nyt")
    outcomes = at_once(pottery, merging("prove-a", "prove-b"), lambda: publishing.publish(pottery))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert said(pottery) == (["prove-b"], ["prove-b"])
    assert not publishing.has_changes(editing.fresh(pottery))


def test_two_words_merged_into_each_other_at_once_leave_one(pottery: Enterprise) -> None:
    SectorOf.objects.create(enterprise=pottery, sector=sector("prove-b"), rank=2)
    outcomes = at_once(pottery, merging("prove-a", "prove-b"), merging("prove-b", "prove-a"))
    assert len([outcome for outcome in outcomes if isinstance(outcome, ChangeError)]) == 1
    (left,) = Sector.objects.filter(slug__in=SLUGS[:2])
    assert said(pottery) == ([left.slug], [left.slug])


def test_a_row_written_past_all_forms_follows_too(pottery: Enterprise) -> None:
    old = sector("prove-c").pk
    merging("prove-c", "prove-b")()
    SectorOf.objects.create(enterprise=pottery, sector_id=old, rank=2)
    assert said(pottery)[0] == ["prove-a", "prove-b"]
