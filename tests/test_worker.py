"""The background worker as a process of its own, on a database that others see: killed, doubled, cut off."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib import admin
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError
from psycopg.errors import UniqueViolation

from directory.database import CHECKOUT
from directory.models import Listing
from enterprises import publishing, tasks
from enterprises.admin import exporting_later
from enterprises.choices import ImportState
from enterprises.imports import progress
from enterprises.imports import runs as import_runs
from enterprises.management.commands import run_worker
from enterprises.models import (
    Enterprise,
    Export,
    Import,
    Mail,
    MissedSearch,
    RegisterDifference,
    RegisterReading,
    User,
)
from tests.builders import a_user, published
from tests.mail_server import Postbox, mail_server
from tests.register_service import free_numbers, numbered, register_service
from tests.servers import database_url, serving

Environment = dict[str, str]


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the tests' database, in which what is written is there for all."""
    original = connection.settings_dict["NAME"]
    assert original.startswith("test_"), "pytest-django makes one where a test is marked with django_db"
    copy = f"{original}_worker"
    with django_db_blocker.unblock():
        connection.close()
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        connection.settings_dict["NAME"] = copy
        try:
            yield database_url(connection.settings_dict, copy)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = original
            with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def environment(database: str, postbox: Postbox, settings: Any) -> Iterator[Environment]:
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"
    yield os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database,
        "EMAIL_URL": postbox.url,
        "EMAIL_TIMEOUT": "60",
        "JOBS_STALLED_AFTER": "1",
    }
    Mail.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@contextmanager
def working(environment: Environment) -> Iterator[subprocess.Popen[bytes]]:
    worker = subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=CHECKOUT, env=environment)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(timeout=20)


def killed(worker: subprocess.Popen[bytes]) -> None:
    """Kill it, and wait until it can be told that it is dead."""
    worker.kill()
    worker.wait()
    heard_of = ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - timedelta(seconds=1))
    eventually(lambda: not heard_of.exists())


def eventually(happens: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 90
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def write(*recipients: str) -> None:
    for recipient in recipients:
        send_mail("Hej", "Kære du", None, [recipient])


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Mail.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def others_connected() -> int:
    """How many connections others have to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def cut_off() -> None:
    """End all connections of the worker's, as a server does that is started anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def waiting_for(table: str) -> int:
    """How many wait for somebody to let go of a table."""
    with connection.cursor() as cursor:
        query = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
        cursor.execute(query, [table])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_job_is_queued_in_the_transaction_that_causes_it() -> None:
    for kept in (False, True):
        with transaction.atomic():
            tasks.rebuild_listings.defer()
            transaction.set_rollback(not kept)
        assert ProcrastinateJob.objects.exists() == kept


def test_it_sends_what_is_committed_and_not_what_is_rolled_back(
    environment: Environment, postbox: Postbox
) -> None:
    with working(environment):
        with transaction.atomic():
            write("fortrudt@example.dk")
            transaction.set_rollback(True)
        with transaction.atomic():
            write("a@example.dk", "b@example.dk")
        eventually(lambda: states() == {"sent": 2})
    assert postbox.recipients() == ["a@example.dk", "b@example.dk"]


def test_it_survives_a_database_that_is_started_anew(environment: Environment, postbox: Postbox) -> None:
    job = ProcrastinateJob.objects.filter(pk=tasks.rebuild_listings.defer())
    with working(environment) as worker:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE directory_listing")
            eventually(lambda: waiting_for("directory_listing"))
            cut_off()
            # What came of the job that was cut short is noted, or nobody would do it again.
            eventually(lambda: job.get().status == "todo" and job.get().attempts == 1)
        write("ida@example.dk")
        eventually(lambda: states() == {"sent": 1})
        assert worker.poll() is None
    assert postbox.recipients() == ["ida@example.dk"]


@contextmanager
def nobody_gets_in() -> Iterator[None]:
    """The database is there for this test alone, as if it were away for everybody else."""
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cut_off()
        try:
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_it_looks_for_a_database_that_is_away_until_it_is_back(
    environment: Environment, postbox: Postbox
) -> None:
    with working(environment) as worker:
        eventually(ProcrastinateWorker.objects.exists)
        with nobody_gets_in():
            write("ida@example.dk")
            eventually(lambda: not others_connected())
            assert worker.poll() is None and states() == {"waiting": 1}
        eventually(lambda: states() == {"sent": 1})
    assert postbox.recipients() == ["ida@example.dk"]


def test_what_came_of_a_job_is_noted_though_the_database_blinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_worker, "LOOKED_FOR_EVERY", 0)
    noted: list[int] = []

    async def note(job: int, error: BaseException | None = None, times: int = 0) -> None:
        noted.append(job)
        if error and len(noted) <= times:
            raise ConnectorException from error

    asyncio.run(run_worker._insist(note, 7, OperationalError(), times=2))
    assert noted == [7, 7, 7]
    noted.clear()
    for error in (OperationalError(), UniqueViolation()):
        with pytest.raises(ConnectorException):
            asyncio.run(run_worker._insist(note, 7, error, times=1_000))
    assert len(noted) == run_worker.INSISTS + 1 + 1, "not for ever, and not what is wrong in itself"


