"""A buyer's shortlist to read: the list, its enterprises side by side, and both as files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.urls.converters import StringConverter
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory import catalogue as catalogues
from directory import comparing, shortlist_files
from directory.shortlisted import Entry, entries
from enterprises import exports, shortlist_cookie, shortlists
from enterprises.models.shortlist import LONGEST_NAME, LONGEST_NOTE
from enterprises.shortlists import Access, RevokedError

# What a change is answered by, once it has led back here.
MESSAGES = {
    "gemt": gettext_lazy("Virksomheden er på din liste."),
    "fjernet": gettext_lazy("Virksomheden er fjernet fra listen."),
    "flyttet": gettext_lazy("Rækkefølgen er ændret."),
    "note": gettext_lazy("Noten er gemt."),
    "navn": gettext_lazy("Navnet er gemt."),
    "delt": gettext_lazy("Linket er klar. Du finder det under “Del listen”."),
    "lukket": gettext_lazy("Linket er lukket. Ingen kan bruge det mere."),
    "kopi": gettext_lazy("Her er din kopi. Den oprindelige liste er uændret."),
    "brug": gettext_lazy("Det, du gemmer nu, kommer på denne liste."),
    "ny": gettext_lazy("Her er din nye liste. De andre er her stadig."),
    "gemt-flere": gettext_lazy(
        "Her er en ny liste med de leverandører, der er i kataloget. De andre er her stadig."
    ),
    "slettet": gettext_lazy("Listen er slettet."),
    "glemt": gettext_lazy("Listen er fjernet fra denne browser. Den findes stadig hos dem, der har den."),
}
View = Callable[..., HttpResponseBase]


class Token(StringConverter):
    """Nothing shorter can be guessed at, and none of our own words is as long."""

    regex = r"[A-Za-z0-9_-]{32}"


class Kind(StringConverter):
    regex = "xlsx|csv"


def _private(view: View) -> View:
    """Nothing of a list is kept or found by others, and no other site is told where it lies.

    Not no-referrer: with that, browsers withhold Origin too, by which our own forms are known.
    """

    @never_cache
    @require_safe
    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = view(request, *args, **kwargs)
        except RevokedError:
            answer = render(request, "shortlist/closed.html", {"noindex": True}, status=410)
        answer["Referrer-Policy"] = "same-origin"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return private


def _held(request: HttpRequest) -> list[Access]:
    return shortlists.all_opened(shortlist_cookie.read(request))


def _shared(token: str) -> Access:
    access = shortlists.opened(token)
    if access is None:
        raise Http404
    return access


@_private
def own(request: HttpRequest) -> HttpResponseBase:
    """The list in use, or word of how one begins."""
    secrets = shortlist_cookie.read(request)
    held = shortlists.all_opened(secrets)
    lost = len(secrets) > len(held)
    if not held:
        context = {"lost": lost, "message": _message(request), "days": settings.SHORTLIST_DAYS}
        return render(request, "shortlist/none.html", context | {"noindex": True})
    answer = _page(request, held[0], held, {"lost": lost})
    if lost or shortlists.note_use(held[0]):
        shortlist_cookie.write(answer, [access.secret for access in held])
    return answer


@_private
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    access = _shared(token)
    shortlists.note_use(access)
    return _page(request, access, _held(request), {"token": token})


def _page(request: HttpRequest, access: Access, held: list[Access], more: dict[str, Any]) -> HttpResponse:
    token = more.get("token")
    shown = entries(access.shortlist, catalogues.of(request))
    context = {
        "access": access,
        "list": access.shortlist,
        # What the forms say which list they mean by.
        "reference": token or access.shortlist.pk,
        "entries": shown,
        "gaps": [entry for entry in shown if entry.gap],
        "others": [other for other in held if other.shortlist.pk != access.shortlist.pk],
        "is_held": access.shortlist.pk in [one.shortlist.pk for one in held],
        "links": [
            (link, settings.SITE_URL + reverse("shared-shortlist", args=[secret]))
            for link, secret in shortlists.links(access)
        ],
        "most": shortlists.MOST,
        "longest_name": LONGEST_NAME,
        "longest_note": LONGEST_NOTE,
        "message": _message(request),
        **_addresses(token),
        "noindex": True,
    }
    return render(request, "shortlist/list.html", context | more)


def _message(request: HttpRequest) -> Any:
    return MESSAGES.get(request.GET.get("besked", ""))


def _addresses(token: str | None) -> dict[str, str]:
    """Of the list's pages: in the browser's own name, or by the link one came by."""
    prefix, args = ("shared-shortlist", [token]) if token else ("shortlist", [])
    return {
        "list_url": reverse(prefix, args=args),
        "compare_url": reverse(f"{prefix}-compare", args=args),
        "xlsx_url": reverse(f"{prefix}-file", args=[*args, "xlsx"]),
        "csv_url": reverse(f"{prefix}-file", args=[*args, "csv"]),
        "inquiry_url": reverse("write-shared-inquiry" if token else "write-inquiry", args=args),
    }


def _opened(request: HttpRequest, token: str | None) -> tuple[Access, list[Entry]]:
    if token:
        access = _shared(token)
    else:
        held = _held(request)
        if not held:
            raise Http404
        access = held[0]
    return access, entries(access.shortlist, catalogues.of(request))


@_private
def compare(request: HttpRequest, token: str | None = None) -> HttpResponseBase:
    access, shown = _opened(request, token)
    table = comparing.table([entry.profile for entry in shown])
    context = {
        "list": access.shortlist,
        "entries": shown,
        "parts": [
            (part, [(label, list(zip(cells, shown, strict=True))) for label, cells in rows])
            for part, rows in table
        ],
        "notes": any(entry.item.note for entry in shown),
        **_addresses(token),
        "noindex": True,
    }
    return render(request, "shortlist/compare.html", context)


@_private
def file(request: HttpRequest, suffix: str, token: str | None = None) -> HttpResponseBase:
    access, shown = _opened(request, token)
    name = f"{slugify(access.shortlist.name) or _('liste')}.{suffix}"
    sheet = shortlist_files.main_sheet(shown)
    if suffix == "xlsx":
        book = exports.xlsx([sheet, shortlist_files.grounds_sheet(shown)])
        return FileResponse(book, as_attachment=True, filename=name, content_type=exports.FORMATS[suffix])
    answer = StreamingHttpResponse(
        exports.csv_parts(sheet.header, sheet.rows), content_type=exports.FORMATS[suffix]
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@_private
def saved(request: HttpRequest) -> HttpResponseBase:
    """Which enterprises are on the list in use, for the script that marks their cards."""
    held = _held(request)
    items = held[0].shortlist.items.values_list("enterprise_id", flat=True) if held else []
    return JsonResponse({"saved": list(items)})
