"""What every page's frame needs."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from directory import catalogue, texts
from enterprises import shortlist_cookie


def site(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or "da"
    return {
        "site_url": settings.SITE_URL,
        "site_owner": texts.Text(settings.SITE_OWNER, "da"),
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
        "navigation": _navigation(language),
        # All that a kept page may show of a shortlist: that there is one.
        "has_list": shortlist_cookie.is_there(request),
        "here": {other: _here(request, other) for other, _name in settings.LANGUAGES},
        # Looked up only where the frame asks: error pages must do without the database.
        "demo_is_present": SimpleLazyObject(lambda: catalogue.of(request).sums["demo"] > 0),
    }


def _here(request: HttpRequest, language: str) -> str:
    """This page's address in a language."""
    found = request.resolver_match
    if language == get_language() or found is None:
        return request.path
    with override(language):
        return reverse(found.view_name, args=found.args, kwargs=found.kwargs)


@cache
def _navigation(language: str) -> list[tuple[str, str]]:
    """The main pages' addresses and names in the present language, which it is kept by."""
    return [
        (reverse("listing"), _("Virksomheder")),
        (reverse("map"), _("Kort")),
        (reverse("sectors"), _("Brancher")),
        (reverse("ownerships"), _("Ejerskab")),
        (reverse("missions"), _("Formål")),
        (reverse("districts"), _("Bydele")),
        (reverse("about"), _("Om")),
    ]
