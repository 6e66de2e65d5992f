"""What goes into a spreadsheet's cells: nothing there is ever a formula."""

from __future__ import annotations

from typing import Any

# What a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(value: Any) -> Any:
    """What a spreadsheet would take for a formula gets an apostrophe before it, as spreadsheets have it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
