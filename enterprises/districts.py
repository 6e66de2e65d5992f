"""Which district a place lies in: by its position, where the boundaries are known, else by its postcode."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, transaction

from enterprises.imports.terms import CellError, Terms
from enterprises.models import District

Position = tuple[float, float]  # latitude, longitude


def likely(postcode: str, position: Position | None = None) -> list[District]:
    """The districts a place may lie in: one where that is certain, none where nothing is known."""
    districts = list(District.objects.all())
    if position and settings.DISTRICT_BOUNDARIES:
        bounded = {
            boundary: _named(boundary.district, districts) for boundary in settings.DISTRICT_BOUNDARIES
        }
        for boundary, district in bounded.items():
            if district and boundary.holds(*position):
                return [district]
        districts = [district for district in districts if district not in bounded.values()]
    return [district for district in districts if _has(district, postcode)]


def _named(name: str, districts: list[District]) -> District | None:
    """By number, or by any of the names the import takes."""
    if name.isascii() and name.isdigit():
        return next((district for district in districts if district.number == int(name)), None)
    try:
        return Terms({"district": districts}).find("district", name)  # type: ignore[return-value]
    except CellError:
        return None


def _has(district: District, postcode: str) -> bool:
    for span in district.postcodes:
        first, _dash, last = span.partition("-")
        if first <= postcode <= (last or first):
            return True
    return False


def check_boundaries(*, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Whether the boundaries are those of the districts in the database; asked before each migration."""
    if not databases or not settings.DISTRICT_BOUNDARIES:
        return []
    try:
        with transaction.atomic():
            districts = list(District.objects.all())
    except DatabaseError:  # there is no table yet
        return []
    names = [boundary.district for boundary in settings.DISTRICT_BOUNDARIES]
    unknown = [name for name in names if districts and not _named(name, districts)]
    if not unknown:
        return []
    told = f"DISTRICT_BOUNDARIES names no district we know: {', '.join(unknown)}."
    return [Error(told, hint="DISTRICT_PROPERTY says which property to read.", id="enterprises.E001")]
