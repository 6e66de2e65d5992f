"""The one door: what becomes public through it, what stops being so, and that it is all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from directory.models import CatalogueState, Listing
from enterprises import choices, publishing, register, snapshots
from enterprises.models import (
    Enterprise,
    FormerSlug,
    Mark,
    MarkOf,
    Mission,
    Place,
    Publication,
    User,
    Withdrawal,
)
from enterprises.publishing import PublishError
from tests.builders import ADDRESS, a_place, a_proof, a_user, an_enterprise, published, republished


@pytest.fixture
def draft(db: None) -> Enterprise:
    return an_enterprise()


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return published()


def listing_of(enterprise: Enterprise) -> Listing | None:
    return Listing.objects.filter(pk=enterprise.pk).first()


def visit(client: Client, slug: str) -> tuple[int, str]:
    """The status of a profile's address, and where it leads."""
    response = client.get(reverse("profile", args=[slug]))
    return response.status_code, response.headers.get("Location", "")


def address(slug: str) -> str:
    return reverse("profile", args=[slug])


def fresh(enterprise: Enterprise) -> Enterprise:
    return Enterprise.objects.get(pk=enterprise.pk)


@contextmanager
def receiving(signal: Signal, receiver: Callable[..., None]) -> Iterator[None]:
    signal.connect(receiver, weak=False)
    try:
        yield
    finally:
        signal.disconnect(receiver)


# -- publish --------------------------------------------------------------------------------------


def test_first_publication_is_number_one_and_listed(draft: Enterprise) -> None:
    ida, generation = a_user(), CatalogueState.present()
    publication = publishing.publish(draft, by=ida, reason="Godkendt")
    assert (publication.number, publication.published_by, publication.reason) == (1, ida, "Godkendt")
    assert publication.schema_version == snapshots.SCHEMA_VERSION
    assert publication.change == choices.Change.PUBLISHED
    assert publication.snapshot == snapshots.take(fresh(draft))
    listing = listing_of(draft)
    assert listing and listing.publication == publication == fresh(draft).current
    assert CatalogueState.present() > generation


def test_a_draft_is_not_found(draft: Enterprise, client: Client) -> None:
    assert visit(client, draft.slug) == (404, "")


def test_publishing_what_is_public_already_changes_nothing(bakery: Enterprise) -> None:
    generation = CatalogueState.present()
    assert publishing.publish(bakery) == bakery.current
    assert Publication.objects.count() == 1
    assert CatalogueState.present() == generation


def test_edits_are_public_only_once_published(bakery: Enterprise, client: Client) -> None:
    Enterprise.objects.update(tagline_da="Nu også kager")
    assert publishing.has_changes(fresh(bakery))
    assert b"kager" not in client.get(address(bakery.slug)).content
    assert publishing.publish(bakery).number == 2
    assert not publishing.has_changes(fresh(bakery))
    assert b"kager" in client.get(address(bakery.slug)).content


def test_every_part_of_a_profile_counts_as_a_change(bakery: Enterprise) -> None:
    a_proof(bakery, "purpose", wording_da="Et bevis til")
    assert publishing.has_changes(fresh(bakery))


@pytest.mark.parametrize("notes", ["Ring ikke til Svend", ""])
def test_internal_notes_are_no_change(bakery: Enterprise, notes: str) -> None:
    Enterprise.objects.update(notes=notes)
    assert not publishing.has_changes(fresh(bakery))


def test_an_incomplete_profile_is_refused_with_all_its_faults(db: None) -> None:
    draft = an_enterprise(tagline_da="", description_da="", sectors=())
    with pytest.raises(PublishError) as refused:
        publishing.publish(draft)
    assert len(refused.value.problems) == 3
    assert not Publication.objects.exists()
    assert not FormerSlug.objects.exists()
    assert listing_of(draft) is None


