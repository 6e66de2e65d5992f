"""Which of our sectors a branch code of CVR (DB25) belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from enterprises.models import Sector

# The sections of DB25 that our sectors name without numbers, by their divisions.
SECTIONS = {
    "A": "01-03", "B": "05-09", "C": "10-33", "D": "35", "E": "36-39", "F": "41-43", "G": "46-47",
    "H": "49-53", "I": "55-56", "J": "58-60", "K": "61-63", "L": "64-66", "M": "68", "N": "69-75",
    "O": "77-82", "P": "84", "Q": "85", "R": "86-88", "S": "90-93", "T": "94-96",
}  # fmt: skip
_ENTRY = re.compile(r"([A-V])(?:\s+([\d.]+)(?:-(\d+))?)?")


def practising(sectors: Iterable[Sector], code: str) -> list[Sector]:
    """The sectors whose codes cover this one; those that name it most closely."""
    return _closest({sector: sector.db25 for sector in sectors}, code)


def practising_either(sectors: Iterable[Sector], code: str) -> list[Sector]:
    """The same for a code of which nobody says whether it is of DB25 or of DB07, the older one."""
    known = list(sectors)
    old = _closest({sector: sector.db07 for sector in known}, code)
    return list(dict.fromkeys([*practising(known, code), *old]))


def _closest(entries: Mapping[Sector, Iterable[str]], code: str) -> list[Sector]:
    closeness = {
        sector: max((_closeness(entry, code) for entry in codes), default=0)
        for sector, codes in entries.items()
    }
    closest = max(closeness.values(), default=0)
    return [sector for sector, close in closeness.items() if close and close == closest]


def covers(sector: Sector, code: str) -> bool:
    return any(_closeness(entry, code) for entry in sector.db25)


def _closeness(entry: str, code: str) -> int:
    """How many digits of a code an entry like "C", "C 10-11" or "O 81.30" settles; 0 where it is another."""
    match = _ENTRY.fullmatch(entry.strip())
    if not match:
        return 0
    letter, first, last = match.groups()
    if first is None:
        first, _dash, last = SECTIONS.get(letter, "").partition("-")
        return int(bool(first) and first <= code[:2] <= (last or first))
    first = first.replace(".", "")
    if last:
        return len(first) * (first <= code[: len(first)] <= last)
    return len(first) * code.startswith(first)
