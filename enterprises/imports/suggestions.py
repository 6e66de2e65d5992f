"""What a spreadsheet says of enterprises that have editors: told to them, and theirs to accept or decline."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import editing, telling
from enterprises.choices import Section, SuggestionState
from enterprises.imports.changes import Changes, Difference
from enterprises.imports.rows import PLACE_COLUMNS, Problem, Row, check, section_of
from enterprises.imports.terms import Terms
from enterprises.models import Enterprise, Import, Suggestion, User

PLACE = "place"


class SuggestionError(Exception):
    """Nothing was changed; the message is a sentence for the person who asked."""


@dataclass
class Suggested:
    """One thing that is accepted or declined: a column, or an address, whose columns go together."""

    field: str
    cells: dict[str, str]
    differences: list[Difference]
    problems: list[Problem]


def of(enterprise: Enterprise, row: Row, terms: Terms) -> list[Suggested]:
    """What the row would change. The enterprise is only looked at, never saved."""
    found = []
    for field, cells in _fields(row.cells).items():
        part = Row(row.number, cells, row.flawed.intersection(cells))
        changes = _changes(enterprise, part, terms)
        if changes.differences:
            found.append(Suggested(field, cells, changes.differences, list(changes.problems())))
    return found


def _fields(cells: Mapping[str, str]) -> dict[str, dict[str, str]]:
    fields: dict[str, dict[str, str]] = {}
    for column, text in cells.items():
        fields.setdefault(PLACE if column in PLACE_COLUMNS else column, {})[column] = text
    return fields


def _changes(enterprise: Enterprise, row: Row, terms: Terms) -> Changes:
    values, _problems = check(row, terms)
    trial = copy.copy(enterprise)
    return Changes(trial, values, timezone.localdate().year)


def section(suggestion: Suggestion) -> Section:
    """The section of the profile in which it would be said."""
    found = section_of(next(iter(suggestion.cells)))
    assert found is not None  # noqa: S101 – nothing else is suggested
    return found


def make(suggested: Mapping[int, list[Suggested]], source: Import | None) -> None:
    """Keep them, in place of what was suggested before of the same things, and write to the editors."""
    now = timezone.now()
    kept: list[Suggestion] = []
    for enterprise, ones in suggested.items():
        Suggestion.objects.filter(
            enterprise=enterprise, field__in=[one.field for one in ones], state=SuggestionState.OPEN
        ).update(state=SuggestionState.GONE, decided_at=now)
        kept += [
            Suggestion(
                enterprise_id=enterprise,
                run=source,
                field=one.field,
                cells=one.cells,
                changes=[asdict(difference) for difference in one.differences],
            )
            for one in ones
        ]
    Suggestion.objects.bulk_create(kept)
    for told in Enterprise.objects.filter(pk__in=[pk for pk, ones in suggested.items() if ones]):
        telling.suggested(told, len(suggested[told.pk]))


def open_for(enterprise: Enterprise) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(enterprise=enterprise, state=SuggestionState.OPEN).order_by("pk")


def accept(suggestion: Suggestion, *, by: User) -> bool:
    """Say in the working copy what is suggested. Whether it went live at once, as edits of the section do."""
    with transaction.atomic():
        enterprise = _held(suggestion)
        values, problems = check(Row(0, suggestion.cells), Terms.load())
        changes = Changes(enterprise, values, timezone.localdate().year)
        if [asdict(difference) for difference in changes.differences] == suggestion.changes:
            problems += changes.problems(constraints=True, unique=True)
            if problems:
                raise SuggestionError(" ".join(problem.text for problem in problems))
            changes.save()
            _close(suggestion, SuggestionState.ACCEPTED, by)
            return editing.written(enterprise, section(suggestion), by=by) is not None
        _bring_up_to_date(suggestion, changes)
    raise SuggestionError(_("Profilen er ændret i mellemtiden. Se efter igen."))


def _bring_up_to_date(suggestion: Suggestion, changes: Changes) -> None:
    """The profile says something else since; when it says what is suggested, nothing is left to decide."""
    if changes.differences:
        told = [asdict(difference) for difference in changes.differences]
        Suggestion.objects.filter(pk=suggestion.pk).update(changes=told)
    else:
        _close(suggestion, SuggestionState.GONE, None)


@transaction.atomic
def decline(suggestion: Suggestion, *, by: User) -> None:
    _held(suggestion)
    _close(suggestion, SuggestionState.DECLINED, by)


def _held(suggestion: Suggestion) -> Enterprise:
    """The enterprise, held until the transaction ends; the suggestion must still be open."""
    Enterprise.objects.select_for_update().get(pk=suggestion.enterprise_id)
    if not Suggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN).exists():
        raise SuggestionError(_("Det er afgjort i mellemtiden."))
    return editing.fresh(suggestion.enterprise)


def _close(suggestion: Suggestion, state: SuggestionState, by: User | None) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(state=state, decided_at=timezone.now(), decided_by=by)
