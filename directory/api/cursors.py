"""Where a reader is in a list that changes meanwhile.

A cursor names what was seen last by what it is sorted by, not by its number, so that what comes and
goes before it makes nobody be missed or seen twice. In the order of best match, which only the whole
catalogue decides, it goes on after the one seen last; if that is gone, where it was.
"""

from __future__ import annotations

import base64
import json
import math
from bisect import bisect_right
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from directory.filters import SORTS
from directory.finding import Finding

WITHDRAWN = "withdrawn"
ORDERS = {*SORTS, WITHDRAWN}
LONGEST = 2_000
GREATEST_KEY = 2**63


@dataclass(frozen=True)
class Cursor:
    order: str
    pk: int
    # how many came before and with it
    seen: int = 0
    name: str = ""
    value: float = 0.0

    def __str__(self) -> str:
        return (
            base64.urlsafe_b64encode(json.dumps(astuple(self), ensure_ascii=False).encode())
            .decode()
            .rstrip("=")
        )

    @classmethod
    def read(cls, written: str) -> Cursor:
        """Raises ValueError for what this class did not write."""
        if len(written) > LONGEST or not written.isascii():
            raise ValueError(written[:LONGEST])
        padded = written + "=" * (-len(written) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(parts, list) or list(map(type, parts)) != [str, int, int, str, float]:
            raise ValueError(written)
        cursor = cls(*parts)
        if cursor.order not in ORDERS or math.isnan(cursor.value):
            raise ValueError(written)
        if not (0 <= cursor.pk < GREATEST_KEY and 0 <= cursor.seen < GREATEST_KEY):
            raise ValueError(written)
        return cursor


def start(finding: Finding, cursor: Cursor) -> int:
    """How many of what is found come before and with the one the cursor names."""
    catalogue = finding.catalogue
    if cursor.order == "relevance":
        at = np.flatnonzero(catalogue.rows["pk"][finding.positions] == cursor.pk)
        return int(at[0]) + 1 if len(at) else min(max(cursor.seen - 1, 0), finding.total)
    seen = np.arange(len(catalogue.by_name)) < bisect_right(
        catalogue.by_name, (cursor.name, cursor.pk), key=catalogue.name_key
    )
    values = _values(finding)
    if values is not None:
        seen = (values < cursor.value) | ((values == cursor.value) & seen)
    return int((seen & catalogue.flags(finding.bits)[catalogue.by_name]).sum())


def after(finding: Finding, seen: int) -> Cursor:
    """The cursor that goes on after so many of what is found."""
    order, catalogue = finding.asked.order, finding.catalogue
    position = finding.positions[seen - 1]
    pk = int(catalogue.rows["pk"][position])
    if order == "relevance":
        return Cursor(order, pk, seen)
    rank = int(np.flatnonzero(catalogue.by_name == position)[0])
    values = _values(finding)
    value = 0.0 if values is None else float(values[rank])
    return Cursor(order, pk, seen, catalogue.keys[position], value)


def _values(finding: Finding) -> Any:
    """What the order goes by before it goes by name, the lowest first; listings by name."""
    catalogue, asked = finding.catalogue, finding.asked
    if asked.order == "nearest" and asked.spot:
        return catalogue.points.kilometres(asked.spot, len(catalogue.rows))[catalogue.by_name]
    column = {"newest": "first_published", "confirmed": "confirmed"}.get(asked.order)
    return -catalogue.rows[column][catalogue.by_name] if column else None
