"""The section pages as they meet whoever has claimed a profile and waits for the answer.

They show what the public sees and the person's own drafts, and keep drafts. Nothing is saved.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from enterprises import access, editing, snapshots
from enterprises.access import person
from enterprises.choices import Section
from enterprises.models import Enterprise
from enterprises.views import section_page
from enterprises.views.typed import typed

# Pictures are files, of which there are no drafts.
SECTIONS = [section.value for section in Section if section != Section.PHOTOS]


def section(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    enterprise = access.draftable_or_404(person(request), slug)
    if section not in SECTIONS:
        raise Http404
    chosen = Section(section)
    if request.method != "POST":
        return _shown(
            request, enterprise, lambda shown: section_page.opened(request, shown, chosen, is_claimed=True)
        )
    data = typed(request.POST)
    if request.POST.get("action") == "draft":
        return section_page.drafted(request, enterprise, chosen, data)
    if request.POST.get("action") == "discard":
        return section_page.discarded(request, enterprise, slug, chosen)
    outcome = section_page.kept(request, enterprise, chosen, data)
    if outcome.is_all:
        if not outcome.anchor:
            messages.success(request, _("Kladden er gemt. Kun du kan se den."))
        return section_page.back_to(slug, chosen, outcome.anchor)
    return _shown(
        request,
        enterprise,
        lambda shown: section_page.shown_again(request, shown, chosen, data, outcome, is_claimed=True),
    )


def _shown(
    request: HttpRequest, enterprise: Enterprise, page: Callable[[Enterprise], HttpResponse]
) -> HttpResponse:
    """The page about the enterprise as the public sees it."""
    try:
        with editing.as_published(enterprise) as shown:
            return page(shown)
    except snapshots.RestoreError:
        messages.error(request, _("Kladden kan ikke åbnes lige nu. Den er her stadig, når du har fået svar."))
        return redirect("claim", enterprise.former_slugs.first().slug)  # type: ignore[union-attr]
