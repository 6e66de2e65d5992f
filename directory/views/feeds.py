from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory import catalogue as catalogues
from directory import feeds, following
from directory.finding import Finding
from directory.page_cache import REVALIDATE
from directory.paging import Page, page_of


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """New and changed enterprises of a search, by the same names as in the list's address."""
    found = following.finding(request.GET, catalogues.of(request))
    page = page_of(request.GET.get("page"), found.total, feeds.PER_PAGE)
    body = feeds.written(found, page, _addresses(found, page), following.in_words(found))
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = REVALIDATE
    response["X-Robots-Tag"] = "noindex"
    # Nothing here depends on who asks, so any site's scripts may read it.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _addresses(found: Finding, page: Page) -> dict[str, str]:
    here = settings.SITE_URL + reverse("feed")
    numbers = {"self": page.number, "first": 1, "last": page.last}
    if page.number > 1:
        numbers["previous"] = page.number - 1
    if page.number < page.last:
        numbers["next"] = page.number + 1
    pages = {
        relation: here + found.query_string(page=str(number) if number > 1 else "")
        for relation, number in numbers.items()
    }
    return {"alternate": settings.SITE_URL + found.path + found.query_string(), **pages}
