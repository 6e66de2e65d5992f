"""Where the city's districts end, as a GeoJSON file says. Knows nothing of Django: the settings read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]  # longitude, latitude: GeoJSON's order
Polygon = list[list[Point]]  # its outline, then its holes

DENMARK = (7.5, 15.5, 54.0, 58.0)


@dataclass(frozen=True, eq=False)
class Boundary:
    # A district's number or any of its names.
    district: str
    polygons: list[Polygon]

    def holds(self, latitude: float, longitude: float) -> bool:
        return any(_is_inside((longitude, latitude), polygon) for polygon in self.polygons)


def boundaries(path: str, named_by: str) -> list[Boundary]:
    """None are known where no file is given. Raises ValueError with one sentence where it is no good."""
    if not path:
        return []
    try:
        collection = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"DISTRICT_BOUNDARIES cannot be read as GeoJSON: {path}.") from error
    match collection:
        case {"type": "FeatureCollection", "features": [_, *_] as features}:
            return [_boundary(feature, named_by) for feature in features]
    raise ValueError(f"DISTRICT_BOUNDARIES must be a FeatureCollection of districts: {path}.")


def _boundary(feature: Any, named_by: str) -> Boundary:
    match feature:
        case {"properties": {**properties}, "geometry": {"type": str(kind), "coordinates": list(found)}}:
            name = properties.get(named_by)
            if not isinstance(name, str | int) or not str(name).strip():
                known = ", ".join(sorted(map(str, properties)))
                raise ValueError(
                    f"DISTRICT_BOUNDARIES has a district without {named_by!r} (DISTRICT_PROPERTY); "
                    f"it has: {known}."
                )
            polygons = {"Polygon": [found], "MultiPolygon": found}.get(kind)
            if polygons:
                return Boundary(str(name).strip(), [list(map(_ring, polygon)) for polygon in polygons])
    raise ValueError("DISTRICT_BOUNDARIES must hold a Polygon or MultiPolygon for each district.")


def _ring(found: Any) -> list[Point]:
    try:
        ring = [(float(longitude), float(latitude)) for longitude, latitude, *_height in found]
    except (TypeError, ValueError) as error:
        raise ValueError("DISTRICT_BOUNDARIES has coordinates that are no pairs of numbers.") from error
    west, east, south, north = DENMARK
    if len(ring) < 4 or not all(west <= x <= east and south <= y <= north for x, y in ring):
        raise ValueError(
            "DISTRICT_BOUNDARIES must give longitude and latitude in Denmark (EPSG:4326, longitude first)."
        )
    return ring


def _is_inside(point: Point, polygon: Polygon) -> bool:
    """Inside is where a line to the east crosses the rings an odd number of times, holes among them."""
    return sum(_crossed(point, polygon)) % 2 == 1


def _crossed(point: Point, polygon: Polygon) -> Iterator[bool]:
    x, y = point
    for ring in polygon:
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            if (y1 > y) != (y2 > y):
                yield x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
