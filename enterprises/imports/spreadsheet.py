"""From a clerk's rows to enterprises: matching, saving all or nothing, telling.

The command and the desk go through the same `run`: the desk looks first and rolls back, and later runs those
rows again that were taken, as long as they still change what was seen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import publishing, sections, snapshots
from enterprises.choices import ClaimState, ClaimWay
from enterprises.imports import files, suggestions
from enterprises.imports.changes import Changes, Difference
from enterprises.imports.matching import Register
from enterprises.imports.rows import Problem, Row, Values, check, repetitions, section_of
from enterprises.imports.terms import CellError, Terms
from enterprises.models import Enterprise, FormerSlug, Import

PUBLISHED_AT_ONCE = 1_000
TOLD_EVERY = 50
# Imports come one after the other: two that create the same enterprise at once would both find it missing.
LOCK = 0x696D706F7274

Told = Callable[[int, int], None]


class Action(Enum):
    CREATED = "created"
    UPDATED = "updated"
    SUGGESTED = "suggested"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    STALE = "stale"


@dataclass
class Outcome:
    """What became of a row. The remarks say why it was skipped, or what its profile lacks."""

    row: int
    name: str
    action: Action
    published: bool = False
    remarks: list[str] = field(default_factory=list)
    enterprise: int | None = None
    differences: list[Difference] = field(default_factory=list)
    # The working copy and the publication there were before, for who undoes it.
    before: dict[str, Any] | None = None
    publication_before: int | None = None
    # Whether the row names one that is to stay away.
    stays_away: bool = False

    @property
    def changes(self) -> list[dict[str, Any]]:
        return [asdict(difference) for difference in self.differences]


@dataclass
class Report:
    outcomes: list[Outcome]
    problems: list[Problem]
    warnings: list[str]
    saved: bool


def import_file(path: Path, *, dry_run: bool = False) -> Report:
    """Create, update and publish what the file says: all of it, or with any problem nothing."""
    sheet = files.read(path)
    with transaction.atomic():
        outcomes, problems = run(sheet.rows, path.name, flaws=sheet.problems)
        saved = not (dry_run or problems)
        if not saved:
            transaction.set_rollback(True)
    return Report(outcomes, problems, sheet.warnings, saved)


def run(
    rows: Sequence[Row],
    filename: str,
    *,
    flaws: Sequence[Problem] = (),
    expected: Mapping[int, list[dict[str, Any]]] | None = None,
    source: Import | None = None,
    looking: bool = False,
    told: Told = lambda done, total: None,
) -> tuple[list[Outcome], list[Problem]]:
    """Do what the rows say, in the caller's transaction, which must be rolled back if there are problems.

    `expected` are the changes that somebody has seen and said yes to: a row that would make others is left.
    Who is only `looking` holds nothing that others wait for; what is new is there until they roll back.
    """
    if not looking:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    terms = Terms.load()
    all_values, problems = [], list(flaws)
    for row in rows:
        values, unreadable = check(row, terms)
        all_values.append(values)
        problems += unreadable
    problems += repetitions(all_values)
    work = _Run(
        {row.number: row for row in rows}, terms, filename, problems, expected, source, looking=looking
    )
    outcomes = work.done(all_values, told)
    return outcomes, sorted(problems, key=lambda problem: problem.row)


class _Run:
    """Saves the rows one by one and, if none has a problem, publishes them."""

    def __init__(
        self,
        rows: dict[int, Row],
        terms: Terms,
        filename: str,
        problems: list[Problem],
        expected: Mapping[int, list[dict[str, Any]]] | None,
        source: Import | None,
        *,
        looking: bool,
    ) -> None:
        self.looking = looking
        self.rows, self.terms, self.expected, self.source = rows, terms, expected, source
        # A file's name may hold bytes that are no text.
        self.filename = filename.encode("utf-8", "replace").decode()[-200:]
        self.today = timezone.localdate()
        self.problems = problems
        self.bad_rows: set[int] = set()
        self.saved: list[tuple[int, Outcome]] = []
        self.saved_of_editors: list[tuple[Enterprise, Outcome]] = []
        self.suggested: dict[int, list[suggestions.Suggested]] = {}
        self.slugs = set(Enterprise.objects.values_list("slug", flat=True))
        self.slugs.update(FormerSlug.objects.values_list("slug", flat=True))

    def done(self, all_values: list[Values], told: Told) -> list[Outcome]:
        matched = self._match(all_values)
        self.bad_rows = {problem.row for problem in self.problems}
        found = _read(set(matched.values()), hold=not self.looking)
        outcomes = []
        for number, values in enumerate(all_values):
            if number % TOLD_EVERY == 0:
                told(number, len(all_values))
            outcomes.append(self._apply(values, found.get(matched.get(values.row, 0))))
        told(len(all_values), len(all_values))
        for start in range(0, len(self.saved), PUBLISHED_AT_ONCE):
            if self.looking or not self.problems:
                self._publish(dict(self.saved[start : start + PUBLISHED_AT_ONCE]))
        if not (self.looking or self.problems):
            self._publish_of_editors()
            suggestions.make(self.suggested, self.source)
        return outcomes

    def _match(self, all_values: list[Values]) -> dict[int, int]:
        """The enterprises that rows are about, by row number."""
        register = Register()
        known_bad = {problem.row for problem in self.problems}
        matched: dict[int, int] = {}
        row_of: dict[int, int] = {}
        for values in all_values:
            try:
                pk = register.match(values)
            except CellError as error:
                self.problems.append(Problem(values.row, "name", str(error)))
                continue
            if pk is None:
                continue
            matched[values.row] = pk
            if row_of.setdefault(pk, values.row) != values.row and values.row not in known_bad:
                self.problems.append(
                    Problem(values.row, "", _("Samme virksomhed som række %(row)s.") % {"row": row_of[pk]})
                )
        return matched

    def _apply(self, values: Values, found: Enterprise | None) -> Outcome:
        if found and (remark := _why_it_stays_away(found)):
            return self._left(values, found, remark, stays_away=True)
        if found and _waits_to_be_let_in(found):
            return self._left(values, found, _("Den venter på at blive optaget. Afgør det først."))
        if found and found.editorships.all():
            return self._suggest(values, found)
        before = _before(found) if found else None
        enterprise = found or Enterprise()
        changes = Changes(enterprise, values, self.today.year)
        comes_back = found is not None and _was_undone(found)
        action = Action.UPDATED if found and not comes_back else Action.CREATED
        outcome = Outcome(values.row, enterprise.name, action, differences=changes.differences)
        if found:
            outcome.enterprise, outcome.publication_before = found.pk, found.current_id
            outcome.before = before
        if found and not (changes or comes_back):
            outcome.action = Action.UNCHANGED
            return outcome
        if not self._is_as_seen(outcome):
            return outcome
        self._sign(enterprise, values)
        if not found:
            enterprise.slug = publishing.free_slug(enterprise.name, self.slugs)
            self.slugs.add(enterprise.slug)
        is_saved = self._save(changes, outcome)
        outcome.enterprise = enterprise.pk
        if is_saved:
            self.saved.append((enterprise.pk, outcome))
        return outcome

    def _left(self, values: Values, found: Enterprise, remark: str, *, stays_away: bool = False) -> Outcome:
        outcome = Outcome(values.row, found.name, Action.SKIPPED, remarks=[remark], enterprise=found.pk)
        outcome.stays_away = stays_away
        return outcome

    def _sign(self, enterprise: Enterprise, values: Values) -> None:
        enterprise.imported_from = f"{self.filename}, række {values.row}, {self.today.isoformat()}"

    def _is_as_seen(self, outcome: Outcome) -> bool:
        if self.expected is None or self.expected.get(outcome.row) == outcome.changes:
            return True
        outcome.action = Action.STALE
        return False

    def _suggest(self, values: Values, found: Enterprise) -> Outcome:
        """What is the council's to say is taken, the rest is left to those who edit it."""
        row = self.rows[values.row]
        before = _before(found)
        ours, _problems = check(_only(row, theirs=False), self.terms)
        changes = Changes(found, ours, self.today.year)
        suggested = suggestions.of(copy.copy(found), _only(row, theirs=True), self.terms)
        outcome = Outcome(values.row, found.name, Action.UNCHANGED, enterprise=found.pk, before=before)
        outcome.publication_before = found.current_id
        outcome.differences = [*changes.differences, *(one for each in suggested for one in each.differences)]
        if suggested:
            outcome.action = Action.SUGGESTED
            outcome.remarks = [_("Den har selv redaktører: det er et forslag til dem.")]
        elif changes:
            outcome.action = Action.UPDATED
        if outcome.action == Action.UNCHANGED or not self._is_as_seen(outcome):
            return outcome
        self.problems += [problem for each in suggested for problem in each.problems]
        self.suggested[found.pk] = suggested
        if changes and self._save(changes, outcome):
            self.saved_of_editors.append((found, outcome))
        return outcome

    def _save(self, changes: Changes, outcome: Outcome) -> bool:
        if outcome.row in self.bad_rows or any(changes.problems()):
            self.problems += changes.problems(constraints=True)
            return False
        try:
            with transaction.atomic():
                is_kept = not (self.looking and changes.enterprise.pk)
                changes.save()
                transaction.set_rollback(not is_kept)
        except IntegrityError:
            problems = list(changes.problems(constraints=True, unique=True))
            if not problems:
                raise
            self.problems += problems
            return False
        return is_kept

    def _publish(self, outcomes: dict[int, Outcome]) -> None:
        """Make public what may be. The outcomes are by primary key, few enough to read at once."""
        fresh = (
            Enterprise.objects.filter(pk__in=outcomes)
            .select_related("current")
            .prefetch_related(*snapshots.RELATIONS)
            .order_by("pk")
        )
        for enterprise in fresh:
            outcomes[enterprise.pk].remarks = publishing.missing(enterprise)
        ready = [enterprise for enterprise in fresh if not outcomes[enterprise.pk].remarks]
        refused = publishing.address_problems(ready)
        self.problems += [Problem(outcomes[pk].row, "", problem) for pk, problem in refused.items()]
        if not (self.looking or self.problems):
            for pk in publishing.publish_many(ready, reason=self._reason()):
                outcomes[pk].published = True

    def _publish_of_editors(self) -> None:
        """Only what is the council's: what else waits in their working copies goes on waiting."""
        for enterprise, outcome in self.saved_of_editors:
            for key in ("cvr", "provenance"):
                made = publishing.publish_field(enterprise, key, reason=self._reason())
                outcome.published = outcome.published or made is not None

    def _reason(self) -> str:
        return _("Indlæst fra %(file)s.") % {"file": self.filename}


