"""Prints how many statements each row's pages send to PostgreSQL, as libpq's own trace tells."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from typing import Any
from urllib.parse import urlsplit

import django

MOST_ASKED = 20


def statements(rows: dict[str, list[str]], site: str, *, warm: bool) -> dict[str, float]:
    """On average: of pages asked for the first time, or warm, of those asked for again."""
    from directory.wsgi import application

    def ask(path: str) -> None:
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": urlsplit(site).hostname,
            "SERVER_PORT": "80",
            "HTTP_HOST": urlsplit(site).netloc,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        answer: Any = application(environ, lambda *_: None)
        answer.close() if hasattr(answer, "close") else None

    ask("/om/")  # whatever a process asks once
    counted = {}
    for row, paths in rows.items():
        some = paths[:MOST_ASKED]
        for path in some if warm else ():
            ask(path)
        counted[row] = _traced(lambda some=some: [ask(path) for path in some]) / len(some)
    return counted


def _traced(work: Any) -> int:
    from django.db import connection

    connection.ensure_connection()
    traced: Any = connection.connection
    with tempfile.TemporaryFile("w+") as trace:
        traced.pgconn.trace(trace.fileno())
        work()
        traced.pgconn.untrace()
        trace.seek(0)
        return sum("\tF\t" in line and ("\tQuery\t" in line or "\tExecute\t" in line) for line in trace)


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    print(json.dumps(statements(json.load(sys.stdin), settings.SITE_URL, warm=settings.PAGE_CACHE_MB > 0)))
