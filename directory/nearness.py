"""Where "near" is, and how far every listing is from there."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from directory.search import text

# Copenhagen's postcodes and their neighbours: the post's town, and the centre, an approximation of ours,
# good to half a kilometre.
POSTCODES = {
    (1000, 1399): ("København K", (55.6815, 12.5790)),
    (1400, 1449): ("København K", (55.6735, 12.5935)),
    (1450, 1499): ("København K", (55.6775, 12.5745)),
    (1500, 1799): ("København V", (55.6705, 12.5560)),
    (1800, 1999): ("Frederiksberg C", (55.6775, 12.5380)),
    (2000, 2000): ("Frederiksberg", (55.6800, 12.5235)),
    (2100, 2100): ("København Ø", (55.7065, 12.5790)),
    (2150, 2150): ("Nordhavn", (55.7145, 12.6010)),
    (2200, 2200): ("København N", (55.6955, 12.5500)),
    (2300, 2300): ("København S", (55.6560, 12.6050)),
    (2400, 2400): ("København NV", (55.7100, 12.5330)),
    (2450, 2450): ("København SV", (55.6485, 12.5380)),
    (2500, 2500): ("Valby", (55.6610, 12.5080)),
    (2700, 2700): ("Brønshøj", (55.7085, 12.4890)),
    (2720, 2720): ("Vanløse", (55.6885, 12.4880)),
    (2770, 2770): ("Kastrup", (55.6320, 12.6450)),
    (2860, 2860): ("Søborg", (55.7300, 12.4930)),
    (2900, 2900): ("Hellerup", (55.7300, 12.5700)),
}
# What a visitor's browser shares, as the site writes it: two decimal numbers.
_NUMBERS = r"(\d{1,2}\.\d{1,6}),(\d{1,2}\.\d{1,6})"
_POSITION = re.compile(_NUMBERS)
# An address that was picked, with its position, so that nobody need be asked again where it is.
_LOCATED = re.compile(rf"(.*\S) \({_NUMBERS}\)")
DENMARK = (54.0, 58.0, 7.5, 15.5)
KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Spot:
    latitude: float
    longitude: float
    label: str
    # Where somebody is or is going, not a place that many mean.
    is_exact: bool = False


def written(title: str, latitude: float, longitude: float) -> str:
    """An address as it stands in the site's own addresses, to some ten metres."""
    return f"{title} ({latitude:.4f},{longitude:.4f})"


def spot(near: str, districts: Iterable[Any]) -> Spot | None:
    """What a reader means by a postcode, a district's name, a position or an address with one, or None."""
    if position := _POSITION.fullmatch(near.replace(" ", "")):
        return _exact_spot(_("din position"), *position.groups())
    if located := _LOCATED.fullmatch(near):
        return _exact_spot(*located.groups())
    if near.isascii() and near.isdigit() and len(near) == 4:
        for (first, last), (_town, centre) in POSTCODES.items():
            if first <= int(near) <= last:
                return Spot(*centre, near)
        return None
    folded = text.words(near)
    for district in districts:
        if folded and district.latitude and folded in map(text.words, names_of(district)):
            return Spot(district.latitude, district.longitude, str(district))
    return None


def _exact_spot(label: str, latitude: str, longitude: str) -> Spot | None:
    place = Spot(float(latitude), float(longitude), label, is_exact=True)
    south, north, west, east = DENMARK
    return place if south <= place.latitude <= north and west <= place.longitude <= east else None


def names_of(district: Any) -> list[str]:
    """Everything a district is called."""
    names = (district.name_da, district.name_en, district.short_da, district.short_en, *district.aliases)
    return [name for name in names if name]


@dataclass(frozen=True)
class Places:
    """Places, each with the position of its listing."""

    positions: NDArray[np.uint32]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def listings(self) -> int:
        """How many listings they belong to."""
        return len(np.unique(self.positions))

    def only(self, which: Any) -> Places:
        """Some of them, by flags, or all in another order."""
        return Places(self.positions[which], self.latitudes[which], self.longitudes[which])


class Points:
    """Every public place of every listing. Grows only, like the index."""

    def __init__(self) -> None:
        self._positions, self._latitudes, self._longitudes = array("I"), array("f"), array("f")

    def add(self, position: int, points: list[float]) -> None:
        """`points` are latitude and longitude of each place, one after the other."""
        self._positions.extend([position] * (len(points) // 2))
        self._latitudes.extend(points[::2])
        self._longitudes.extend(points[1::2])

    def of(self, flags: NDArray[np.bool_]) -> Places:
        """The places of the listings at the positions with a flag."""
        positions = np.array(self._positions)
        known = np.flatnonzero(positions < len(flags))
        which = known[flags[positions[known]]]
        latitudes, longitudes = (np.array(axis)[which] for axis in (self._latitudes, self._longitudes))
        return Places(positions[which], latitudes.astype(np.float64), longitudes.astype(np.float64))

    def kilometres(self, origin: Spot, size: int) -> NDArray[np.float64]:
        """For each position below `size` how far its nearest place is; infinity where it has none."""
        positions = np.array(self._positions)
        north = (np.array(self._latitudes, np.float64) - origin.latitude) * KM_PER_DEGREE
        east = (np.array(self._longitudes, np.float64) - origin.longitude) * KM_PER_DEGREE
        east *= math.cos(math.radians(origin.latitude))
        nearest = np.full(size, np.inf)
        known = positions < size
        np.minimum.at(nearest, positions[known], np.hypot(north, east)[known])
        return nearest