def test_an_edit_that_makes_a_profile_incomplete_leaves_the_old_one_standing(bakery: Enterprise) -> None:
    before = bakery.current
    Enterprise.objects.update(description_da="")
    with pytest.raises(PublishError):
        publishing.publish(bakery)
    listing = listing_of(bakery)
    assert listing and listing.publication == fresh(bakery).current == before


def test_organisations_need_no_sector(db: None) -> None:
    assert published(kind=choices.Kind.ORGANISATION, sectors=()).is_public


@pytest.mark.parametrize(("signal", "act"), [("published", "publish"), ("withdrawn", "withdraw")])
def test_a_failing_receiver_undoes_everything(bakery: Enterprise, signal: str, act: str) -> None:
    def fail(**_kwargs: Any) -> None:
        raise RuntimeError("the directory could not follow")

    Enterprise.objects.update(name="Nyt navn", slug="nyt-navn")
    before = (bakery.current, CatalogueState.present())
    with receiving(getattr(publishing, signal), fail), pytest.raises(RuntimeError):
        getattr(publishing, act)(fresh(bakery), reason="Prøve")
    listing = listing_of(bakery)
    assert listing and listing.name == "Brød & Broer"
    assert (fresh(bakery).current, CatalogueState.present()) == before
    assert (Publication.objects.count(), FormerSlug.objects.count(), Withdrawal.objects.count()) == (1, 1, 0)


def test_publishing_a_whole_city_is_like_publishing_each(db: None) -> None:
    drafts = [an_enterprise(name) for name in ("Alfa", "Beta")]
    publishing.publish_new([fresh(draft) for draft in drafts], reason="Indlæst")
    for draft in drafts:
        listing, current = listing_of(draft), fresh(draft).current
        assert listing and listing.publication == current
        assert current and (current.number, current.snapshot) == (1, snapshots.take(fresh(draft)))
        assert FormerSlug.objects.get(enterprise=draft).slug == draft.slug


def test_a_city_with_an_incomplete_enterprise_is_refused_whole(db: None) -> None:
    drafts = [an_enterprise("Alfa"), an_enterprise("Beta", tagline_da="")]
    with pytest.raises(PublishError, match="Beta"):
        publishing.publish_new(drafts)
    assert not Publication.objects.exists()


def test_of_many_those_with_changes_are_published_again(db: None) -> None:
    same, edited, draft = published("Alfa"), published("Beta"), an_enterprise("Gamma")
    Enterprise.objects.filter(pk=edited.pk).update(phone="12345678")
    many = [fresh(enterprise) for enterprise in (same, edited, draft)]
    assert publishing.publish_many(many, reason="Indlæst") == {edited.pk, draft.pk}
    assert [fresh(e).current.number for e in many] == [1, 2, 1]
    assert fresh(edited).current.snapshot["contact"]["phone"] == "12345678"
    assert listing_of(edited).publication == fresh(edited).current
    assert listing_of(draft) and FormerSlug.objects.get(enterprise=draft).slug == draft.slug


def test_many_take_as_many_queries_as_few(db: None) -> None:
    enterprises = [published(f"Nummer {number}") for number in range(6)]
    counts = []
    for some in (enterprises[:2], enterprises[2:]):
        Enterprise.objects.update(phone="12345678")
        with CaptureQueriesContext(connection) as queries:
            publishing.publish_many([fresh(enterprise) for enterprise in some])
        counts.append(len(queries) - len(some))
    assert counts[0] == counts[1]


def test_confirming_dates_the_listing_without_a_publication(bakery: Enterprise) -> None:
    publishing.confirm(bakery, on=date(2026, 11, 1))
    listing = listing_of(bakery)
    assert listing and listing.confirmed_on == fresh(bakery).confirmed_on == date(2026, 11, 1)
    assert Publication.objects.count() == 1


# -- addresses ------------------------------------------------------------------------------------


def test_new_names_get_addresses_nobody_ever_had(bakery: Enterprise) -> None:
    republished(bakery, slug="broed")
    assert publishing.free_slug("Brød & Broer") == "broed-broer-2"
    assert publishing.free_slug("BRØD") == "broed-2"


