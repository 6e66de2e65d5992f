"""Accounts to try the site with, each with a password made up on this machine."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import Permission
from django.db import transaction

from enterprises import choices
from enterprises.models import Editorship, Enterprise, User

CLERK, EDITOR = "medarbejder@demo.example", "redaktoer@demo.example"


@transaction.atomic
def create() -> dict[str, tuple[str, str]]:
    """Make a clerk of the council and the editor of one demo enterprise. Returns (mail, password) of each."""
    logins = {"clerk": (CLERK, _password()), "editor": (EDITOR, _password())}
    clerk = User.objects.create_user(*logins["clerk"], name="Mette Medarbejder", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="enterprises"))
    editor = User.objects.create_user(*logins["editor"], name="Rasmus Redaktør")
    enterprise = Enterprise.objects.filter(is_demo=True).order_by("pk").first()
    if enterprise:
        Editorship.objects.create(
            enterprise=enterprise, user=editor, granted_by=clerk, granted_how=choices.Grant.DEMO
        )
    return logins


def close() -> None:
    """Shut the demo's accounts: a site without its demo must not keep their doors open."""
    for user in User.objects.filter(email__in=(CLERK, EDITOR)):
        user.is_active = user.is_staff = False
        user.set_unusable_password()
        user.save()


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))
