"""The nightly file of everything: made by the worker, kept in the picture store in parts, served whole.

Parts, because neither a process's memory nor a bucket's patience need grow with the city. They are named by
the whole file's digest. The last two files are kept, so that a download that has begun can go on.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connection
from django.utils import timezone

from directory.api import archive
from directory.models import Dump
from enterprises.photos import files

FOLDER = "dumps"
PART = 4 * 1024 * 1024
KEPT = 2
# Any number that no other lock has.
LOCK = 1_464_002_612


def keep() -> Dump | None:
    """Make the file and keep it for readers. None where another process is at it just now."""
    with _alone() as is_ours, tempfile.TemporaryFile() as file:
        if not is_ours:
            return None
        made_at = timezone.now()
        count = archive.write(file, made_at)
        size, digest = _measured(file)
        parts = 0
        for part in _pieces(file):
            files.store().write(_name(digest, parts), part)
            parts += 1
        # Made twice in one second, it is the same file.
        dump, _created = Dump.objects.update_or_create(
            sha256=digest,
            defaults={"made_at": made_at, "size": size, "parts": parts, "enterprises": count},
        )
        _forget_older()
    return dump


def write_to(folder: Path) -> Path:
    """Write the file and its checksum into a folder, each of them whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / archive.NAME
    with _replacing(path) as file:
        archive.write(file, timezone.now())
        _size, digest = _measured(file)
    with _replacing(path.with_name(f"{path.name}.sha256")) as file:
        file.write(checksum(digest).encode())
    return path


def checksum(digest: str) -> str:
    """As sha256sum --check reads it."""
    return f"{digest}  {archive.NAME}\n"


def content(dump: Dump) -> Iterator[bytes]:
    """Raises OSError where the store does not answer."""
    for number in range(dump.parts):
        yield files.store().read(_name(dump.sha256, number))


def _name(digest: str, number: int) -> str:
    return f"{FOLDER}/{digest}-{number:05}.bin"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PART):
        yield piece


def _measured(file: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in _pieces(file):
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


def _forget_older() -> None:
    """What a killed run has left goes too: no row names it."""
    kept = list(Dump.objects.order_by("-made_at")[:KEPT])
    Dump.objects.exclude(pk__in=[dump.pk for dump in kept]).delete()
    named = {_name(dump.sha256, number) for dump in kept for number in range(dump.parts)}
    for name in files.store().names(FOLDER):
        if name not in named:
            files.store().delete(name)


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
