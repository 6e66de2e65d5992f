"""Servers that tests and bench start: a primary with its streaming replica, and the site itself."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from directory.database import CHECKOUT, OWNER, Embedded


def database_url(server: dict[str, Any], name: str) -> str:
    """How DATABASE_URL names one database on a server that Django's settings describe."""
    is_socket = server["HOST"].startswith("/")
    host, path = ("", server["HOST"] + "/") if is_socket else (server["HOST"], "")
    user = ":".join(quote(part, safe="") for part in (server["USER"], server.get("PASSWORD", "")) if part)
    port = f":{server['PORT']}" if server["PORT"] else ""
    return f"postgres://{user}@{host}{port}/{quote(path)}{name}"


@dataclass(frozen=True)
class Primary(Embedded):
    """An embedded server that lets the user it runs as stream from it."""

    @property
    def url(self) -> str:
        return database_url(self.connection(), OWNER)

    def _configure(self) -> None:
        super()._configure()
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write("local replication all peer map=owner\n")
        if self.server_user:
            with (self.data / "pg_ident.conf").open("a") as users:
                users.write(f'owner "{self.server_user.pw_name}" postgres\n')

    def stop(self) -> None:
        self._call("pg_ctl", "stop", "--wait", "--silent", "--mode", "fast", "--pgdata", self.data)

    def start(self) -> None:
        self._start()

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


@dataclass(frozen=True)
class Standby(Primary):
    """A hot standby that streams from a primary, made with pg_basebackup as the README says."""

    primary: Primary | None = None

    @property
    def _source(self) -> str:
        return f"host={self.primary.socket_directory} port=5432 user=postgres"  # type: ignore[union-attr]

    def _initialise(self) -> None:
        if not self.data.exists():
            options = ["--checkpoint", "fast", "--no-sync", "--dbname", self._source]
            self._call("pg_basebackup", "--pgdata", self.data, *options)

    def _configure(self) -> None:
        super()._configure()
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = '{self._source}'\nwal_retrieve_retry_interval = '100ms'\n")
        (self.data / "standby.signal").touch()


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The site under gunicorn with one worker: its address, and gunicorn.

    Who connects before it is up stands in the listener's queue.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = ["-m", "gunicorn", "-c", "directory/gunicorn.py", "--workers", "1", "--max-requests", "0"]
        site, descriptor = f"http://127.0.0.1:{listener.getsockname()[1]}", listener.fileno()
        gunicorn = subprocess.Popen(
            [sys.executable, *command, "--bind", f"fd://{descriptor}"],
            cwd=CHECKOUT,
            env=environment,
            pass_fds=[descriptor],
        )
    try:
        yield site, gunicorn
    finally:
        gunicorn.terminate()
        gunicorn.wait(timeout=60)
