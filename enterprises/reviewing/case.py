"""One proposal as a clerk decides it: what changes, part by part, and what should be looked at twice."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from enterprises import sections, snapshots, words
from enterprises.choices import DifferenceState, RegisterField, Section
from enterprises.models import Enterprise
from enterprises.reviewing import copied, doubts, reading
from enterprises.sections import Part
from enterprises.snapshots import Snapshot


@dataclass(frozen=True)
class Shown:
    """A picture of one of the two, and whether the other lacks it."""

    address: str
    alt: dict[str, str]
    credit: str
    is_logo: bool
    is_alone: bool


@dataclass(frozen=True)
class PartChanges:
    part: Part
    changes: list[words.Change]
    # Before and after; empty in all parts but the pictures'.
    pictures: tuple[list[Shown], list[Shown]] = ([], [])


@dataclass(frozen=True)
class Case:
    enterprise: Enterprise
    before: Snapshot
    after: Snapshot
    parts: list[PartChanges] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    copies: list[copied.Copy] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [each.part.key for each in self.parts]


def of(enterprise_pk: int) -> Case:
    """Two queries, however much there is."""
    enterprise = reading.of(enterprise_pk)
    current = enterprise.current
    before = snapshots.upgrade(current.snapshot, current.schema_version) if current else {}
    after = snapshots.take(enterprise)
    said = {*doubts.texts_of(before)}
    return Case(
        enterprise,
        before,
        after,
        _parts(before, after),
        doubts.about(before, after, _known(enterprise)),
        copied.others_with([text for text in doubts.texts_of(after) if text not in said], but=enterprise.pk),
    )


def _parts(before: Snapshot, after: Snapshot) -> list[PartChanges]:
    told = {each.section: each.changes for each in words.differences(before, after)}
    return [
        _changes(
            part,
            [change for section in part.sections or (None,) for change in told.get(section, [])],
            before,
            after,
        )
        for part in sections.parts(before, after)
    ]


def _changes(part: Part, found: list[words.Change], before: Snapshot, after: Snapshot) -> PartChanges:
    if Section.PHOTOS not in part.sections:
        return PartChanges(part, found)
    in_words = [change for change in found if not _is_picture(change)]
    return PartChanges(part, in_words, (_pictures(before, after), _pictures(after, before)))


def _is_picture(change: words.Change) -> bool:
    return any(piece.picture for piece in (*change.before, *change.after))


def _pictures(snapshot: Snapshot, other: Snapshot) -> list[Shown]:
    elsewhere = {photo["digest"] for photo in other.get("photos", [])}
    return [
        Shown(
            reverse("photo", args=[photo["digest"], photo["widths"][0], "jpg"]),
            photo["alt"],
            photo.get("credit", ""),
            photo["kind"] == "logo",
            photo["digest"] not in elsewhere,
        )
        for photo in snapshot.get("photos", [])
    ]


def _known(enterprise: Enterprise) -> doubts.Known:
    """The last reading; of readings that kept less, what they found to differ."""
    last = getattr(enterprise, "register_reading", None)
    if last is None:
        return doubts.Known()
    rows = enterprise.register_differences.all()
    found = {row.field: row.theirs for row in rows if row.state == DifferenceState.OPEN}
    names = last.names or [found[field] for field in (RegisterField.NAME,) if field in found]
    return doubts.Known(
        last.cvr,
        last.read_on,
        tuple(names),
        last.address or found.get(RegisterField.ADDRESS),
        tuple(found.items()),
    )
