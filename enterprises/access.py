"""The one way a view obtains an enterprise it may change. Strangers get a 404, not a refusal."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from enterprises.accounts.second_step import has_second_step
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import Claim, Editorship, Enterprise, User


def editable(user: User | AnonymousUser) -> QuerySet[Enterprise]:
    """The enterprises a person may edit: those with an editorship of theirs, and those they have added."""
    if not user.is_authenticated:
        return Enterprise.objects.none()
    editorships = Editorship.objects.filter(enterprise=OuterRef("pk"), user=user)
    return Enterprise.objects.filter(Exists(editorships) | _added(user))


def added(user: User) -> QuerySet[Enterprise]:
    """What a person has added and nobody has let in yet: never public, and theirs to prepare."""
    return Enterprise.objects.filter(_added(user))


def _added(user: User) -> Exists:
    claims = Claim.objects.filter(
        enterprise=OuterRef("pk"), user=user, way=ClaimWay.ADDED, state=ClaimState.OPEN
    )
    return Exists(claims.filter(enterprise__publications=None))


def person(request: HttpRequest) -> User:
    """Who asks, where nobody gets in without having logged in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def visible_before_publication(user: User | AnonymousUser) -> QuerySet[Enterprise]:
    """The enterprises whose working copy a person may see: their own; the council's staff see all.

    With their second step, as at the desk: a stolen mailbox must not open what nobody has published.
    """
    staff = user.is_staff and user.has_perm("enterprises.view_enterprise")
    if staff and has_second_step(user):
        return Enterprise.objects.all()
    return editable(user)


def editable_or_404(user: User | AnonymousUser, slug: str, *related: str | Prefetch[Any]) -> Enterprise:
    found = editable(user).select_related("current").prefetch_related(*related)
    return get_object_or_404(found, slug=slug)


def locked_or_404(user: User, slug: str) -> None:
    """Wait until nobody else changes the enterprise; whoever ceased to be an editor meanwhile gets a 404.

    Holds until the transaction ends. Two queries: the right is read after the lock, not before it.
    """
    get_object_or_404(Enterprise.objects.select_for_update(), slug=slug)
    editable_or_404(user, slug)


def claimable_or_404(slug: str) -> Enterprise:
    """What anybody with an account may say is theirs: all that the public sees, by its public address."""
    public = Enterprise.objects.filter(current__isnull=False, former_slugs__slug=slug)
    return get_object_or_404(public.select_related("current"))


def draftable(user: User) -> QuerySet[Enterprise]:
    """What a person has claimed and waits for: they may keep drafts for it, and see what the public sees.

    Wrap it in `editing.as_published` before anything of it is shown.
    """
    waiting = Claim.objects.filter(enterprise=OuterRef("pk"), user=user, state=ClaimState.OPEN)
    return Enterprise.objects.filter(Exists(waiting), current__isnull=False)


def draftable_or_404(user: User, slug: str) -> Enterprise:
    return get_object_or_404(draftable(user).select_related("current"), former_slugs__slug=slug)
