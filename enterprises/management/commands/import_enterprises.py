"""python manage.py import_enterprises FILE [--dry-run]: enterprises from a csv or xlsx file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enterprises.imports.files import ImportRefused
from enterprises.imports.rows import COLUMNS, Problem
from enterprises.imports.spreadsheet import Action, Outcome, Report, import_file


class Command(BaseCommand):
    help = "Creates, updates and publishes enterprises from a csv or xlsx file: all of its rows, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=f"columns: {' '.join(COLUMNS)}")
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would happen and save nothing"
        )

    def handle(self, *_args: Any, file: Path, dry_run: bool, **_options: Any) -> None:
        try:
            report = import_file(file, dry_run=dry_run)
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for warning in report.warnings:
            self.stdout.write(warning)
        if report.problems:
            self._fail(report.problems)
        self._tell(report)
        if dry_run:
            self.stdout.write(_("Prøvekørsel: intet er gemt."))

    def _fail(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.stderr.write(f"{_where(problem)}: {problem.text}")
        raise CommandError(
            ngettext(
                "Der er %(count)d fejl i filen, så intet er gemt. Ret den, og prøv igen.",
                "Der er %(count)d fejl i filen, så intet er gemt. Ret dem, og prøv igen.",
                len(problems),
            )
            % {"count": len(problems)}
        )

    def _tell(self, report: Report) -> None:
        for outcome in report.outcomes:
            if outcome.action is not Action.UNCHANGED:
                self.stdout.write(_line(outcome))
        counts = Counter(outcome.action for outcome in report.outcomes)
        totals = _(
            "%(created)d oprettet, %(updated)d ændret, %(suggested)d foreslået redaktører, "
            "%(unchanged)d som før, %(skipped)d sprunget over."
        )
        self.stdout.write(totals % {action.value: counts[action] for action in Action})
        published = sum(outcome.published for outcome in report.outcomes)
        self.stdout.write(
            ngettext("%(count)d profil er udgivet.", "%(count)d profiler er udgivet.", published)
            % {"count": published}
        )


def _where(problem: Problem) -> str:
    if not problem.column:
        return _("Række %(row)d") % {"row": problem.row}
    return _("Række %(row)d, kolonnen %(column)s") % {"row": problem.row, "column": problem.column}


def _line(outcome: Outcome) -> str:
    line = _("Række %(row)d: %(name)s – %(what)s") % {
        "row": outcome.row,
        "name": outcome.name,
        "what": _what(outcome),
    }
    return " ".join([f"{line}.", *outcome.remarks])


def _what(outcome: Outcome) -> str:
    if outcome.action is Action.SKIPPED:
        return _("sprunget over")
    if outcome.action is Action.SUGGESTED:
        return _("foreslået redaktørerne")
    if outcome.action is Action.CREATED:
        return _("oprettet og udgivet") if outcome.published else _("oprettet, men ikke udgivet")
    return _("opdateret og udgivet") if outcome.published else _("opdateret, men ikke udgivet")
