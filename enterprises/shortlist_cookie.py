"""The one cookie of the shortlists: the keys of the lists a browser holds, the one in use first.

It is set when somebody saves an enterprise or takes a list over, and says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MOST_LISTS = 10
_SECRET = re.compile(r"(k\.)?[A-Za-z0-9_-]{32}")


def is_there(request: HttpRequest) -> bool:
    return settings.SHORTLIST_COOKIE_NAME in request.COOKIES


def read(request: HttpRequest) -> list[str]:
    written = request.COOKIES.get(settings.SHORTLIST_COOKIE_NAME, "")[:1_000]
    return [secret for secret in written.split("~") if _SECRET.fullmatch(secret)][:MOST_LISTS]


def write(response: HttpResponse, secrets: Iterable[str]) -> None:
    """With the first in use; the oldest beyond the most are let go."""
    kept = list(dict.fromkeys(secrets))[:MOST_LISTS]
    response.set_cookie(
        settings.SHORTLIST_COOKIE_NAME,
        "~".join(kept),
        max_age=settings.SHORTLIST_DAYS * 24 * 3600 if kept else 0,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