def test_told_to_stop_it_stops_at_once_where_nothing_is_under_way(environment: Environment) -> None:
    with working(environment) as worker:
        eventually(ProcrastinateWorker.objects.exists)
        worker.terminate()
        assert worker.wait(timeout=20) == 0


def test_told_to_stop_it_does_not_wait_for_ever(environment: Environment, postbox: Postbox) -> None:
    postbox.vice = "hanging"
    write("ida@example.dk")
    with working(environment) as worker:
        assert postbox.has_text.wait(timeout=30)
        worker.terminate()
        assert worker.wait(timeout=40) == 1
    assert states() == {"sending": 1}, "nobody knows whether it arrived"


def test_two_workers_never_send_one_mail_twice(environment: Environment, postbox: Postbox) -> None:
    recipients = [f"{number:02}@example.dk" for number in range(40)]
    write(*recipients)
    postbox.meeting = Barrier(2)
    with working(environment), working(environment):
        eventually(lambda: states() == {"sent": 40})
    assert postbox.recipients() == recipients


def test_a_worker_killed_while_it_sends_leaves_an_uncertain_mail(
    environment: Environment, postbox: Postbox
) -> None:
    postbox.vice = "hanging"
    write("ida@example.dk")
    with working(environment) as worker:
        assert postbox.has_text.wait(timeout=30)
        assert states() == {"sending": 1}
        killed(worker)
    Mail.objects.update(due_at=timezone.now())
    postbox.vice = ""
    with working(environment):
        eventually(lambda: states() == {"uncertain": 1})
        write("ole@example.dk")
        eventually(lambda: states() == {"uncertain": 1, "sent": 1})
    assert postbox.recipients() == ["ida@example.dk", "ole@example.dk"]


def test_a_job_whose_worker_is_killed_is_done_by_the_next(environment: Environment) -> None:
    bakery = published("Brød & Broer")
    Listing.objects.filter(pk=bakery.pk).update(name="Forkert")
    job = ProcrastinateJob.objects.filter(pk=tasks.rebuild_listings.defer())
    with working(environment) as worker, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE directory_listing")
        eventually(lambda: waiting_for("directory_listing"))
        killed(worker)
    assert job.get().status == "doing"
    with working(environment):
        eventually(lambda: not job.exists())
    assert Listing.objects.get(pk=bakery.pk).name == "Brød & Broer"


def test_a_worker_killed_while_it_reads_cvr_leaves_what_it_has_read_and_the_next_reads_the_rest(
    environment: Environment,
) -> None:
    numbers = list(islice(free_numbers(), 60))
    with register_service() as cvr:
        environment |= {"CVR_URL": cvr.url, "CVR_USER": "byen", "CVR_PASSWORD": "hemmelig"}
        cvr.entries += [numbered("association", number) for number in numbers]
        cvr.silent_after = 1
        made = [Enterprise(name=number, slug=f"nr-{number}", cvr=number) for number in numbers]
        Enterprise.objects.bulk_create(made)
        job = ProcrastinateJob.objects.filter(pk=tasks.read_register.defer())
        with working(environment) as worker:
            assert cvr.is_asked_in_vain.wait(timeout=30)
            killed(worker)
        assert RegisterReading.objects.count() == 50
        cvr.silent_after = None
        with working(environment):
            eventually(lambda: not job.exists())
    assert [len(asked) for asked in cvr.asked_for] == [50, 10, 10]
    assert RegisterReading.objects.count() == 60
    differences = RegisterDifference.objects.filter(field="name", state="open")
    assert differences.values("enterprise").distinct().count() == differences.count() == 60
    Enterprise.objects.filter(cvr__in=numbers).delete()


