"""What the map draws: every public place of what is found, or clusters of them where they are too many.

The answer is columns with short keys, which compress well: `y` and `x` are latitude and longitude in
units of 0.00001 degree, each as the difference from the one before; `p` the plates (see plates.py);
`s` the sectors, one character for each place, that stand for the colours `c`; `n` how many places there
are in all. Where they are too many for one answer there is also `g`, how many places each point
stands for, and a reader who looks at another part of the map asks again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.cards import UNKNOWN_WALL
from directory.catalogue import Catalogue
from directory.nearness import Places

MOST = 5_000
MOST_IN_VIEW = 1_000
DEEPEST, OVERVIEW = 19, 11
# Of a tile of 256 pixels, to each side.
CELLS = 4
WIDEST = 24
PRECISION = 100_000
FIRST_SECTOR = ord("A")
_BOX = re.compile(r"-?\d{1,3}(?:\.\d{1,8})?(?:,-?\d{1,3}(?:\.\d{1,8})?){3}")
# A side that lies on the grid but for its rounded digits.
_ALMOST = 0.001

Numbers = NDArray[np.float64]


class ViewError(ValueError):
    """The address names no part of a map."""


@dataclass(frozen=True)
class View:
    """The part of the map a reader sees: tiles of a zoom level, first and last to each side."""

    zoom: int
    west: int
    north: int
    east: int
    south: int

    @classmethod
    def of(cls, box: str, zoom: str) -> View:
        """From degrees (west, south, east, north), widened to whole tiles."""
        if not (zoom.isascii() and zoom.isdigit() and len(zoom) < 3 and int(zoom) <= DEEPEST):
            raise ViewError
        if not _BOX.fullmatch(box):
            raise ViewError
        west, south, east, north = map(float, box.split(","))
        if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
            raise ViewError
        tiles = 1 << int(zoom)
        left, right = _across(np.array([west, east])) * tiles
        top, bottom = _down(np.array([north, south])) * tiles
        view = cls(
            int(zoom),
            math.floor(left + _ALMOST),
            math.floor(top + _ALMOST),
            math.ceil(right - _ALMOST) - 1,
            math.ceil(bottom - _ALMOST) - 1,
        )
        if view.east - view.west >= WIDEST or view.south - view.north >= WIDEST:
            raise ViewError
        return view

    def holds(self, places: Places) -> NDArray[np.bool_]:
        tiles = 1 << self.zoom
        across, down = _across(places.longitudes) * tiles, _down(places.latitudes) * tiles
        beside = (self.west <= across) & (across < self.east + 1)
        inside: NDArray[np.bool_] = beside & (self.north <= down) & (down < self.south + 1)
        return inside


def drawn(catalogue: Catalogue, found: int, view: View | None) -> dict[str, Any]:
    """The points for the listings found, as bits."""
    places = catalogue.points.of(catalogue.flags(found))
    total = len(places)
    if total <= MOST:
        return {"n": total, **_each(catalogue, places)}
    if view:
        places = places.only(view.holds(places))
        if len(places) <= MOST_IN_VIEW:
            return {"n": total, **_each(catalogue, places), "g": [1] * len(places)}
    return {"n": total, **_clusters(catalogue, places, view.zoom if view else OVERVIEW)}


def _each(catalogue: Catalogue, places: Places) -> dict[str, Any]:
    places = places.only(np.lexsort((places.longitudes, -places.latitudes)))
    return {
        **_columns(places.latitudes, places.longitudes),
        "p": [catalogue.plates[position] for position in places.positions.tolist()],
        **_sectors(catalogue, places.positions),
    }


def _clusters(catalogue: Catalogue, places: Places, zoom: int) -> dict[str, Any]:
    """One point for each cell of a grid, in the middle of its places."""
    cells = CELLS << zoom
    column = (_across(places.longitudes) * cells).astype(np.int64)
    row = (_down(places.latitudes) * cells).astype(np.int64)
    _cells, first, cell, sizes = np.unique(
        row * cells + column, return_index=True, return_inverse=True, return_counts=True
    )
    positions, alone = places.positions[first], sizes == 1
    middle = (np.bincount(cell, weights=axis) / sizes for axis in (places.latitudes, places.longitudes))
    return {
        **_columns(*middle),
        "p": [
            catalogue.plates[position] if single else ""
            for position, single in zip(positions.tolist(), alone.tolist(), strict=True)
        ],
        **_sectors(catalogue, positions),
        "g": sizes.tolist(),
    }


def _columns(latitudes: Numbers, longitudes: Numbers) -> dict[str, list[int]]:
    return {name: _steps(axis) for name, axis in (("y", latitudes), ("x", longitudes))}


def _steps(axis: Numbers) -> list[int]:
    whole = np.round(axis * PRECISION).astype(np.int64)
    return np.diff(whole, prepend=0).tolist()  # type: ignore[no-any-return]


def _sectors(catalogue: Catalogue, positions: NDArray[np.uint32]) -> dict[str, Any]:
    sectors = catalogue.terms["sector"]
    numbers = np.zeros(len(catalogue.rows), np.int64)
    for number, slug in enumerate(sectors, 1):
        numbers[catalogue.flags(catalogue.bits.get(f"trade:{slug}", 0))] = number
    letters = (numbers[positions] + FIRST_SECTOR).tolist()
    return {
        "s": "".join(map(chr, letters)),
        "c": [UNKNOWN_WALL, *(sector.colour for sector in sectors.values())],
    }


def _across(longitudes: Numbers) -> Numbers:
    """Where on a map of the world (Mercator), from 0 in the west to 1 in the east."""
    return longitudes / 360 + 0.5


def _down(latitudes: Numbers) -> Numbers:
    """The same from 0 in the north to 1 in the south."""
    return 0.5 - np.arcsinh(np.tan(np.radians(latitudes))) / (2 * math.pi)
