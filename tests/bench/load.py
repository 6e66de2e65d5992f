"""One bounded run of wrk over many addresses, and the CPU it cost."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from tests.bench.table import Figures

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
SCRIPT = """local paths = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at], {["Accept-Encoding"] = "gzip, deflate, br"})
end
"""


def measure(
    row: str, site: str, paths: list[str], script: Path, worker: int, cluster: Path, *, seconds: int = 4
) -> Figures:
    script.write_text(SCRIPT % ",".join(map(json.dumps, paths)))
    _wrk(site, script, 1)
    before = cpu([worker]), cpu(backends(cluster))
    report = _wrk(site, script, seconds)
    served = int(re.search(r"(\d+) requests in", report)[1])
    if failed := re.search(r"Non-2xx.*", report):
        raise SystemExit(f"{row}: {failed[0]}")
    after = cpu([worker]), cpu(backends(cluster))
    spent = [grown(*both) / served for both in zip(before, after, strict=True)]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])
    return Figures(
        row, _latency(report, 50), _latency(report, 99), rate, *spent, kilobytes=_read(report) / served
    )


def _wrk(site: str, script: Path, seconds: int) -> str:
    command = ["wrk", "-t1", "-c4", f"-d{seconds}s", "--latency", "-s", str(script), site]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _read(report: str) -> float:
    """How many kilobytes were read in all, headers too."""
    amount, unit = re.search(r"requests in [^,]+, ([\d.]+)(B|KB|MB|GB) read", report).groups()
    return float(amount) * {"B": 1 / 1024, "KB": 1, "MB": 1024, "GB": 1024**2}[unit]


def _latency(report: str, percent: int) -> float:
    value, unit = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)", report).groups()
    return float(value) * UNITS[unit]


def cpu(processes: list[int]) -> dict[int, float]:
    """Milliseconds of CPU that each of these processes has taken."""
    taken = {}
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        taken[process] = 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return taken


def grown(before: dict[int, float], after: dict[int, float]) -> float:
    """What they have taken meanwhile; one that has ended meanwhile, such as autovacuum's, counts nothing."""
    return sum(taken - before.get(process, 0.0) for process, taken in after.items())


def children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def backends(cluster: Path) -> list[int]:
    return children(int((cluster / "postmaster.pid").read_text().split()[0]))