def test_old_addresses_lead_to_the_new_one_after_two_renames(bakery: Enterprise, client: Client) -> None:
    republished(bakery, slug="broed")
    republished(bakery, slug="boller")
    assert visit(client, "broed-broer") == visit(client, "broed") == (301, address("boller"))
    assert visit(client, "boller")[0] == 200


def test_an_enterprise_may_return_to_an_address_of_its_own(bakery: Enterprise, client: Client) -> None:
    republished(republished(bakery, slug="broed"), slug="broed-broer")
    assert visit(client, "broed") == (301, address("broed-broer"))


def test_a_former_address_of_another_cannot_be_taken(bakery: Enterprise, client: Client) -> None:
    republished(bakery, slug="broed")
    other = an_enterprise("En anden", slug="broed-broer")
    with pytest.raises(PublishError, match="broed-broer"):
        publishing.publish(other)
    assert listing_of(other) is None
    assert visit(client, "broed-broer") == (301, address("broed"))


def test_one_former_address_of_another_stops_all_of_many(bakery: Enterprise) -> None:
    FormerSlug.objects.create(slug="beta", enterprise=bakery)
    with pytest.raises(PublishError, match="beta"):
        publishing.publish_many([an_enterprise("Alfa"), an_enterprise("Beta", slug="beta")])
    assert Publication.objects.count() == 1


# -- withdraw -------------------------------------------------------------------------------------


def test_a_withdrawn_profile_is_gone_but_not_forgotten(bakery: Enterprise, client: Client) -> None:
    generation, ida = CatalogueState.present(), a_user()
    withdrawal = publishing.withdraw(bakery, by=ida, reason="Lukket")
    assert (withdrawal.withdrawn_by, withdrawal.reason) == (ida, "Lukket")
    assert listing_of(bakery) is None
    assert visit(client, "broed-broer") == (410, "")
    assert not fresh(bakery).is_public
    assert Publication.objects.count() == 1
    assert CatalogueState.present() > generation


def test_what_is_not_public_cannot_be_withdrawn(draft: Enterprise) -> None:
    with pytest.raises(PublishError):
        publishing.withdraw(draft, reason="Prøve")


def test_a_withdrawn_profile_can_be_published_again(bakery: Enterprise, client: Client) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    assert publishing.publish(bakery).number == 2
    assert visit(client, "broed-broer")[0] == 200


def test_a_merged_profile_leads_to_the_other(bakery: Enterprise, client: Client) -> None:
    other = published("Rugbrød")
    publishing.withdraw(bakery, reason="Lagt sammen", merged_into=other)
    assert visit(client, "broed-broer") == (301, address("rugbroed"))
    republished(other, slug="boller")
    assert visit(client, "broed-broer") == (301, address("boller"))


def test_merges_of_merges_lead_to_the_last(bakery: Enterprise, client: Client) -> None:
    second, third = published("Rugbrød"), published("Boller")
    publishing.withdraw(bakery, reason="Lagt sammen", merged_into=second)
    publishing.withdraw(second, reason="Lagt sammen", merged_into=third)
    assert visit(client, "broed-broer") == (301, address("boller"))
    publishing.withdraw(third, reason="Lukket")
    assert visit(client, "broed-broer") == (410, "")


def test_merges_in_a_ring_are_gone(bakery: Enterprise, client: Client) -> None:
    other = published("Rugbrød")
    publishing.withdraw(bakery, reason="Lagt sammen", merged_into=other)
    publishing.withdraw(other, reason="Lagt sammen", merged_into=bakery)
    assert visit(client, "broed-broer") == visit(client, "rugbroed") == (410, "")


def test_nobody_is_merged_into_itself(bakery: Enterprise) -> None:
    with pytest.raises(PublishError):
        publishing.withdraw(bakery, reason="Prøve", merged_into=bakery)


