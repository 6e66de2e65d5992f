"""What everything in one file costs: how long it takes, and how much memory at its most."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from directory.database import CHECKOUT

PIECE = 64 * 1024
MB = 1024 * 1024


def full_csv(site: str, worker: int) -> str:
    """As a reader takes it, from a worker that has served others before."""
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    before, began, size = _status(worker, "VmRSS"), time.monotonic(), 0
    with urllib.request.urlopen(f"{site}/api/v1/enterprises.csv", timeout=600) as file:  # noqa: S310
        while piece := file.read(PIECE):
            size += len(piece)
    seconds, peak = time.monotonic() - began, _status(worker, "VmHWM")
    return (
        f"Full csv: {size / MB:.1f} MB in {seconds:.1f} s, for which the worker grew "
        f"by at most {peak - before} MB (to {peak} MB)"
    )


def archive(environment: dict[str, str]) -> str:
    """The nightly file, made by a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = [sys.executable, "manage.py", "export_open_data", "--to", folder]
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
        _pid, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit("export_open_data failed.")
        seconds = time.monotonic() - began
        (size,) = (file.stat().st_size for file in Path(folder).glob("*.zip"))
    return (
        f"Everything as one archive: {size / MB:.1f} MB in {seconds:.1f} s, "
        f"by a process of {used.ru_maxrss // 1024} MB at most"
    )


def _status(process: int, name: str) -> int:
    """In megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))
