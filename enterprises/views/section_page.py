"""The page of one section: what it shows, and the drafts it keeps. For editors, and for those who claim."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from enterprises import address_help, editing, row_buttons, sections, words
from enterprises.access import person
from enterprises.choices import Section
from enterprises.forms import PAGES, SectionPage
from enterprises.models import Draft, Enterprise
from enterprises.views import logged_out
from enterprises.views.trail import claimants_trail, trail
from enterprises.views.typed import revision as sent_revision


def opened(
    request: HttpRequest, enterprise: Enterprise, chosen: Section, *, is_claimed: bool = False
) -> HttpResponse:
    """The page as it was left: with the person's draft, if there is one."""
    draft = editing.draft_of(enterprise, person(request), chosen)
    present = sections.version(enterprise, chosen)
    if draft is None:
        page = PAGES[chosen](enterprise)
        return page_of(request, enterprise, chosen, page, version=present, is_claimed=is_claimed)
    kept = QueryDict(draft.data)
    page = PAGES[chosen](enterprise, shown=kept)
    based_on = kept.get("based_on", present)
    conflict = None
    if based_on != present:
        mine = editing.as_typed(enterprise, chosen, kept)
        theirs = sections.working(enterprise)
        conflict = editing.Conflict(present, words.in_section(theirs, mine[0], chosen) if mine else [])
    return page_of(
        request,
        enterprise,
        chosen,
        page,
        version=present,
        draft=draft,
        conflict=conflict,
        is_claimed=is_claimed,
    )


def drafted(request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict) -> HttpResponse:
    """What the page's script sends while a person types."""
    data["based_on"] = request.POST.get("version", "")
    try:
        draft = editing.keep_draft(enterprise, person(request), chosen, data, revision=sent_revision(request))
    except editing.StaleDraftError:
        told = _("Siden er åben i et andet vindue. Det, du skriver her, gemmes først, når du trykker på Gem.")
        return JsonResponse({"told": told}, status=409)
    except editing.DraftTooLongError:
        return JsonResponse({"told": _("Der står for meget til, at det kan gemmes.")}, status=413)
    clock = date_format(localtime(draft.saved_at), "TIME_FORMAT")
    return JsonResponse(
        {"revision": draft.revision, "told": _("Kladde gemt kl. %(clock)s") % {"clock": clock}}
    )


class Kept(NamedTuple):
    """What came of keeping a draft by a button."""

    # None where it could not be kept; the person has been told why.
    draft: Draft | None
    # The row to go on at, where a row's button was pressed, and what came of a look-up.
    anchor: str
    found: address_help.Help | None

    @property
    def is_all(self) -> bool:
        """Whether there is nothing to show beside the fields."""
        return self.draft is not None and not (self.found and self.found.says_something)


def kept(request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict) -> Kept:
    """Do to the data what a row's button says, where one was pressed, and keep it as the person's draft."""
    anchor, found = _row_pressed(data, request.POST["row"], chosen) if "row" in request.POST else ("", None)
    data["based_on"] = request.POST.get("version", "")
    draft = None
    try:
        draft = editing.keep_draft(enterprise, person(request), chosen, data, revision=sent_revision(request))
    except editing.StaleDraftError:
        messages.warning(
            request,
            _("Du har siden åben i et andet vindue, hvor der står noget andet. Her er det, du skrev her."),
        )
    except editing.DraftTooLongError:
        messages.warning(request, _("Der står for meget til, at det kan gemmes."))
    return Kept(draft, anchor, found)


def _row_pressed(data: QueryDict, button: str, chosen: Section) -> tuple[str, address_help.Help | None]:
    found = address_help.press(data, button) if chosen == Section.PLACES else None
    anchor = f"places-{found.row}" if found else row_buttons.press(data, button)
    if anchor is None:
        raise Http404
    return anchor, found


def shown_again(
    request: HttpRequest,
    enterprise: Enterprise,
    chosen: Section,
    data: QueryDict,
    outcome: Kept,
    *,
    is_claimed: bool = False,
) -> HttpResponse:
    """The page with what was just sent, where that could not be kept or something came of it."""
    page = PAGES[chosen](enterprise, shown=data)
    if outcome.found:
        page.sets["places"].forms[outcome.found.row].address_help = outcome.found  # type: ignore[attr-defined]
    version, revision = request.POST.get("version", ""), sent_revision(request)
    return page_of(
        request,
        enterprise,
        chosen,
        page,
        version=version,
        revision=revision,
        draft=outcome.draft,
        is_claimed=is_claimed,
    )


def discarded(request: HttpRequest, enterprise: Enterprise, slug: str, chosen: Section) -> HttpResponse:
    editing.drop_draft(enterprise, person(request), chosen, revision=sent_revision(request))
    messages.success(request, _("Kladden er smidt væk."))
    return back_to(slug, chosen)


def back_to(slug: str, chosen: Section, anchor: str = "") -> HttpResponse:
    address = reverse("edit-section", args=[slug, chosen.value])
    return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)


def page_of(
    request: HttpRequest,
    enterprise: Enterprise,
    chosen: Section,
    page: SectionPage,
    *,
    is_claimed: bool = False,
    version: str,
    revision: int = 0,
    draft: Draft | None = None,
    conflict: editing.Conflict | None = None,
) -> HttpResponse:
    names = [name for name in Section if name != Section.PHOTOS or not is_claimed]
    place = names.index(chosen)
    problems = list(page.problems())
    context: dict[str, Any] = {
        "enterprise": enterprise,
        "trail": claimants_trail(enterprise) if is_claimed else trail(enterprise),
        "is_claimed": is_claimed,
        "section": chosen,
        "page": page,
        "problems": problems,
        "version": version,
        "revision": draft.revision if draft else revision,
        "made_for": logged_out.made_for(person(request), enterprise, chosen),
        "draft": draft,
        "conflict": conflict,
        "is_direct": chosen in sections.direct() and not is_claimed,
        "previous": names[place - 1] if place else None,
        "following": names[place + 1] if place + 1 < len(names) else None,
        "noindex": True,
    }
    status = 409 if conflict and request.method == "POST" else 422 if problems else 200
    return render(request, "editing/section.html", context, status=status)
