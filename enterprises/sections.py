"""A profile's sections, cut out of snapshots and put together again.

Opening hours lie inside the places of a snapshot but are a section of their own: they change often, and
by themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from enterprises import snapshots
from enterprises.choices import Section
from enterprises.models import Enterprise, SectionPolicy
from enterprises.snapshots import Snapshot

# What a snapshot holds besides (number, address, grounds, marks, register) is the council's to change.
KEYS: dict[Section, tuple[str, ...]] = {
    Section.WHO: ("name", "aliases", "tagline", "description", "impact", "founded", "sectors", "missions"),
    Section.OWNERSHIP: ("ownership", "legal_form", "figures"),
    Section.OFFERS: ("offers",),
    Section.PLACES: ("places",),
    Section.HOURS: (),
    Section.BUYER: ("buyer",),
    Section.OPENINGS: ("openings",),
    Section.CONTACT: ("contact", "links"),
    Section.PHOTOS: ("photos",),
}
HOURS = ("hours", "exceptions")


def owner(key: str) -> Section | None:
    """The section in which an enterprise says this part of a snapshot; None where only the council does."""
    return next((section for section, keys in KEYS.items() if key in keys), None)


def part(snapshot: Snapshot, section: Section) -> Snapshot:
    """What a snapshot says in one section."""
    places = snapshot.get("places", [])
    if section == Section.HOURS:
        return {"places": list(places)}
    if section == Section.PLACES:
        return {"places": [_without_hours(place) for place in places]}
    return {key: snapshot[key] for key in KEYS[section] if key in snapshot}


def rest(snapshot: Snapshot) -> Snapshot:
    """What a snapshot says outside the sections."""
    ours = {key for keys in KEYS.values() for key in keys}
    return {key: value for key, value in snapshot.items() if key not in ours}


def differing(before: Snapshot, after: Snapshot) -> list[Section]:
    """The sections in which two snapshots differ."""
    found: list[Section] = [
        s for s in Section if s != Section.HOURS and not snapshots.same(part(before, s), part(after, s))
    ]
    if _hours_differ(before.get("places", []), after.get("places", [])):
        found.append(Section.HOURS)
    return sorted(found, key=list(Section).index)


def working(enterprise: Enterprise) -> Snapshot:
    """The working copy as its editors see it: as its snapshot, with the addresses that are hidden."""
    snapshot = snapshots.take(enterprise)
    for stated, place in zip(snapshot.get("places", []), enterprise.places.all(), strict=False):
        stated |= {f: getattr(place, f) for f in snapshots.ADDRESS if getattr(place, f) not in (None, "")}
    return snapshot


def version(enterprise: Enterprise, section: Section) -> str:
    """Names what the working copy says in a section; another version says something else.

    Coordinates follow the address, which may be looked up while somebody types the next change.
    """
    told = part(working(enterprise), section)
    if "places" in told:
        told["places"] = [
            {key: value for key, value in place.items() if key not in ("latitude", "longitude")}
            for place in told["places"]
        ]
    said = json.dumps(snapshots.without_term_names(told), sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def digest(snapshot: Snapshot) -> str:
    """Names all a snapshot says."""
    said = json.dumps(snapshots.comparable(snapshot), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


# -- what goes live at once -----------------------------------------------------------------------


def direct() -> set[Section]:
    """The sections that enterprises may publish themselves."""
    return {
        Section(name) for name in SectionPolicy.objects.filter(direct=True).values_list("section", flat=True)
    }


def live_with(section: Section) -> set[Section]:
    """What goes live once a section is changed: itself, and hours with their places, or nothing."""
    ours = direct()
    if section not in ours:
        return set()
    return (
        {section}
        if section not in (Section.PLACES, Section.HOURS)
        else ours & {Section.PLACES, Section.HOURS}
    )


def merged(approved: Snapshot, working_copy: Snapshot, chosen: Collection[Section]) -> Snapshot:
    """The approved snapshot with only the chosen sections taken from the working copy."""
    result = dict(approved)
    for section in chosen:
        if section not in (Section.PLACES, Section.HOURS):
            for key in KEYS[section]:
                result.pop(key, None)
            result |= part(working_copy, section)
    if Section.PLACES in chosen or Section.HOURS in chosen:
        result["places"] = _merged_places(approved.get("places", []), working_copy.get("places", []), chosen)
        if not result["places"]:
            del result["places"]
    return result


# -- what the council decides one by one -------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What is published together or not at all: a section, or what cannot be told apart."""

    key: str
    sections: tuple[Section, ...]

    @property
    def label(self) -> str:
        return " + ".join(str(section.label) for section in self.sections) or _("Andet")


