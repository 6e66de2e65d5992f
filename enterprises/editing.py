"""Saving what editors type, as a draft or into the working copy. Nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from enterprises import locating, publishing, sections, snapshots, taxonomies, words
from enterprises.choices import Section
from enterprises.forms import PAGES, SectionPage
from enterprises.models import Draft, Enterprise, Publication, User

# More than the longest texts in all rows of a section take.
LONGEST_DRAFT = 400_000


class StaleDraftError(Exception):
    """The draft has been saved from another window in the meantime."""


class DraftTooLongError(Exception):
    pass


@dataclass
class Saved:
    publication: Publication | None
    # The person's own, typed in another window, which says something else than what was saved.
    other_draft: Draft | None = None


@dataclass
class Conflict:
    """Somebody else has saved the section in the meantime. `version` is what they saved."""

    version: str
    differences: list[words.Change]


@dataclass
class Invalid:
    page: SectionPage


def fresh(enterprise: Enterprise) -> Enterprise:
    """The enterprise as it is now, with all a snapshot needs."""
    return (
        Enterprise.objects.select_related("current")
        .prefetch_related(*snapshots.RELATIONS)
        .get(pk=enterprise.pk)
    )


def _lock(enterprise: Enterprise) -> None:
    """Everything about one enterprise happens one after the other, and no word changes meanwhile."""
    taxonomies.wait_for_changes()
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)


def draft_of(enterprise: Enterprise, user: User, section: Section) -> Draft | None:
    return Draft.objects.filter(enterprise=enterprise, user=user, section=section).first()


@transaction.atomic
def keep_draft(
    enterprise: Enterprise, user: User, section: Section, data: QueryDict, *, revision: int
) -> Draft:
    """Keep what was typed as the person's draft. `revision` names the draft it was typed on, or is 0."""
    typed = data.urlencode()
    if len(typed) > LONGEST_DRAFT:
        raise DraftTooLongError
    _lock(enterprise)
    draft = draft_of(enterprise, user, section)
    if (draft.revision if draft else 0) != revision:
        if draft and draft.data == typed:
            return draft
        raise StaleDraftError
    if draft is None:
        return Draft.objects.create(enterprise=enterprise, user=user, section=section, data=typed)
    draft.data, draft.revision = typed, draft.revision + 1
    draft.save()
    return draft


def drop_draft(enterprise: Enterprise, user: User, section: Section, *, revision: int) -> None:
    """Forget a draft, unless it has been saved from another window since."""
    Draft.objects.filter(enterprise=enterprise, user=user, section=section, revision=revision).delete()


@transaction.atomic
def save(
    enterprise: Enterprise, user: User, section: Section, data: QueryDict, *, version: str, revision: int
) -> Saved | Conflict | Invalid:
    """Write a section into the working copy, and publish it where it needs no review."""
    _lock(enterprise)
    enterprise = fresh(enterprise)
    present = sections.version(enterprise, section)
    if version != present:
        mine = as_typed(enterprise, section, data)
        if mine is None or mine[1] != present:
            differences = words.in_section(sections.working(enterprise), mine[0], section) if mine else []
            return Conflict(present, differences)
        # Both have written the same, or the button was pressed twice.
    page = PAGES[section](enterprise, data)
    if not page.is_valid():
        return Invalid(page)
    page.save()
    if section == Section.PLACES:
        locating.ask_for(enterprise)
    drop_draft(enterprise, user, section, revision=revision)
    return Saved(written(enterprise, section, by=user), _other_draft(enterprise, user, section))


def _other_draft(enterprise: Enterprise, user: User, section: Section) -> Draft | None:
    """A draft that was typed in another window; one that says what has just been saved is dropped."""
    draft = draft_of(enterprise, user, section)
    if draft is None:
        return None
    theirs = as_typed(enterprise, section, QueryDict(draft.data))
    if theirs is None or theirs[1] != sections.version(fresh(enterprise), section):
        return draft
    draft.delete()
    return None


@transaction.atomic
def written(enterprise: Enterprise, section: Section, *, by: User) -> Publication | None:
    """A section of the working copy has changed: publish it, where it needs no review."""
    Enterprise.objects.filter(pk=enterprise.pk).update(updated_at=timezone.now())
    live = sections.live_with(section)
    return publishing.publish_sections(enterprise, live, by=by) if live else None


class _UndoneError(Exception):
    """Never leaves this module: it takes back what was only tried."""


def as_typed(
    enterprise: Enterprise, section: Section, data: QueryDict
) -> tuple[snapshots.Snapshot, str] | None:
    """What the working copy would say were the data saved, and its version; None where it could not be."""
    found = None
    try:
        with transaction.atomic():
            _lock(enterprise)
            trial = fresh(enterprise)
            page = PAGES[section](trial, data)
            if page.is_valid():
                page.save()
                trial = fresh(enterprise)
                found = sections.working(trial), sections.version(trial, section)
            raise _UndoneError
    except _UndoneError:
        return found


@contextmanager
def as_published(enterprise: Enterprise) -> Iterator[Enterprise]:
    """The enterprise as if its working copy were what the public sees, for as long as one looks.

    So whoever has only claimed it meets the editors' own pages, and nothing in them that is not public:
    no change that waits, no hidden address. Raises snapshots.RestoreError where a word has gone since.
    """
    with transaction.atomic():
        _lock(enterprise)
        current = fresh(enterprise).current
        if current is None:
            raise snapshots.RestoreError
        # Before anything is put back, so that no hidden address is found to be kept.
        enterprise.places.all().delete()
        snapshots.put_back(snapshots.upgrade(current.snapshot, current.schema_version), fresh(enterprise))
        yield fresh(enterprise)
        transaction.set_rollback(True)


def with_drafts(enterprise: Enterprise, user: User) -> snapshots.Snapshot:
    """The working copy's snapshot with the person's own drafts in it, as far as they could be saved."""
    snapshot: snapshots.Snapshot = {}
    try:
        with transaction.atomic():
            _lock(enterprise)
            for draft in Draft.objects.filter(enterprise=enterprise, user=user):
                section = Section(draft.section)
                page = PAGES[section](fresh(enterprise), QueryDict(draft.data))
                if page.is_valid():
                    page.save()
            snapshot = snapshots.take(fresh(enterprise))
            raise _UndoneError
    except _UndoneError:
        return snapshot
