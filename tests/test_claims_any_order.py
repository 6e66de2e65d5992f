"""In any order and at the same time: nobody edits without an accepted claim, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enterprises import claim_codes, claims, editing, invitations, publishing
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.claim_codes import Outcome
from enterprises.claims import ClaimError
from enterprises.models import Claim, Draft, Editorship, Enterprise, Invitation, MailedCode, User
from tests.builders import a_user, an_enterprise
from tests.test_editing_any_order import at_once, sent

PEOPLE = ("ida", "carl", "ruth")
PERSON = st.sampled_from(PEOPLE)


class LifeOfARight(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.enterprise = an_enterprise("Brød", criteria=())
        publishing.publish(self.enterprise)
        self.enterprise.refresh_from_db()
        self.people = {name: a_user(f"{name}@example.dk") for name in PEOPLE}
        self.karen = a_user("karen@example.dk", is_staff=True, is_superuser=True)
        # What should be so: who edits, who asks, who is invited, put out, how many claims ever were.
        self.editing: set[str] = set()
        self.asking: set[str] = set()
        self.invited: set[str] = set()
        self.put_out: set[str] = set()
        self.claims = 0
        self.drafts: set[str] = set()

    def editorship(self, name: str) -> Editorship:
        return Editorship.objects.get(user=self.people[name])

    def let_in(self, name: str) -> None:
        self.claims += name not in self.asking and name not in self.editing
        self.asking.discard(name)
        self.editing.add(name)

    @rule(name=PERSON)
    def claim(self, name: str) -> None:
        try:
            claims.open_(self.enterprise, self.people[name], ClaimWay.EXPLANATION, "Mig")
        except ClaimError:
            assert name in self.editing
        else:
            assert name not in self.editing
            self.claims += name not in self.asking
            self.asking.add(name)

    @rule(name=PERSON)
    def draft(self, name: str) -> None:
        if name in self.asking and name not in self.drafts:
            user = self.people[name]
            editing.keep_draft(self.enterprise, user, Section.OFFERS, sent({"x": name}), revision=0)
            self.drafts.add(name)

    @rule(name=PERSON, right=st.booleans())
    def type_the_code(self, name: str, right: bool) -> None:
        claim = claims.open_one(self.enterprise, self.people[name])
        if claim is None:
            return
        MailedCode.objects.update_or_create(
            claim=claim,
            defaults={"digest": claim_codes._digest(claim, "BCDF"), "sent_at": claim.created_at, "tries": 0},
        )
        outcome = claim_codes.prove(claim, "bc-df" if right else "XXXX")
        if right and not self.editing and name not in self.put_out:
            assert outcome == Outcome.LET_IN
            self.let_in(name)
        else:
            assert outcome == (Outcome.WAITS if right else Outcome.WRONG)

    def answer(self, name: str, by: str, act: Callable[[Claim, User], object]) -> bool:
        claim = Claim.objects.filter(user=self.people[name]).first()
        decider = self.people.get(by, self.karen)
        if claim is None:
            return False
        try:
            act(claim, decider)
        except ClaimError:
            assert name not in self.asking or (by in self.people and by not in self.editing)
            return False
        assert name in self.asking and (by in self.editing or by == "karen")
        return True

    @rule(name=PERSON, by=st.sampled_from((*PEOPLE, "karen")))
    def accept(self, name: str, by: str) -> None:
        if self.answer(name, by, lambda claim, decider: claims.accept(claim, by=decider)):
            self.let_in(name)

    @rule(name=PERSON, by=st.sampled_from((*PEOPLE, "karen")))
    def refuse(self, name: str, by: str) -> None:
        if self.answer(name, by, lambda claim, decider: claims.refuse(claim, by=decider, reason="Nej")):
            self.asking.discard(name)

    @rule(name=PERSON)
    def withdraw(self, name: str) -> None:
        if name in self.asking:
            claims.withdraw(Claim.objects.get(user=self.people[name], state=ClaimState.OPEN))
            self.asking.discard(name)

    @rule(name=PERSON)
    def give(self, name: str) -> None:
        claims.give(self.enterprise, self.people[name], by=self.karen)
        self.let_in(name)

    @rule(name=PERSON)
    def revoke(self, name: str) -> None:
        if name in self.editing:
            invited_by_them = Invitation.objects.filter(invited_by=self.people[name], accepted_at=None)
            mine = set(invited_by_them.filter(cancelled_at=None).values_list("email", flat=True))
            claims.revoke(self.editorship(name), by=self.karen, reason="Nej")
            self.editing.discard(name)
            self.put_out.add(name)
            self.invited -= {email.partition("@")[0] for email in mine}

    @rule(name=PERSON)
    def leave(self, name: str) -> None:
        if name in self.editing:
            claims.leave(self.editorship(name))
            self.editing.discard(name)

    @rule(name=PERSON, by=PERSON)
    def invite(self, name: str, by: str) -> None:
        try:
            invitations._invite(self.enterprise, f"{name}@example.dk", self.people[by])
        except ClaimError:
            assert by not in self.editing
        else:
            assert by in self.editing
            self.invited.add(name)

    @rule(name=PERSON, other=PERSON)
    def follow(self, name: str, other: str) -> None:
        """Open the latest invitation of anybody."""
        invitation = Invitation.objects.filter(email=f"{other}@example.dk").order_by("-pk").first()
        if invitation is None:
            return
        try:
            invitations.accept(invitation, self.people[name])
        except ClaimError:
            assert name != other or name not in self.invited
        else:
            assert name == other and name in self.invited
            self.invited.discard(name)
            self.let_in(name)

    @invariant()
    def those_edit_who_should(self) -> None:
        editors = Editorship.objects.filter(enterprise=self.enterprise).select_related("claim", "user")
        assert {e.user.email.partition("@")[0] for e in editors} == self.editing
        assert all(e.claim.state == ClaimState.ACCEPTED and e.claim.user == e.user for e in editors)
        assert Claim.objects.filter(state=ClaimState.ACCEPTED).count() == len(self.editing)

    @invariant()
    def at_most_one_claim_of_each_waits_and_none_is_lost(self) -> None:
        waiting = Claim.objects.filter(state=ClaimState.OPEN).values_list("user__email", flat=True)
        assert sorted(waiting) == sorted(f"{name}@example.dk" for name in self.asking)
        assert Claim.objects.count() == self.claims
        assert Draft.objects.count() == len(self.drafts)
        assert Enterprise.objects.get(pk=self.enterprise.pk).is_public


def test_any_order_of_events_keeps_the_right_people_in(db: None) -> None:
    run_state_machine_as_test(
        LifeOfARight,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )


# -- at the same time -----------------------------------------------------------------------------


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Enterprise]:
    """A committed enterprise and people, for several connections."""
    with django_db_blocker.unblock():
        enterprise = an_enterprise("Brød", criteria=())
        people = [a_user(f"{name}@example.dk") for name in PEOPLE]
        publishing.publish(enterprise)
        enterprise.refresh_from_db()
        try:
            yield enterprise
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
            User.objects.filter(pk__in=[person.pk for person in people]).delete()


def people() -> list[User]:
    return list(User.objects.filter(email__in=[f"{name}@example.dk" for name in PEOPLE]).order_by("email"))


def test_of_two_who_decide_at_once_one_decides(shared: Enterprise) -> None:
    carl, ida, ruth = people()
    claims.give(shared, ida)
    claims.give(shared, carl)
    claim = claims.open_(shared, ruth, ClaimWay.EXPLANATION, "Mig")
    outcomes = at_once(
        shared,
        lambda: claims.accept(claim, by=ida),
        lambda: claims.refuse(claim, by=carl, reason="Nej"),
    )
    assert [type(outcome) for outcome in outcomes].count(ClaimError) == 1
    claim.refresh_from_db()
    is_in = Editorship.objects.filter(user=ruth).exists()
    assert claim.state == (ClaimState.ACCEPTED if is_in else ClaimState.REFUSED)


def test_a_code_sent_twice_at_once_lets_in_once(shared: Enterprise) -> None:
    _carl, _ida, ruth = people()
    claim = claim_codes._send(shared, ruth)
    MailedCode.objects.update(digest=claim_codes._digest(claim, "BCDF"))
    act = lambda: claim_codes.prove(claim, "BCDF")  # noqa: E731
    outcomes = at_once(shared, act, act)
    assert Outcome.LET_IN in outcomes and {type(outcome) for outcome in outcomes} == {Outcome, ClaimError}
    assert Editorship.objects.filter(user=ruth).count() == 1


def test_of_two_right_codes_at_once_the_second_waits(shared: Enterprise) -> None:
    carl, ida, _ruth = people()
    both = [claim_codes._send(shared, user) for user in (carl, ida)]
    for claim in both:
        MailedCode.objects.filter(claim=claim).update(digest=claim_codes._digest(claim, "BCDF"))
    outcomes = at_once(
        shared,
        lambda: claim_codes.prove(both[0], "BCDF"),
        lambda: claim_codes.prove(both[1], "BCDF"),
    )
    assert set(outcomes) == {Outcome.LET_IN, Outcome.WAITS}


def test_a_claim_made_twice_at_once_is_one(shared: Enterprise) -> None:
    _carl, _ida, ruth = people()
    act = lambda: claims.open_(shared, ruth, ClaimWay.EXPLANATION, "Mig")  # noqa: E731
    one, other = at_once(shared, act, act)
    assert one == other


def test_an_invitation_taken_at_once_lets_in_once(shared: Enterprise) -> None:
    _carl, ida, ruth = people()
    claims.give(shared, ida)
    invitation = invitations._invite(shared, ruth.email, ida)
    act = lambda: invitations.accept(invitation, ruth)  # noqa: E731
    outcomes = at_once(shared, act, act)
    assert {type(outcome) for outcome in outcomes} == {Editorship, ClaimError}


def test_wrong_codes_at_once_are_all_counted(shared: Enterprise) -> None:
    _carl, _ida, ruth = people()
    claim = claim_codes._send(shared, ruth)
    act = lambda: claim_codes.prove(claim, "XXXX")  # noqa: E731
    assert set(at_once(shared, act, act, act)) == {Outcome.WRONG}
    assert MailedCode.objects.get(claim=claim).tries == 3