def test_a_worker_killed_while_it_makes_a_file_leaves_none_and_the_next_makes_it(
    environment: Environment,
) -> None:
    names = [f"Udtræk {number}" for number in range(9)]
    made = [Enterprise(name=name, slug=f"udtraek-{number}") for number, name in enumerate(names)]
    Enterprise.objects.bulk_create(made)
    karen = User.objects.create_superuser("karen@example.dk", None)
    desk: Any = admin.site._registry[Enterprise]
    with transaction.atomic():
        asked = exporting_later.ask(desk, karen, query="q=Udtr%C3%A6k", columns=["name", "cvr_status"])
    export = Export.objects.filter(pk=asked.pk)
    with working(environment) as worker, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE enterprises_registerreading")
        eventually(lambda: waiting_for("enterprises_registerreading"))
        killed(worker)
    assert export.get().state == "waiting" and export.get().rows == 9 and export.get().content is None
    with working(environment):
        eventually(lambda: export.get().state == "done")
    book = load_workbook(BytesIO(export.get().content or b""))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["Navn", *names]
    Enterprise.objects.filter(name__in=names).delete()
    karen.delete()


def test_a_worker_killed_in_mid_import_leaves_nothing_and_the_next_does_it_all(
    environment: Environment,
) -> None:
    """It is killed when its rows are saved and it is about to publish them."""
    rows = [f"Hus {number * 7919 % 997};Vi bygger;Længe" for number in range(120)]
    data = "\n".join(["name;tagline_da;description_da;sectors", *(f"{row};finans" for row in rows)])
    clerk = a_user("clerk@example.dk")
    run = import_runs.receive("huse.csv", data.encode(), by=clerk, language="da")
    import_runs.look(run.pk)
    import_runs.queue(run, by=clerk)
    job = ProcrastinateJob.objects.filter(task_name="enterprises.tasks.apply_import")
    with working(environment) as worker, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE enterprises_publication IN SHARE MODE")
        eventually(lambda: waiting_for("enterprises_publication"))
        assert progress.of(run.pk) == (120, 120)
        killed(worker)
    eventually(lambda: progress.of(run.pk) is None)
    assert not Enterprise.objects.filter(tagline_da="Vi bygger").exists()
    assert Import.objects.get(pk=run.pk).state == ImportState.QUEUED
    with working(environment):
        eventually(lambda: not job.exists())
    built = Enterprise.objects.filter(tagline_da="Vi bygger")
    assert built.filter(current__number=1).count() == built.count() == 120
    assert Listing.objects.filter(pk__in=built.values("pk")).count() == 120
    assert set(run.rows.values_list("outcome", flat=True)) == {"created"}
    publishing.forget(built)
    Import.objects.all().delete()
    User.objects.all().delete()


def test_what_should_have_been_done_at_night_is_done(environment: Environment) -> None:
    today = timezone.localdate()
    for days in (729, 731):
        MissedSearch.objects.create(day=today - timedelta(days=days), text=f"{days}", language="da")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
    with working(environment):
        eventually(lambda: list(MissedSearch.objects.values_list("text", flat=True)) == ["729"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_of_make_run_ends_with_it(environment: Environment, number: signal.Signals) -> None:
    with serving(environment | {"ANNOUNCE": "ready"}) as (_site, gunicorn):
        eventually(ProcrastinateWorker.objects.exists)
        gunicorn.send_signal(number)
        gunicorn.wait(timeout=20)
        eventually(lambda: not others_connected())


def test_the_worker_of_make_run_is_started_again_when_it_dies_alone(
    environment: Environment, postbox: Postbox
) -> None:
    with serving(environment | {"ANNOUNCE": "ready"}) as (_site, gunicorn):
        eventually(lambda: ProcrastinateWorker.objects.exists() and workers_of(gunicorn))
        (first,) = workers_of(gunicorn)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: workers_of(gunicorn) not in ([], [first]))
        write("ida@example.dk")
        eventually(lambda: states() == {"sent": 1})


def workers_of(gunicorn: subprocess.Popen[bytes]) -> list[int]:
    children = Path(f"/proc/{gunicorn.pid}/task").glob("*/children")
    pids = [int(pid) for file in children for pid in file.read_text().split()]
    return [pid for pid in pids if b"run_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
