"""The embedded PostgreSQL: it starts, is shared, survives being killed, and stops when nobody uses it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from directory import database
from directory.database import OWNER, Embedded

ROOT = os.geteuid() == 0
FOR_ROOT = Path("/var/lib/den-faelles-by")  # what the server's user can reach; tmp_path it cannot


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout in a folder with a Danish name, for all the tests of this module."""
    checkout = tmp_path_factory.mktemp("hus") / "min mappe æøå"
    checkout.mkdir()
    home = FOR_ROOT / f"prøve æøå {uuid4().hex[:6]}" if ROOT else checkout / ".data" / "postgresql"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "CHECKOUT", checkout)
        patch.setattr(database, "PRIVATE", checkout / ".data")
        patch.setattr(Embedded, "home", property(lambda server: home / server.name))
        yield checkout
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def server(house: Path) -> Iterator[Embedded]:
    """A server that does not run; the tests share its data, and leave it stopped."""
    server = Embedded("test-embedded")
    yield server
    if (server.data / "postmaster.pid").exists():
        server.leave(server.use())


def ask(server: Embedded, query: str) -> Any:
    """The site's own connection."""
    settings = server.connection()
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=settings["NAME"]
    ) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone() if cursor.description else None


def is_up(server: Embedded) -> bool:
    try:
        return bool(ask(server, "SELECT 1"))
    except psycopg.OperationalError:
        return False


def postmaster(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def kill(server: Embedded) -> None:
    (others,) = ask(server, "SELECT array_agg(pid) FROM pg_stat_activity")
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(is_dead(process) for process in [pid, *others]))


def is_dead(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return database._is_zombie(pid)


def eventually(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_site_owns_its_database_and_nobody_listens_on_the_network(server: Embedded) -> None:
    with server.running():
        assert ask(server, "SELECT current_user::text, current_database()::text") == (OWNER, OWNER)
        assert ask(server, "SHOW listen_addresses") == ("",)
        assert ask(server, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == (
            "C.UTF-8",
        )
    assert not is_up(server)


def test_folders_of_the_server_are_its_own(server: Embedded) -> None:
    with server.running():
        modes = {path.stat().st_mode & 0o777 for path in (server.home, server.data)}
        owner = server.home.stat().st_uid
    assert modes == {0o700}
    assert owner == (server.server_user.pw_uid if server.server_user else os.geteuid())


def test_others_cannot_connect(server: Embedded) -> None:
    with server.running(), pytest.raises(psycopg.OperationalError, match=r"(?i)peer"):
        psycopg.connect(host=str(server.socket_directory), user="stranger", dbname=OWNER).close()


def test_the_last_user_stops_it(server: Embedded) -> None:
    first, second = server.use(), server.use()
    pid = postmaster(server)
    server.leave(first)
    assert postmaster(server) == pid and is_up(server)
    server.leave(second)
    assert not is_up(server)
    assert not (server.data / "postmaster.pid").exists()


def test_killed_users_do_not_keep_it_running(server: Embedded) -> None:
    ours = server.use()
    theirs = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_SH);"
         " print(flush=True); input()", database.PRIVATE / f"{server.name}.users"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with theirs:
        assert theirs.stdout and theirs.stdout.readline()
        theirs.kill()
    server.leave(ours)
    assert not is_up(server)


def test_data_survives_a_killed_server(server: Embedded) -> None:
    lock = server.use()
    ask(server, "CREATE TABLE kept AS SELECT 'æøå' AS word")
    kill(server)
    again = server.use()
    assert ask(server, "SELECT word FROM kept") == ("æøå",)
    ask(server, "DROP TABLE kept")
    server.leave(lock)
    server.leave(again)
    assert not is_up(server)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no zombies without /proc")
def test_a_killed_server_that_nobody_buried_is_not_taken_for_a_live_one(server: Embedded) -> None:
    lock = server.use()
    kill(server)
    identity = {"user": server.server_user.pw_uid} if server.server_user else {}
    with subprocess.Popen(["true"], **identity) as zombie:
        eventually(lambda: database._is_zombie(zombie.pid))
        for lock_file in (server.data / "postmaster.pid", server.socket_directory / ".s.PGSQL.5432.lock"):
            _, rest = lock_file.read_text().split("\n", 1)
            lock_file.write_text(f"{zombie.pid}\n{rest}")
        again = server.use()
        assert is_up(server)
    server.leave(lock)
    server.leave(again)


def test_those_who_start_at_once_get_the_same_server(server: Embedded) -> None:
    with ThreadPoolExecutor(4) as starters:
        locks = list(starters.map(lambda _: server.use(), range(4)))
    assert is_up(server)
    for lock in locks:
        server.leave(lock)
    assert not is_up(server)


def test_checkouts_know_themselves_by_one_name_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for checkout in ("her", "der"):
        monkeypatch.setattr(database, "PRIVATE", tmp_path / checkout)
        with ThreadPoolExecutor(8) as starters:
            found = set(starters.map(lambda _: Embedded().identity, range(8)))
        assert len(found) == 1
        names += found
    assert names[0] != names[1]


def test_paths_too_long_for_a_socket_are_kept_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PRIVATE", tmp_path)
    monkeypatch.setattr(Embedded, "home", property(lambda _server: tmp_path / ("lang" * 30)))
    assert len(os.fsencode(Embedded().socket_directory)) <= database.LONGEST_SOCKET_DIRECTORY


def test_a_database_of_ones_own_is_used_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ida:hemmeligt@db.example:5433/byen")
    assert database.embedded() is None
    found = database.connection()
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("db.example", 5433, "byen", "ida")


def test_a_command_runs_while_the_server_is_up_and_its_status_is_passed_on(tmp_path: Path) -> None:
    checkout = tmp_path / "min mappe æøå"
    (checkout / "directory").mkdir(parents=True)
    shutil.copy(database.__file__, checkout / "directory" / "database.py")
    script = (
        "import sys, psycopg; from directory import database; s = database.connection();"
        "c = psycopg.connect(host=s['HOST'], user=s['USER'], dbname=s['NAME']);"
        "sys.exit(c.execute('SELECT 40 + 2').fetchone()[0])"
    )
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "directory.database", sys.executable, "-c", script],
            cwd=checkout, env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (42, "", "")
    finally:
        home = FOR_ROOT / (checkout / ".data" / "identity").read_text() if ROOT else checkout / ".data"
        left = list(home.rglob("postmaster.pid"))
        shutil.rmtree(home)
    assert left == []
