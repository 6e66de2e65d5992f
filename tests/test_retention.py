"""What is forgotten, when, and who is told before: each kind at the edge of its period."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import adding, claims, retention, tasks
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import (
    Claim,
    Draft,
    Enterprise,
    ErrorReport,
    ForgettingNotice,
    Import,
    ImportRow,
    MissedSearch,
    User,
)
from tests.builders import a_user, an_enterprise, let_in, published

pytestmark = pytest.mark.django_db


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def last_seen(user: User, days: float) -> User:
    User.objects.filter(pk=user.pk).update(date_joined=days_ago(2000), last_login=days_ago(days))
    return user


def notice_ages(days: int) -> None:
    """As if the warnings had been sent so many days ago."""
    ForgettingNotice.objects.update(sent_on=timezone.localdate() - timedelta(days=days))


def left_alone(enterprise: Enterprise, days: float) -> None:
    Enterprise.objects.filter(pk=enterprise.pk).update(updated_at=days_ago(days))
    Claim.objects.filter(enterprise=enterprise).update(created_at=days_ago(days))


@pytest.fixture
def ida() -> User:
    return a_user("ida@example.dk")


@pytest.fixture
def added(ida: User) -> Enterprise:
    """By Ida, and never finished."""
    place = {"street": "Blågårdsgade 12", "postcode": "2200", "city": "København N"}
    return adding.add(Enterprise(name="Tre Gryder"), place, by=ida)


# -- accounts ---------------------------------------------------------------------------------------


def test_who_stays_away_is_warned_and_then_forgotten(ida: User) -> None:
    last_seen(ida, 701)
    assert retention.forget("account-notices") == 1
    assert retention.forget("account-notices") == retention.forget("accounts") == 0
    [told] = mail.outbox
    assert told.to == ["ida@example.dk"]
    assert "bliver snart slettet" in told.subject and "we will delete it on" in told.body
    last_seen(ida, 731)
    notice_ages(29)
    assert retention.forget("accounts") == 0
    notice_ages(30)
    assert retention.forget("accounts") == 1
    assert not User.objects.exists()
    assert len(mail.outbox) == 1


def test_who_comes_back_stays_and_is_warned_anew_the_next_time(ida: User) -> None:
    last_seen(ida, 701)
    retention.forget("account-notices")
    notice_ages(40)
    last_seen(ida, 1)
    assert retention.forget("accounts") == 0
    last_seen(ida, 731)
    notice_ages(760)
    assert retention.forget("accounts") == 0
    assert retention.forget("account-notices") == 1
    assert ForgettingNotice.objects.get().sent_on == timezone.localdate()


def test_nobody_goes_without_a_warning(ida: User) -> None:
    last_seen(ida, 3000)
    assert retention.forget("accounts") == 0


def test_a_new_account_that_never_logged_in_is_as_old_as_it_is(ida: User) -> None:
    assert retention.forget("account-notices") == 0
    User.objects.update(date_joined=days_ago(701))
    assert retention.forget("account-notices") == 1


def test_staff_editors_and_those_who_wait_are_never_forgotten(bakery: Enterprise) -> None:
    staff, editor, waiting = (a_user(f"{who}@example.dk") for who in ("staff", "editor", "waiting"))
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    let_in(editor, bakery)
    claims.open_(bakery, waiting, ClaimWay.EXPLANATION, "Jeg arbejder der.")
    for user in (staff, editor, waiting):
        last_seen(user, 3000)
        ForgettingNotice.objects.create(user=user, sent_on=timezone.localdate() - timedelta(days=60))
    assert retention.forget("account-notices") == retention.forget("accounts") == 0


def test_an_address_that_cannot_be_written_to_holds_nobody_up(ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(email="ida@exämple.dk")
    last_seen(ida, 701)
    last_seen(a_user("ole@example.dk"), 701)
    assert retention.forget("account-notices") == 2
    assert [each.to for each in mail.outbox] == [["ole@example.dk"]]


def test_a_night_warns_so_many_and_no_more(ida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        retention.KINDS,
        "some",
        retention.Kind(
            "", lambda: 0, lambda: retention._each(retention.accounts_to_warn, retention._warn_user, 1)
        ),
    )
    last_seen(ida, 701)
    last_seen(a_user("ole@example.dk"), 701)
    assert [retention.forget("some") for _night in range(3)] == [1, 1, 0]


def test_the_publications_of_a_forgotten_account_stay(bakery: Enterprise, ida: User) -> None:
    before = list(bakery.publications.values("number", "snapshot"))
    last_seen(ida, 731)
    ForgettingNotice.objects.create(user=ida, sent_on=timezone.localdate() - timedelta(days=31))
    assert retention.forget("accounts") == 1
    assert list(bakery.publications.values("number", "snapshot")) == before


def test_a_spreadsheet_goes_a_year_after_it_was_read_in_and_one_that_waits_stays() -> None:
    for state, days in (("done", 366), ("done", 364), ("dropped", 366), ("deciding", 900), ("undone", 900)):
        ended = None if state == "deciding" else days_ago(days)
        run = Import.objects.create(name=f"{state} {days}", state=state, ended_at=ended)
        ImportRow.objects.create(run=run, number=2, cells={"email": "ida@example.dk"})
    assert retention.KINDS["imports"].count() == retention.forget("imports") == 2
    left = {"done 364", "deciding 900", "undone 900"}
    assert set(Import.objects.values_list("name", flat=True)) == left
    assert ImportRow.objects.count() == 3


# -- what was added and left ------------------------------------------------------------------------


def test_an_enterprise_nobody_finishes_goes_after_a_warning(added: Enterprise, ida: User) -> None:
    mail.outbox.clear()
    left_alone(added, 336)
    assert retention.forget("added-enterprise-notices") == 1
    [told] = mail.outbox
    assert told.to == [ida.email] and "Tre Gryder" in told.subject
    assert "/min/tre-gryder/" in told.body and "/en/my/tre-gryder/" in told.body
    left_alone(added, 366)
    notice_ages(29)
    assert retention.forget("added-enterprises") == 0
    notice_ages(30)
    assert retention.forget("added-enterprises") == 1
    assert not Enterprise.objects.exists() and not Claim.objects.exists()
    assert User.objects.filter(pk=ida.pk).exists()


@pytest.mark.parametrize("touch", ["draft", "proposal", "answer", "editor"])
def test_what_is_worked_on_stays(added: Enterprise, ida: User, touch: str) -> None:
    left_alone(added, 400)
    ForgettingNotice.objects.create(enterprise=added, sent_on=timezone.localdate() - timedelta(days=60))
    if touch == "draft":
        Draft.objects.create(enterprise=added, user=ida, section="texts", data="")
    elif touch == "proposal":
        added.proposals.create(submitted_by=ida)
        added.proposals.update(submitted_at=days_ago(399))
    elif touch == "answer":
        added.criterion_answers.create(criterion="purpose", reply="yes")
    else:
        let_in(a_user("ole@example.dk"), added)
    assert retention.forget("added-enterprises") == 0


def test_drafts_of_the_council_and_what_was_public_stay(bakery: Enterprise, ida: User) -> None:
    draft = an_enterprise("Indlæst kladde")
    Claim.objects.create(enterprise=bakery, user=ida, way=ClaimWay.ADDED)
    for enterprise in (draft, bakery):
        left_alone(enterprise, 3000)
        ForgettingNotice.objects.create(
            enterprise=enterprise, sent_on=timezone.localdate() - timedelta(days=60)
        )
    assert retention.forget("added-enterprise-notices") == retention.forget("added-enterprises") == 0


# -- claims and reports -----------------------------------------------------------------------------


def a_claim(bakery: Enterprise, state: str, days: int) -> Claim:
    over = {"ended_at": days_ago(days)} if state in ClaimState.ended() else {}
    return Claim.objects.create(
        enterprise=bakery, user=a_user(f"{state}{days}@example.dk"), way="explanation", state=state,
        explanation="Jeg er formand.", decided_at=None if state == "open" else days_ago(days), **over,
    )  # fmt: skip


def test_claims_lose_their_explanations_and_then_go(bakery: Enterprise) -> None:
    for state in ClaimState.values:
        for days in (179, 181, 1096):
            a_claim(bakery, state, days)
    assert retention.forget("explanations") == 10
    kept = Claim.objects.exclude(explanation="").values_list("user__email", flat=True)
    assert {email.partition("@")[0] for email in kept} == {
        *(f"{state}179" for state in ClaimState.values), "open181", "open1096"
    }  # fmt: skip
    assert retention.forget("claims") == 4
    assert set(Claim.objects.filter(user__email__contains="1096").values_list("state", flat=True)) == {
        "open",
        "accepted",
    }


def test_reports_go_two_years_after_they_are_handled(bakery: Enterprise) -> None:
    for handled in (None, days_ago(729), days_ago(731)):
        report = ErrorReport.objects.create(enterprise=bakery, message="Forkert", handled_at=handled)
        ErrorReport.objects.filter(pk=report.pk).update(created_at=days_ago(2000))
    assert retention.forget("error-reports") == 1
    assert ErrorReport.objects.count() == 2


def test_counts_of_attempts_go_once_their_time_is_up(db: None) -> None:
    retention.forget("rates")
    cache.set("present", 1, 1000)
    cache.set("past", 1, -1)
    assert retention.KINDS["rates"].count() == retention.forget("rates") == 1
    assert cache.get("present") == 1


# -- all of it --------------------------------------------------------------------------------------


def old_of_everything(bakery: Enterprise) -> None:
    last_seen(a_user("away@example.dk"), 701)
    gone = last_seen(a_user("gone@example.dk"), 800)
    ForgettingNotice.objects.create(user=gone, sent_on=timezone.localdate() - timedelta(days=60))
    a_claim(bakery, "refused", 2000)
    ErrorReport.objects.create(enterprise=bakery, message="Forkert", handled_at=days_ago(800))
    for number in range(3):
        MissedSearch.objects.create(day=days_ago(900).date(), text=f"nr {number}", language="da")


def run(*arguments: str) -> dict[str, int]:
    out = StringIO()
    call_command("forget", *arguments, stdout=out)
    lines = [line.strip().split("  ", 1) for line in out.getvalue().splitlines() if "  " in line.strip()]
    return {what: int(count) for count, what in lines}


def test_a_dry_run_says_what_would_go_and_changes_nothing(bakery: Enterprise) -> None:
    old_of_everything(bakery)
    foretold = run("--dry-run")
    assert foretold["søgninger uden resultat"] == 3
    assert foretold["konti, ingen bruger"] == foretold["varsler til konti, ingen bruger"] == 1
    assert (MissedSearch.objects.count(), User.objects.count(), len(mail.outbox)) == (3, 3, 0)
    assert run() == foretold
    assert set(run().values()) == {0}


def test_it_is_done_in_batches_each_by_itself(bakery: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        MissedSearch.objects.create(day=days_ago(900).date(), text=f"nr {number}", language="da")
    assert retention.forget("missed-searches") == 5


def test_killed_between_two_it_goes_on_where_it_was(ida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    last_seen(ida, 701)
    last_seen(a_user("ole@example.dk"), 701)
    sent = retention.emails.send

    def dies(template: str, to: str, *arguments: Any) -> None:
        if to == "ole@example.dk":
            raise KeyboardInterrupt
        sent(template, to, *arguments)

    monkeypatch.setattr(retention.emails, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        retention.forget("account-notices")
    monkeypatch.undo()
    assert [notice.user for notice in ForgettingNotice.objects.all()] == [ida]
    assert retention.forget("account-notices") == 1
    assert [each.to for each in mail.outbox] == [["ida@example.dk"], ["ole@example.dk"]]


def test_the_worker_has_a_job_for_each_kind(db: None) -> None:
    tasks.forget_old()
    jobs = ProcrastinateJob.objects.filter(task_name="enterprises.tasks.forget")
    assert {job.args["kind"] for job in jobs} == set(retention.KINDS)


def test_nothing_of_today_goes(clerk: Client, bakery: Enterprise) -> None:
    published("Ny")
    a_claim(bakery, "refused", 1)
    assert set(run().values()) == {0}
