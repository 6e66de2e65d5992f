"""What CVR suggests to an enterprise's editors: taken over with one press, or kept as it is with a word."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enterprises import access
from enterprises.access import person
from enterprises.cvr import deciding
from enterprises.models import Enterprise

LONGEST_WORD = 300


@require_POST
@never_cache
@login_required
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    try:
        messages.success(request, _decided(request, enterprise, pk))
    except deciding.DecisionError as error:
        messages.error(request, str(error))
    return redirect("edit-enterprise", slug)


def _decided(request: HttpRequest, enterprise: Enterprise, pk: int) -> str:
    theirs = enterprise.register_differences.filter(field__in=deciding.THEIR_OWN)
    difference = get_object_or_404(theirs, pk=pk)
    if deciding.seen(difference) != request.POST.get("seen"):
        raise deciding.DecisionError(_("CVR er læst igen i mellemtiden og siger noget andet. Se efter igen."))
    if "keep" in request.POST:
        word = request.POST.get("word", "").strip()[:LONGEST_WORD]
        deciding.keep_ours(difference, by=person(request), note=word)
        return _("Tak. Det bliver stående, som I har skrevet det.")
    if deciding.accept(difference, by=person(request)):
        return _("Overtaget fra CVR, og alle kan se det nu.")
    return _("Overtaget fra CVR. Send ændringen til rådet, når I er klar.")
