"""Which part of a long list is shown. A page beyond the end is the last one, never an error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    number: int
    last: int
    total: int
    start: int
    end: int

    @property
    def in_address(self) -> str:
        return str(self.number) if self.number > 1 else ""


def page_of(asked: str | None, total: int, size: int) -> Page:
    last = max(1, -(-total // size))
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = min(max(number, 1), last)
    return Page(number, last, total, (number - 1) * size, min(number * size, total))
