"""Takes listings from the database into what the process holds of them; catalogue.py answers from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.doors import Doors
from directory.nearness import Points
from directory.plates import Lines, Plates
from directory.search.index import Index
from directory.search.names import Names

Flags = NDArray[np.bool_]

SUMS = ("employees", "special_terms", "owner_members", "volunteers")
ROW = np.dtype(
    [
        ("pk", "i8"),
        ("completeness", "i2"),
        ("confirmed", "i4"),
        ("first_published", "f8"),
        ("is_demo", "?"),
        *[(name, "i4") for name in SUMS],
    ]
)
READ = (
    "pk", "facets", "words", "name", "slug", "sort_key",
    "card__doors", "points", "completeness", "confirmed_on", "first_published_at", "is_demo", *SUMS,
)  # fmt: skip


@dataclass(frozen=True)
class Holdings:
    """What grows only, by position: shared with the catalogues before and after, which know fewer or more."""

    index: Index = field(repr=False)
    # who is called what somebody typed
    names: Names = field(repr=False)
    doors: Doors = field(repr=False)
    points: Points = field(repr=False)
    plates: Plates = field(repr=False)
    # what the order by name goes by
    keys: Lines = field(repr=False)

    @classmethod
    def none(cls) -> Holdings:
        return cls(Index(), Names(), Doors(), Points(), Plates(), Lines())


class Intake:
    """Listings read from the database, given positions one after the other."""

    def __init__(self, start: int, held: Holdings) -> None:
        self.start, self.held = start, held
        self._rows: list[tuple[Any, ...]] = []
        self._flags: dict[str, list[int]] = {}

    @property
    def positions(self) -> range:
        return range(self.start, self.start + len(self._rows))

    @property
    def everything(self) -> int:
        return (1 << len(self._rows)) - 1 << self.start

    def read(self, listings: Any) -> None:
        rows = listings.order_by("sort_key", "pk").values_list(*READ)
        for row in rows.iterator(chunk_size=500):
            self._take(*row)

    def _take(self, pk: int, facets: list[str], words: list[str], name: str, *columns: Any) -> None:
        position, held = self.start + len(self._rows), self.held
        slug, key, doors, points, completeness, confirmed_on, first_published_at, is_demo, *sums = columns
        held.index.add(position, words)
        held.doors.add(position, doors)
        held.points.add(position, points)
        held.names.add(name, position)
        held.plates.add(position, name, slug)
        confirmed = confirmed_on.toordinal() if confirmed_on else 0
        counted = [number or 0 for number in sums]
        self._rows.append((pk, completeness, confirmed, first_published_at.timestamp(), is_demo, *counted))
        held.keys.put(position, key)
        for facet in facets:
            self._flags.setdefault(facet, []).append(position)

    def rows(self) -> NDArray[np.void]:
        return np.array(self._rows, ROW)

    def bits(self) -> dict[str, int]:
        return {key: _packed_at(positions) for key, positions in self._flags.items()}


def packed(flags: Flags) -> int:
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def _packed_at(positions: list[int]) -> int:
    flags = np.zeros(positions[-1] + 1, bool)
    flags[positions] = True
    return packed(flags)
