"""Parts of a proposal approved in any order and split, and those who decide and write at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises import admission, editing, proposals, publishing, sections, snapshots
from enterprises.choices import ProposalState, Section
from enterprises.models import Enterprise, Look, OpeningHours, Proposal, Publication, User
from enterprises.reviewing import looking
from enterprises.snapshots import Snapshot
from tests.builders import a_place, a_user, an_enterprise, published
from tests.test_editing_any_order import at_once, who

# -- any order ------------------------------------------------------------------------------------

TERM = {"slug": "noerrebro", "da": "Nørrebro", "en": "Nørrebro"}
HOURS = st.sampled_from(
    [[], [{"day": 0, "opens": "09:00", "closes": "17:00"}], [{"day": 1, "opens": "10:00"}]]
)
PLACES = st.builds(
    lambda street, label, hours: (
        {"street": street, "postcode": "2200", "district": TERM, "hidden": False}
        | ({"label": {"da": label}} if label else {})
        | ({"hours": hours} if hours else {})
    ),
    st.sampled_from(["Gaden 1", "Gaden 2"]),
    st.sampled_from(["", "Butikken", "Værkstedet"]),
    HOURS,
)
TEXTS = st.sampled_from(["", "Brød", "Boller"])


def filled(values: Snapshot) -> Snapshot:
    return {key: value for key, value in values.items() if value}


SNAPSHOTS = st.fixed_dictionaries(
    {
        "kind": st.just("enterprise"),
        "name": st.sampled_from(["Brød", "Boller"]),
        "slug": st.sampled_from(["broed", "boller"]),
        "tagline": TEXTS.map(lambda text: {"da": text} if text else {}),
        "figures": st.sampled_from([{}, {"employees": {"value": 7, "year": 2026}}]),
        "offers": st.lists(TEXTS.map(lambda text: {"name": {"da": text}}), max_size=2),
        "places": st.lists(PLACES, max_size=3),
        "buyer": st.sampled_from([{}, {"e_invoice": True}]),
        "openings": st.lists(st.just({"title": {"da": "Job"}}), max_size=1),
        "contact": TEXTS.map(lambda text: {"name": text} if text else {}),
        "photos": st.lists(TEXTS.map(lambda text: {"alt": {"da": text}}), max_size=2),
        "evidence": st.lists(st.just({"criterion": "purpose"}), max_size=1),
    }
).map(filled)


@settings(deadline=None)
@given(before=SNAPSHOTS, after=SNAPSHOTS, data=st.data())
def test_parts_in_any_order_and_split_end_as_all_of_it(
    before: Snapshot, after: Snapshot, data: st.DataObject
) -> None:
    whole = sections.parts(before, after)
    left = list(data.draw(st.permutations(whole)))
    public = before
    while left:
        size = data.draw(st.integers(1, len(left)))
        keys, left = {part.key for part in left[:size]}, left[size:]
        chosen = [part for part in sections.parts(public, after) if part.key in keys]
        public = sections.with_parts(public, after, chosen)
        # What was not chosen is as it was.
        for part in left:
            for section in set(part.sections) - {Section.PLACES, Section.HOURS}:
                assert snapshots.same(sections.part(public, section), sections.part(before, section))
    assert snapshots.same(public, after)
    assert sections.parts(public, after) == []


def change(enterprise: Enterprise) -> None:
    """Something in every section, and outside them."""
    enterprise.tagline_da, enterprise.phone = "Ny", "11 22 33 44"
    enterprise.slug = f"{enterprise.slug}-nyt"
    enterprise.employees, enterprise.employees_year = 7, 2026
    enterprise.save()
    enterprise.offers.update(name_da="Noget andet")
    place = enterprise.places.get()
    OpeningHours.objects.filter(place=place).update(opens=time(6))
    enterprise.places.update(accessibility_da="Ingen trin")
    a_place(enterprise, street="Gaden 2", label_da="Butikken")


@pytest.mark.parametrize("first", [["who"], ["places"], ["other", "offers"], ["contact", "places", "who"]])
def test_some_and_then_the_rest_is_all_of_it(db: None, first: list[str]) -> None:
    clerk = a_user("karen@example.dk")
    ends = []
    for chosen in (first, None):
        enterprise = published(f"Brød {chosen is None}", criteria=())
        change(enterprise)
        for keys in filter(None, (chosen, "all")):
            fresh = editing.fresh(enterprise)
            assert fresh.current
            seen = proposals.seen(fresh)
            proposal = proposals.submit(enterprise, by=clerk, having_seen=seen)
            parts = sections.parts(fresh.current.snapshot, snapshots.take(fresh))
            wanted = [part.key for part in parts] if keys == "all" else keys
            admission.approve_some(proposal, wanted, "Siden", by=clerk, having_seen=seen)
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.APPROVED
        fresh = editing.fresh(enterprise)
        assert fresh.current and snapshots.same(snapshots.take(fresh), fresh.current.snapshot)
        ends.append(
            {key: told for key, told in fresh.current.snapshot.items() if key not in ("name", "slug")}
        )
        numbers = fresh.publications.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
    assert ends[0] == ends[1]


# -- at the same time -----------------------------------------------------------------------------


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Proposal]:
    """A committed proposal about two sections, for several connections."""
    with django_db_blocker.unblock():
        enterprise = an_enterprise("Brød", criteria=())
        people = [a_user(f"{name}@example.dk") for name in ("ida", "karen", "mette")]
        publishing.publish(enterprise)
        Enterprise.objects.filter(pk=enterprise.pk).update(
            tagline_da="Læst", employees=7, employees_year=2026
        )
        seen = proposals.seen(editing.fresh(enterprise))
        try:
            yield proposals.submit(enterprise, by=people[0], having_seen=seen)
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
            User.objects.filter(pk__in=[person.pk for person in people]).delete()


def someone(name: str) -> User:
    return User.objects.get(email=f"{name}@example.dk")


def approving(proposal: Proposal, name: str, *keys: str) -> Callable[[], object]:
    """All of it, or only some parts."""
    by, seen = someone(name), proposals.seen(editing.fresh(proposal.enterprise))
    if keys:
        return lambda: admission.approve_some(proposal, keys, "Resten ikke.", by=by, having_seen=seen)
    return lambda: admission.approve(proposal, by=by, having_seen=seen)


def public(proposal: Proposal) -> tuple[str, bool]:
    """The tagline, and whether the number of employees is told."""
    current = Enterprise.objects.select_related("current").get(pk=proposal.enterprise_id).current
    assert current
    return current.snapshot["tagline"]["da"], "figures" in current.snapshot


@pytest.mark.parametrize(("one", "other"), [((), ()), (("who",), ("ownership",)), ((), ("who",))])
def test_of_two_approvals_at_once_one_counts(
    shared: Proposal, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    acts = approving(shared, "karen", *one), approving(shared, "mette", *other)
    outcomes = at_once(shared.enterprise, *acts)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DecidedError", "Publication"]
    assert Publication.objects.filter(enterprise=shared.enterprise_id).count() == 2
    shared.refresh_from_db()
    assert shared.decided_by and shared.publication
    decided = one if shared.decided_by.email.startswith("karen") else other
    expected = "Læst" if "who" in decided or not decided else "Frokost og brød til møder"
    assert public(shared) == (expected, "ownership" in decided or not decided)


@pytest.mark.parametrize("keys", [(), ("who",), ("ownership",)])
def test_what_an_editor_saves_meanwhile_is_never_published_unseen(
    shared: Proposal, keys: tuple[str, ...]
) -> None:
    version = sections.version(editing.fresh(shared.enterprise), Section.WHO)
    ida, data = someone("ida"), who("Ikke læst")
    outcomes = at_once(
        shared.enterprise,
        approving(shared, "karen", *keys),
        lambda: editing.save(shared.enterprise, ida, Section.WHO, data, version=version, revision=0),
    )
    approved = any(isinstance(outcome, Publication) for outcome in outcomes)
    assert approved or any(isinstance(outcome, proposals.ProposalError) for outcome in outcomes)
    tagline, tells_employees = public(shared)
    assert tagline == ("Læst" if approved and keys != ("ownership",) else "Frokost og brød til møder")
    assert tells_employees == (approved and keys != ("who",))
    kept = Enterprise.objects.get(pk=shared.enterprise_id)
    assert (kept.tagline_da, kept.employees) == ("Ikke læst", 7), "nothing is lost"


def test_two_who_open_it_at_once_are_both_noted(shared: Proposal) -> None:
    karen, mette = someone("karen"), someone("mette")
    outcomes = at_once(
        shared.enterprise,
        *(lambda by=by: (held(shared), looking.look(shared, by)) for by in (karen, karen, mette)),  # type: ignore[misc]
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {look.user_id for look in Look.objects.filter(proposal=shared)} == {karen.pk, mette.pk}


def held(proposal: Proposal) -> None:
    """Wait at the door where at_once holds everybody."""
    with transaction.atomic():
        Enterprise.objects.select_for_update().get(pk=proposal.enterprise_id)
