"""What monitors and crawlers ask."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from directory.replica import Reading


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve readers: a database answers and is migrated."""
    reading = Reading()
    if reading.generation is None:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse(f"ok, {reading}\n", content_type="text/plain")


def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read everything public except the endless combinations of filters."""
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        with override(language):
            lines += [
                # The star changes nothing but keeps readers that drop an empty query from the whole list.
                f"Disallow: {reverse('listing')}?*",
                f"Allow: {reverse('listing')}?page=",
                f"Disallow: {reverse('suggestions')}?*",
                f"Disallow: {reverse('map')}?*",
                f"Disallow: {reverse('map-points')}",
                f"Disallow: {reverse('my-enterprises')}",
                f"Disallow: {reverse('account')}",
            ]
    lines += [
        "Disallow: /admin/",
        "Disallow: /en/admin/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
