"""python manage.py forget [--dry-run]: delete what has been kept for as long as the settings say."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from enterprises import retention


class Command(BaseCommand):
    help = "Deletes what has been kept for as long as the settings say. The worker does it every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would go and change nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        for kind in retention.KINDS.values():
            count = kind.count() if dry_run else kind.forget()
            self.stdout.write(f"{count:>8}  {kind.what}")
        if dry_run:
            self.stdout.write(_("Prøvekørsel: intet er slettet."))
