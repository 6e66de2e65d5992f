"""What monitors and crawlers ask."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from directory import catalogue as catalogues
from directory import sitemaps
from directory.replica import Reading

# Search engines read them and do not list them.
NOT_A_PAGE = {"X-Robots-Tag": "noindex, noodp, noarchive"}


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


def sitemap(request: HttpRequest) -> HttpResponse:
    return HttpResponse(sitemaps.index(), content_type="application/xml", headers=NOT_A_PAGE)


def sitemap_of_pages(request: HttpRequest) -> StreamingHttpResponse:
    return _gzipped(list(sitemaps.pages()))


def sitemap_of_profiles(request: HttpRequest, number: int) -> StreamingHttpResponse:
    shown = sitemaps.profiles(number)
    if shown is None:
        raise Http404
    return _gzipped(shown)


def _gzipped(shown: Iterable[sitemaps.Page]) -> StreamingHttpResponse:
    return StreamingHttpResponse(sitemaps.gzipped(shown), content_type="application/gzip", headers=NOT_A_PAGE)


def llms(request: HttpRequest) -> HttpResponse:
    """What programs that read the web for people should know, in few words."""
    catalogue = catalogues.of(request)
    context = {"sectors": catalogue.counted("sector"), "total": catalogue.sums["listed"]}
    return render(request, "machines/llms.txt", context, content_type="text/plain; charset=utf-8")


def index_now_key(request: HttpRequest) -> HttpResponse:
    """Shows whom the pings come from."""
    if not settings.INDEXNOW_KEY:
        raise Http404
    return HttpResponse(settings.INDEXNOW_KEY, content_type="text/plain")
