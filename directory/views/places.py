"""What the field for a place suggests while somebody types; static/js/combobox.js shows it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control

from directory import catalogue as catalogues
from directory import places
from directory.search import text
from directory.search.suggestions import marked

KINDS = {
    places.POSTCODE: gettext_lazy("Postnumre"),
    places.DISTRICT: gettext_lazy("Bydele"),
    places.ADDRESS: gettext_lazy("Adresser"),
}
LONGEST = 100


# Where somebody lives or works is nobody else's to keep.
@cache_control(private=True, no_store=True)
def suggestions(request: HttpRequest) -> JsonResponse:
    typed = request.GET.get("q", "")[:LONGEST]
    found = places.find(typed, catalogues.of(request).terms["district"].values())
    beginnings = [text.loose(word) for word in text.words(typed)]
    shown = [
        {
            "kind": place.kind,
            "group": str(KINDS[place.kind]),
            "label": place.label,
            "html": marked(place.label, beginnings),
            "value": place.value,
            "whole": place.is_whole,
        }
        for place in found
    ]
    status = ngettext("%(count)s forslag", "%(count)s forslag", len(found)) % {"count": len(found)}
    answer = {"suggestions": shown, "status": status if found else _("Ingen forslag")}
    return JsonResponse(answer, headers={"X-Robots-Tag": "noindex"})
