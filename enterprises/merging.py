"""Two enterprises that are one: what each says beside the other, and how one of them takes it all over.

The one whose address stays is kept; the other leaves the site and its addresses lead to the kept one. What it
was keeps standing in its publications. One transaction, under both their locks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import (
    claims,
    danish,
    pairs,
    proposals,
    publishing,
    readable,
    sections,
    shortlists,
    snapshots,
    telling,
    visits,
    whole,
)
from enterprises.choices import DifferenceState, PairState, PhotoKind, ProposalState, Take
from enterprises.models import (
    BuyerFacts,
    Draft,
    DuplicatePair,
    Editorship,
    Enterprise,
    Message,
    Proposal,
    RegisterDifference,
    RegisterReading,
    SectorOf,
    User,
)
from enterprises.models.enterprise import FIGURES
from enterprises.photos.keeping import MOST_PHOTOS
from enterprises.snapshots import Snapshot

MOST_SECTORS = 3
NOTES = "\n\n"


class MergeError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


# -- what there is to choose between ----------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Something of an enterprise that is taken from one of the two, or from both."""

    key: str
    # The fields it is kept in; else it is rows, or a matter of its own.
    fields: tuple[str, ...] = ()
    # Of rows: what makes two of them the same one.
    same: Callable[[Any], Any] | None = None
    # Where a snapshot has it.
    within: str = ""
    has_both: bool = False

    @property
    def label(self) -> str:
        return str(readable.LABELS[self.key])

    def of(self, snapshot: Snapshot) -> Any:
        """What a snapshot says of it, or None."""
        inside = snapshot.get(self.within, {}) if self.within else snapshot
        return inside.get("name" if self.key == "contact" else self.key)


def _rows(key: str, same: Callable[[Any], Any]) -> Part:
    return Part(key, same=same, has_both=True)


def _pair(key: str) -> Part:
    return Part(key, (f"{key}_da", f"{key}_en"))


def _place(place: Any) -> Any:
    return (danish.fold(place.street), place.postcode) if place.street else place.pk


PARTS = (
    Part("kind", ("kind",)),
    Part("name", ("name",)),
    Part("aliases", has_both=True),
    Part("cvr"),
    Part("legal_form", ("legal_form",)),
    Part("ownership", ("ownership",)),
    Part("sectors", has_both=True),
    Part("missions", has_both=True),
    _pair("tagline"),
    _pair("description"),
    _pair("impact"),
    Part("founded", ("founded",)),
    *(Part(figure, (figure, f"{figure}_year"), within="figures") for figure in FIGURES),
    Part("contact", ("contact_name",), within="contact"),
    Part("phone", ("phone",), within="contact"),
    Part("email", ("email",), within="contact"),
    Part("website", ("website",), within="contact"),
    _rows("links", lambda link: link.url),
    _rows("places", _place),
    _rows("offers", lambda offer: danish.fold(offer.name_da)),
    _rows("photos", lambda photo: photo.digest),
    Part("buyer"),
    _rows("openings", lambda opening: (opening.kind, danish.fold(opening.title_da))),
    _rows("evidence", lambda proof: (proof.criterion, proof.proof, proof.wording_da, proof.dated)),
    _rows("marks", lambda held: held.mark_id),
    Part("provenance", ("source", "source_urls", "source_checked_on")),
)


def both(pair: DuplicatePair) -> tuple[Enterprise, Enterprise]:
    """The two as they are now, with all a snapshot needs."""
    rows = Enterprise.objects.select_related("current", "legal_form", "ownership").prefetch_related(
        Prefetch("editorships", Editorship.objects.select_related("user"))
    )
    found = {row.pk: row for row in rows.filter(pk__in=(pair.first_id, pair.second_id))}
    whole.fill(list(found.values()))
    return found[pair.first_id], found[pair.second_id]


def seen(first: Enterprise, second: Enterprise) -> str:
    """Names all that was shown of the two, so that nobody merges what they have not seen."""
    said = [
        [
            snapshots.comparable(sections.working(one)),
            one.current_id,
            sorted(editorship.user_id for editorship in one.editorships.all()),
            bool(proposals.open_one(one)),
        ]
        for one in (first, second)
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:20]


def has_left(enterprise: Enterprise) -> bool:
    return enterprise.current_id is None and bool(enterprise.withdrawals.all())


def differing(first: Snapshot, second: Snapshot) -> list[Part]:
    """What the two say differently, so that one has to choose."""
    plain = [snapshots.comparable(snapshot) for snapshot in (first, second)]
    return [part for part in PARTS if part.of(plain[0]) != part.of(plain[1])]


