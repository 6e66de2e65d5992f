"""What an enterprise shows of us elsewhere: a badge, a card, a QR code, a sign for the window.

All of it says how the enterprise stands now. Badge and card must not break on somebody's site when the
profile is withdrawn, so they say that instead.
"""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from directory import badges, cards, embed, former, houses
from directory import catalogue as catalogues
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.page_cache import REVALIDATE
from directory.views.errors import gone

IMAGES = {"svg": "image/svg+xml", "png": "image/png"}
QR_PIXELS = 16  # for each dot


def _listed(slug: str) -> Listing | None:
    return Listing.objects.defer("words", "search_text", "facets").filter(slug=slug).first()


def _elsewhere(slug: str, name: str, **where: str) -> HttpResponseRedirect | None:
    """Renamed and merged ones lead on; None for withdrawn ones."""
    if not former.is_known(slug):
        raise Http404
    present = former.present_slug(slug)
    return HttpResponseRedirect(reverse(name, kwargs={"slug": present, **where})) if present else None


@require_safe
def badge(request: HttpRequest, slug: str, language: str, look: str, suffix: str) -> HttpResponse:
    listing = _listed(slug)
    where = {"language": language, "look": look, "suffix": suffix}
    if listing is None and (elsewhere := _elsewhere(slug, "badge", **where)):
        return elsewhere
    with override(language):
        made = _badge(listing, catalogues.of(request))
    drawn = badges.svg if suffix == "svg" else badges.png
    return _image(drawn(made, badges.LOOKS[look]), suffix)


def _badge(listing: Listing | None, catalogue: Catalogue) -> badges.Badge:
    if listing is None:
        return badges.Badge(houses.BRAND, "Den fælles by", _("Profilen er trukket tilbage"), "")
    card = cards.cards([listing], catalogue)[0]
    drawing = cards.drawing(listing, card.sector, card.ownership, timezone.now())
    return badges.Badge(drawing, card.name, _("er med i Den fælles by"), embed.state(card))


def _image(drawn: str | bytes, suffix: str) -> HttpResponse:
    response = HttpResponse(drawn, content_type=IMAGES[suffix])
    response["Cache-Control"] = REVALIDATE
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@embed.framable
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """For a frame on another site: no scripts, no forms, nothing to be tricked into."""
    listing = _listed(slug)
    if listing is None and (elsewhere := _elsewhere(slug, "sign-card")):
        return elsewhere
    shown = cards.cards([listing], catalogues.of(request))[0] if listing else None
    context = {
        "card": shown,
        "state": embed.state(shown) if shown else "",
        "look": embed.Look.of(request.GET),
    }
    response = render(request, "signs/card.html", context)
    if shown:
        response.fresh_until = cards.fresh_until([shown])  # type: ignore[attr-defined]
    response["Cache-Control"] = REVALIDATE
    return response


@require_safe
def qr_code(request: HttpRequest, slug: str, suffix: str) -> HttpResponse:
    """Leads to the profile, for ever: its address answers for it whatever it is called later."""
    if _listed(slug) is None:
        return _elsewhere(slug, "qr-code", suffix=suffix) or gone(request)
    stream = io.BytesIO()
    _code(slug).save(stream, kind=suffix, scale=QR_PIXELS, border=4, dark="#000", light="#fff")
    return _image(stream.getvalue(), suffix)


def _code(slug: str) -> segno.QRCode:
    # Printed long before it is read, so without a language: the Danish address leads to the other.
    with override("da"):
        address = settings.SITE_URL + reverse("profile", args=[slug])
    return segno.make_qr(address, error="m")


@require_safe
def window(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet of A4 for the window."""
    listing = _listed(slug)
    if listing is None:
        return _elsewhere(slug, "window-sign") or gone(request)
    shown = cards.cards([listing], catalogues.of(request))[0]
    # Safe: made by the library from our own address.
    code = SafeString(_code(slug).svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))
    context = {"card": shown, "code": code, "noindex": True, "canonical": reverse("profile", args=[slug])}
    response = render(request, "signs/window.html", context)
    response["Cache-Control"] = REVALIDATE
    return response
