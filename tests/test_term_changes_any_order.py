"""In any order: whoever is public stays valid, and every address there ever was leads to a living page."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from directory import catalogue, listings
from directory.models import Listing
from enterprises import editing, publishing, snapshots, taxonomies, term_changes
from enterprises.choices import TermChangeKind
from enterprises.models import Enterprise, Sector
from enterprises.term_carriers import ChangeError, carriers
from tests.builders import a_user, published

SLUGS = st.sampled_from(["mad-catering", "finans", "it-data", "ny-1", "ny-2"])
STARTS = ["mad-catering", "finans", "it-data"]


class LifeOfWords(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        catalogue._present = None

    @initialize()
    def begin(self) -> None:
        catalogue._present = None
        Sector.objects.exclude(slug__in=STARTS).update(retired_on="2026-01-01")
        published("En", sectors=["mad-catering"])
        published("To", sectors=["finans", "mad-catering"])
        published("Tre", sectors=["it-data", "mad-catering", "finans"])
        self.karen = a_user("karen@example.dk")
        self.addresses = set(STARTS)
        self.client = Client()

    def change(self, slug: str, kind: TermChangeKind, /, **details: object) -> None:
        term = Sector.everything.filter(slug=slug).first()
        if term is None or None in details.values():
            return
        try:
            term_changes.ask(term, kind, details, by=self.karen, reason="x")
        except ChangeError:
            return
        self.addresses |= set(Sector.objects.values_list("slug", flat=True))

    def key(self, slug: str) -> int | None:
        return Sector.objects.filter(slug=slug).values_list("pk", flat=True).first()

    @rule(slug=SLUGS, new=SLUGS)
    def rename(self, slug: str, new: str) -> None:
        self.change(slug, TermChangeKind.RENAME, slug=new, name_da=new, name_en=new)

    @rule(slug=SLUGS, into=SLUGS)
    def merge(self, slug: str, into: str) -> None:
        self.change(slug, TermChangeKind.MERGE, into=self.key(into))

    @rule(slug=SLUGS, new=SLUGS, choice=st.sampled_from(["move-0", "both-0"]), which=st.integers(0, 2))
    def split(self, slug: str, new: str, choice: str, which: int) -> None:
        term = Sector.objects.filter(slug=slug).first()
        held = list(carriers(term).values_list("pk", flat=True)[which:]) if term else []
        names = {"slug": new, "name_da": new, "name_en": new}
        self.change(slug, TermChangeKind.SPLIT, new=[names], choices={str(pk): choice for pk in held})

    @rule(slug=SLUGS)
    def retire(self, slug: str) -> None:
        self.change(slug, TermChangeKind.RETIRE)

    @rule(slug=SLUGS, instead=SLUGS)
    def replace(self, slug: str, instead: str) -> None:
        self.change(slug, TermChangeKind.RETIRE, instead=self.key(instead))

    @rule(slug=SLUGS)
    def revive(self, slug: str) -> None:
        self.change(slug, TermChangeKind.REVIVE)

    @invariant()
    def whoever_is_public_is_valid(self) -> None:
        known, living = taxonomies.words(), set(Sector.objects.values_list("slug", flat=True))
        for enterprise in Enterprise.objects.exclude(current=None):
            whole = editing.fresh(enterprise)
            assert publishing.missing(whole) == []
            assert not publishing.has_changes(whole)
            told = [term["slug"] for term in snapshots.take(whole)["sectors"]]
            assert set(told) <= living and len(told) <= 3
            assert Listing.objects.get(pk=enterprise.pk).card["sectors"] == told
            assert whole.current is not None
            now = taxonomies.as_now(whole.current.snapshot, known)
            assert [term["slug"] for term in now["sectors"]] == told

    @invariant()
    def every_address_leads_to_a_living_page(self) -> None:
        for slug in getattr(self, "addresses", ()):
            answer = self.client.get(f"/brancher/{slug}/", follow=True)
            assert answer.status_code == 200 and len(answer.redirect_chain) <= 2
            assert self.client.get("/virksomheder/", {"sector": slug}, follow=True).status_code == 200

    @rule()
    def rebuild(self) -> None:
        before = list(Listing.objects.order_by("pk").values_list("card", "facets"))
        listings.rebuild()
        assert list(Listing.objects.order_by("pk").values_list("card", "facets")) == before


@pytest.mark.django_db
def test_words_in_any_order() -> None:
    run_state_machine_as_test(
        LifeOfWords,
        settings=settings(
            max_examples=8,
            stateful_step_count=8,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