# -- merging ----------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    pair: DuplicatePair,
    takes: Mapping[str, Take],
    *,
    keep: Take,
    by: User,
    having_seen: str,
    reason: str = "",
) -> tuple[Enterprise, Enterprise]:
    """Make one of the two. `takes` says by key what is taken from whom; what it leaves out stays as it is.

    Returns the kept one and the other. Raises MergeError, PairError, or PublishError where the one that
    comes of it may not be public.
    """
    pair = pairs.held(pair)
    first, second = both(pair)
    if seen(first, second) != having_seen:
        raise MergeError(_("En af de to er ændret, siden siden blev hentet. Se efter igen."))
    if has_left(first) or has_left(second):
        raise MergeError(_("En af de to er trukket tilbage."))
    kept, other = (first, second) if keep == Take.FIRST else (second, first)
    # A note is the council's own; this anybody concerned may read.
    same = _("Samme virksomhed som “%(name)s”.") % {"name": kept.name}
    reason = reason or same
    is_public = kept.is_public or other.is_public
    _tell(other, kept, by=by)
    for part in PARTS:
        if (take := takes.get(part.key, keep)) != keep:
            _take(part, kept, other, with_ours=take == Take.BOTH)
    _save(kept, other)
    _move_the_rest(kept, other, by=by, reason=same)
    publishing.retire(other, by=by, reason=reason, merged_into=kept)
    if is_public:
        claims.let_added_wait(kept)
        publishing.publish(kept, by=by, reason=reason)
    publishing.share_confirmation(kept, other)
    _close_pairs(pair, other, by=by, note=reason)
    return kept, other


def _tell(other: Enterprise, kept: Enterprise, *, by: User) -> None:
    """Whoever edits it reads of it; what it has proposed lapses, with a word in its thread."""
    proposal = proposals.open_one(other)
    telling.merged(other, kept, lapsed=proposal is not None)
    if proposal is None:
        return
    text = _("Profilen er lagt sammen med “%(name)s”. Mangler der noget, så ret det dér.")
    Message.objects.create(proposal=proposal, author=by, from_council=True, text=text % {"name": kept.name})
    Proposal.objects.filter(pk=proposal.pk).update(
        state=ProposalState.LAPSED, decided_at=timezone.now(), decided_by=by
    )


def _take(part: Part, kept: Enterprise, other: Enterprise, *, with_ours: bool) -> None:
    if part.fields:
        for field in part.fields:
            setattr(kept, field, getattr(other, field))
    elif part.same:
        _take_rows(part, kept, other, with_ours=with_ours)
    else:
        OF_THEIR_OWN[part.key](kept, other, with_ours)


def _take_rows(part: Part, kept: Enterprise, other: Enterprise, *, with_ours: bool) -> None:
    """The rows themselves move, and keep what no snapshot has: who checked a proof, a hidden address."""
    assert part.same is not None  # noqa: S101
    ours, theirs = (list(getattr(one, part.key).all()) for one in (kept, other))
    if not with_ours:
        getattr(kept, part.key).all().delete()
        ours = []
    known = {part.same(row) for row in ours}
    moved = [row for row in theirs if part.same(row) not in known]
    if part.key == "photos":
        moved = _that_fit(ours, moved)
    for position, row in enumerate(moved, len(ours)):
        row.enterprise = kept
        if hasattr(row, "position"):
            row.position = position
        row.save()