def test_browsers_ask_again_where_a_profile_was(bakery: Enterprise, client: Client) -> None:
    """A 301 or 410 without this is remembered for ever, and names change back and profiles return."""
    republished(bakery, slug="boller")
    moved = client.get(address("broed-broer"))
    publishing.withdraw(bakery, reason="Lukket")
    gone = client.get(address("boller"))
    assert (moved.status_code, gone.status_code) == (301, 410)
    assert moved["Cache-Control"] == gone["Cache-Control"] == "no-cache"


# -- restore --------------------------------------------------------------------------------------


def test_restoring_is_a_new_publication_of_the_old(bakery: Enterprise, client: Client) -> None:
    first, ida = Publication.objects.get(), a_user()
    republished(bakery, name="Fejl", slug="fejl", founded=1999)
    restored = publishing.restore(first, by=ida, reason="Det var en fejl")
    assert (restored.number, restored.change) == (3, choices.Change.RESTORED)
    assert (restored.published_by, restored.reason) == (ida, "Det var en fejl")
    assert restored.snapshot == first.snapshot == snapshots.take(fresh(bakery))
    assert not publishing.has_changes(fresh(bakery))
    assert visit(client, "fejl") == (301, address("broed-broer"))


def test_restoring_refuses_to_lose_changes_unless_told_to(bakery: Enterprise) -> None:
    first = Publication.objects.get()
    republished(bakery, founded=1999)
    Enterprise.objects.update(tagline_da="Ikke udgivet endnu")
    with pytest.raises(PublishError):
        publishing.restore(first)
    assert fresh(bakery).tagline_da == "Ikke udgivet endnu"
    assert publishing.restore(first, discard_changes=True).number == 3
    assert fresh(bakery).tagline_da == "Frokost og brød til møder"


def test_restoring_makes_a_withdrawn_profile_public_again(bakery: Enterprise, client: Client) -> None:
    first = Publication.objects.get()
    publishing.withdraw(bakery, reason="Lukket")
    assert publishing.restore(first).number == 2
    assert visit(client, "broed-broer")[0] == 200


def test_hidden_address_survives_a_restore_unseen(db: None, client: Client) -> None:
    secret = published("Hos Vibeke", hidden=True, notes="Ring ikke til Svend")
    first = Publication.objects.get()
    republished(secret, founded=1999)
    restored = publishing.restore(first)
    (place,) = Place.objects.values(*ADDRESS)
    assert place == ADDRESS
    assert fresh(secret).notes == "Ring ikke til Svend"
    everything_public = json.dumps(restored.snapshot, ensure_ascii=False) + (
        client.get(address(secret.slug)).content.decode()
    )
    assert str(ADDRESS["street"]) not in everything_public
    assert str(ADDRESS["latitude"]) not in everything_public


def test_each_hidden_place_gets_its_own_address_back(db: None) -> None:
    enterprise = an_enterprise(district=None)
    a_place(enterprise, district="valby", hidden=True, street="Valbyvej 1")
    a_place(enterprise, district="vanloese", hidden=True, street="Vanløsevej 2")
    a_place(enterprise, district="vanloese", hidden=True, street="Vanløsevej 3")
    first = publishing.publish(enterprise)
    Place.objects.filter(street="Valbyvej 1").delete()
    publishing.publish(enterprise)
    publishing.restore(first)
    found = list(enterprise.places.values_list("district__slug", "street"))
    assert found == [("valby", ""), ("vanloese", "Vanløsevej 2"), ("vanloese", "Vanløsevej 3")]


def test_an_address_hidden_since_stays_hidden_in_a_restore(bakery: Enterprise) -> None:
    first = bakery.publications.get()
    street = bakery.places.get().street
    bakery.places.update(hidden=True)
    publishing.publish(bakery)
    restored = publishing.restore(first)
    assert street not in json.dumps(restored.snapshot, ensure_ascii=False)
    assert bakery.places.get().street == street


