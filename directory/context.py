"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from directory import catalogue, texts


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_url": settings.SITE_URL,
        "site_owner": texts.Text(settings.SITE_OWNER, "da"),
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
        "navigation": [
            ("listing", _("Virksomheder")),
            ("sectors", _("Brancher")),
            ("ownerships", _("Ejerskab")),
            ("missions", _("Formål")),
            ("districts", _("Bydele")),
            ("about", _("Om")),
        ],
        "here": {language: translate_url(request.path, language) for language, _name in settings.LANGUAGES},
        # Looked up only where the frame asks: error pages must do without the database.
        "demo_is_present": SimpleLazyObject(lambda: catalogue.of(request).sums["demo"] > 0),
    }
