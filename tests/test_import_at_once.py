"""An import and others who work on the same enterprises at once, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import proposals, publishing
from enterprises.choices import ImportState, ProposalState
from enterprises.imports import runs
from enterprises.models import Enterprise, Import, Mail, Proposal, User
from tests.builders import a_user, let_in, published
from tests.test_editing_any_order import at_once

NAMES = ("Brød", "Kager")


@pytest.fixture
def karen(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    """Somebody at the desk, and two committed enterprises."""
    with django_db_blocker.unblock():
        last = Enterprise.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        jobs = set(ProcrastinateJob.objects.values_list("pk", flat=True))
        karen = a_user("karen@example.dk")
        for name in NAMES:
            published(name, criteria=(), email="", phone="", website="", district=None)
        try:
            yield karen
        finally:
            publishing.forget(Enterprise.objects.filter(pk__gt=last))
            Import.objects.all().delete()
            Mail.objects.all().delete()
            ProcrastinateJob.objects.exclude(pk__in=jobs).delete()
            User.objects.all().delete()


def queued(karen: User, *lines: str) -> Import:
    data = "\n".join(["name;source;tagline_da;description_da;sectors", *lines])
    run = runs.receive("liste.csv", data.encode(), by=karen, language="da")
    runs.look(run.pk)
    runs.queue(run, by=karen)
    return run


def succeeded(outcomes: list[object]) -> bool:
    return not [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_importing_while_a_proposal_is_approved_loses_neither(karen: User) -> None:
    bread = Enterprise.objects.get(name="Brød")
    let_in(ida := a_user(), bread)
    Enterprise.objects.filter(pk=bread.pk).update(impact_da="Vi gør en forskel")
    bread.refresh_from_db()
    proposals.submit(bread, by=ida, having_seen=proposals.seen(bread), message="")
    run = queued(karen, "Brød;Rådets liste;Nyt brød;;")
    assert succeeded(at_once(bread, lambda: runs.apply(run.pk), lambda: publishing.publish(bread, by=karen)))
    bread = Enterprise.objects.select_related("current").get(pk=bread.pk)
    assert bread.current is not None
    said = bread.current.snapshot
    assert said["impact"]["da"] == "Vi gør en forskel", "what was approved is public"
    assert said["provenance"]["source"] == "Rådets liste", "and so is what the council read in"
    assert bread.tagline_da != "Nyt brød", "and what is the editors' is theirs still"
    assert bread.suggestions.get().changes[0]["after"] == "Nyt brød"
    assert Proposal.objects.get(enterprise=bread).state == ProposalState.APPROVED
    assert Import.objects.get(pk=run.pk).state == ImportState.DONE


def test_of_two_imports_at_once_the_second_makes_nothing_twice(karen: User) -> None:
    lines = ("Brød;Rådets liste;;;", "Ny bager;;Vi bager;Længe;mad-catering")
    one, other = queued(karen, *lines), queued(karen, *lines)
    bread = Enterprise.objects.get(name="Brød")
    assert succeeded(at_once(bread, lambda: runs.apply(one.pk), lambda: runs.apply(other.pk)))
    assert Enterprise.objects.filter(name="Ny bager").count() == 1
    assert bread.publications.count() == 2
    told = sorted(outcome for run in (one, other) for outcome in run.rows.values_list("outcome", flat=True))
    assert told == ["created", "unchanged", "unchanged", "updated"]


def test_one_job_done_by_two_workers_is_done_once(karen: User) -> None:
    run = queued(karen, "Brød;Rådets liste;;;")
    bread = Enterprise.objects.get(name="Brød")
    outcomes = at_once(bread, lambda: runs.apply(run.pk), lambda: runs.apply(run.pk))
    assert succeeded(outcomes) and bread.publications.count() == 2


def test_rows_in_any_order_do_not_block_whoever_holds_the_same_in_theirs(karen: User) -> None:
    bread, cakes = (Enterprise.objects.get(name=name) for name in NAMES)
    run = queued(karen, "Kager;Rådets liste;;;", "Brød;Rådets liste;;;")

    @transaction.atomic
    def hold_both() -> None:
        for enterprise in (bread, cakes):
            Enterprise.objects.select_for_update().get(pk=enterprise.pk)

    assert succeeded(at_once(bread, lambda: runs.apply(run.pk), hold_both))
    assert list(run.rows.values_list("outcome", flat=True)) == ["updated", "updated"]
