"""The pages that the yearly mail leads to.

Reading one changes nothing, since mail scanners read them all; its button answers. The address is the
secret, so neither a login nor a cookie is needed.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from enterprises import confirmations
from enterprises.choices import Answer
from enterprises.models import ConfirmationRequest


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str, given: Answer) -> HttpResponse:
    asked = confirmations.of_token(token)
    if asked is None:
        raise Http404
    today = timezone.localdate()
    used_up = confirmations.is_used_up(asked, today)
    if request.method == "POST" and not used_up:
        try:
            confirmations.answer(asked, given, today)
        except confirmations.UsedUpError:
            used_up = True
            asked.refresh_from_db()
        else:
            return render(request, "confirm/thanks.html", _context(asked, given))
    if used_up:
        return render(request, "confirm/used_up.html", _context(asked, given), status=410)
    return render(request, "confirm/ask.html", _context(asked, given))


def _context(asked: ConfirmationRequest, given: Answer) -> dict[str, object]:
    current = asked.enterprise.current
    return {
        "asked": asked,
        "enterprise": asked.enterprise,
        "slug": current.snapshot["slug"] if current else None,
        "gone": given == Answer.GONE,
        "noindex": True,
    }
