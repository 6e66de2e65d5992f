"""What the worker does, and when. A job may be killed at any moment and done again from its beginning."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from enterprises import alerts, confirmations, delivery, pairs, proofs, retention, term_changes
from enterprises.cvr import client as cvr
from enterprises.cvr import runs
from enterprises.inquiries import due
from enterprises.models import Enterprise
from enterprises.photos import chores
from enterprises.reporting import stored

log = logging.getLogger(__name__)

# Schedules are in UTC; the nightly ones come after Denmark's midnight, whatever the season.

# After 10 seconds, then after 100, 1000 and 10000 more.
AGAIN = RetryStrategy(max_attempts=4, exponential_wait=10)
# A job that has taken so many workers with it is left alone.
MOST_LIVES = 5
FAILED_JOBS_KEPT_HOURS = 90 * 24


# The lock is for the schedule alone: with one of its own, who queues a mail would wait for all others.
@app.periodic(cron="* * * * *", queueing_lock="deliver_mails")
@app.task(pass_context=True)
def deliver_mails(context: JobContext, timestamp: int = 0) -> None:
    delivery.deliver_due(stop=context.should_abort)


@app.task(retry=AGAIN)
def make_widths(photo: int) -> None:
    chores.make_widths(photo)


@app.task(retry=AGAIN)
def locate_place(place: int) -> None:
    from enterprises import locating  # which asks for this

    locating.locate(place)


# One spreadsheet after the other. Killed or done again, nothing is half done: see imports/runs.py.
@app.task(retry=AGAIN, lock="imports")
def look_at_import(run: int) -> None:
    from enterprises.imports import runs as imports  # which ask for these

    imports.look(run)


@app.task(retry=AGAIN, lock="imports")
def apply_import(run: int) -> None:
    from enterprises.imports import runs as imports

    imports.apply(run)


@app.task(retry=AGAIN, lock="imports")
def undo_import(run: int) -> None:
    from enterprises.imports import undoing

    undoing.undo(run)


# For those whose job has failed for good, once what hindered it is gone.
@app.periodic(cron="*/30 * * * *", queueing_lock="make_picture_widths")
@app.task
def make_picture_widths(timestamp: int = 0) -> None:
    call_command("make_picture_widths", verbosity=0)


@app.periodic(cron="10 0 * * *")
@app.task(retry=AGAIN, lock="rebuild_listings")
def rebuild_listings(timestamp: int = 0) -> None:
    call_command("rebuild_listings", verbosity=0)


# After the listings: what runs out with the day is out of the filters and the records.
@app.periodic(cron="50 0 * * *", queueing_lock="export_open_data")
@app.task(retry=AGAIN, lock="export_open_data")
def export_open_data(timestamp: int = 0) -> None:
    call_command("export_open_data", verbosity=0)


@app.task(retry=AGAIN, lock="tell_search_engines")
def tell_search_engines() -> None:
    call_command("tell_search_engines", verbosity=0)


# A job for each, so that one that cannot be done does not hold the others back.
@app.periodic(cron="20 0 * * *")
@app.task(retry=AGAIN)
def forget_old(timestamp: int = 0) -> None:
    for kind in retention.KINDS:
        forget.configure(lock=f"forget {kind}").defer(kind=kind)


@app.task(retry=AGAIN)
def forget(kind: str) -> None:
    retention.forget(kind)


@app.task(retry=AGAIN)
def make_export(export: int) -> None:
    from enterprises.admin import exporting_later  # which asks for this

    exporting_later.make(export)


# After the year's last day has ended, and before anybody reads it.
@app.periodic(cron="45 0 * * *", queueing_lock="make_reports")
@app.task(retry=AGAIN, lock="make_report")
def make_reports(timestamp: int = 0) -> None:
    stored.make_all()


@app.task(retry=AGAIN, lock="make_report")
def make_report(year: int) -> None:
    stored.make(year)


class UnansweredError(Exception):
    """CVR did not answer for all; those it answered for are done."""


# Before the council's people come to their desks. Two readings at once would ask twice as fast.
@app.periodic(cron="0 2 * * *", queueing_lock="read_register")
@app.task(retry=AGAIN, lock="read_register")
def read_register(timestamp: int = 0) -> None:
    _read_register(runs.due(timezone.localdate()))


@app.task(retry=AGAIN, lock="read_register")
def read_in_register(enterprises: list[int]) -> None:
    """Those somebody has asked for, even if they were read today."""
    _read_register(runs.readable().filter(pk__in=enterprises))


def _read_register(enterprises: QuerySet[Enterprise]) -> None:
    if not cvr.is_on():
        return
    try:
        outcome = runs.read(enterprises)
    except cvr.RefusedError as error:
        log.error("CVR refuses CVR_USER and CVR_PASSWORD (%s): nothing is read.", error)
        return
    if outcome.unanswered:
        raise UnansweredError(outcome.unanswered)


@app.task(retry=AGAIN, lock="change_term")
def change_term(change: int) -> None:
    term_changes.carry_out(change)


# After CVR is read: two may be found to have had the same number.
@app.periodic(cron="0 3 * * *", queueing_lock="find_duplicates")
@app.task(retry=AGAIN, lock="find_duplicates")
def find_duplicates(timestamp: int = 0) -> None:
    pairs.find()


@app.periodic(cron="*/10 * * * *", queueing_lock="find_late_duplicates")
@app.task(retry=AGAIN, lock="find_duplicates")
def find_late_duplicates(timestamp: int = 0) -> None:
    """Of those that have just been read in, changed or published."""
    pairs.find_late()


# By day, when those it writes to are awake.
@app.periodic(cron="0 8 * * *")
@app.task(retry=AGAIN, lock="ask_whether_facts_hold")
def ask_whether_facts_hold(timestamp: int = 0) -> None:
    confirmations.send_due(timezone.localdate())


@app.periodic(cron="30 7 * * *")
@app.task(retry=AGAIN, lock="write_about_inquiries")
def write_about_inquiries(timestamp: int = 0) -> None:
    due.send_due(timezone.localdate())


# Each search rests for a week after a mail, so who follows one may hear of something new on any morning.
@app.periodic(cron="30 5 * * *", queueing_lock="tell_followers")
@app.task(retry=AGAIN, lock="tell_followers")
def tell_followers(timestamp: int = 0) -> None:
    alerts.send_due(timezone.localdate())


@app.periodic(cron="35 0 * * *")
@app.task(retry=AGAIN)
def remove_orphan_pictures(timestamp: int = 0) -> None:
    chores.remove_orphans()


@app.periodic(cron="36 0 * * *")
@app.task(retry=AGAIN)
def remove_orphan_proofs(timestamp: int = 0) -> None:
    proofs.remove_orphans()


@app.periodic(cron="40 0 * * *")
@app.task(pass_context=True, retry=AGAIN)
async def forget_old_jobs(context: JobContext, timestamp: int = 0) -> None:
    await context.app.job_manager.delete_old_jobs(nb_hours=FAILED_JOBS_KEPT_HOURS, include_failed=True)


@app.periodic(cron="* * * * *", queueing_lock="retry_stalled_jobs")
@app.task(pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int = 0) -> None:
    """Take over what dead workers had begun."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.JOBS_STALLED_AFTER):
        if job.attempts < MOST_LIVES:
            await jobs.retry_job(job)
        else:
            await jobs.finish_job(job, Status.FAILED, delete_job=False)
