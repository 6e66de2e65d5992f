"""The ten districts as tiles in their real relative positions, shaded by how many enterprises they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from directory.catalogue import Catalogue

SHADES = 5


@dataclass(frozen=True)
class Tile:
    district: Any
    count: int
    shade: int


def tiles(catalogue: Catalogue) -> list[Tile]:
    """One tile for each numbered district; where it lies on the map is the stylesheet's business."""
    counted = [(term, count) for term, count in catalogue.counted("district") if term.number]
    filled = [count for _term, count in counted if count]
    fewest, most = min(filled, default=0), max(filled, default=0)
    return [Tile(term, count, _shade(count, fewest, most)) for term, count in counted]


def _shade(count: int, fewest: int, most: int) -> int:
    """0 for none, else from 1 in the emptiest district that has any to SHADES in the fullest."""
    if not count:
        return 0
    return 1 + (SHADES - 1) * (count - fewest) // max(most - fewest, 1)
