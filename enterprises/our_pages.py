"""Whether a form comes from a page of ours, told without a cookie.

Pages that are kept for everybody carry no token against forgery. What a browser says of itself serves as
well: Sec-Fetch-Site, or Origin where the browser is old or the site is on plain http. No page of another
site can write either.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD")


def sent_from_ours(request: HttpRequest) -> bool:
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return told == "same-origin"
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in ours


def from_our_pages(view: View) -> View:
    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in SAFE and not sent_from_ours(request):
            return render(request, "errors/403.html", {"stale_form": True}, status=403)
        return view(request, *args, **kwargs)

    return guarded
