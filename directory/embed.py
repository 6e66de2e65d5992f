"""What other sites may show in a frame: a list, the map, and the card of one enterprise.

These pages alone may be framed. They set no cookie, keep nothing in the browser and hold no form, and
their links open a page of their own, so there is nothing in them that a visitor could be tricked into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt

from directory.cards import Card

View = Callable[..., HttpResponse]

# What nobody chooses comes first.
THEMES = {
    "": gettext_lazy("Som læserens skærm"),
    "light": gettext_lazy("Lyst"),
    "dark": gettext_lazy("Mørkt"),
}
COLOURS = {
    "": gettext_lazy("Kobbergrøn"),
    "brick": gettext_lazy("Teglrød"),
    "ink": gettext_lazy("Som teksten"),
}
COUNTS = (6, 3, 12, 24)


@dataclass(frozen=True)
class Look:
    """Of the looks there are, the one an address asks for."""

    theme: str = ""
    colour: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Look:
        theme, colour = asked.get("theme", ""), asked.get("colour", "")
        return cls(theme if theme in THEMES else "", colour if colour in COLOURS else "")


def count_of(asked: QueryDict) -> int:
    written = asked.get("count", "")
    return next((count for count in COUNTS if str(count) == written), COUNTS[0])


def framable(view: View) -> View:
    """Let other sites show the view's pages in a frame. They run no scripts."""
    return _framable(view, {"script-src": None, "connect-src": None})


def framable_with_scripts(view: View) -> View:
    return _framable(view, {})


def _framable(view: View, more: dict[str, Any]) -> View:
    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    ours = {"frame-ancestors": ["*"], **more}
    exempt: Any = xframe_options_exempt(csp_replace(ours)(framed))
    return exempt  # type: ignore[no-any-return]


def state(card: Card) -> str:
    """How an enterprise stands in the catalogue."""
    if card.is_demo:
        return _("Opdigtet (demo)")
    if card.unanswered:
        return _("Ikke bekræftet for nylig")
    return _("Grundlag bekræftet") if card.verified else _("Optaget i kataloget")


def snippet(path: str, title: str, width: str, height: int) -> SafeString:
    """The HTML to copy into another site."""
    return format_html(
        '<iframe src="{}{}" title="{}" width="{}" height="{}" loading="lazy" '
        'style="border: 0; max-width: 100%"></iframe>',
        *(settings.SITE_URL, path, title, width, height),
    )
