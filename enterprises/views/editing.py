"""An editor's pages about one enterprise: its home, and one page for each section."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import access, criteria, editing, publishing, sections, snapshots, standing, visits
from enterprises.access import person
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.cvr import deciding
from enterprises.forms import PAGES
from enterprises.models import Enterprise
from enterprises.views import drafting, logged_out, section_page, suggestions
from enterprises.views.framing import shows_preview
from enterprises.views.register import LONGEST_WORD
from enterprises.views.trail import trail
from enterprises.views.typed import revision as sent_revision
from enterprises.views.typed import typed


@require_safe
@never_cache
@login_required
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """The state of the profile, and the way to everything an editor can do."""
    enterprise = access.editable_or_404(request.user, slug, *snapshots.RELATIONS)
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
        "register": deciding.suggestions(enterprise),
        "longest_word": LONGEST_WORD,
        "suggestions": suggestions.shown(enterprise),
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
    mine = access.editable(request.user).select_related("current").prefetch_related(*snapshots.RELATIONS)
    enterprise = mine.filter(slug=slug).first()
    if enterprise is None:
        return drafting.section(request, slug, section)
    if section not in Section.values:
        raise Http404
    chosen = Section(section)
    if request.method != "POST":
        return section_page.opened(request, enterprise, chosen)
    data = typed(request.POST)
    action = request.POST.get("action", "")
    if "row" in request.POST:
        return _row_pressed(request, enterprise, chosen, data)
    if action == "draft":
        return section_page.drafted(request, enterprise, chosen, data)
    if action == "discard":
        return section_page.discarded(request, enterprise, slug, chosen)
    return _saved(request, enterprise, chosen, data)


@transaction.atomic
def _saved(request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict) -> HttpResponse:
    access.locked_or_404(person(request), enterprise.slug)
    version, revision = request.POST.get("version", ""), sent_revision(request)
    outcome = editing.save(enterprise, person(request), chosen, data, version=version, revision=revision)
    if isinstance(outcome, editing.Saved):
        messages.success(request, _told(enterprise, chosen, outcome))
        if outcome.other_draft:
            told = _("Du har en kladde af “%(section)s” fra et andet vindue, hvor der står noget andet.")
            messages.warning(request, told % {"section": chosen.label})
        return redirect("edit-enterprise", enterprise.slug)
    if isinstance(outcome, editing.Invalid):
        return section_page.page_of(
            request, enterprise, chosen, outcome.page, version=version, revision=revision
        )
    page = PAGES[chosen](editing.fresh(enterprise), shown=data)
    return section_page.page_of(
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


def _row_pressed(
    request: HttpRequest, enterprise: Enterprise, chosen: Section, data: QueryDict
) -> HttpResponse:
    """Add, remove or move a row, or look its address up. Nothing is checked or saved yet but the draft."""
    outcome = section_page.kept(request, enterprise, chosen, data)
    if outcome.is_all:
        return section_page.back_to(enterprise.slug, chosen, outcome.anchor)
    return section_page.shown_again(request, enterprise, chosen, data, outcome)
