"""Clerks and editors of a new enterprise who act at the same moment, on connections of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from enterprises import admission, claims, criteria, editing, proposals, publishing
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import (
    Claim,
    CriterionAnswer,
    Editorship,
    Enterprise,
    Proposal,
    Publication,
    User,
)
from tests.builders import a_user, an_enterprise
from tests.test_admission import answer_all
from tests.test_editing_any_order import at_once


@pytest.fixture
def shared(django_db_setup: None, django_db_blocker: Any, pictures: Any) -> Iterator[Proposal]:
    """A committed proposal of a new enterprise, for several connections."""
    with django_db_blocker.unblock():
        people = [a_user("vera@example.dk"), *(_a_clerk(f"clerk{number}@example.dk") for number in "12")]
        enterprise = an_enterprise("Kæden", criteria=())
        claims.open_(enterprise, people[0], ClaimWay.ADDED)
        answer_all(enterprise)
        seen = proposals.seen(editing.fresh(enterprise))
        try:
            yield proposals.submit(enterprise, by=people[0], having_seen=seen)
        finally:
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
            User.objects.filter(pk__in=[person.pk for person in people]).delete()


def _a_clerk(email: str) -> User:
    return a_user(email, is_staff=True, is_superuser=True)


def test_of_two_clerks_who_decide_at_once_one_decides(shared: Proposal) -> None:
    first, second = User.objects.filter(email__startswith="clerk").order_by("email")
    seen = proposals.seen(editing.fresh(shared.enterprise))
    outcomes = at_once(
        shared.enterprise,
        lambda: admission.approve(shared, by=first, having_seen=seen),
        lambda: admission.reject(shared, "Nej", by=second, for_good=True),
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, proposals.ProposalError)]
    assert len(refused) == 1, outcomes
    is_in = Publication.objects.filter(enterprise=shared.enterprise).exists()
    assert Editorship.objects.filter(enterprise=shared.enterprise).exists() is is_in
    claim = Claim.objects.get(enterprise=shared.enterprise)
    assert claim.state == (ClaimState.ACCEPTED if is_in else ClaimState.REFUSED)
    assert [letter.to for letter in mail.outbox] == [["vera@example.dk"]]


def test_an_answer_that_comes_while_the_clerk_approves_is_seen_or_stops_it(shared: Proposal) -> None:
    clerk, vera = User.objects.get(email="clerk1@example.dk"), User.objects.get(email="vera@example.dk")
    seen = proposals.seen(editing.fresh(shared.enterprise))
    version = criteria.version(criteria.answers(shared.enterprise)["purpose"])
    values = {"reply": "no", "text_da": "Alligevel ikke.", "text_en": "", "url": ""}
    outcomes = at_once(
        shared.enterprise,
        lambda: admission.approve(shared, by=clerk, having_seen=seen),
        lambda: criteria.save(shared.enterprise, "purpose", values, by=vera, having_seen=version),
    )
    changed = CriterionAnswer.objects.get(enterprise=shared.enterprise, criterion="purpose").reply == "no"
    approved = any(isinstance(outcome, Publication) for outcome in outcomes)
    assert approved is not changed, outcomes


def test_what_the_council_has_read_stays_as_it_was(shared: Proposal) -> None:
    clerk, vera = User.objects.get(email="clerk1@example.dk"), User.objects.get(email="vera@example.dk")
    admission.approve(shared, by=clerk, having_seen=proposals.seen(editing.fresh(shared.enterprise)))
    version = criteria.version(criteria.answers(shared.enterprise)["purpose"])
    values = {"reply": "no", "text_da": "Alligevel ikke.", "text_en": "", "url": ""}
    with pytest.raises(criteria.ClosedError):
        criteria.save(shared.enterprise, "purpose", values, by=vera, having_seen=version)
