from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises.models import Enterprise, User


def person(request: HttpRequest) -> User:
    """Who asks, in a view that lets nobody in who has not logged in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def trail(enterprise: Enterprise | None = None) -> list[tuple[str, str]]:
    """The way to an editor's page, for its crumbs."""
    found = [(_("Mine virksomheder"), reverse("my-enterprises"))]
    if enterprise:
        found.append((enterprise.name, reverse("edit-enterprise", args=[enterprise.slug])))
    return found