def test_a_restore_keeps_the_latest_reading_of_cvr(bakery: Enterprise) -> None:
    register.record_rsv(bakery, registered=True, read_on=date(2025, 1, 1))
    first = publishing.publish(bakery)
    register.record_rsv(bakery, registered=False, read_on=date(2026, 1, 1))
    publishing.publish(bakery)
    assert publishing.restore(first).snapshot["rsv"] == {"registered": False, "read_on": "2026-01-01"}


def test_a_renamed_term_is_not_a_change(bakery: Enterprise) -> None:
    Mission.objects.update(name_da="Omdøbt")
    assert not publishing.has_changes(fresh(bakery))


def test_who_checked_the_evidence_survives_a_restore(bakery: Enterprise) -> None:
    ida = a_user()
    bakery.evidence.update(checked_by=ida)
    first = Publication.objects.get()
    republished(bakery, founded=1999)
    publishing.restore(first)
    assert set(bakery.evidence.values_list("checked_by", flat=True)) == {ida.pk}


def test_restoring_refuses_terms_that_no_longer_exist(bakery: Enterprise) -> None:
    first = Publication.objects.get()
    bakery.missions.clear()
    publishing.publish(bakery)
    Mission.objects.filter(slug="unge").delete()
    with pytest.raises(PublishError, match="Unge"):
        publishing.restore(first)
    assert Publication.objects.count() == 2


def test_restoring_refuses_marks_that_no_longer_exist(bakery: Enterprise) -> None:
    MarkOf.objects.create(enterprise=bakery, mark_id="fsc")
    with_mark = publishing.publish(bakery)
    bakery.marks.all().delete()
    publishing.publish(bakery)
    Mark.objects.filter(slug="fsc").delete()
    with pytest.raises(PublishError, match="FSC"):
        publishing.restore(with_mark)
    assert Publication.objects.count() == 3


@pytest.mark.parametrize(("field", "value"), [("slug", "broed-broer"), ("cvr", "25063864")])
def test_restoring_refuses_what_another_has_now(db: None, field: str, value: str) -> None:
    bakery = published(cvr="25063864")
    first = Publication.objects.get()
    republished(bakery, slug="broed", cvr=None)
    an_enterprise("En anden", **{field: value})
    with pytest.raises(PublishError, match=value):
        publishing.restore(first)
    assert fresh(bakery).slug == "broed"


# -- kept for ever --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"snapshot": {}},
        {"number": 7},
        {"schema_version": 9},
        {"change": "restored"},
        {"reason": "Omskrevet"},
        {"published_by": None, "reason": "Omskrevet"},
    ],
)
def test_publications_cannot_be_changed(bakery: Enterprise, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Publication.objects.update(**change)


def test_a_publication_cannot_be_put_in_anothers_name(draft: Enterprise) -> None:
    publishing.publish(draft, by=a_user())
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Publication.objects.update(published_by=a_user("ole@example.dk"))


def test_a_deleted_account_leaves_its_publications(draft: Enterprise) -> None:
    publishing.publish(draft, by=a_user())
    User.objects.all().delete()
    assert Publication.objects.get().published_by is None


def test_forgetting_leaves_no_trace(bakery: Enterprise, client: Client) -> None:
    other = published("Rugbrød")
    publishing.withdraw(other, reason="Lagt sammen", merged_into=bakery)
    publishing.forget(Enterprise.objects.filter(pk=bakery.pk))
    assert set(Publication.objects.values_list("enterprise", flat=True)) == {other.pk}
    assert Withdrawal.objects.get().merged_into is None
    assert (visit(client, "broed-broer")[0], visit(client, "rugbroed")[0]) == (404, 410)


# -- at the same time -----------------------------------------------------------------------------


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Enterprise]:
    """A committed draft, for several connections. A flush would take the taxonomies with it."""
    with django_db_blocker.unblock():
        enterprise = an_enterprise("Delt", district=None)
        try:
            yield enterprise
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))


def meanwhile(act: Callable[[], Publication], found: list[Publication]) -> Thread:
    """The act on a connection of its own."""

    def run() -> None:
        try:
            found.append(act())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(("edits", "numbers"), [(False, [1, 1]), (True, [1, 2])])
