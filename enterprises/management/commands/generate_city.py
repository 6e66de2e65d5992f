import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from enterprises.content import city, loading, waiting
from enterprises.models import Enterprise

STEP = 10_000


@contextmanager
def _without_collector() -> Iterator[None]:
    """The rows refer to one another in no circles; looking for some takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    help = "Adds generated demo enterprises, for tests of scale. Run again, it adds further ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same city")
        parser.add_argument(
            "--waiting", type=int, default=0, help="so many of each kind that waits at the desk, besides"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        taken = set(Enterprise.objects.values_list("name", flat=True))
        new = city.records_ahead(options["count"], options["seed"], taken)
        with _without_collector():
            count = loading.write(self._reported(new), demo=True)
        waiting.write(options["waiting"])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # or the first visitors wait for plans made for an empty database
        seconds = monotonic() - started
        rate = f"in {seconds:.0f} s, {count / seconds:.0f} a second"
        self.stdout.write(f"{count} demo enterprises are published ({rate}).")

    def _reported(self, records: Iterable[loading.Record]) -> Iterator[loading.Record]:
        for number, record in enumerate(records, 1):
            yield record
            if number % STEP == 0:
                self.stdout.write(f"{number} …")
