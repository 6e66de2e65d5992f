from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from directory import dumps


class Command(BaseCommand):
    help = "Writes all open data as one archive: for readers to download, or into a folder with its checksum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", type=Path, metavar="DIR", help="a folder, instead of where readers find it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        told = self._written(options["to"])
        if options["verbosity"]:
            self.stdout.write(told)

    def _written(self, folder: Path | None) -> str:
        if folder:
            return f"{dumps.write_to(folder)} is written."
        dump = dumps.keep()
        if dump is None:
            return "Another process is writing it just now."
        return f"{dump.enterprises} enterprises, {dump.size} bytes, sha256 {dump.sha256}"
