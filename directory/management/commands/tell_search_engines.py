from typing import Any

from django.core.management.base import BaseCommand

from directory import index_now


class Command(BaseCommand):
    help = (
        "Tells search engines by IndexNow what has been published or withdrawn. Does nothing without a key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        told = index_now.tell()
        if options["verbosity"]:
            self.stdout.write(f"Told of {told} profiles.")
