"""Undoing an import as a whole, while nothing has been built on it.

Nothing is deleted that anybody has seen: what it made public is withdrawn, what it changed is published again
as it was. Only drafts that it made and nobody ever saw are forgotten.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises import publishing, snapshots, tasks
from enterprises.choices import ImportState, RowOutcome, SuggestionState
from enterprises.imports import progress
from enterprises.imports.runs import StepError
from enterprises.models import Claim, Enterprise, Import, ImportRow, Place, Proposal, User

log = logging.getLogger(__name__)

DONE = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.SUGGESTED)
TOLD_EVERY = 20
PUBLISHED_AT_ONCE = 500
# What an enterprise with editors has got from a spreadsheet, by key of a snapshot.
COUNCILS = ("cvr", "provenance")


@dataclass(frozen=True)
class Hindrance:
    """What has been built on a row since."""

    number: int
    enterprise: int | None
    name: str
    reasons: list[str]


def hindrances(run: Import) -> list[Hindrance]:
    """Those of its enterprises on which something has been built, in four queries."""
    rows = run.rows.filter(outcome__in=DONE).order_by("number")
    keys = rows.values("enterprise")
    asked = set(
        Claim.objects.filter(enterprise__in=keys, created_at__gt=run.ended_at).values_list(
            "enterprise", flat=True
        )
    )
    proposed = set(
        Proposal.objects.filter(enterprise__in=keys, submitted_at__gt=run.ended_at).values_list(
            "enterprise", flat=True
        )
    )
    found = []
    for number, pk, name, public, left_public, changed, left_at in rows.values_list(
        "number",
        "enterprise",
        "name",
        "enterprise__current",
        "publication",
        "enterprise__updated_at",
        "left_at",
    ):
        told = (
            (pk in proposed, _("der er sendt et forslag")),
            (pk in asked, _("nogen har bedt om adgang")),
            (public != left_public, _("den er udgivet igen eller trukket tilbage")),
            (changed != left_at, _("den er rettet")),
        )
        if reasons := [reason for happened, reason in told if happened]:
            found.append(Hindrance(number, pk, name, reasons))
    return found


@transaction.atomic
def queue(run: Import, *, by: User) -> None:
    held = Import.objects.select_for_update().get(pk=run.pk)
    if held.state != ImportState.DONE:
        raise StepError(_("Indlæsningen er kommet videre i mellemtiden. Se efter igen."))
    if hindrances(held):
        raise StepError(_stands())
    held.state, held.failure, held.ended_by = ImportState.UNDOING, "", by
    held.save()
    tasks.undo_import.defer(run=run.pk)


def _stands() -> str:
    return _("Der er bygget videre på indlæsningen, så den kan ikke fortrydes som helhed.")


def undo(pk: int) -> None:
    """All of it, or nothing."""
    try:
        _undo(pk)
    except (publishing.PublishError, snapshots.RestoreError) as error:
        _back(pk, str(error))
    except Exception:
        log.exception("Undoing import %s came to nothing", pk)
        _back(pk, "")
        raise


def _back(pk: int, why: str) -> None:
    with transaction.atomic():
        run = Import.objects.select_for_update().get(pk=pk)
        with override(run.language):
            run.failure = why or _("Noget gik galt, så intet er fortrudt. Prøv igen.")
        run.state = ImportState.DONE
        run.save()


@transaction.atomic
def _undo(pk: int) -> None:
    run = Import.objects.select_for_update().filter(pk=pk, state=ImportState.UNDOING).first()
    if run is None:
        return
    rows = list(run.rows.filter(outcome__in=DONE).select_related("publication_before").order_by("enterprise"))
    held = Enterprise.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.enterprise_id for row in rows]
    )
    known = held.prefetch_related("editorships", *snapshots.RELATIONS).order_by("pk")
    enterprises = {each.pk: each for each in known}
    with override(run.language):
        if hindrances(run):
            run.state, run.failure = ImportState.DONE, _stands()
            run.save()
            return
        for number, row in enumerate(rows):
            if number % TOLD_EVERY == 0:
                progress.tell(run.pk, number, len(rows))
            assert row.enterprise_id is not None  # noqa: S101 – all that is done is done to one
            _undo_row(run, row, enterprises[row.enterprise_id])
        _publish_as_before(run, {row.enterprise_id: row for row in rows if _was_public(row)})
        _forget_drafts(rows)
    run.rows.filter(outcome__in=DONE).update(outcome=RowOutcome.UNDONE)
    run.suggestions.filter(state=SuggestionState.OPEN).update(
        state=SuggestionState.GONE, decided_at=timezone.now()
    )
    run.state, run.ended_at = ImportState.UNDONE, timezone.now()
    run.save()


def _reason(run: Import) -> str:
    return _("Indlæsningen af %(file)s er fortrudt.") % {"file": run.name[-200:]}


def _was_public(row: ImportRow) -> bool:
    return row.publication_before is not None and row.outcome == RowOutcome.UPDATED


def _undo_row(run: Import, row: ImportRow, enterprise: Enterprise) -> None:
    if enterprise.editorships.all():
        _put_back_the_councils(run, enterprise, row.before or {})
        row.publication_before = None  # which is theirs, not ours to publish again
        return
    if row.outcome == RowOutcome.CREATED and row.publication_id:
        row.withdrawal = publishing.withdraw(enterprise, by=run.ended_by, reason=_reason(run))
        row.save(update_fields=["withdrawal"])
    if row.before:
        _put_back(enterprise, row.before)


def _publish_as_before(run: Import, rows: dict[int | None, ImportRow]) -> None:
    """Many at once, which is much quicker, but those in which something waited, and now waits again."""
    keys = sorted(pk for pk in rows if pk)
    for start in range(0, len(keys), PUBLISHED_AT_ONCE):
        some = Enterprise.objects.filter(pk__in=keys[start : start + PUBLISHED_AT_ONCE]).order_by("pk")
        ready = []
        for enterprise in some.select_related("current").prefetch_related(*snapshots.RELATIONS):
            shown = rows[enterprise.pk].publication_before
            assert shown is not None  # noqa: S101 – see _was_public
            said = snapshots.upgrade(shown.snapshot, shown.schema_version)
            if snapshots.same(snapshots.take(enterprise), said):
                ready.append(enterprise)
                continue
            publishing.restore(shown, by=run.ended_by, reason=_reason(run), discard_changes=True)
            again = Enterprise.objects.prefetch_related(*snapshots.RELATIONS).get(pk=enterprise.pk)
            _put_back(again, rows[enterprise.pk].before or {})
        publishing.publish_many(ready, reason=_reason(run))


def _forget_drafts(rows: list[ImportRow]) -> None:
    """Those it made that nobody ever saw."""
    made = [
        row for row in rows if row.outcome == RowOutcome.CREATED and not (row.publication_id or row.before)
    ]
    keys = [row.enterprise_id for row in made if row.enterprise_id]
    ImportRow.objects.filter(pk__in=[row.pk for row in made]).update(
        enterprise=None, outcome=RowOutcome.UNDONE
    )
    publishing.forget(Enterprise.objects.filter(pk__in=keys))


def _put_back(enterprise: Enterprise, before: dict[str, Any]) -> None:
    """The working copy as it was, with the addresses that are hidden."""
    working = before["working"]
    stated_places = working.get("places", [])
    hides = any(place.hidden for place in enterprise.places.all()) or any(
        stated["hidden"] for stated in stated_places
    )
    enterprise.imported_from = before["imported_from"]
    snapshots.put_back(working, enterprise)
    if not hides:
        return
    places = Place.objects.filter(enterprise=enterprise)
    for place, stated in zip(places, stated_places, strict=True):
        for field in snapshots.ADDRESS:
            empty = None if field in ("latitude", "longitude") else ""
            setattr(place, field, stated.get(field, empty))
        place.hidden = stated["hidden"]
        place.save()


def _put_back_the_councils(run: Import, enterprise: Enterprise, before: dict[str, Any]) -> None:
    working = before["working"]
    provenance = working.get("provenance", {})
    enterprise.cvr, enterprise.source = working.get("cvr"), provenance.get("source", "")
    enterprise.source_checked_on = provenance.get("checked_on")
    enterprise.imported_from = before["imported_from"]
    enterprise.save()
    for key in COUNCILS:
        publishing.publish_field(enterprise, key, by=run.ended_by, reason=_reason(run))
