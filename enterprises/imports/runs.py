"""A spreadsheet's way through the desk: received, looked at, decided about, done.

Looking and doing are the worker's. Each is one transaction that begins by holding the import and looking at
its state: killed, it leaves nothing behind and is done anew; asked for twice, it is done once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises import tasks
from enterprises.choices import Decision, ImportState, RowKind, RowOutcome
from enterprises.imports import files, progress, spreadsheet, suspects
from enterprises.imports.rows import Problem, Row
from enterprises.imports.spreadsheet import Action, Outcome
from enterprises.models import Enterprise, Import, ImportRow, User

log = logging.getLogger(__name__)

WRITTEN_AT_ONCE = 500
# What cannot be taken, and what is taken unless somebody says otherwise. The rest must be decided about.
NEVER_TAKEN = (RowKind.ERROR, RowKind.TOMBSTONE)
UNLESS_DECIDED = {
    RowKind.NEW: Decision.TAKE,
    RowKind.CHANGED: Decision.TAKE,
    RowKind.SUGGESTED: Decision.TAKE,
    RowKind.UNCHANGED: Decision.SKIP,
}
KINDS = {
    Action.CREATED: RowKind.NEW,
    Action.UPDATED: RowKind.CHANGED,
    Action.SUGGESTED: RowKind.SUGGESTED,
    Action.UNCHANGED: RowKind.UNCHANGED,
    Action.SKIPPED: RowKind.ERROR,
}


class StepError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


class _ProblemsError(Exception):
    pass


# -- receiving ------------------------------------------------------------------------------------


def receive(name: str, data: bytes, *, by: User, language: str) -> Import:
    """Keep the rows of a file, and have them looked at. Raises files.ImportRefused."""
    sheet = files.parse(data)
    flaws: dict[int, list[Problem]] = {}
    for problem in sheet.problems:
        flaws.setdefault(problem.row, []).append(problem)
    with transaction.atomic():
        run = Import.objects.create(
            name=name[-200:],
            digest=sha256(data).hexdigest(),
            uploaded_by=by,
            language=language,
            warnings=sheet.warnings,
        )
        ImportRow.objects.bulk_create(
            [
                ImportRow(
                    run=run,
                    number=row.number,
                    cells=row.cells,
                    flawed=sorted(row.flawed),
                    flaws=_told(flaws.get(row.number, [])),
                )
                for row in sheet.rows
            ],
            batch_size=WRITTEN_AT_ONCE,
        )
        tasks.look_at_import.defer(run=run.pk)
    return run


def earlier(run: Import) -> Import | None:
    """The last time the same file was received before."""
    return Import.objects.filter(digest=run.digest, pk__lt=run.pk).order_by("-pk").first()


def _told(problems: list[Problem]) -> list[dict[str, str]]:
    return [{"column": problem.column, "text": problem.text} for problem in problems]


def _row(row: ImportRow) -> Row:
    return Row(row.number, row.cells, frozenset(row.flawed))


# -- looking --------------------------------------------------------------------------------------


@transaction.atomic
def look(pk: int) -> None:
    """See what the rows would change, as they would change it, and take it all back."""
    run = Import.objects.select_for_update().filter(pk=pk, state=ImportState.LOOKING).first()
    if run is None:
        return
    rows = list(run.rows.order_by("number"))
    flaws = [Problem(row.number, flaw["column"], flaw["text"]) for row in rows for flaw in row.flaws]
    with override(run.language), transaction.atomic():
        outcomes, problems = spreadsheet.run(
            [_row(row) for row in rows],
            run.name,
            flaws=flaws,
            looking=True,
            told=partial(progress.tell, run.pk),
        )
        found = suspects.of(outcomes)
        transaction.set_rollback(True)
    wrong: dict[int, list[Problem]] = {}
    for problem in problems:
        wrong.setdefault(problem.row, []).append(problem)
    for row, outcome in zip(rows, outcomes, strict=True):
        _see(row, outcome, _told(wrong.get(row.number, [])), found.get(row.number, []))
    _write(rows, "name", "enterprise", "kind", "changes", "problems", "remarks", "suspects", "decision")
    run.state = ImportState.DECIDING
    run.save()


def _see(
    row: ImportRow, outcome: Outcome, problems: list[dict[str, str]], found: list[suspects.Suspect]
) -> None:
    """What was decided stands, as long as the row is still what it was decided on."""
    before = (row.kind, row.changes, row.suspects)
    row.name, row.changes, row.remarks = outcome.name[:200], outcome.changes, outcome.remarks
    row.problems, row.suspects = problems, found
    row.enterprise_id = outcome.enterprise if outcome.action != Action.CREATED or outcome.before else None
    row.kind = _kind(outcome, problems, found)
    if outcome.action == Action.SKIPPED and not (problems or outcome.stays_away):
        row.problems, row.remarks = [{"column": "", "text": text} for text in outcome.remarks], []
    if before != (row.kind, row.changes, row.suspects):
        row.decision = UNLESS_DECIDED.get(RowKind(row.kind), Decision.UNDECIDED)


def _kind(outcome: Outcome, problems: list[dict[str, str]], found: list[suspects.Suspect]) -> RowKind:
    if problems:
        return RowKind.ERROR
    if outcome.stays_away:
        return RowKind.TOMBSTONE
    return RowKind.SUSPECTED if found else KINDS[outcome.action]


def _write(rows: list[ImportRow], *fields: str) -> None:
    """Many rows in few statements; updating them one by one in CASEs takes ten times as long."""
    ImportRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=WRITTEN_AT_ONCE
    )


# -- deciding -------------------------------------------------------------------------------------


@transaction.atomic
def decide(run: Import, decisions: Mapping[int, str]) -> None:
    """By number of the row."""
    _held(run, ImportState.DECIDING)
    for decision in Decision:
        numbers = [number for number, said in decisions.items() if said == decision.value]
        rows = run.rows.filter(number__in=numbers)
        if decision == Decision.TAKE:
            rows = rows.exclude(kind__in=NEVER_TAKEN)
        rows.update(decision=decision)


@transaction.atomic
def decide_all(run: Import, kind: RowKind, decision: Decision) -> int:
    """All rows of one kind alike. Returns how many."""
    _held(run, ImportState.DECIDING)
    if decision == Decision.TAKE and kind in NEVER_TAKEN:
        raise StepError(_("De rækker kan kun springes over."))
    return run.rows.filter(kind=kind).update(decision=decision)


def counts(run: Import, field: str) -> dict[str, int]:
    """How many rows there are of each kind, decision or outcome."""
    return dict(run.rows.order_by().values_list(field).annotate(Count("pk")))


@transaction.atomic
def queue(run: Import, *, by: User) -> None:
    """Have it done."""
    held = _held(run, ImportState.DECIDING)
    decided = counts(run, "decision")
    if decided.get(Decision.UNDECIDED.value):
        raise StepError(_("Der er rækker, som ikke er afgjort."))
    if not decided.get(Decision.TAKE.value):
        raise StepError(_("Der er ingen rækker at tage med."))
    held.state, held.failure, held.ended_by = ImportState.QUEUED, "", by
    held.save()
    tasks.apply_import.defer(run=run.pk)


@transaction.atomic
def drop(run: Import, *, by: User) -> None:
    """Leave it. Its rows wait for nobody any more."""
    held = _held(run, ImportState.DECIDING, ImportState.LOOKING)
    held.state, held.ended_at, held.ended_by = ImportState.DROPPED, timezone.now(), by
    held.save()


def again(run: Import) -> None:
    """Ask the worker anew for what it is to do. It does nothing that has been done."""
    if run.state == ImportState.LOOKING:
        tasks.look_at_import.defer(run=run.pk)
    elif run.state == ImportState.QUEUED:
        tasks.apply_import.defer(run=run.pk)
    elif run.state == ImportState.UNDOING:
        tasks.undo_import.defer(run=run.pk)


def _held(run: Import, *states: ImportState) -> Import:
    held = Import.objects.select_for_update().get(pk=run.pk)
    if held.state not in states:
        raise StepError(_("Indlæsningen er kommet videre i mellemtiden. Se efter igen."))
    return held


# -- doing ----------------------------------------------------------------------------------------


def apply(pk: int) -> None:
    """All rows that are taken, or none."""
    try:
        _apply(pk)
    except _ProblemsError:
        _back(pk, ImportState.LOOKING, _told_of_problems)
        tasks.look_at_import.defer(run=pk)
    except Exception:
        log.exception("Import %s came to nothing", pk)
        _back(pk, ImportState.DECIDING, _told_of_failure)
        raise


def _told_of_problems() -> str:
    return _("Registret er ændret, siden rækkerne blev læst igennem. Intet er indlæst. Se efter igen.")


def _told_of_failure() -> str:
    return _(
        "Noget gik galt, så intet er indlæst. Prøv igen. Sker det igen, så sig det til den, der passer siden."
    )


@transaction.atomic
def _apply(pk: int) -> None:
    run = Import.objects.select_for_update().filter(pk=pk, state=ImportState.QUEUED).first()
    if run is None:
        return
    rows = list(run.rows.filter(decision=Decision.TAKE).order_by("number"))
    with override(run.language):
        outcomes, problems = spreadsheet.run(
            [_row(row) for row in rows],
            run.name,
            expected={row.number: row.changes for row in rows},
            source=run,
            told=partial(progress.tell, run.pk),
        )
    if problems:
        raise _ProblemsError
    _note(rows, outcomes)
    run.rows.exclude(decision=Decision.TAKE).update(outcome=RowOutcome.SKIPPED)
    run.rows.filter(kind=RowKind.UNCHANGED).update(outcome=RowOutcome.UNCHANGED)
    run.state, run.ended_at = ImportState.DONE, timezone.now()
    run.save()


def _note(rows: list[ImportRow], outcomes: list[Outcome]) -> None:
    """What came of each row, and what was there before and after."""
    concerned = Enterprise.objects.filter(pk__in=[outcome.enterprise for outcome in outcomes])
    now = concerned.in_bulk()
    for row, outcome in zip(rows, outcomes, strict=True):
        row.outcome, row.remarks = RowOutcome(outcome.action.value), outcome.remarks
        row.enterprise_id = outcome.enterprise
        row.before, row.publication_before_id = outcome.before, outcome.publication_before
        if outcome.enterprise:
            left = now[outcome.enterprise]
            row.publication_id, row.left_at = left.current_id, left.updated_at
    _write(rows, "outcome", "remarks", "enterprise", "before", "publication_before", "publication", "left_at")


def _back(pk: int, state: ImportState, told: Callable[[], str]) -> None:
    with transaction.atomic():
        run = Import.objects.select_for_update().get(pk=pk)
        with override(run.language):
            run.failure = told()
        run.state = state
        run.save()
