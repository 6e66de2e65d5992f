"""python manage.py read_cvr [--number 12345678]: what the register says of enterprises, and what differs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enterprises.cvr import client, runs


class Command(BaseCommand):
    help = "Reads enterprises in CVR: all that were not read today, or the one with a number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", help="the CVR number of one enterprise; read even if it was today")

    def handle(self, *_args: Any, number: str | None, **_options: Any) -> None:
        if not client.is_on():
            raise CommandError("CVR_URL, CVR_USER and CVR_PASSWORD are not set: see README.md.")
        enterprises = runs.readable().filter(cvr=number) if number else runs.due(timezone.localdate())
        if number and not enterprises.exists():
            raise CommandError("No enterprise that is read in CVR has that number.")
        try:
            outcome = runs.read(enterprises)
        except client.RefusedError as error:
            raise CommandError(f"The register refuses CVR_USER and CVR_PASSWORD ({error}).") from error
        self.stdout.write(f"{outcome.read} enterprises are read, {outcome.unreadable} cannot be read.")
        if outcome.unanswered:
            raise CommandError(f"{outcome.unanswered} got no answer. Run it again later for those alone.")