def _read(keys: set[int], *, hold: bool) -> dict[int, Enterprise]:
    """Held, so that nobody's edit is overwritten by what we read before it, in the order all hold them in."""
    if hold:
        list(Enterprise.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return (
        Enterprise.objects.filter(pk__in=keys)
        .prefetch_related(
            *snapshots.RELATIONS,
            "editorships",
            "claims",
            "withdrawals__merged_into",
            "withdrawals__undone_row",
        )
        .in_bulk()
    )


def _before(enterprise: Enterprise) -> dict[str, Any]:
    return {"working": sections.working(enterprise), "imported_from": enterprise.imported_from}


def _only(row: Row, *, theirs: bool) -> Row:
    cells = {name: text for name, text in row.cells.items() if (section_of(name) is not None) == theirs}
    return Row(row.number, cells, row.flawed)


def _why_it_stays_away(enterprise: Enterprise) -> str:
    """What the council has taken off the site, no spreadsheet changes or brings back."""
    withdrawal = next(iter(enterprise.withdrawals.all()), None)
    if enterprise.current_id is not None or withdrawal is None or _was_undone(enterprise):
        return ""
    if withdrawal.merged_into:
        return _("Den er lagt sammen med “%(name)s”: ret rækken til den.") % {
            "name": withdrawal.merged_into.name
        }
    return _("Profilen er trukket tilbage: %(reason)s") % {"reason": withdrawal.reason}


def _was_undone(enterprise: Enterprise) -> bool:
    """Whether it only left because the import that made it was undone."""
    withdrawal = next(iter(enterprise.withdrawals.all()), None)
    return enterprise.current_id is None and withdrawal is not None and hasattr(withdrawal, "undone_row")


def _waits_to_be_let_in(enterprise: Enterprise) -> bool:
    return enterprise.current_id is None and any(
        (claim.way, claim.state) == (ClaimWay.ADDED, ClaimState.OPEN) for claim in enterprise.claims.all()
    )
