from typing import Any

from django.core.management.base import BaseCommand

from enterprises.photos import chores


class Command(BaseCommand):
    help = "Deletes the files of pictures that no working copy and no publication has. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{chores.remove_orphans()} files are gone.")
