"""The public page as it would be, for those who may change it and the council's staff. Never kept."""

from __future__ import annotations

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from directory import catalogue as catalogues
from directory import listings, profile_pages
from directory.profiles import Profile
from enterprises import access, editing, snapshots, taxonomies
from enterprises.models import Enterprise, Publication, User


def _framable(view: Any) -> Any:
    """Let our own pages show the view's in a frame: the editor's do, beside their forms."""
    return xframe_options_sameorigin(csp_replace({"frame-ancestors": [SELF]})(view))


@require_safe
@never_cache
@login_required
@_framable
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The working copy, with what the reader has typed and not saved yet."""
    user = cast(User, request.user)
    enterprise = access.visible_before_publication(user).filter(slug=slug).first()
    if enterprise:
        return _shown(request, enterprise, user, is_claimed=False)
    # Whoever waits for an answer sees what the public sees, and their own drafts.
    try:
        with editing.as_published(access.draftable_or_404(user, slug)) as shown:
            return _shown(request, shown, user, is_claimed=True)
    except snapshots.RestoreError:
        return redirect("claim", slug)


def _shown(request: HttpRequest, enterprise: Enterprise, user: User, *, is_claimed: bool) -> HttpResponse:
    now = timezone.now()
    publication = Publication(
        enterprise=enterprise,
        number=1,
        schema_version=snapshots.SCHEMA_VERSION,
        snapshot=editing.with_drafts(enterprise, user),
        published_at=now,
    )
    listing = listings.build(publication, enterprise, now, taxonomies.words())
    listing.publication = publication
    page = profile_pages.made(Profile(listing, catalogues.of(request), now))
    context = {
        "page": page,
        "enterprise": enterprise,
        "is_claimed": is_claimed,
        "may_edit": access.editable(user).filter(pk=enterprise.pk).exists(),
        "is_framed": "ramme" in request.GET,
        "noindex": True,
    }
    return render(request, "preview.html", context)
