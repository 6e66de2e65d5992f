"""Mail addresses for the eyes of others: enough to know one's own by, too little to write to."""

from __future__ import annotations


def masked(address: str) -> str:
    """in…@broed.dk for info@broed.dk."""
    local, _at, domain = address.rpartition("@")
    return f"{local[: 1 if len(local) < 4 else 2]}…@{domain}"
