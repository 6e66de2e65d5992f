"""How often something may be done, counted for all workers together where log-in attempts are counted."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import connection, transaction
from django.utils.translation import gettext as _

HOUR, DAY = 3600, 24 * 3600


class TooOftenError(Exception):
    """The message is a sentence for the person who asked."""


def count(what: str, whose: object, *, most: int, seconds: int) -> None:
    """Count once more, or refuse. Call it before the transaction of what is counted: a failure counts too."""
    key = f"{what}:{whose}:{int(time.time()) // seconds}"
    # One after the other, so that those who press at once are not counted as one.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        times = cache.get(key, 0) + 1
        # Not incr: that forgets the count after five minutes.
        cache.set(key, times, seconds)
    if times > most:
        raise TooOftenError(_("Det er gjort for mange gange nu. Vent lidt, og prøv igen."))
