"""How often something may be done, counted for all workers together where log-in attempts are counted."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.utils.translation import gettext as _

HOUR, DAY = 3600, 24 * 3600


class TooOftenError(Exception):
    """The message is a sentence for the person who asked."""


def count(what: str, whose: object, *, most: int, seconds: int) -> None:
    """Count once more, or refuse. Call it before the transaction of what is counted: a failure counts too."""
    key = f"{what}:{whose}:{int(time.time()) // seconds}"
    cache.add(key, 0, seconds)
    if cache.incr(key) > most:
        raise TooOftenError(_("Det er gjort for mange gange nu. Vent lidt, og prøv igen."))
