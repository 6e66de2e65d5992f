"""How much one reader may ask for in a minute. Only what the page cache has not kept is counted.

Nobody can be told from the count: it is kept under a number of 20 bits made from the address, the minute
and the site's key, which thousands of addresses share, and goes when its minute has passed.
"""

from __future__ import annotations

import hmac
import logging
from ipaddress import ip_address, ip_network
from time import time

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directory import replica
from directory.api.problems import Problem
from directory.models import ApiUse

SECONDS = 60
_TABLE = ApiUse._meta.db_table
# One statement, so that two who ask at once are both counted.
_COUNT = f"""
    INSERT INTO {_TABLE} (minute, who, count) VALUES (%(minute)s, %(who)s, %(cost)s)
    ON CONFLICT (minute, who) DO UPDATE SET count = {_TABLE}.count + EXCLUDED.count
    RETURNING count
"""  # noqa: S608
_FORGET = f"""
    DELETE FROM {_TABLE} WHERE id IN
    (SELECT id FROM {_TABLE} WHERE minute < %(minute)s FOR UPDATE SKIP LOCKED)
"""  # noqa: S608

logger = logging.getLogger(__name__)


def policy() -> dict[str, str]:
    most = settings.API_PER_MINUTE
    return {"RateLimit-Policy": f'"minute";q={most};w={SECONDS}'} if most else {}


def count(request: HttpRequest, cost: int) -> dict[str, str]:
    """Count a request; how much is left, as headers. Raises a problem where it is too much."""
    most = settings.API_PER_MINUTE
    if not most:
        return {}
    minute, passed = divmod(int(time()), SECONDS)
    left = most - _counted(minute, _who(request, minute), min(cost, most))
    headers = {"RateLimit": f'"minute";r={max(left, 0)};t={SECONDS - passed}'}
    if left < 0:
        raise Problem(
            429,
            _("Vent lidt: Retry-After siger, hvor mange sekunder. Hele datasættet fås i én fil."),
            policy() | headers | {"Retry-After": str(SECONDS - passed)},
        )
    return headers


def _counted(minute: int, who: int, cost: int) -> int:
    """How much they have asked for in this minute. Never fails: a count is not worth an answer."""
    reading = replica.present()
    if reading and not reading.can_be_written:
        return 0
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"minute": minute, "who": who, "cost": cost})
            used = int(cursor.fetchone()[0])
            if used == cost:
                cursor.execute(_FORGET, {"minute": minute})
    except Error:
        logger.warning("A request was not counted", exc_info=True)
        return 0
    return used


def _who(request: HttpRequest, minute: int) -> int:
    """A number for the reader's address; of IPv6 for its network, in which one has as many as one likes."""
    address = ip_address(_address(request))
    if address.version == 6:
        address = ip_network((address, 64), strict=False).network_address
    made_of = f"{minute} {address}".encode()
    return int.from_bytes(hmac.digest(settings.SECRET_KEY.encode(), made_of, "sha256")[:3]) >> 4


def _address(request: HttpRequest) -> str:
    """Where the request comes from; behind a proxy what the proxy wrote last."""
    direct = str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 – nobody listens there
    if not settings.BEHIND_PROXY:
        return direct
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return direct
