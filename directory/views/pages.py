"""Pages of the site's own."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from directory import catalogue as catalogues
from directory import samples

# Change it with the statement, and look the statement through at least once a year.
ACCESSIBILITY_STATEMENT_MADE_ON = date(2026, 11, 23)


def about(request: HttpRequest) -> HttpResponse:
    ownerships = catalogues.of(request).terms["ownership"].values()
    return render(request, "pages/about.html", {"canonical": reverse("about"), "ownerships": ownerships})


def accessibility(request: HttpRequest) -> HttpResponse:
    context = {
        "canonical": reverse("accessibility"),
        "was_url": settings.WAS_URL,
        "made_on": ACCESSIBILITY_STATEMENT_MADE_ON,
    }
    return render(request, "pages/accessibility.html", context)


def was(request: HttpRequest) -> HttpResponse:
    """The short address public sites keep for their accessibility statement."""
    return redirect(settings.WAS_URL or "accessibility")


def privacy(request: HttpRequest) -> HttpResponse:
    context = {
        "canonical": reverse("privacy"),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_days": timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "pages/privacy.html", context)


def open_data(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/open_data.html", {"canonical": reverse("open-data")})


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    catalogue = catalogues.of(request)
    page, page_urls = samples.page()
    context = {
        "cards": samples.cards(catalogue),
        "chips": samples.chips(),
        "colours": samples.colours(),
        "empty_form": samples.empty_form(),
        "facet": samples.facet(catalogue),
        "house_sheet": samples.house_sheet(catalogue),
        "openings": samples.openings(),
        "ownerships": catalogue.counted("ownership"),
        "page": page,
        "page_urls": page_urls,
        "sectors": catalogue.counted("sector"),
        "tiles": samples.tiles(catalogue),
        "trail": [(_("Virksomheder"), reverse("listing")), (_("Brancher"), reverse("sectors"))],
        "wrong_form": samples.wrong_form(),
        "noindex": True,
    }
    return render(request, "pages/style_guide.html", context)
