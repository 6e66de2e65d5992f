"""From which database a reader's page is read: the primary, or a replica that has all the primary has.

Public pages show what the catalogue's generation vouches for. So a request asks the primary for the
generation, and may read the rows from a replica that has replayed just as much; one that lags is left
alone, and what is published or withdrawn shows at the next request. Where the primary does not answer,
readers keep reading from the replica, unless this process knows that it lacks something. Everything else
(who is logged in, everything that writes) goes to the primary.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, wraps
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import DatabaseError, connections
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from directory.models import CatalogueState

View = Callable[..., HttpResponseBase]

REPLICA = "replica"
# Where a request's Reading is found among what WSGI hands on.
READING = "directory.reading"
# A database that is silent is left alone for so many times as long as it took to find out: one that
# refuses at once is asked again at once, one that lets us wait costs a few requests a wait.
PATIENCE = 5

_ASK = f'SELECT generation FROM "{CatalogueState._meta.db_table}" WHERE id = 1'.encode()  # noqa: S608
_silent_until: dict[str, float] = {}
# The latest generation the primary has told this process of.
_latest = 0


class Reading:
    """What one request reads: found out when it first looks, and the same to its end."""

    @cached_property
    def _primarys(self) -> int | None:
        global _latest
        generation = _generation(PRIMARY)
        if generation is not None:
            _latest = generation
        return generation

    @cached_property
    def _replicas(self) -> int | None:
        return _generation(REPLICA) if is_configured() else None

    @cached_property
    def generation(self) -> int | None:
        """The catalogue's generation; None where nobody can tell it."""
        if self._primarys is not None:
            return self._primarys
        # Rather no page than one with somebody on it of whose withdrawal we know.
        return self._replicas if self._replicas is not None and self._replicas >= _latest else None

    @cached_property
    def alias(self) -> str:
        """The database to read rows from."""
        return PRIMARY if self.generation is None or self.generation != self._replicas else REPLICA

    @property
    def can_be_written(self) -> bool:
        """Whether the primary answers, so that what is read can be counted."""
        return self._primarys is not None

    def __str__(self) -> str:
        """For whoever watches over the servers."""
        if self._primarys is None:
            return f"generation {self.generation}, from the replica alone: nothing can be changed"
        if not is_configured():
            return f"generation {self.generation}"
        state = {None: "does not answer", self.generation: "is up to date"}.get(self._replicas, "lags")
        return f"generation {self.generation}, the replica {state}"


def is_configured() -> bool:
    return REPLICA in settings.DATABASES


def _generation(alias: str) -> int | None:
    """The generation by the shortest way, past Django's cursors; None where the database cannot tell."""
    began = time.monotonic()
    if began < _silent_until.get(alias, 0):
        return None
    connection: Any = connections[alias]
    while True:
        # A connection kept from earlier may be one to a server that has been started anew since.
        is_fresh = connection.connection is None
        try:
            connection.ensure_connection()
            answer = connection.connection.pgconn.exec_(_ASK)
            if answer.status == psycopg.pq.ExecStatus.TUPLES_OK:
                connection.health_check_done = True  # Django need not ask the same
                return int(answer.get_value(0, 0)) if answer.ntuples else None
        except (DatabaseError, psycopg.Error):
            pass
        if connection.in_atomic_block:
            return None
        connection.close()
        if is_fresh:
            now = time.monotonic()
            _silent_until[alias] = now + PATIENCE * (now - began)
            return None


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


def present() -> Reading | None:
    """The reading of the page that is being made; None where it is not one for everybody."""
    return _reading.get()


@contextmanager
def reading(chosen: Reading | None) -> Iterator[None]:
    """Whatever is read meanwhile, is read there."""
    token = _reading.set(chosen)
    try:
        yield
    finally:
        _reading.reset(token)


def for_request(request: HttpRequest) -> Reading | None:
    """How an anonymous reader's request reads; None for all others, who must see what they just wrote."""
    if request.method not in ("GET", "HEAD") or request.META.get("HTTP_AUTHORIZATION"):
        return None
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    asked: Reading | None = request.META.get(READING)
    return asked or Reading()


def public(view: View) -> View:
    """Let a view that shows nothing but what the generation vouches for read from the replica."""

    @wraps(view)
    def reading_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with reading(for_request(request)):
            return view(request, *args, **kwargs)

    return reading_view


class Router:
    """Sends the reads of public pages where they belong, everything else to the primary."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        chosen = present()
        return chosen.alias if chosen else PRIMARY

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return db != REPLICA
