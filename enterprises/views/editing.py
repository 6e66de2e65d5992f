"""An editor's pages about one enterprise: its home, and one page for each section."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import (
    access,
    address_help,
    criteria,
    editing,
    publishing,
    row_buttons,
    sections,
    standing,
    visits,
    words,
)
from enterprises.access import person
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.forms import PAGES, SectionPage
from enterprises.models import Draft, Enterprise
from enterprises.views import drafting, logged_out
from enterprises.views.framing import shows_preview
from enterprises.views.trail import claimants_trail, trail
from enterprises.views.typed import revision as sent_revision
from enterprises.views.typed import typed


@require_safe
@never_cache
@login_required
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """The state of the profile, and the way to everything an editor can do."""
    enterprise = editing.fresh(access.editable_or_404(request.user, slug))
    today = timezone.localdate()
    (state,) = standing.of([enterprise], today)
    changed, direct = state.changed, sections.direct()
    drafts = set(enterprise.drafts.filter(user=person(request)).values_list("section", flat=True))
    context = {
        "enterprise": enterprise,
        "trail": trail(),
        "state": state,
        "report": visits.report(enterprise, today) if enterprise.current else None,
        "is_asked": criteria.is_asked(enterprise),
        "unanswered": criteria.unanswered(enterprise),
        "workdays": criteria.ANSWERED_WITHIN_WORKDAYS,
        # Whoever has added it themselves is let in by the council, and until then invites nobody.
        "is_added": not enterprise.current
        and access.added(person(request)).filter(pk=enterprise.pk).exists(),
        "claims": enterprise.claims.filter(state=ClaimState.OPEN).exclude(way=ClaimWay.ADDED).count(),
        "sections": [
            {
                "section": section,
                "is_changed": section in changed,
                "is_direct": section in direct,
                "has_draft": section in drafts,
            }
            for section in Section
        ],
    }
    return render(request, "editing/home.html", context)


@require_POST
@never_cache
@login_required
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """All holds that is said of the enterprise, whether or not it has been asked."""
    enterprise = access.editable_or_404(request.user, slug)
    if enterprise.is_public:
        publishing.confirm(enterprise, on=timezone.localdate())
        messages.success(request, _("Tak. Nu kan alle se, at I har bekræftet profilen i dag."))
    return redirect("edit-enterprise", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@shows_preview
@logged_out.kept
@login_required
def section(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    mine = access.editable(request.user).select_related("current").filter(slug=slug).first()
    if mine is None:
        return drafting.section(request, slug, section)
    if section not in Section.values:
        raise Http404
    enterprise, chosen = editing.fresh(mine), Section(section)
    if request.method != "POST":
        return opened(request, enterprise, chosen)
    data = typed(request.POST)
    action = request.POST.get("action", "")
    if "row" in request.POST:
        return _row_pressed(request, enterprise, chosen, data)
    if action == "draft":
        return drafted(request, enterprise, chosen, data)
    if action == "discard":
        editing.drop_draft(enterprise, person(request), chosen, revision=sent_revision(request))
        messages.success(request, _("Kladden er smidt væk."))
        return redirect("edit-section", slug, section)
    return _saved(request, enterprise, chosen, data)


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


def _saved(request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict) -> HttpResponse:
    version, revision = request.POST.get("version", ""), sent_revision(request)
    outcome = editing.save(enterprise, person(request), chosen, data, version=version, revision=revision)
    if isinstance(outcome, editing.Saved):
        messages.success(request, _told(enterprise, chosen, outcome))
        if outcome.other_draft:
            told = _("Du har en kladde af “%(section)s” fra et andet vindue, hvor der står noget andet.")
            messages.warning(request, told % {"section": chosen.label})
        return redirect("edit-enterprise", enterprise.slug)
    if isinstance(outcome, editing.Invalid):
        return page_of(request, enterprise, chosen, outcome.page, version=version, revision=revision)
    page = PAGES[chosen](editing.fresh(enterprise), shown=data)
    return page_of(
        request, enterprise, chosen, page, version=outcome.version, revision=revision, conflict=outcome
    )


def _told(enterprise: Enterprise, chosen: Section, outcome: editing.Saved) -> str:
    if outcome.publication:
        return _("Gemt og udgivet. Alle kan se det nu.")
    if not enterprise.current:
        return _("Gemt. Send profilen til rådet, når den er klar.")
    if chosen not in sections.direct():
        return _("Gemt. Send ændringerne til rådet, når I er klar. Indtil da ser alle det, der stod før.")
    return _("Gemt.")


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


def _row_pressed(
    request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict
) -> HttpResponse:
    """Add, remove or move a row, or look its address up. Nothing is checked or saved yet but the draft."""
    anchor, found = row_pressed(data, request.POST["row"], chosen)
    data["based_on"] = request.POST.get("version", "")
    revision, draft = sent_revision(request), None
    try:
        draft = editing.keep_draft(enterprise, person(request), chosen, data, revision=revision)
    except editing.StaleDraftError:
        messages.warning(
            request,
            _("Du har siden åben i et andet vindue, hvor der står noget andet. Her er det, du skrev her."),
        )
    except editing.DraftTooLongError:
        messages.warning(request, _("Der står for meget til, at det kan gemmes."))
    else:
        if not (found and found.says_something):
            address = reverse("edit-section", args=[enterprise.slug, chosen.value])
            return HttpResponseRedirect(f"{address}#{anchor}")
    page = PAGES[chosen](enterprise, shown=data)
    put_help(page, found)
    version = request.POST.get("version", "")
    return page_of(request, enterprise, chosen, page, version=version, revision=revision, draft=draft)


def row_pressed(data: QueryDict, button: str, chosen: Section) -> tuple[str, address_help.Help | None]:
    """Do to the data what a row's button says. Returns where to go on, and what came of a look-up."""
    found = address_help.press(data, button) if chosen == Section.PLACES else None
    anchor = f"places-{found.row}" if found else row_buttons.press(data, button)
    if anchor is None:
        raise Http404
    return anchor, found


def put_help(page: SectionPage, found: address_help.Help | None) -> None:
    if found:
        page.sets["places"].forms[found.row].address_help = found  # type: ignore[attr-defined]


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
