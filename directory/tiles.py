"""The ten districts as tiles in their real relative positions, shaded by how many enterprises they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from directory.catalogue import Catalogue
from directory.finding import Finding

SHADES = 5


@dataclass(frozen=True)
class Tile:
    district: Any
    count: int
    shade: int
    # where it leads, if not to the district's own page
    url: str = ""
    chosen: bool = False


def tiles(catalogue: Catalogue) -> list[Tile]:
    """One tile for each numbered district; where it lies on the map is the stylesheet's business."""
    return [Tile(*shaded) for shaded in _shaded(catalogue.counted("district"))]


def tiles_found(finding: Finding) -> list[Tile]:
    """The same for what is found: each ticks its district and keeps all else, or takes it away again."""
    selection, terms = finding.asked.selection, finding.catalogue.terms["district"]
    chosen = selection["district"]
    counts = finding.catalogue.counts(selection, "district", terms, finding.within)
    return [
        Tile(
            term,
            count,
            shade,
            url=finding.path + finding.with_values("district", {*chosen} ^ {term.slug}),
            chosen=term.slug in chosen,
        )
        for term, count, shade in _shaded((term, counts[slug]) for slug, term in terms.items())
    ]


def _shaded(counted: Iterable[tuple[Any, int]]) -> list[tuple[Any, int, int]]:
    """Each numbered district with its count and its shade."""
    numbered = [(term, count) for term, count in counted if term.number]
    filled = [count for _term, count in numbered if count]
    fewest, most = min(filled, default=0), max(filled, default=0)
    return [(term, count, _shade(count, fewest, most)) for term, count in numbered]


def _shade(count: int, fewest: int, most: int) -> int:
    """0 for none, else from 1 in the emptiest district that has any to SHADES in the fullest."""
    if not count:
        return 0
    return 1 + (SHADES - 1) * (count - fewest) // max(most - fewest, 1)
