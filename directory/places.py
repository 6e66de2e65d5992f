"""What one can be near to, suggested while somebody types: postcodes, districts and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from directory import nearness
from directory.search import text
from enterprises import addresses

POSTCODE, DISTRICT, ADDRESS = "postcode", "district", "address"
MOST_OF_A_KIND = 4


@dataclass(frozen=True)
class Place:
    kind: str
    label: str
    # What the field holds once the place is picked.
    value: str
    # A street is the beginning of an address only.
    is_whole: bool = True


def find(typed: str, districts: Iterable[Any]) -> list[Place]:
    typed = typed.strip()
    if not typed:
        return []
    return [*_postcodes(typed), *_districts(typed, districts), *_addresses(typed)]


def _postcodes(typed: str) -> Iterator[Place]:
    found = 0
    for (first, last), (town, _centre) in nearness.POSTCODES.items():
        if typed.isascii() and typed.isdigit():
            known = f"{first}".startswith(typed) or (len(typed) == 4 and first <= int(typed) <= last)
        else:
            known = _begins(town, typed) and len(typed) > 1
        if known and found < MOST_OF_A_KIND:
            found += 1
            postcode = typed if len(typed) == 4 and typed.isdigit() else f"{first}"
            yield Place(POSTCODE, f"{postcode} {town}", postcode)


def _districts(typed: str, districts: Iterable[Any]) -> list[Place]:
    found = [
        Place(DISTRICT, str(district), str(district))
        for district in districts
        if district.latitude and any(_begins(name, typed) for name in nearness.names_of(district))
    ]
    return found[:MOST_OF_A_KIND]


def _begins(name: str, typed: str) -> bool:
    """Whether a part of the name begins with all the words typed, the last of which is perhaps not whole."""
    wanted, known = _loose(typed), _loose(name)
    if not wanted:
        return False
    ends = (len(known) - len(wanted)) + 1
    return any(
        known[at : at + len(wanted) - 1] == wanted[:-1] and known[at + len(wanted) - 1].startswith(wanted[-1])
        for at in range(max(0, ends))
    )


def _loose(name: str) -> list[str]:
    return [text.loose(word) for word in text.words(name)]


def _addresses(typed: str) -> list[Place]:
    found = addresses.suggest(typed)
    return [
        Place(ADDRESS, entry.title, entry.title if entry.is_house else f"{entry.title} ", entry.is_house)
        for entry in found
    ]
