"""Which requests for a profile are people's, and what they searched for before they came.

Nothing is stored in the browser and nothing about the reader here: a request is counted or it is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from enterprises import visits
from enterprises.choices import Counted

# By their own word. Those who pretend to be people are counted as people.
_PROGRAMS = re.compile(
    r"bot|crawl|spider|slurp|scrap|preview|monitor|check|headless|fetch|http|curl|wget|python|java/|go-|ruby"
    r"|facebookexternalhit|^$",
    re.IGNORECASE,
)
LONGEST_REFERER = 1_000


def note(enterprise: int, environ: Mapping[str, Any]) -> None:
    """Count a view of a profile, and the search on our own pages that led to it."""
    if not is_person(environ):
        return
    visits.note(enterprise, Counted.VIEW)
    if typed := searched_before(environ):
        visits.note_search(enterprise, typed)


def is_person(environ: Mapping[str, Any]) -> bool:
    """Neither a program, nor a browser that loads ahead, nor somebody who is logged in."""
    if environ.get("REQUEST_METHOD") == "HEAD" or _is_program(environ.get("HTTP_USER_AGENT", "")):
        return False
    purposes = (environ.get(f"HTTP_{name}", "") for name in ("SEC_PURPOSE", "PURPOSE", "X_PURPOSE", "X_MOZ"))
    if any("prefetch" in purpose or "preview" in purpose for purpose in purposes):
        return False
    return f"{settings.SESSION_COOKIE_NAME}=" not in environ.get("HTTP_COOKIE", "")


@lru_cache(maxsize=1_000)
def _is_program(agent: str) -> bool:
    return _PROGRAMS.search(agent) is not None


def searched_before(environ: Mapping[str, Any]) -> str:
    """What was searched for on the page of ours that led here; empty where there is none."""
    referer = environ.get("HTTP_REFERER", "")
    if "q=" not in referer or len(referer) > LONGEST_REFERER:
        return ""
    try:
        page = urlsplit(referer)
        if page.netloc != environ.get("HTTP_HOST") or page.path not in _pages_of_results():
            return ""
        return str(parse_qs(page.query).get("q", [""])[0])
    except ValueError:
        return ""


@cache
def _pages_of_results() -> frozenset[str]:
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {reverse("listing"), reverse("map")}
    return frozenset(found)
