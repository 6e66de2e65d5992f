"""In any order and at the same time: the public sees what was approved, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from directory.models import Listing
from enterprises import claims, confirmations, editing, proposals, publishing, sections
from enterprises.choices import ProposalState, Section
from enterprises.models import Draft, Enterprise, Proposal, Sector, User
from enterprises.proposals import ProposalError
from enterprises.publishing import PublishError
from tests.builders import a_user, an_enterprise, let_in

WORDS = ("Stole", "Borde", "Borde og stole")
PHONES = ("11 11 11 11", "22 22 22 22")
SPANS = ("9-17", "10-14")


def sent(values: dict[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def who(tagline: str) -> QueryDict:
    sector = str(Sector.objects.get(slug="mad-catering").pk)
    return sent({"name": "Brød", "tagline_da": tagline, "description_da": "Vi bager.", "sector_1": sector})


def contact(phone: str) -> QueryDict:
    return sent({"phone": phone, "links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"})


def hours(span: str) -> QueryDict:
    rows = {"place0-exceptions-TOTAL_FORMS": "0", "place0-exceptions-INITIAL_FORMS": "0"}
    return sent({"place0-day_0": span, **rows})


def said(snapshot: dict[str, Any]) -> tuple[str, str, str]:
    """The reviewed text, and the two facts that need no review."""
    monday = [
        h["opens"] for place in snapshot.get("places", []) for h in place.get("hours", []) if h["day"] == 0
    ]
    return snapshot["tagline"]["da"], snapshot.get("contact", {}).get("phone", ""), "".join(monday)


class LifeOfAProfile(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.key = an_enterprise("Brød", criteria=()).pk
        self.ida, self.karen = a_user(), a_user("karen@example.dk")
        publishing.publish(self.enterprise)
        self.public: tuple[str, str, str] | None = said(self.enterprise.current.snapshot)
        self.working = self.public
        self.typed = ""

    @property
    def enterprise(self) -> Enterprise:
        return Enterprise.objects.select_related("current").get(pk=self.key)

    def save(self, section: Section, data: QueryDict) -> None:
        version = sections.version(self.enterprise, section)
        outcome = editing.save(self.enterprise, self.ida, section, data, version=version, revision=0)
        assert isinstance(outcome, editing.Saved), outcome

    def show(self, **changed: str) -> None:
        tagline, phone, monday = self.working
        self.working = (
            changed.get("tagline", tagline),
            changed.get("phone", phone),
            changed.get("monday", monday),
        )
        if self.public and "tagline" not in changed:
            tagline, phone, monday = self.public
            self.public = (tagline, changed.get("phone", phone), changed.get("monday", monday))

    @rule(tagline=st.sampled_from(WORDS))
    def edit(self, tagline: str) -> None:
        self.save(Section.WHO, who(tagline))
        self.show(tagline=tagline)

    @rule(phone=st.sampled_from(PHONES))
    def ring(self, phone: str) -> None:
        self.save(Section.CONTACT, contact(phone))
        self.show(phone=phone)

    @rule(span=st.sampled_from(SPANS))
    def open(self, span: str) -> None:
        self.save(Section.HOURS, hours(span))
        self.show(monday="09:00" if span == "9-17" else "10:00")

    @rule(tagline=st.sampled_from(WORDS))
    def overwrite_unseen(self, tagline: str) -> None:
        outcome = editing.save(
            self.enterprise, self.karen, Section.WHO, who(tagline), version="older", revision=0
        )
        assert isinstance(outcome, editing.Conflict) or tagline == self.working[0]

    @rule(text=st.sampled_from(WORDS))
    def type(self, text: str) -> None:
        draft = Draft.objects.filter(enterprise=self.key).first()
        revision = draft.revision if draft else 0
        editing.keep_draft(self.enterprise, self.karen, Section.OFFERS, sent({"x": text}), revision=revision)
        self.typed = text

    @rule()
    def submit(self) -> None:
        seen = proposals.seen(editing.fresh(self.enterprise))
        try:
            proposals.submit(self.enterprise, by=self.ida, having_seen=seen)
        except ProposalError:
            assert self.public == self.working

    def decide(self, act: Callable[[Proposal], object]) -> bool:
        proposal = proposals.open_one(self.enterprise)
        if proposal:
            act(proposal)
        return proposal is not None

    @rule()
    def approve(self) -> None:
        seen = proposals.seen(editing.fresh(self.enterprise))
        if self.decide(lambda proposal: proposals.approve(proposal, by=self.karen, having_seen=seen)):
            self.public = self.working

    @rule()
    def reject(self) -> None:
        self.decide(lambda proposal: proposals.reject(proposal, "Nej", by=self.karen))

    @rule()
    def take_back(self) -> None:
        self.decide(lambda _proposal: proposals.withdraw(self.enterprise, by=self.ida))

    @rule(data=st.data(), discard=st.booleans())
    def restore(self, data: st.DataObject, discard: bool) -> None:
        old = data.draw(st.sampled_from(list(self.enterprise.publications.order_by("number"))))
        try:
            publishing.restore(old, discard_changes=discard)
        except PublishError:
            assert not discard
        else:
            self.public = self.working = said(old.snapshot)

    @rule()
    def leave_the_site(self) -> None:
        if self.public:
            publishing.withdraw(self.enterprise, reason="Prøve")
            self.public = None

    @invariant()
    def public_is_the_last_approved_and_what_needs_no_review(self) -> None:
        current = self.enterprise.current
        assert (said(current.snapshot) if current else None) == self.public
        listing = Listing.objects.filter(pk=self.key).first()
        assert (listing.publication if listing else None) == current

    @invariant()
    def nothing_is_lost(self) -> None:
        assert said(sections.working(editing.fresh(self.enterprise))) == self.working
        assert Draft.objects.filter(data__contains="x=").count() == bool(self.typed)
        if self.typed:
            assert QueryDict(Draft.objects.get().data)["x"] == self.typed

    @invariant()
    def at_most_one_proposal_waits_and_closed_ones_have_a_date(self) -> None:
        waiting = Proposal.objects.filter(state=ProposalState.OPEN)
        assert waiting.count() <= 1
        assert not Proposal.objects.exclude(state=ProposalState.OPEN).filter(decided_at=None).exists()


def test_any_order_of_events_keeps_the_public_page_true(db: None) -> None:
    run_state_machine_as_test(
        LifeOfAProfile,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )


# -- at the same time -----------------------------------------------------------------------------


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Enterprise]:
    """A committed enterprise with two editors, for several connections."""
    with django_db_blocker.unblock():
        enterprise = an_enterprise("Brød", criteria=())
        people = [a_user("ida@example.dk"), a_user("carl@example.dk")]
        publishing.publish(enterprise)
        try:
            yield enterprise
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
            User.objects.filter(pk__in=[person.pk for person in people]).delete()


def at_once(
    enterprise: Enterprise, *acts: Callable[[], object], meanwhile: Callable[[], object] = lambda: None
) -> list[object]:
    """Each act on a connection of its own, all of them waiting at the same door before it is opened.

    Something may happen behind the door while they wait.
    """
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
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        for thread in threads:
            thread.start()
        tick = Event()
        for _try in range(2_000):
            if outcomes or _waiting() == len(acts):
                break
            tick.wait(0.01)
        assert not outcomes, outcomes
        meanwhile()
    for thread in threads:
        thread.join(20)
    return outcomes


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN "
            "(SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database())"
        )
        return int(cursor.fetchone()[0])


def test_of_two_editors_who_save_at_once_the_second_is_asked(shared: Enterprise) -> None:
    version = sections.version(shared, Section.WHO)
    ida, carl = User.objects.get(email="ida@example.dk"), User.objects.get(email="carl@example.dk")

    def saving(user: User, tagline: str) -> Callable[[], object]:
        data = who(tagline)
        return lambda: editing.save(shared, user, Section.WHO, data, version=version, revision=0)

    outcomes = at_once(shared, saving(ida, "Idas"), saving(carl, "Carls"))
    assert {type(outcome) for outcome in outcomes} == {editing.Saved, editing.Conflict}
    (conflict,) = [outcome for outcome in outcomes if isinstance(outcome, editing.Conflict)]
    (change,) = [change for change in conflict.differences if "linje" in change.label.lower()]
    theirs = "".join(piece.text for piece in change.before)
    assert theirs == Enterprise.objects.get(pk=shared.pk).tagline_da


def test_who_ceased_to_be_an_editor_while_saving_changes_nothing(shared: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")
    editorship = let_in(ida, shared)
    version = sections.version(shared, Section.CONTACT)
    sent = contact("11 11 11 11").dict() | {"version": version, "revision": "0"}
    client = Client()
    client.force_login(ida)
    address = reverse("edit-section", args=[shared.slug, "contact"])
    statuses = at_once(
        shared,
        lambda: client.post(address, sent).status_code,
        meanwhile=lambda: claims.leave(editorship),
    )
    assert statuses == [404]
    assert Enterprise.objects.get(pk=shared.pk).phone != "11 11 11 11"


def test_two_sections_saved_at_once_are_both_public(shared: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")
    versions = {section: sections.version(shared, section) for section in (Section.CONTACT, Section.HOURS)}

    def saving(section: Section, data: QueryDict) -> Callable[[], object]:
        return lambda: editing.save(shared, ida, section, data, version=versions[section], revision=0)

    at_once(shared, saving(Section.CONTACT, contact("11 11 11 11")), saving(Section.HOURS, hours("10-14")))
    current = Enterprise.objects.get(pk=shared.pk).current
    assert current is not None and said(current.snapshot)[1:] == ("11 11 11 11", "10:00")


def test_a_button_pressed_twice_at_once_sends_one_proposal(shared: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")
    Enterprise.objects.filter(pk=shared.pk).update(tagline_da="Ny")
    seen = proposals.seen(editing.fresh(shared))
    act = lambda: proposals.submit(shared, by=ida, having_seen=seen)  # noqa: E731
    one, other = at_once(shared, act, act)
    assert one == other
    assert Proposal.objects.filter(enterprise=shared).count() == 1


def test_a_proposal_is_not_approved_while_it_is_being_changed(shared: Enterprise) -> None:
    """Whichever comes first, the public sees only what the clerk has read."""
    ida = User.objects.get(email="ida@example.dk")
    Enterprise.objects.filter(pk=shared.pk).update(tagline_da="Læst")
    fresh = editing.fresh(shared)
    seen, version = proposals.seen(fresh), sections.version(fresh, Section.WHO)
    proposal = proposals.submit(shared, by=ida, having_seen=seen)
    data = who("Ikke læst")
    at_once(
        shared,
        lambda: proposals.approve(proposal, by=ida, having_seen=seen),
        lambda: editing.save(shared, ida, Section.WHO, data, version=version, revision=0),
    )
    current = Enterprise.objects.get(pk=shared.pk).current
    assert current is not None and current.snapshot["tagline"]["da"] != "Ikke læst"


def test_a_draft_typed_in_two_windows_at_once_is_kept_once(shared: Enterprise) -> None:
    ida = User.objects.get(email="ida@example.dk")

    def keeping(text: str) -> Callable[[], object]:
        return lambda: editing.keep_draft(shared, ida, Section.WHO, sent({"x": text}), revision=0)

    outcomes = at_once(shared, keeping("ét"), keeping("to"))
    assert {type(outcome) for outcome in outcomes} == {Draft, editing.StaleDraftError}


def test_two_workers_ask_whether_facts_hold_once(shared: Enterprise) -> None:
    today = timezone.localdate()
    publishing.confirm(shared, on=today - timedelta(days=366))
    for person in User.objects.filter(email__in=["ida@example.dk", "carl@example.dk"]):
        let_in(person, shared)
    asking = [lambda: confirmations.send_due(today)] * 2
    assert sorted(at_once(shared, *asking)) == [0, 1]  # type: ignore[type-var]
    assert sorted(message.to[0] for message in mail.outbox) == ["carl@example.dk", "ida@example.dk"]
