"""Deleting one's account. What was published stays; who published it is forgotten."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction

from enterprises import claims
from enterprises.accounts import mails
from enterprises.models import Enterprise, Invitation, User


def may_leave(user: User) -> bool:
    """Staff are let go by a colleague: what they did at the desk must stay on record."""
    return not (user.is_staff or user.is_superuser)


def left_alone(user: User) -> list[Enterprise]:
    """The enterprises that nobody edits once this person is gone: they are there to be claimed anew."""
    mine = Enterprise.objects.filter(editorships__user=user).order_by("name", "pk")
    return [enterprise for enterprise in mine if enterprise.editorships.count() == 1]


@transaction.atomic
def leave(user: User, *, tell: bool = True) -> None:
    email = user.email
    for session in UserSession.objects.filter(user=user):
        session.end()
    let_go(user)
    user.delete()
    if tell:
        mails.notify("account/email/deleted", email)


def let_go(user: User) -> None:
    """Before an account goes, its person edits nothing any more, and is asked to nothing."""
    for editorship in user.editorships.select_related("enterprise").order_by("enterprise"):
        claims.leave(editorship)
    Invitation.objects.filter(email__iexact=user.email).delete()
