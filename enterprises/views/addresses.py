"""What the field for a street suggests while an editor types; static/js/combobox.js shows it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enterprises import access, addresses
from enterprises.access import person


@require_safe
@never_cache
@login_required
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    # Whoever waits for an answer writes drafts in the same form.
    if not access.editable(request.user).filter(slug=slug).exists():
        access.draftable_or_404(person(request), slug)
    found = addresses.suggest(request.GET.get("q", "")[: addresses.LONGEST])
    shown = [
        {
            "kind": "address",
            "group": _("Adresser"),
            "html": escape(entry.title),
            "value": entry.title if entry.is_house else f"{entry.title.partition(',')[0]} ",
            "whole": entry.is_house,
        }
        for entry in found
    ]
    status = ngettext("%(count)s forslag", "%(count)s forslag", len(found)) % {"count": len(found)}
    return JsonResponse({"suggestions": shown, "status": status if found else _("Ingen forslag")})