def test_two_who_publish_at_once_wait_for_each_other(
    shared: Enterprise, edits: bool, numbers: list[int]
) -> None:
    halfway, go_on, found = Event(), Event(), []

    def pause(**_kwargs: Any) -> None:
        halfway.set()
        assert go_on.wait(60)

    with receiving(publishing.published, pause):
        first = meanwhile(lambda: publishing.publish(shared), found)
        assert halfway.wait(60)
        if edits:
            shared.offers.update(name_da="Kager")
        second = meanwhile(lambda: publishing.publish(shared), found)
        second.join(0.2)
        assert second.is_alive()  # it waits
        go_on.set()
        first.join(60)
        second.join(60)
    assert sorted(publication.number for publication in found) == numbers
    assert fresh(shared).current == max(found, key=lambda publication: publication.number)
    assert Publication.objects.filter(enterprise=shared).count() == max(numbers)


# -- any order ------------------------------------------------------------------------------------

SLUGS = ("hos-vibeke", "vibekes-vaerksted", "vaerkstedet")


class LifeOfAnEnterprise(RuleBasedStateMachine):
    """Whatever editors and clerks do, in whatever order, the public sees the current publication."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.key = an_enterprise(SLUGS[0], slug=SLUGS[0], hidden=True, criteria=()).pk

    @property
    def enterprise(self) -> Enterprise:
        return Enterprise.objects.get(pk=self.key)

    @rule(text=st.sampled_from(["", "Stole", "Borde og stole"]))
    def edit(self, text: str) -> None:
        Enterprise.objects.filter(pk=self.key).update(tagline_da=text)

    @rule(street=st.sampled_from(["Blågårdsgade 12", "Blågårdsgade 14"]))
    def move(self, street: str) -> None:
        self.enterprise.places.update(street=street)

    @rule(slug=st.sampled_from(SLUGS))
    def rename(self, slug: str) -> None:
        Enterprise.objects.filter(pk=self.key).update(slug=slug)

    @rule()
    def publish(self) -> None:
        complete = bool(self.enterprise.tagline_da)
        try:
            publishing.publish(self.enterprise)
        except PublishError:
            assert not complete
        else:
            assert complete and not publishing.has_changes(self.enterprise)

    @rule()
    def withdraw(self) -> None:
        was_public = self.enterprise.is_public
        try:
            publishing.withdraw(self.enterprise, reason="Prøve")
        except PublishError:
            assert not was_public

    @rule(data=st.data(), discard=st.booleans())
    def restore(self, data: st.DataObject, discard: bool) -> None:
        publications = list(self.enterprise.publications.order_by("number"))
        if not publications:
            return
        old = data.draw(st.sampled_from(publications))
        before = snapshots.take(self.enterprise)
        try:
            publishing.restore(old, discard_changes=discard)
        except PublishError:
            assert not discard and publications[-1].snapshot != before == snapshots.take(self.enterprise)
        else:
            assert snapshots.take(self.enterprise) == old.snapshot

    @invariant()
    def public_sees_the_current_publication(self) -> None:
        listing, current = listing_of(self.enterprise), self.enterprise.current
        assert (listing.publication if listing else None) == current
        if listing and current:
            assert (listing.slug, listing.card["tagline"]) == (
                current.snapshot["slug"],
                current.snapshot["tagline"],
            )
            assert FormerSlug.objects.filter(slug=listing.slug, enterprise=self.key).exists()

    @invariant()
    def publications_are_numbered_without_gaps(self) -> None:
        numbers = self.enterprise.publications.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))

    @invariant()
    def hidden_address_is_kept_and_kept_back(self) -> None:
        current = self.enterprise.current
        assert "Blågårdsgade" not in str(current.snapshot if current else "")
        assert self.enterprise.places.get().street.startswith("Blågårdsgade")


def test_any_order_of_events_leaves_the_public_with_the_truth(db: None) -> None:
    run_state_machine_as_test(
        LifeOfAnEnterprise,
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )
