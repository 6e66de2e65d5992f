"""Where a browser tells that somebody rang, wrote or went on to the enterprise's own site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from directory.visits import is_person
from enterprises import visits
from enterprises.choices import Counted


@csrf_exempt  # without a cookie there is nothing to forge; other sites' pages are told apart by Origin
@require_POST
def clicked(request: HttpRequest) -> HttpResponse:
    enterprise, what = request.POST.get("enterprise", ""), request.POST.get("what", "")
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    known = enterprise.isascii() and enterprise.isdigit() and what in visits.CONTACTS
    if is_ours and known and len(enterprise) < 19 and is_person(request.META):
        visits.note(int(enterprise), Counted(what))
    return HttpResponse(status=204)
