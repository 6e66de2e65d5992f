"""The section pages as they meet whoever has claimed a profile and waits for the answer.

They show what the public sees and the person's own drafts, and keep drafts. Nothing is saved.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises import access, address_help, editing, snapshots
from enterprises.access import person
from enterprises.choices import Section
from enterprises.forms import PAGES
from enterprises.models import Draft, Enterprise
from enterprises.views import editing as pages
from enterprises.views.typed import revision, typed

# Pictures are files, of which there are no drafts.
SECTIONS = [section.value for section in Section if section != Section.PHOTOS]


def section(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    enterprise = access.draftable_or_404(person(request), slug)
    if section not in SECTIONS:
        raise Http404
    chosen = Section(section)
    if request.method != "POST":
        return _shown(request, enterprise, chosen)
    data = typed(request.POST)
    if request.POST.get("action") == "draft":
        return pages.drafted(request, enterprise, chosen, data)
    if request.POST.get("action") == "discard":
        editing.drop_draft(enterprise, person(request), chosen, revision=revision(request))
        messages.success(request, _("Kladden er smidt væk."))
        return redirect("edit-section", slug, section)
    return _kept(request, enterprise, chosen, data)


def _shown(
    request: HttpRequest,
    enterprise: Enterprise,
    chosen: Section,
    data: QueryDict | None = None,
    found: address_help.Help | None = None,
    draft: Draft | None = None,
) -> HttpResponse:
    """With what was just sent in the fields, where that could not be kept or something came of it."""
    try:
        with editing.as_published(enterprise) as shown:
            if data is None:
                return pages.opened(request, shown, chosen, is_claimed=True)
            page = PAGES[chosen](shown, shown=data)
            if found:
                pages.put_help(page, found)
            version = request.POST.get("version", "")
            return pages.page_of(
                request,
                shown,
                chosen,
                page,
                version=version,
                revision=revision(request),
                draft=draft,
                is_claimed=True,
            )
    except snapshots.RestoreError:
        messages.error(request, _("Kladden kan ikke åbnes lige nu. Den er her stadig, når du har fået svar."))
        return redirect("claim", enterprise.former_slugs.first().slug)  # type: ignore[union-attr]


def _kept(request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict) -> HttpResponse:
    anchor, found = (
        pages.row_pressed(data, request.POST["row"], chosen) if "row" in request.POST else ("", None)
    )
    data["based_on"] = request.POST.get("version", "")
    draft = None
    try:
        draft = editing.keep_draft(enterprise, person(request), chosen, data, revision=revision(request))
    except editing.StaleDraftError:
        messages.warning(
            request,
            _("Du har siden åben i et andet vindue, hvor der står noget andet. Her er det, du skrev her."),
        )
    except editing.DraftTooLongError:
        messages.warning(request, _("Der står for meget til, at det kan gemmes."))
    else:
        if not (found and found.says_something):
            if not anchor:
                messages.success(request, _("Kladden er gemt. Kun du kan se den."))
            address = reverse("edit-section", args=[request.resolver_match.kwargs["slug"], chosen.value])  # type: ignore[union-attr]
            return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)
    return _shown(request, enterprise, chosen, data, found, draft)
