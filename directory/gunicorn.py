"""How gunicorn serves the site, on one's own machine as in production: gunicorn -c directory/gunicorn.py"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from directory import database

wsgi_app = "directory.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Sync workers: pages are CPU-bound and short. Slow clients belong to the proxy in front.
_workers = os.environ.get("WEB_CONCURRENCY", "") or str(2 * (os.cpu_count() or 1))
if not _workers.isdigit() or _workers == "0":
    sys.exit(f"Den fælles by cannot start. WEB_CONCURRENCY must be 1 or more, not {_workers!r}.")
workers = int(_workers)
preload_app = True
timeout = 30
graceful_timeout = 10
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
# Not "warning": there gunicorn writes the addresses of those who send it nonsense.
loglevel = "error"
accesslog = None
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 – gunicorn makes unique files


def when_ready(server: Any) -> None:
    """Read the catalogue before the workers are made, so that they share it."""
    import gc

    from django.db import connections

    _read_catalogue()
    connections.close_all()
    gc.collect()
    gc.freeze()
    _return_memory()
    if announcement := os.environ.get("ANNOUNCE"):
        threading.Thread(target=_keep_a_worker, daemon=True).start()
        print(announcement, flush=True)


def _keep_a_worker() -> None:
    """`make run` does its own jobs; in production the worker is a service beside this one."""
    global _worker
    command = [sys.executable, "manage.py", "run_worker", "--follow", str(os.getpid())]
    while not _leaving.is_set():
        with _starting:
            _worker = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603
        _worker.wait()
        if not _leaving.wait(timeout=1):
            print("The worker has died and is started again.", file=sys.stderr, flush=True)


_worker: subprocess.Popen[bytes] | None = None
# Popen waits until a pipe is closed by whoever holds it. A server forked just then would hold it as long as
# it lives, and nobody would see the worker die: the two wait for each other.
_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
)
_leaving = threading.Event()


def _return_memory() -> None:
    """Give back what reading the catalogue took for a moment: a fifth, which glibc holds on to unasked."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def post_worker_init(worker: Any) -> None:
    """Take in what has changed since, before the first visitor asks."""
    _read_catalogue()

    from directory.api import streams

    # A file of everything may take longer than the time-out; each part of it says that the worker lives.
    streams.alive = worker.notify


def _read_catalogue() -> None:
    from django.db import DatabaseError

    from directory import catalogue, replica

    with suppress(DatabaseError), replica.reading(replica.Reading()):
        catalogue.present()


def worker_exit(server: Any, worker: Any) -> None:
    """Write what the worker has counted, before it is gone."""
    from enterprises import counting

    counting.write_waiting()


def post_fork(server: Any, worker: Any) -> None:
    """Die with a killed master within a second, rather than hold the port until the next time-out."""

    def follow(master: int) -> None:
        while os.getppid() == master:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()


def on_exit(server: Any) -> None:
    """Stop the worker and let go of the embedded PostgreSQL that `make run` started."""
    _leaving.set()
    if _worker:
        _worker.terminate()
        try:
            _worker.wait(timeout=15)
        except subprocess.TimeoutExpired:
            _worker.kill()
    lock = os.environ.get("EMBEDDED_LOCK")
    embedded = database.embedded()
    if lock and embedded:
        embedded.leave(int(lock))
