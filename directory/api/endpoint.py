"""What every address of the interface has in common: methods, other sites' scripts, problems."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from directory.api import problems
from directory.api.problems import Problem

METHODS = "GET, HEAD, OPTIONS"
# Nothing here depends on who asks, so any site's scripts may read it.
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponseBase]


def endpoint(view: View) -> Callable[..., Any]:
    @csrf_exempt  # anything but reading is refused here, in the interface's own words
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _answer(view, request, *args, **kwargs)
        for name, value in OPEN_TO_ALL.items():
            response.headers[name] = value
        return response

    return answering


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    try:
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, _("Her kan man kun læse: brug GET."), {"Allow": METHODS})
        return view(request, *args, **kwargs)
    except Problem as problem:
        return problems.answer(request, problem)
