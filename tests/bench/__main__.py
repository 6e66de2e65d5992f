"""make bench: the site under gunicorn and PostgreSQL as in production, measured with wrk."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import chain
from pathlib import Path

import psycopg

from directory.database import CHECKOUT, Embedded
from tests.bench import files
from tests.bench.load import children, measure
from tests.bench.table import MIXED, Figures, H, table, written
from tests.servers import database_url, serving

SECRET = "only-for-the-bench-0123456789-abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--sizes", default="1000,10000,100000")
    arguments.add_argument("--write-readme", action="store_true")
    options = arguments.parse_args()
    _need_wrk()
    server = Embedded("bench")
    tables = []
    with server.running(), tempfile.TemporaryDirectory() as scratch:
        for size in map(int, options.sizes.split(",")):
            environment = city(server, size, scratch)
            h = None
            for warm in (False, True):
                measured, memory = _measured(server, environment, Path(scratch), warm=warm)
                # H of the run without page cache is what both are measured by: nothing asks the database.
                h = h or next(figures for figures in measured if figures.row == H)
                tables.append(f"{table(measured, h, size, warm=warm)}\n\n{memory}")
                print(tables[-1], end="\n\n", flush=True)
    if options.write_readme:
        readme = CHECKOUT / "README.md"
        readme.write_text(written(readme.read_text(), "\n\n".join(tables)))


def _need_wrk() -> None:
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "wrk"], check=False)
    if not shutil.which("wrk"):
        sys.exit("make bench needs wrk: apt-get install wrk (or brew install wrk).")


def city(server: Embedded, size: int, scratch: str) -> dict[str, str]:
    """The environment of a city of this size, which is made where it is missing."""
    name = f"city_{size}"
    access = server.connection()
    with psycopg.connect(
        host=access["HOST"], port=5432, user=access["USER"], dbname="postgres", autocommit=True
    ) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
            connection.execute(f'CREATE DATABASE "{name}"')
    environment = os.environ | {
        "DEMO": "1",
        "SECRET_KEY": SECRET,
        "SITE_URL": "http://127.0.0.1",
        "DATABASE_URL": database_url(access, name),
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "STATIC_ROOT": f"{scratch}/static",
    }
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
    with psycopg.connect(host=access["HOST"], port=5432, user=access["USER"], dbname=name) as connection:
        there = connection.execute("SELECT count(*) FROM directory_listing").fetchone()[0]
    if there < size:
        manage(environment, "generate_city", str(size - there))
    else:
        manage(environment, "rebuild_listings")
    return environment


def manage(environment: dict[str, str], *command: str) -> None:
    arguments = [sys.executable, "manage.py", *command]
    subprocess.run(arguments, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _measured(
    server: Embedded, environment: dict[str, str], scratch: Path, *, warm: bool
) -> tuple[list[Figures], str]:
    """The figures, and what the worker weighs after them; cold also what everything in one file costs."""
    printed = subprocess.check_output(
        [sys.executable, "-m", "tests.bench.addresses"], cwd=CHECKOUT, env=environment
    )
    environment = environment if warm else environment | {"PAGE_CACHE_MB": "0"}
    with serving(environment) as (site, gunicorn):
        worker = _worker(gunicorn)
        rows = {row: paths for row, paths in json.loads(printed).items() if _is_there(site + paths[0])}
        if not warm:
            rows.pop(MIXED)
        for path in dict.fromkeys(chain.from_iterable(rows.values() if warm else ())):
            _is_there(site + path)
        queries = json.loads(
            subprocess.check_output(
                [sys.executable, "-m", "tests.bench.queries"],
                cwd=CHECKOUT,
                env=environment,
                input=json.dumps(rows).encode(),
            )
        )
        measured = []
        for row, paths in rows.items():
            with _publishing(environment) if row == MIXED else nullcontext():
                seconds = 15 if row == MIXED else 4
                figures = measure(
                    row, site, paths, scratch / "paths.lua", worker, server.data, seconds=seconds
                )
            measured.append(replace(figures, queries=queries[row]))
        rollup = Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()
        memory = {
            line.split(":")[0]: int(line.split()[1]) // 1024
            for line in rollup
            if line.startswith(("Rss", "Pss:"))
        }
        told = [f"Worker: RSS {memory['Rss']} MB, PSS {memory['Pss']} MB"]
        if not warm:
            told += [files.full_csv(site, worker), files.archive(environment)]
    return measured, "\n\n".join(told)


@contextmanager
def _publishing(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.publishing"], cwd=CHECKOUT, env=environment
    )
    try:
        yield
        if process.poll() is not None:
            raise SystemExit("Publishing stopped by itself.")
    finally:
        process.terminate()
        process.wait()


def _worker(gunicorn: subprocess.Popen[bytes]) -> int:
    while gunicorn.poll() is None and not children(gunicorn.pid):
        time.sleep(0.1)
    return children(gunicorn.pid)[0]


def _is_there(address: str) -> bool:
    """Also waits for the worker: who connects early stands in the listener's queue."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "br, gzip"})  # noqa: S310
    try:
        urllib.request.urlopen(asked, timeout=60).close()  # noqa: S310 – our own http
    except urllib.error.HTTPError as error:
        return error.code != 404
    return True


if __name__ == "__main__":
    main()