# What only the council changes. It lies outside the sections.
REST = Part("other", ())


def parts(before: Snapshot, after: Snapshot) -> list[Part]:
    """What differs, in pieces. In whatever order and split they are published, all is what `after` says."""
    differ = differing(before, after)
    found = [Part(section.value, (section,)) for section in differ]
    if {Section.PLACES, Section.HOURS} <= {*differ} and not _same_places(before, after):
        # Nobody could tell which place the hours belong to.
        found = [part for part in found if part.key != Section.HOURS]
        at = [part.key for part in found].index(Section.PLACES)
        found[at] = Part(Section.PLACES.value, (Section.PLACES, Section.HOURS))
    return found if snapshots.same(rest(before), rest(after)) else [*found, REST]


def named(keys: Iterable[str]) -> list[str]:
    """What parts are called, by their keys."""
    return [str(Section(key).label) if key in Section.values else REST.label for key in keys]


def with_parts(before: Snapshot, after: Snapshot, chosen: Collection[Part]) -> Snapshot:
    """The snapshot before with only the chosen parts of the one after."""
    taken = {section for part in chosen for section in part.sections}
    if Section.PLACES in taken and Section.HOURS not in differing(before, after):
        taken.add(Section.HOURS)  # nobody doubts them, wherever the places have gone
    result = merged(before, after, taken)
    if REST not in chosen:
        return result
    return {key: value for key, value in result.items() if key not in rest(before)} | rest(after)


def _same_places(before: Snapshot, after: Snapshot) -> bool:
    """Whether each place before is one of those after, and the other way round."""
    old, new = before.get("places", []), after.get("places", [])
    return len(old) == len(new) and None not in _twins(old, new)


def with_field(approved: Snapshot, working_copy: Snapshot, field: str) -> Snapshot | None:
    """The approved snapshot with one field of the working copy: a key of snapshots, or "address".

    An address is that of the only place there is. None where the two have other numbers of places:
    nobody can tell which of them is meant.
    """
    if field != "address":
        kept = {key: value for key, value in approved.items() if key != field}
        return kept | ({field: working_copy[field]} if field in working_copy else {})
    before, after = approved.get("places", []), working_copy.get("places", [])
    if len(after) != 1 or len(before) > 1:
        return None
    (new,), old = after, before[0] if before else {}
    told = (*snapshots.ADDRESS, "hidden", "district")
    place = {key: value for key, value in old.items() if key not in told}
    return approved | {"places": [place | {key: new[key] for key in told if key in new}]}


def _merged_places(approved: list[Any], working_copy: list[Any], chosen: Collection[Section]) -> list[Any]:
    """Hours follow the place they belong to. Where the place waits for the council, so do they."""
    frame = working_copy if Section.PLACES in chosen else approved
    source = working_copy if Section.HOURS in chosen else approved
    if frame == source:
        return frame
    places = []
    for place, twin in zip(frame, _twins(frame, source), strict=True):
        own = place if Section.PLACES not in chosen else {}
        places.append(_without_hours(place) | _hours(own if twin is None else twin))
    return places


def _twins(frame: list[Any], source: list[Any]) -> list[Snapshot | None]:
    """For each place the one in the source that it is: all the same but its hours, else its address."""
    found: list[Snapshot | None] = [None] * len(frame)
    left = list(source)
    for known_by in (_without_hours, _address):
        for number, place in enumerate(frame):
            twin = next((one for one in left if snapshots.same(known_by(one), known_by(place))), None)
            if found[number] is None and twin is not None:
                found[number] = twin
                left = [one for one in left if one is not twin]
    return found


def _address(place: Snapshot) -> Snapshot:
    """A hidden one tells its district alone."""
    told = ("street", "postcode") if place.get("street") else ("district", "label")
    return {key: place[key] for key in told if key in place}


def _without_hours(place: Snapshot) -> Snapshot:
    return {key: value for key, value in place.items() if key not in HOURS}


def _hours(place: Snapshot) -> Snapshot:
    return {key: place[key] for key in HOURS if key in place}


def _hours_differ(before: list[Any], after: list[Any]) -> bool:
    """Hours are compared by place, whatever the places' order, as far as the places are the same ones."""
    if sorted(map(place_name, before)) == sorted(map(place_name, after)):
        before, after = sorted(before, key=place_name), sorted(after, key=place_name)
    told = [[_hours(place) for place in places] for places in (before, after)]
    for hours in told:
        while hours and not hours[-1]:
            hours.pop()
    return told[0] != told[1]


def place_name(place: Snapshot) -> str:
    """What a reader calls a place."""
    named = place.get("label", {}).get("da") or place.get("street") or place.get("district", {}).get("da")
    return str(named or "")
