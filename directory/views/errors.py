"""Pages for when something is wrong. Each says what happened and where to go, in the reader's language."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

RETRY_AFTER = 3600
BACK_AFTER = 60
DATABASE_IS_AWAY = (OperationalError, InterfaceError)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def gone(request: HttpRequest) -> HttpResponse:
    response = render(request, "errors/410.html", status=410)
    response["Cache-Control"] = "no-cache"  # it may come back, and browsers do not forget a 410
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "errors/429.html", status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Leans on nothing: whatever failed may be the database, or the frame of every other page."""
    if isinstance(sys.exc_info()[1], DATABASE_IS_AWAY):
        answer = HttpResponse(render_to_string("errors/503.html"), status=503)
        answer["Retry-After"] = str(BACK_AFTER)
        return answer
    return HttpResponse(render_to_string("errors/500.html"), status=500)
