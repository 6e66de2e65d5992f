from typing import Any

from django.core.management.base import BaseCommand

from directory import listings


class Command(BaseCommand):
    help = "Makes every listing anew from the current publications."

    def handle(self, *args: Any, **options: Any) -> None:
        count = listings.rebuild()
        if options["verbosity"]:
            self.stdout.write(f"{count} listings are rebuilt.")
