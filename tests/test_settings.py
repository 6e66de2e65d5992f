"""The site starts well configured, or says in one line what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
KEY = "production-like-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "SITE_URL": "https://faellesby.example",
    "DATABASE_URL": "postgres://u:p@localhost/x",
}


def checked(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in production's environment, with some settings changed or taken away."""
    wanted = PRODUCTION | changes
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]}
        | {name: value for name, value in wanted.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_production_passes_djangos_own_checks() -> None:
    result = checked()
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues" in result.stdout


def test_a_proxy_and_another_host_change_nothing() -> None:
    assert checked(BEHIND_PROXY="1", ALLOWED_HOSTS="www.faellesby.example").returncode == 0


def test_production_passes_with_a_replica_too() -> None:
    result = checked(DATABASE_REPLICA_URL="postgres://u:p@other/x")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"INDEXNOW_KEY": "kort"}, "INDEXNOW_KEY"),
        ({"INDEXNOW_URL": "http://engine.example/indexnow"}, "INDEXNOW_URL"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"SITE_URL": "http://faellesby.example"}, "SITE_URL"),
        ({"SITE_URL": "faellesby.example"}, "SITE_URL"),
        ({"SITE_URL": "https://faellesby.example/sti"}, "SITE_URL"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////tmp/x.sqlite3"}, "DATABASE_URL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://"}, "DATABASE_URL"),
        ({"DATABASE_REPLICA_URL": "nonsense"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_REPLICA_URL": "postgres://u@host:port/x"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_REPLICA_URL": "postgres://"}, "DATABASE_REPLICA_URL"),
        ({"SITE_URL": "https://faellesby.example:port"}, "SITE_URL"),
        ({"WAS_URL": "nonsense"}, "WAS_URL"),
        ({"ADDRESS_URL": "http://adresser.example"}, "ADDRESS_URL"),
        ({"DISTRICT_BOUNDARIES": "/findes-ikke.geojson"}, "DISTRICT_BOUNDARIES"),
        ({"CVR_URL": "http://distribution.example/cvr-permanent"}, "CVR_USER"),
        ({"CVR_USER": "byen", "CVR_PASSWORD": "hemmelig"}, "CVR_URL"),
        ({"CVR_URL": "nonsense", "CVR_USER": "byen", "CVR_PASSWORD": "hemmelig"}, "CVR_URL"),
        ({"CVR_URL": "http://a:b@c.example", "CVR_USER": "byen", "CVR_PASSWORD": "x"}, "CVR_URL"),
        ({"MAP_TILES_URL": "nonsense"}, "MAP_TILES_URL"),
        ({"MAP_TILES_URL": "https://tile.example/{z}/{x}.png"}, "MAP_TILES_URL"),
        ({"MAP_TILES_URL": "https://{s}.tile.example/{z}/{x}/{y}.png"}, "MAP_TILES_URL"),
        ({"MAP_TILES_URL": "http://tile.example/{z}/{x}/{y}.png"}, "MAP_TILES_URL"),
        ({"MAP_TILES_URL": "https://tile.example;/{z}/{x}/{y}.png"}, "MAP_TILES_URL"),
        ({"MAP_TILES_URL": "https://u:p@tile.example/{z}/{x}/{y}.png"}, "MAP_TILES_URL"),
        ({"PICTURE_STORE": "https://key:secret@host/bucket"}, "PICTURE_STORE"),
        ({"PICTURE_STORE": "s3+http://key:secret@host/bucket"}, "PICTURE_STORE"),
        ({"HSTS_SECONDS": "a year"}, "HSTS_SECONDS"),
        ({"BEHIND_PROXY": "maybe"}, "BEHIND_PROXY"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL"),
        ({"EMAIL_TIMEOUT": "0"}, "EMAIL_TIMEOUT"),
        ({"JOBS_STALLED_AFTER": "0"}, "JOBS_STALLED_AFTER"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "a.example,*"}, "ALLOWED_HOSTS"),
        ({"DEMO": "0", "DEBUG": "1", "SECRET_KEY": None}, "SECRET_KEY"),
    ],
)
def test_what_is_missing_or_weak_is_named_in_one_line(changes: dict[str, str | None], named: str) -> None:
    result = checked(**changes)
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1, result.stderr
    assert named in result.stderr
    assert KEY not in result.stderr


@pytest.mark.parametrize(
    ("tiles", "pictures"),
    [
        ({}, ["'self'", "data:"]),
        (
            {"MAP_TILES_URL": "https://tile.example:8443/{z}/{x}/{y}.png?key=1"},
            ["'self'", "data:", "https://tile.example:8443"],
        ),
    ],
)
def test_pictures_come_from_the_street_maps_host_and_no_other(
    tiles: dict[str, str], pictures: list[str]
) -> None:
    asked = "from directory import settings as s; print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **PRODUCTION, **tiles},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.stdout.split() == pictures


def test_debugging_is_for_demos_only() -> None:
    asked = "from directory import settings; print(settings.DEBUG)"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "DEBUG": "1", **PRODUCTION},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.stdout == "False\n"


def test_the_web_server_refuses_to_start_in_one_line_too() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import directory.wsgi"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **PRODUCTION, "SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1, result.stderr
