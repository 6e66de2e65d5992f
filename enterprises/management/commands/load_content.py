from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from enterprises.content import loading
from enterprises.models import Enterprise


class Command(BaseCommand):
    help = "Loads the council's sixteen members and the demo city into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="only the council's members")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Enterprise.objects.exists():
            raise CommandError("There are enterprises already; nothing was loaded.")
        members = loading.write(loading.council(), demo=False)
        fictional = 0 if options["without_demo"] else loading.write(loading.demo_city(), demo=True)
        self.stdout.write(f"{members} members of the council and {fictional} demo enterprises are published.")
