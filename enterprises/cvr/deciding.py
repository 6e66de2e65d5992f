"""What people decide about differences between us and CVR. One transaction each; nothing is published but
through publishing.py, and of what waits to be published only the field that was decided on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import addresses, editing, publishing, register, taxonomies
from enterprises.choices import DifferenceState, RegisterField, Section
from enterprises.cvr import comparing, runs, words
from enterprises.models import (
    District,
    Enterprise,
    LegalForm,
    Place,
    Publication,
    RegisterDifference,
    Sector,
    SectorOf,
    User,
)

# What an enterprise with editors says itself, and where; CVR can only suggest it to them.
SECTIONS = {
    RegisterField.NAME: Section.WHO,
    RegisterField.ADDRESS: Section.PLACES,
    RegisterField.BRANCH: Section.WHO,
    RegisterField.FOUNDED: Section.WHO,
}
THEIR_OWN = SECTIONS.keys()
MOST_SECTORS = 3


@dataclass(frozen=True)
class Source:
    """When what is taken over was read, and where an address is."""

    read_on: date
    located: addresses.Address | None


class DecisionError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


def open_ones() -> QuerySet[RegisterDifference]:
    """All that wait for somebody, urgent ones first, then the oldest."""
    return RegisterDifference.objects.filter(state=DifferenceState.OPEN, enterprise__in=runs.readable())


def open_for(enterprise: Enterprise) -> QuerySet[RegisterDifference]:
    """What CVR suggests to the editors of an enterprise: `words.said` has the values for people."""
    return open_ones().filter(enterprise=enterprise, field__in=THEIR_OWN)


@dataclass(frozen=True)
class Suggestion:
    """A difference as an editor reads it, with the section where it can be mended by hand."""

    difference: RegisterDifference
    label: str
    ours: str
    theirs: str
    seen: str
    section: Section
    can_be_taken: bool


def suggestions(enterprise: Enterprise) -> list[Suggestion]:
    """What CVR suggests to its editors, in words. One query."""
    return [
        Suggestion(
            difference=row,
            label=str(row.get_field_display()),
            ours=words.ours(row.field, row.ours),
            theirs=words.theirs(row.field, row.theirs),
            seen=seen(row),
            section=SECTIONS[RegisterField(row.field)],
            can_be_taken=not hindrance(row, has_editors=False),
        )
        for row in open_for(enterprise)
    ]


def hindrance(difference: RegisterDifference, *, has_editors: bool) -> str:
    """Why the council cannot simply take over what CVR says, as a sentence; empty where it can."""
    what = RegisterField(difference.field)
    ours: Any = difference.ours
    theirs: Any = difference.theirs
    if what not in WRITERS:
        return _("Ret det i hånden, eller træk profilen tilbage.")
    if has_editors and what in THEIR_OWN and not _hides(difference):
        return _("Virksomheden har redaktører: det er et forslag til dem.")
    if what == RegisterField.FORM and "slug" not in theirs:
        return _("Formen findes ikke i listen over virksomhedsformer. Opret den først.")
    if what == RegisterField.BRANCH and (len(theirs["sectors"]) != 1 or len(ours) >= MOST_SECTORS):
        return _("Vælg selv blandt brancherne på virksomhedens side.")
    if what == RegisterField.ADDRESS and len(ours) > 1:
        return _("Virksomheden har flere steder: ret det rigtige på virksomhedens side.")
    return ""


def _hides(difference: RegisterDifference) -> bool:
    """Whether taking it over takes an address off the site that nobody may see."""
    theirs: Any = difference.theirs
    return difference.field == RegisterField.ADDRESS and bool(theirs.get("protected"))


def _is_private(difference: RegisterDifference) -> bool:
    theirs: Any = difference.theirs
    return difference.field == RegisterField.ADDRESS and bool(theirs.get("private"))


def _changed() -> str:
    return _("Virksomheden er ændret, siden CVR blev læst. Læs den igen i CVR, før du afgør det.")


def take_over(difference: RegisterDifference, *, by: User) -> Publication | None:
    """Say what CVR says, and publish that where the public sees the enterprise."""
    located = _located(difference)
    with transaction.atomic():
        enterprise = _locked(difference)
        difference = _still_open(difference)
        if why := hindrance(difference, has_editors=enterprise.editorships.exists()):
            raise DecisionError(why)
        what = _taken_over(difference, enterprise, located)
        reason = _("Overtaget fra CVR: %(what)s") % {"what": what.label}
        publication = publishing.publish_field(enterprise, FIELDS[what], by=by, reason=reason)
        _close(difference, DifferenceState.TAKEN, by)
    return publication


def accept(difference: RegisterDifference, *, by: User) -> Publication | None:
    """What CVR says, as an editor's own change: it waits for the council where such changes do."""
    located = _located(difference)
    with transaction.atomic():
        enterprise = _locked(difference)
        difference = _still_open(difference)
        if why := hindrance(difference, has_editors=False):
            raise DecisionError(why)
        what = _taken_over(difference, enterprise, located)
        publication = editing.written(enterprise, SECTIONS[what], by=by)
        _close(difference, DifferenceState.TAKEN, by)
    return publication


def _taken_over(
    difference: RegisterDifference, enterprise: Enterprise, located: addresses.Address | None
) -> RegisterField:
    """Write what CVR says into the working copy."""
    what = RegisterField(difference.field)
    if comparing.ours(enterprise, what, private=_is_private(difference)) != difference.ours:
        raise DecisionError(_changed())
    try:
        WRITERS[what](enterprise, difference.theirs, Source(difference.read_on, located))
    except ValidationError as error:
        raise DecisionError(" ".join(error.messages)) from error
    except ObjectDoesNotExist as error:
        raise DecisionError(_changed()) from error  # a term has been deleted
    Enterprise.objects.filter(pk=enterprise.pk).update(updated_at=timezone.now())
    return what


