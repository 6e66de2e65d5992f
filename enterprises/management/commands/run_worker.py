"""The background worker: does the jobs in enterprises/tasks.py until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import DjangoApp, app, connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import OperationalError

from enterprises import tasks

# Once the worker is told to stop, a job is asked to after so many seconds, and cut short after so many.
ASKED_AFTER, CUT_SHORT_AFTER = 1, 10
# A database that is away is looked for so often.
LOOKED_FOR_EVERY = 2
INSISTS = 30

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does the jobs that wait, and those that are due, until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--follow", type=int, metavar="PID", help="stop when this parent process is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["follow"]:
            threading.Thread(target=_follow, args=(options["follow"],), daemon=True).start()
        asyncio.run(_work())


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


async def _work() -> None:
    loop, told_to_stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    stopping = asyncio.create_task(told_to_stop.wait())
    while not told_to_stop.is_set():
        working = asyncio.create_task(_work_while_the_database_is_there())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if told_to_stop.is_set():
            working.cancel()
            _done, late = await asyncio.wait((working,), timeout=CUT_SHORT_AFTER)
            if late:
                os._exit(1)  # a job's thread cannot be stopped any other way
        else:
            error = working.exception()
            if error and not isinstance(error, ConnectorException):
                raise error
            logger.warning("The worker lost touch with the database and starts anew")
            await asyncio.wait((stopping,), timeout=LOOKED_FOR_EVERY)


async def _work_while_the_database_is_there() -> None:
    # The connections of the thread that queues what is due may be to a server that has been started anew.
    await sync_to_async(close_old_connections)()
    async with _workers_app().open_async() as at_work:
        await at_work.configure_task(tasks.retry_stalled_jobs.name).defer_async()
        await at_work.run_worker_async(
            delete_jobs="successful",
            update_heartbeat_interval=settings.JOBS_STALLED_AFTER / 3,
            stalled_worker_timeout=settings.JOBS_STALLED_AFTER,
            shutdown_graceful_timeout=ASKED_AFTER,
            install_signal_handlers=False,
        )


def _workers_app() -> App:
    """The site's app, with connections of its own to fetch jobs by.

    The tasks still know the site's: what a job queues, it queues in its own transaction.
    """
    connector = PsycopgConnector(kwargs=connector_params())
    workers = DjangoApp(connector=connector, periodic_defaults=settings.PROCRASTINATE_PERIODIC_DEFAULTS)
    workers.job_manager = _Minutes(connector)
    workers.tasks, workers.periodic_registry = app.tasks, app.periodic_registry
    return workers


class _Minutes(JobManager):
    """Notes what came of a job though the database is away for a moment: a job that nobody finishes
    while its worker lives would seem to be at work for ever."""

    async def finish_job(self, *args: Any, **kwargs: Any) -> None:
        await _insist(super().finish_job, *args, **kwargs)

    async def retry_job(self, *args: Any, **kwargs: Any) -> None:
        await _insist(super().retry_job, *args, **kwargs)


async def _insist(note: Callable[..., Awaitable[None]], *args: Any, **kwargs: Any) -> None:
    for _again in range(INSISTS):
        try:
            return await note(*args, **kwargs)
        except ConnectorException as error:
            if not isinstance(error.__cause__, OperationalError):
                raise
            await asyncio.sleep(LOOKED_FOR_EVERY)
    return await note(*args, **kwargs)
