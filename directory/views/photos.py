from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from directory.replica import for_request, reading
from enterprises import access
from enterprises.models import Photo, Publication, User
from enterprises.photos import files

FOR_EVER = "max-age=31536000, immutable"


@require_safe
def photo(request: HttpRequest, digest: str, width: str, extension: str) -> HttpResponse:
    """A picture at one width: of a profile as it is public now, or in a draft, to those who edit it.

    Until its widths are made, a somewhat larger one is shown, which nobody is to keep.
    """
    with reading(for_request(request)):
        widths = _public_widths(digest)
    seen_by = "public" if widths else "private"
    if int(width) not in (widths or _draft_widths(digest, request.user)):
        raise Http404
    try:
        response = _file(files.width_name(digest, int(width), extension), files.FORMATS[extension])
        response["Cache-Control"] = f"{seen_by}, {FOR_EVER}"
    except FileNotFoundError:
        response = _master(digest)
        response["Cache-Control"] = "no-store"
    # A picture has nothing to fetch or run, whatever a browser takes it for.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _public_widths(digest: str) -> list[int]:
    current = Publication.objects.showing(digest).filter(pk=F("enterprise__current"))
    shown = [photo for photos in current.values_list("snapshot__photos", flat=True) for photo in photos]
    return next((photo["widths"] for photo in shown if photo["digest"] == digest), [])


def _draft_widths(digest: str, user: User | AnonymousUser) -> list[int]:
    visible = access.visible_before_publication(user)
    photos = Photo.objects.filter(digest=digest, enterprise__in=visible)
    return photos.values_list("widths", flat=True).first() or []


def _master(digest: str) -> HttpResponse:
    try:
        return _file(files.master_name(digest), files.FORMATS["webp"])
    except FileNotFoundError as error:
        raise Http404 from error


def _file(name: str, content_type: str) -> HttpResponse:
    return HttpResponse(files.store().read(name), content_type=content_type)
