"""What every address of the interface has in common: methods, other sites' scripts, problems."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from directory.api import limits, problems
from directory.api.problems import Problem

METHODS = "GET, HEAD, OPTIONS"
# Nothing here depends on who asks, so any site's scripts may read it.
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # The pages are for search engines.
    "X-Robots-Tag": "noindex",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., Any]

UNAVAILABLE = Problem(
    503, _("Lige nu kan vi ikke hente eller gemme det. Prøv igen om lidt."), {"Retry-After": "60"}
)

logger = logging.getLogger(__name__)


def endpoint(cost: int = 1) -> Callable[[View], View]:
    """`cost` says how many plain requests the answer takes the place of in the reader's minute."""

    def decorated(view: View) -> View:
        @csrf_exempt  # anything but reading is refused here, in the interface's own words
        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase
            try:
                response = _answer(view, cost, request, *args, **kwargs)
            except Problem as problem:
                response = problems.answer(request, problem)
            except OperationalError:
                logger.warning("The database does not answer", exc_info=True)
                response = problems.answer(request, UNAVAILABLE)
            for name, value in OPEN_TO_ALL.items():
                response.headers[name] = value
            response.headers.setdefault("Content-Language", "da, en")
            return response

        return answering

    return decorated


def _answer(view: View, cost: int, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method not in ("GET", "HEAD"):
        raise Problem(405, _("Her kan man kun læse: brug GET."), {"Allow": METHODS})
    left = limits.count(request, cost)
    response: HttpResponseBase = view(request, *args, **kwargs)
    # What is kept goes to others too, of whose minute it can say nothing.
    for name, value in (limits.policy() | (left if response.streaming else {})).items():
        response.headers[name] = value
    return response
