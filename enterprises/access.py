"""The one way a view obtains an enterprise it may change. Strangers get a 404, not a refusal."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise, User


def editable(user: User | AnonymousUser) -> QuerySet[Enterprise]:
    """The enterprises a person may edit: those with an editorship of theirs."""
    if not user.is_authenticated:
        return Enterprise.objects.none()
    return Enterprise.objects.filter(editorships__user=user)


def person(request: HttpRequest) -> User:
    """Who asks, where nobody gets in without having logged in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def visible_before_publication(user: User | AnonymousUser) -> QuerySet[Enterprise]:
    """The enterprises whose working copy a person may see: their own; the council's staff see all."""
    if user.is_authenticated and user.has_perm("enterprises.view_enterprise"):
        return Enterprise.objects.all()
    return editable(user)


def editable_or_404(user: User | AnonymousUser, slug: str) -> Enterprise:
    return get_object_or_404(editable(user).select_related("current"), slug=slug)
