"""What is said when a request cannot be answered: problem details (RFC 9457), never a page."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _

TITLES: dict[int, str | Promise] = {
    400: _("Forespørgslen kan ikke forstås"),
    404: _("Ikke fundet"),
    405: _("Den metode kan ikke bruges her"),
    410: _("Ikke længere offentlig"),
    429: _("For mange forespørgsler"),
    503: _("Vi holder en kort pause"),
}


class Problem(Exception):  # noqa: N818 – it is answered, not raised to the top
    """Ends a view with problem details. `detail` is a sentence for whoever wrote the program."""

    def __init__(self, status: int, detail: str | Promise, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.detail, self.headers = status, detail, headers or {}


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """In the language the program asks for; Danish where it asks for none."""
    language = get_language_from_request(request)
    with override(language):
        told = {
            "type": "about:blank",
            "title": str(TITLES[problem.status]),
            "status": problem.status,
            "detail": str(problem.detail),
        }
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False),
        status=problem.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-cache", "Content-Language": language} | problem.headers,
    )
    patch_vary_headers(response, ["Accept-Language"])
    return response