def _that_fit(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """There is one logo."""
    if any(photo.kind == PhotoKind.LOGO for photo in ours):
        theirs = [photo for photo in theirs if photo.kind != PhotoKind.LOGO]
    if sum(photo.kind == PhotoKind.PHOTO for photo in (*ours, *theirs)) > MOST_PHOTOS:
        text = _("Der er plads til %(most)s billeder. Vælg den enes.")
        raise MergeError(text % {"most": str(MOST_PHOTOS)})
    return theirs


def _take_aliases(kept: Enterprise, other: Enterprise, with_ours: bool) -> None:
    ours = kept.aliases if with_ours else []
    kept.aliases = list(dict.fromkeys([*ours, *other.aliases]))


def _take_missions(kept: Enterprise, other: Enterprise, with_ours: bool) -> None:
    ours = set(kept.missions.all()) if with_ours else set()
    kept.missions.set(ours | set(other.missions.all()))


def _take_sectors(kept: Enterprise, other: Enterprise, with_ours: bool) -> None:
    ranked = [*(kept.sector_ranks.all() if with_ours else ()), *other.sector_ranks.all()]
    chosen = list(dict.fromkeys(row.sector_id for row in ranked))
    if len(chosen) > MOST_SECTORS:
        raise MergeError(_("De har mere end tre brancher tilsammen. Vælg den enes."))
    kept.sector_ranks.all().delete()
    SectorOf.objects.bulk_create(
        SectorOf(enterprise=kept, sector_id=sector, rank=rank) for rank, sector in enumerate(chosen, 1)
    )


def _take_buyer_facts(kept: Enterprise, other: Enterprise, _with_ours: bool) -> None:
    BuyerFacts.objects.filter(enterprise=kept).delete()
    if facts := BuyerFacts.objects.filter(enterprise=other).first():
        districts = list(facts.delivers_to.all())
        facts.pk = kept.pk
        facts.enterprise = kept
        facts.save(force_insert=True)
        facts.delivers_to.set(districts)


def _swap_numbers(kept: Enterprise, other: Enterprise, _with_ours: bool) -> None:
    """The other keeps the number nobody chose, so that no import makes it anew. What CVR says follows."""
    numbers = kept.cvr, other.cvr
    Enterprise.objects.filter(pk=other.pk).update(cvr=None)
    other.cvr, kept.cvr = numbers
    for field in ("rsv_registered", "rsv_read_on"):
        ours, theirs = getattr(kept, field), getattr(other, field)
        setattr(kept, field, theirs)
        setattr(other, field, ours)
    readings = list(RegisterReading.objects.filter(enterprise__in=(kept, other)))
    RegisterReading.objects.filter(enterprise__in=(kept, other)).delete()
    for reading in readings:
        reading.enterprise = other if reading.enterprise_id == kept.pk else kept
    RegisterReading.objects.bulk_create(readings)
    # They were with another number.
    RegisterDifference.objects.filter(enterprise__in=(kept, other), state=DifferenceState.OPEN).update(
        state=DifferenceState.GONE, decided_at=timezone.now()
    )


OF_THEIR_OWN: dict[str, Callable[[Enterprise, Enterprise, bool], None]] = {
    "aliases": _take_aliases,
    "missions": _take_missions,
    "sectors": _take_sectors,
    "buyer": _take_buyer_facts,
    "cvr": _swap_numbers,
}


def _save(kept: Enterprise, other: Enterprise) -> None:
    kept.notes = NOTES.join(filter(None, dict.fromkeys((kept.notes, other.notes))))
    kept.mail_unwanted = kept.mail_unwanted or other.mail_unwanted
    try:
        kept.clean()
        kept.validate_constraints()
    except ValidationError as error:
        raise MergeError(" ".join(error.messages)) from error
    kept.save()
    other.save(update_fields=["cvr", "rsv_registered", "rsv_read_on", "updated_at"])


def _move_the_rest(kept: Enterprise, other: Enterprise, *, by: User, reason: str) -> None:
    """What nobody has to choose about: people, their drafts, statistics, shortlists and readers' reports."""
    claims.move(other, kept, by=by, reason=reason)
    for draft in Draft.objects.filter(enterprise=other):
        own = Draft.objects.filter(enterprise=kept, user=draft.user_id, section=draft.section)
        if not own.exists():
            Draft.objects.filter(pk=draft.pk).update(enterprise=kept)
    visits.move(other, kept)
    shortlists.follow_merge(other, kept)
    other.error_reports.filter(handled_at=None).update(enterprise=kept)


def _close_pairs(pair: DuplicatePair, other: Enterprise, *, by: User, note: str) -> None:
    """Whether who was like the other is like the one that is left, the next look finds out."""
    pairs.close(pair, PairState.MERGED, by=by, note=note)
    others = pairs.of(other).filter(state=PairState.OPEN)
    others.update(state=PairState.GONE, decided_at=timezone.now())


def described(kept: Enterprise, other: Enterprise, takes: Mapping[str, Take], *, keep: Take) -> str:
    """For the log: what was taken from whom."""
    labels: dict[bool, list[str]] = {False: [], True: []}
    for part in PARTS:
        if (take := takes.get(part.key, keep)) != keep:
            labels[take == Take.BOTH].append(part.label)
    told = [_("“%(other)s” er slået sammen med “%(kept)s”.") % {"other": other.name, "kept": kept.name}]
    if labels[False]:
        told.append(_("Fra “%(other)s”: %(what)s.") % {"other": other.name, "what": ", ".join(labels[False])})
    if labels[True]:
        told.append(_("Fra begge: %(what)s.") % {"what": ", ".join(labels[True])})
    return " ".join(told)
