"""How far a long transaction has come, for others to see before it ends.

What it writes nobody sees yet, so it tells it by its connection's own name, which the server shows at once
and forgets with the transaction: a worker that is killed leaves no progress behind that is not true.
"""

from __future__ import annotations

from django.db import connection


def tell(run: int, done: int, total: int) -> None:
    with connection.cursor() as cursor:
        name = f"import {run}: {done}/{total}"
        cursor.execute("SELECT set_config('application_name', %s, true)", [name])


def of(run: int) -> tuple[int, int] | None:
    """How many rows of how many are done; None where nobody is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(application_name, ': ', 2) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s",
            [f"import {run}: %"],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    done, _slash, total = found[0].partition("/")
    return int(done), int(total)
