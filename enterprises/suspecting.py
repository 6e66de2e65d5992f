"""Which of all enterprises could be the same, and what they share: for a whole catalogue, in one pass.

Two are suspected when they share a CVR number, a website, a phone number or a mail address, or when their
names are alike and they lie near each other. Who shares a contact is found by it; names are compared within
one postcode, one address and one neighbourhood, many at once. So 100,000 enterprises take less than a minute
of one processor. Those that have left the site are nobody's duplicates; the demo city is a world of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import cos, radians

import numpy as np
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from rapidfuzz import fuzz, process

from enterprises import danish, duplicates
from enterprises.choices import Likeness
from enterprises.duplicates import ALIKE_AT_THE_SAME_ADDRESS, ALIKE_NEAR_BY, METRES_PER_DEGREE, NEAR_METRES
from enterprises.models import DuplicatePair, Enterprise, Place, Withdrawal
from enterprises.models.enterprise import DOMAIN_OF_WEBSITE, END_OF_PHONE

# A website, phone or mail that more than these have is an umbrella's or an accountant's.
MOST_SHARING = 5
COMPARED_AT_ONCE = 500
# A neighbourhood is a square as wide as two can be apart, and the eight around it.
NORTH = NEAR_METRES / METRES_PER_DEGREE
EAST = NORTH / cos(radians(55.68))

Two = tuple[int, int]


@dataclass(slots=True)
class Known:
    """What of an enterprise another can share, folded."""

    pk: int
    name: str
    numbers: frozenset[str] = frozenset()
    website: str = ""
    phone: str = ""
    mail: str = ""
    addresses: set[tuple[str, str]] = field(default_factory=set)
    postcodes: set[str] = field(default_factory=set)
    positions: list[tuple[float, float]] = field(default_factory=list)
    is_demo: bool = False


def standing() -> QuerySet[Enterprise]:
    """All but those that have left the site."""
    withdrawn = Withdrawal.objects.values("enterprise")
    return Enterprise.objects.exclude(current__isnull=True, pk__in=withdrawn)


def suspected(
    about: Collection[int] | None = None, among: QuerySet[Enterprise] | None = None
) -> dict[Two, list[str]]:
    """What any two share, by their keys, the lower one first; of some only where they are given.

    `among` are those that count: all that have not left the site, unless given.
    """
    rows = {row.pk: row for row in _read(about, standing() if among is None else among)}
    chosen = rows.keys() if about is None else set(about)
    found = ((two, grounds(rows[two[0]], rows[two[1]])) for two in _blocked(list(rows.values()), chosen))
    return {two: shared for two, shared in found if shared}


def grounds(one: Known, other: Known) -> list[str]:
    """What two share, the strongest first, each as "reason:value"."""
    if one.is_demo != other.is_demo:
        return []
    found = [f"{Likeness.CVR}:{number}" for number in sorted(one.numbers & other.numbers)]
    if reason := _by_name(one, other):
        found.append(f"{reason}:{' | '.join(sorted((one.name, other.name)))}")
    contacts = (
        (Likeness.WEBSITE, one.website, other.website),
        (Likeness.PHONE, one.phone, other.phone),
        (Likeness.MAIL, one.mail, other.mail),
    )
    return found + [f"{reason}:{mine}" for reason, mine, theirs in contacts if mine and mine == theirs]


def reasons(shared: Iterable[str]) -> list[Likeness]:
    return list(dict.fromkeys(Likeness(ground.partition(":")[0]) for ground in shared))


def _by_name(one: Known, other: Known) -> Likeness | None:
    alike = duplicates.alike(one.name, other.name)
    if alike >= ALIKE_AT_THE_SAME_ADDRESS and one.addresses & other.addresses:
        return Likeness.NAME_AND_ADDRESS
    return Likeness.NAME_NEAR_BY if alike >= ALIKE_NEAR_BY and _are_near(one, other) else None


def _are_near(one: Known, other: Known) -> bool:
    return bool(one.postcodes & other.postcodes) or any(
        abs(a[0] - b[0]) <= NORTH and abs(a[1] - b[1]) <= EAST for a in one.positions for b in other.positions
    )


# -- who is worth comparing -----------------------------------------------------------------------


def _blocked(rows: list[Known], chosen: Collection[int]) -> set[Two]:
    found: set[Two] = set()
    for group in _sharing(rows):
        if len(group) <= MOST_SHARING:
            found.update(two for two in combinations(group, 2) if two[0] in chosen or two[1] in chosen)
    for group_, least in _near_by(rows):
        mine = [row for row in group_ if row.pk in chosen]
        found.update(_alike(mine, group_, least))
    return found


def _grouped(rows: Iterable[Known], keys: Callable[[Known], Iterable[Hashable]]) -> list[list[Known]]:
    groups: dict[Hashable, list[Known]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            groups[key].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _sharing(rows: list[Known]) -> Iterator[list[int]]:
    told: list[Callable[[Known], Iterable[Hashable]]] = [
        lambda row: row.numbers,
        lambda row: [row.website] if row.website else [],
        lambda row: [row.phone] if row.phone else [],
        lambda row: [row.mail] if row.mail else [],
    ]
    for keys in told:
        for group in _grouped(rows, keys):
            yield sorted(row.pk for row in group)


def _near_by(rows: list[Known]) -> Iterator[tuple[list[Known], int]]:
    """Groups of those who lie near each other, and how alike their names must be."""
    named = [row for row in rows if row.name]
    for group in _grouped(named, lambda row: row.addresses):
        yield group, ALIKE_AT_THE_SAME_ADDRESS
    for group in _grouped(named, lambda row: row.postcodes):
        yield group, ALIKE_NEAR_BY
    for group in _grouped(named, _squares):
        yield group, ALIKE_NEAR_BY


def _squares(row: Known) -> Iterable[Hashable]:
    """Two squares' width each, so that any two who are near lie in one of them together."""
    corners = {
        (int(latitude / NORTH) - north, int(longitude / EAST) - east)
        for latitude, longitude in row.positions
        for north in (0, 1)
        for east in (0, 1)
    }
    return sorted(corners)


