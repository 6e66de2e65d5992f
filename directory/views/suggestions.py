"""What the search field suggests while somebody types; static/js/combobox.js shows it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control

from directory import catalogue as catalogues
from directory.search.suggestions import ENTERPRISE, OFFER, SECTOR, Suggestion

KINDS = {
    ENTERPRISE: gettext_lazy("Virksomheder"),
    SECTOR: gettext_lazy("Brancher"),
    OFFER: gettext_lazy("Ydelser"),
}


@cache_control(public=True, max_age=0, must_revalidate=True)
def suggestions(request: HttpRequest) -> JsonResponse:
    typed = request.GET.get("q", "")
    found = catalogues.of(request).suggestions.find(typed)
    shown = [
        {
            "kind": suggestion.kind,
            "group": str(KINDS[suggestion.kind]),
            "label": suggestion.label,
            "html": suggestion.html,
            "url": _url(suggestion),
        }
        for suggestion in found
    ]
    status = ngettext("%(count)s forslag", "%(count)s forslag", len(found)) % {"count": len(found)}
    answer = {"suggestions": shown, "status": status if found else _("Ingen forslag")}
    return JsonResponse(answer, headers={"X-Robots-Tag": "noindex"})


def _url(suggestion: Suggestion) -> str:
    if suggestion.kind == ENTERPRISE:
        return reverse("profile", args=[suggestion.key])
    if suggestion.kind == SECTOR:
        return reverse("sector", args=[suggestion.key])
    return f"{reverse('listing')}?{urlencode({'q': suggestion.key})}"
