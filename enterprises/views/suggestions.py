"""What the council's spreadsheets suggest to an enterprise's editors, and their yes or no to each."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enterprises import access, words
from enterprises.access import person
from enterprises.imports import suggestions
from enterprises.imports import words as import_words
from enterprises.models import Enterprise, Suggestion


@dataclass(frozen=True)
class Shown:
    suggestion: Suggestion
    changes: list[words.Change]

    @property
    def labels(self) -> str:
        return ", ".join(change.label for change in self.changes)


def shown(enterprise: Enterprise) -> list[Shown]:
    return [Shown(one, import_words.changes(one.changes)) for one in suggestions.open_for(enterprise)]


@require_POST
@never_cache
@login_required
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take it over, or leave it."""
    with transaction.atomic():
        access.locked_or_404(person(request), slug)
        suggestion = get_object_or_404(
            Suggestion.objects.select_related("enterprise"), pk=pk, enterprise__slug=slug
        )
        try:
            if request.POST.get("answer") == "yes":
                is_live = suggestions.accept(suggestion, by=person(request))
                messages.success(request, _accepted(is_live=is_live))
            else:
                suggestions.decline(suggestion, by=person(request))
                messages.success(request, _("Forslaget er afvist. Profilen er, som den var."))
        except suggestions.SuggestionError as error:
            messages.error(request, str(error))
    return redirect("edit-enterprise", slug)


def _accepted(*, is_live: bool) -> str:
    if is_live:
        return _("Det er rettet, og alle kan se det nu.")
    return _("Det er rettet i jeres profil. Send ændringerne til rådet, når I er færdige.")
