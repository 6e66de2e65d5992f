from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises.models import Enterprise


def trail(enterprise: Enterprise | None = None) -> list[tuple[str, str]]:
    """The way to an editor's page, for its crumbs."""
    found = [(_("Mine virksomheder"), reverse("my-enterprises"))]
    if enterprise:
        found.append((enterprise.name, reverse("edit-enterprise", args=[enterprise.slug])))
    return found


def claimants_trail(shown: Enterprise) -> list[tuple[str, str]]:
    """The way to a page for whoever waits for an answer; `shown` is the enterprise as the public sees it."""
    return [*trail(), (shown.name, reverse("claim", args=[shown.slug]))]
