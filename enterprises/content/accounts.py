"""Accounts to try the site with, each with a password made up on this machine."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Permission
from django.db import transaction

from enterprises import claims
from enterprises.accounts.second_step import has_second_step
from enterprises.choices import ClaimWay
from enterprises.models import Enterprise, User

CLERK, EDITOR = "medarbejder@demo.example", "redaktoer@demo.example"


@transaction.atomic
def create() -> dict[str, tuple[str, str]]:
    """Make a clerk of the council and the editor of one demo enterprise. Returns (mail, password) of each."""
    logins = {"clerk": (CLERK, _password()), "editor": (EDITOR, _password())}
    clerk = User.objects.create_user(*logins["clerk"], name="Mette Medarbejder", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="enterprises"))
    editor = User.objects.create_user(*logins["editor"], name="Rasmus Redaktør")
    for user in (clerk, editor):
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    enterprise = Enterprise.objects.filter(is_demo=True).order_by("pk").first()
    if enterprise:
        claims.give(enterprise, editor, by=clerk, way=ClaimWay.DEMO)
    return logins


def are_open() -> bool:
    return User.objects.filter(email=CLERK, is_active=True, is_staff=True).exists()


def second_step_codes(count: int = 3) -> list[str]:
    """Some codes for the demo clerk's second step, each good for once; new ones where too few are left."""
    clerk = User.objects.get(email=CLERK)
    if not has_second_step(clerk):
        TOTP.activate(clerk, generate_totp_secret())
    kept = Authenticator.objects.filter(user=clerk, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = RecoveryCodes(kept).get_unused_codes() if kept else []
    if len(codes) < count:
        Authenticator.objects.filter(user=clerk, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes = RecoveryCodes.activate(clerk).get_unused_codes()
    return [str(code) for code in codes[:count]]


def close() -> None:
    """Shut the demo's accounts: a site without its demo must not keep their doors open."""
    for user in User.objects.filter(email__in=(CLERK, EDITOR)):
        user.is_active = user.is_staff = False
        user.set_unusable_password()
        user.save()


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))
