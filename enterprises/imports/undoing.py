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
from enterprises.models import Claim, Enterprise, Import, ImportRow, Proposal, User

log = logging.getLogger(__name__)

DONE = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.SUGGESTED)
TOLD_EVERY = 20
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
        "number", "enterprise", "name", "enterprise__current", "publication", "enterprise__updated_at", "left_at"
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
    rows = list(run.rows.filter(outcome__in=DONE).order_by("enterprise"))
    held = Enterprise.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.enterprise_id for row in rows]
    )
    enterprises = {each.pk: each for each in held.prefetch_related("editorships").order_by("pk")}
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
    run.suggestions.filter(state=SuggestionState.OPEN).update(
        state=SuggestionState.GONE, decided_at=timezone.now()
    )
    run.state, run.ended_at = ImportState.UNDONE, timezone.now()
    run.save()


def _undo_row(run: Import, row: ImportRow, enterprise: Enterprise) -> None:
    reason = _("Indlæsningen af %(file)s er fortrudt.") % {"file": run.name[-200:]}
    by, row.outcome = run.ended_by, RowOutcome.UNDONE
    if enterprise.editorships.all():
        _put_back_the_councils(enterprise, row.before or {}, by, reason)
    elif row.publication_before:
        publishing.restore(row.publication_before, by=by, reason=reason, discard_changes=True)
        _put_back(enterprise, row.before or {})
    else:
        if row.publication_id:
            row.withdrawal = publishing.withdraw(enterprise, by=by, reason=reason)
        if row.before:
            _put_back(enterprise, row.before)
        elif not row.publication_id:
            row.enterprise = None
            row.save()
            publishing.forget(Enterprise.objects.filter(pk=enterprise.pk))
    row.save()


def _put_back(enterprise: Enterprise, before: dict[str, Any]) -> None:
    """The working copy as it was, with the addresses that are hidden."""
    working = before["working"]
    enterprise = Enterprise.objects.prefetch_related(*snapshots.RELATIONS).get(pk=enterprise.pk)
    snapshots.put_back(working, enterprise)
    places = Enterprise.objects.get(pk=enterprise.pk).places.all()
    for place, stated in zip(places, working.get("places", []), strict=True):
        for field in snapshots.ADDRESS:
            empty = None if field in ("latitude", "longitude") else ""
            setattr(place, field, stated.get(field, empty))
        place.hidden = stated["hidden"]
        place.save()
    Enterprise.objects.filter(pk=enterprise.pk).update(imported_from=before["imported_from"])


def _put_back_the_councils(
    enterprise: Enterprise, before: dict[str, Any], by: User | None, reason: str
) -> None:
    working = before["working"]
    provenance = working.get("provenance", {})
    enterprise.cvr, enterprise.source = working.get("cvr"), provenance.get("source", "")
    enterprise.source_checked_on = provenance.get("checked_on")
    enterprise.imported_from = before["imported_from"]
    enterprise.save()
    for key in COUNCILS:
        publishing.publish_field(enterprise, key, by=by, reason=reason)
