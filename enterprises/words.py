"""What differs between two snapshots, in words: section by section, in the reader's terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises import choices, readable, sections
from enterprises.choices import Section
from enterprises.snapshots import Snapshot

# Lists of things that have a name of their own: what each is called, and what names it.
ROWS: dict[str, tuple[Any, Callable[[Snapshot], str]]] = {
    "offers": (readable.LABELS["offers"], lambda row: row["name"].get("da", "")),
    "openings": (readable.LABELS["openings"], lambda row: row["title"].get("da", "")),
    "places": (readable.LABELS["places"], sections.place_name),
    "links": (readable.LABELS["links"], lambda row: row.get("url", "")),
    "photos": (readable.LABELS["photos"], lambda row: row["alt"].get("da", "")),
}
# Nobody reads coordinates, nor sizes, which follow the picture.
UNSAID = {"latitude", "longitude", "width", "height", "widths"}


class Picture(str):
    """A picture's digest among what is said, with the address it is shown at."""

    address: str


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool
    # Where the picture lies that this stands for.
    picture: str = ""


@dataclass(frozen=True)
class Change:
    label: str
    before: list[Piece]
    after: list[Piece]


@dataclass(frozen=True)
class SectionChanges:
    section: Section | None  # None: what only the council changes
    title: str
    changes: list[Change]


def differences(before: Snapshot, after: Snapshot) -> list[SectionChanges]:
    """An empty `before` stands for a profile that was never published."""
    found = [
        SectionChanges(section, str(section.label), changes)
        for section in sections.differing(before, after)
        if (changes := in_section(before, after, section))
    ]
    others = _changes(_said(sections.rest(before)), _said(sections.rest(after)))
    return [*found, SectionChanges(None, _("Andet"), others)] if others else found


def in_section(before: Snapshot, after: Snapshot, section: Section) -> list[Change]:
    if section == Section.HOURS:
        return _changes(*(_hours(snapshot.get("places", [])) for snapshot in (before, after)))
    return _changes(*(_said(sections.part(snapshot, section)) for snapshot in (before, after)))


def _changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    labels = [*after, *(label for label in before if label not in after)]
    return [
        Change(label, *compared(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]


def _said(values: Snapshot) -> dict[str, str]:
    """Labels and texts of all that a part of a snapshot says."""
    said: dict[str, str] = {}
    for key in (key for key in (*readable.LABELS, *values) if key in values):
        label = str(readable.LABELS.get(key, key)).capitalize()
        if key in ROWS:
            said |= _rows(key, values[key])
        elif key in ("buyer", "contact", "figures", "rsv", "provenance"):
            said |= _row(values[key], key, "")
        else:
            said |= _value(label, values[key], key, "")
    return said


def _rows(key: str, rows: list[Snapshot]) -> dict[str, str]:
    kind, name_of = ROWS[key]
    said: dict[str, str] = {}
    names: Counter[str] = Counter()
    order = []
    for row in rows:
        name = name_of(row) or "–"
        names[name] += 1
        heading = f"“{name}”" if names[name] == 1 else f"“{name}” ({names[name]})"
        order.append(heading)
        said |= _row(row, key, heading)
    if rows:
        said[_("%(rows)s, i rækkefølge") % {"rows": str(kind).capitalize()}] = ", ".join(order)
    return said


def _row(row: Snapshot, key: str, heading: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for inner in (inner for inner in (*readable.LABELS, *row) if inner in row and inner not in UNSAID):
        label = str(readable.LABELS.get(inner, inner))
        if inner == "digest":
            said[f"{heading}: {label}"] = _picture(row)
            continue
        said |= _value(f"{heading}: {label}" if heading else label.capitalize(), row[inner], inner, key)
    if "latitude" in row:
        said[f"{heading}: " + _("punkt på kortet")] = _("Ja")
    return said


def _picture(photo: Snapshot) -> Picture:
    picture = Picture(photo["digest"])
    picture.address = reverse("photo", args=[photo["digest"], photo["widths"][0], "jpg"])
    return picture


def _value(label: str, value: Any, key: str, within: str) -> dict[str, str]:
    if isinstance(value, dict) and value.keys() <= {"da", "en"}:
        return {f"{label}, {readable.LABELS[language]}": value[language] for language in value}
    (definition,) = readable.definitions({key: value}, within)
    if not definition.groups:
        return {label: definition.text}
    lines = [", ".join(f"{one.label}: {one.text}" for one in group) for group in definition.groups]
    return {label: "\n".join(lines)}


def _hours(places: list[Snapshot]) -> dict[str, str]:
    said: dict[str, str] = {}
    for place in places:
        where = f"{sections.place_name(place)}: " if len(places) > 1 else ""
        for interval in place.get("hours", []):
            label = where + str(choices.Weekday(interval["day"]).label)
            span = f"{interval['opens']}–{interval['closes']}"
            said[label] = f"{said[label]}, {span}" if label in said else span
        for exception in place.get("exceptions", []):
            days = " – ".join(dict.fromkeys((exception["first_day"], exception["last_day"])))
            open_hours = (
                f"{exception['opens']}–{exception['closes']}" if "opens" in exception else _("lukket")
            )
            note = exception.get("note", {}).get(get_language() or "da") or exception.get("note", {}).get(
                "da"
            )
            said[where + days] = f"{open_hours} ({note})" if note else open_hours
    return said


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; where a few words of a sentence have changed, only these are marked."""
    if isinstance(before, Picture) or isinstance(after, Picture):
        return _shown(before), _shown(after)
    old, new = (re.findall(r"\s*\S+\s*", text) for text in (before, after))
    if len(old) > LONGEST or len(new) > LONGEST:
        return [Piece(before, True)], [Piece(after, True)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < ALIKE:
        return _pieces([(before, True)]), _pieces([(after, True)])
    steps = matcher.get_opcodes()
    return (
        _pieces(("".join(old[a:b]), step != "equal") for step, a, b, _c, _d in steps),
        _pieces(("".join(new[c:d]), step != "equal") for step, _a, _b, c, d in steps),
    )


def _shown(said: str) -> list[Piece]:
    return [Piece(said, True, said.address)] if isinstance(said, Picture) else _pieces([(said, True)])


# Beyond this many words, or less alike than this, whole texts are easier to compare.
LONGEST = 1_000
ALIKE = 0.4


def _pieces(texts: Iterable[tuple[str, bool]]) -> list[Piece]:
    return [Piece(text, changed) for text, changed in texts if text]