@transaction.atomic
def keep_ours(difference: RegisterDifference, *, by: User, note: str = "") -> None:
    """Leave it as it is, and do not ask again until CVR says something else."""
    _locked(difference)
    _close(_still_open(difference), DifferenceState.KEPT, by, note)


@transaction.atomic
def withdraw(
    difference: RegisterDifference, *, by: User, reason: str, merged_into: Enterprise | None = None
) -> None:
    """Take the profile of a company off the site that is gone, or going, by CVR."""
    enterprise = _locked(difference)
    publishing.withdraw(enterprise, by=by, reason=reason, merged_into=merged_into)
    _close(_still_open(difference), DifferenceState.TAKEN, by)


def seen(difference: RegisterDifference) -> str:
    """Names what a difference says, so that nobody decides about what they have not seen."""
    said = json.dumps([difference.ours, difference.theirs], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _locked(difference: RegisterDifference) -> Enterprise:
    """Everything about one enterprise happens one after the other."""
    Enterprise.objects.select_for_update().get(pk=difference.enterprise_id)
    return editing.fresh(difference.enterprise)


def _still_open(difference: RegisterDifference) -> RegisterDifference:
    """As it is now: it must say what the person saw."""
    now = RegisterDifference.objects.get(pk=difference.pk)
    if now.state != DifferenceState.OPEN:
        raise DecisionError(_("Det er afgjort i mellemtiden."))
    if seen(now) != seen(difference):
        raise DecisionError(_("CVR er læst igen i mellemtiden og siger noget andet. Se efter igen."))
    return now


def _close(difference: RegisterDifference, state: DifferenceState, by: User, note: str = "") -> None:
    RegisterDifference.objects.filter(pk=difference.pk).update(
        state=state, decided_at=timezone.now(), decided_by=by, note=note
    )


# -- writing one field each -----------------------------------------------------------------------


def _write(enterprise: Enterprise, **values: Any) -> None:
    for name, value in values.items():
        setattr(enterprise, name, value)
    enterprise.clean_fields(exclude={f.name for f in Enterprise._meta.fields} - values.keys())
    enterprise.validate_constraints()
    enterprise.save(update_fields=[*values, "updated_at"])


def _name(enterprise: Enterprise, theirs: Any, _source: Source) -> None:
    _write(enterprise, name=theirs)


def _founded(enterprise: Enterprise, theirs: Any, _source: Source) -> None:
    _write(enterprise, founded=theirs)


def _form(enterprise: Enterprise, theirs: Any, _source: Source) -> None:
    _write(enterprise, legal_form=LegalForm.objects.get(cvr_code=theirs["code"]))


def _branch(enterprise: Enterprise, theirs: Any, _source: Source) -> None:
    """Behind those it has. The branch may have been merged since, or gone out of use."""
    (stated,) = theirs["sectors"]
    sector = taxonomies.by_slug(Sector).get(stated["slug"])
    chosen = enterprise.sector_ranks.all()
    if sector is None or sector.pk in {row.sector_id for row in chosen}:
        return
    taken = {row.rank for row in chosen}
    rank = next(rank for rank in range(1, MOST_SECTORS + 1) if rank not in taken)
    SectorOf.objects.create(enterprise=enterprise, sector=sector, rank=rank)


def _rsv(enterprise: Enterprise, theirs: Any, source: Source) -> None:
    register.record_rsv(enterprise, registered=theirs, read_on=source.read_on)


def _address(enterprise: Enterprise, theirs: Any, source: Source) -> None:
    place = enterprise.places.first() or Place(enterprise=enterprise)
    if theirs["postcode"]:
        place.district = _district(theirs["postcode"], place.district)
    place.street, place.postcode, place.city = theirs.get("street", ""), theirs["postcode"], theirs["city"]
    where = source.located
    place.latitude, place.longitude = (where.latitude, where.longitude) if where else (None, None)
    # What is hidden stays hidden.
    place.hidden = place.hidden or bool(theirs.get("private"))
    place.full_clean(exclude={"enterprise"})
    place.save()


def _district(postcode: str, before: District | None) -> District | None:
    """The one that a postcode lies in, or still may. None where several share it: a person knows which."""
    districts = [d for d in District.objects.all() if any(_within(postcode, each) for each in d.postcodes)]
    if before in districts:
        return before
    if not districts:
        return District.objects.filter(number=None).first()
    return districts[0] if len(districts) == 1 else None


def _within(postcode: str, written: str) -> bool:
    first, _dash, last = written.replace(" ", "").partition("-")
    return first <= postcode <= (last or first)


def _located(difference: RegisterDifference) -> addresses.Address | None:
    """Where a public address is. Asked before anything is locked."""
    theirs: Any = difference.theirs
    if difference.field != RegisterField.ADDRESS or not theirs.get("street"):
        return None
    return addresses.find(words.address(theirs))


WRITERS: dict[RegisterField, Callable[[Enterprise, Any, Source], None]] = {
    RegisterField.NAME: _name,
    RegisterField.FORM: _form,
    RegisterField.ADDRESS: _address,
    RegisterField.BRANCH: _branch,
    RegisterField.FOUNDED: _founded,
    RegisterField.RSV: _rsv,
}
# What a snapshot calls them.
FIELDS = {
    RegisterField.NAME: "name",
    RegisterField.FORM: "legal_form",
    RegisterField.ADDRESS: "address",
    RegisterField.BRANCH: "sectors",
    RegisterField.FOUNDED: "founded",
    RegisterField.RSV: "rsv",
}
