"""make bench-desk: what waits, what is decided about and every list, in queries and milliseconds, on a
generated city.

In one process, without a network: what is measured is the desk's own work and its database's.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from time import perf_counter
from typing import Any

from directory.database import Embedded
from tests.bench.__main__ import city, manage

MOST_QUERIES, MOST_MILLISECONDS = 9, 300
# Of the front page and of those on which a case is decided.
MOST_QUERIES_OF_A_CASE = 19
TIMES = 5


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench-desk")
    arguments.add_argument("--size", type=int, default=10_000)
    arguments.add_argument("--waiting", type=int, default=2_000)
    arguments.add_argument("--only", default="", help="lists whose names hold this")
    options = arguments.parse_args()
    server = Embedded("bench")
    with ExitStack() as stack:
        stack.enter_context(server.running())
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        environment = city(server, options.size, scratch)
        os.environ.update(environment)
        import django

        django.setup()
        if lacking := options.waiting - _waiting():
            manage(environment, "generate_city", "0", "--waiting", str(max(lacking, 0)))
        print("| list | page | queries | ms | |\n|---|---|--:|--:|---|")
        over = sum(_printed(*row, MOST_QUERIES_OF_A_CASE) for row in _cases(options.only))
        over += sum(_printed(*row) for row in _measured(options.only))
    sys.exit(f"{over} pages are over the limits." if over else 0)


def _waiting() -> int:
    from enterprises.models import DuplicatePair, Proposal

    return min(Proposal.objects.filter(decided_at=None).count(), 2 * DuplicatePair.objects.count())


def _printed(name: str, page: str, queries: int, milliseconds: float, most: int = MOST_QUERIES) -> bool:
    over = queries > most or milliseconds > MOST_MILLISECONDS
    print(f"| {name} | {page} | {queries} | {milliseconds:.0f} | {'over' if over else ''} |", flush=True)
    return over


def _cases(only: str) -> Iterator[tuple[str, str, int, float]]:
    """The front page, and behind each of its numbers the page of the oldest case."""
    from django.urls import reverse
    from django.utils import timezone

    from enterprises import waiting

    client, today = _clerk(), timezone.localdate()
    if only in "front page":
        yield ("front page", "", *_measure(client, reverse("admin:index")))
    for queue in waiting.QUEUES:
        if queue.has_page and only in queue.key and queue.rows(today).exists():
            page = client.get(queue.oldest_address(today), follow=True).request["PATH_INFO"]
            yield (queue.key, "the oldest", *_measure(client, page))


def _measured(only: str) -> Iterator[tuple[str, str, int, float]]:
    from django.contrib import admin
    from django.urls import reverse

    client = _clerk()
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        name = str(model._meta.model_name)
        if only not in name:
            continue
        address = reverse(f"admin:{model._meta.app_label}_{name}_changelist")
        for page, asked in _pages(client, address):
            yield (name, page, *_measure(client, address + asked))


def _pages(client: Any, address: str) -> Iterator[tuple[str, str]]:
    """The list plain, searched, at its end, by each of its filters and in each of its orders."""
    shown = client.get(address).context_data["cl"]
    yield "plain", ""
    if shown.search_fields:
        yield "searched", "?q=ny"
    if shown.paginator.num_pages > 1:
        yield "last page", f"?p={shown.paginator.num_pages}"
    for filter_ in shown.filter_specs:
        others = [choice for choice in filter_.choices(shown) if not choice["selected"]]
        for choice in others[:4] + others[-1:]:
            yield f"{filter_.title}: {choice['display']}", choice["query_string"]
    for number, column in enumerate(shown.list_display):
        if shown.get_ordering_field(column):
            yield f"by {column}", f"?o={number}"


def _measure(client: Any, address: str) -> tuple[int, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for _time in range(TIMES):
        began = perf_counter()
        client.get(address).close()
        taken.append((perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured), median(taken)


def _clerk() -> Any:
    """Somebody who may do everything, with a second step."""
    from django.conf import settings
    from django.test import Client

    from enterprises.models import User
    from tests.builders import with_second_step

    user, made = User.objects.get_or_create(
        email="bench@example.dk", defaults={"is_staff": True, "is_superuser": True}
    )
    if made:
        with_second_step(user)
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    client.force_login(user)
    return client


if __name__ == "__main__":
    main()
