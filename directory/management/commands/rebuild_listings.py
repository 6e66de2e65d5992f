from typing import Any

from django.core.management.base import BaseCommand

from directory import listings


class Command(BaseCommand):
    help = "Makes every listing anew from the current publications."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{listings.rebuild()} listings are rebuilt.")