def _alike(mine: list[Known], group: list[Known], least: int) -> Iterator[Two]:
    yield from _one_within_another(mine, group)
    cutoff = least - 0.5
    joined = [row.name.replace(" ", "") for row in group]
    in_order = [" ".join(sorted(row.name.split())) for row in group]
    # Where all are asked about, nobody is compared with those who have been.
    everybody = len(mine) == len(group)
    numbers = {row.pk: number for number, row in enumerate(group)}
    asked = [numbers[row.pk] for row in mine]
    for start in range(0, len(asked), COMPARED_AT_ONCE):
        some, first = asked[start : start + COMPARED_AT_ONCE], start if everybody else 0
        for names in (joined, in_order):
            chosen, others = [names[number] for number in some], names[first:]
            scores = process.cdist(chosen, others, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float32)
            for line, column in zip(*np.nonzero(scores), strict=True):
                yield from _two(group[some[line]].pk, group[first + column].pk)


def _one_within_another(mine: list[Known], group: list[Known]) -> Iterator[Two]:
    """All words of one name in another: asked by the rarest of them."""
    having: dict[str, set[int]] = defaultdict(set)
    words = {row.pk: set(row.name.split()) for row in group}
    for pk, own in words.items():
        for word in own:
            having[word].add(pk)
    chosen = {row.pk for row in mine}
    for pk, own in words.items():
        if len(own) < 2:
            continue
        for other in having[min(own, key=lambda word: len(having[word]))]:
            if own <= words[other] and (pk in chosen or other in chosen):
                yield from _two(pk, other)


def _two(one: int, other: int) -> Iterator[Two]:
    if one != other:
        yield (one, other) if one < other else (other, one)


# -- reading --------------------------------------------------------------------------------------


def _read(about: Collection[int] | None, chosen: QuerySet[Enterprise]) -> list[Known]:
    if about is not None:
        chosen = chosen.filter(pk__in=_within_reach(list(_known(chosen.filter(pk__in=about)))))
    return list(_known(chosen))


def _known(chosen: QuerySet[Enterprise]) -> Iterable[Known]:
    fields = ("pk", "name", "cvr", "register_reading__cvr", "current__snapshot__cvr")
    contacts = ("website", "phone", "email", "is_demo")
    found: dict[int, Known] = {}
    for pk, name, *numbers, website, phone, email, is_demo in chosen.order_by("pk").values_list(
        *fields, *contacts
    ):
        found[pk] = Known(
            pk=pk,
            name=duplicates.bare_name(name),
            numbers=frozenset(filter(None, numbers)),
            website=duplicates.domain(website),
            phone=duplicates.end_of_phone(phone),
            mail=email.strip().lower(),
            is_demo=is_demo,
        )
    places = Place.objects.order_by("pk")
    if len(found) < COMPARED_AT_ONCE:
        places = places.filter(enterprise__in=found)
    for pk, street, postcode, *position in places.values_list(
        "enterprise_id", "street", "postcode", "latitude", "longitude"
    ):
        if known := found.get(pk):
            _locate(known, street, postcode, position)
    return found.values()


def _locate(known: Known, street: str, postcode: str, position: list[float | None]) -> None:
    latitude, longitude = position
    if postcode:
        known.postcodes.add(postcode)
        if street:
            known.addresses.add((danish.fold(street), postcode))
    if latitude is not None and longitude is not None:
        known.positions.append((latitude, longitude))


def _within_reach(asked: list[Known]) -> set[int]:
    """Those who could share anything with some, through indexes, and those who did when last looked at."""
    keys = {row.pk for row in asked}
    near = Q(places__postcode__in={code for row in asked for code in row.postcodes})
    for latitude, longitude in (position for row in asked for position in row.positions):
        near |= Q(
            places__latitude__range=(latitude - NORTH, latitude + NORTH),
            places__longitude__range=(longitude - EAST, longitude + EAST),
        )
    told = (
        (F("cvr"), {number for row in asked for number in row.numbers}),
        (F("register_reading__cvr"), {number for row in asked for number in row.numbers}),
        (DOMAIN_OF_WEBSITE, {row.website for row in asked} - {""}),
        (END_OF_PHONE, {row.phone for row in asked} - {""}),
        (Lower("email"), {row.mail for row in asked} - {""}),
    )
    found = keys | set(Enterprise.objects.filter(near).order_by().values_list("pk", flat=True))
    for said, values in told:
        sharing = Enterprise.objects.alias(told=said).filter(told__in=values).order_by()
        found.update(sharing.values_list("pk", flat=True))
    known = DuplicatePair.objects.filter(Q(first__in=keys) | Q(second__in=keys)).order_by()
    for two in known.values_list("first", "second"):
        found.update(two)
    return found
