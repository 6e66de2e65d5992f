"""Accounts to try the site with, each with a password made up on this machine."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from enterprises import claims, roles
from enterprises.accounts.second_step import has_second_step
from enterprises.choices import ClaimWay
from enterprises.models import Enterprise, User

EDITOR = "redaktoer@demo.example"
# By what they are called where they are announced: the address, the name, the role.
STAFF = {
    "clerk": ("medarbejder@demo.example", "Mette Medarbejder", roles.CLERK),
    "chief": ("redaktoerchef@demo.example", "Clara Chef", roles.CHIEF),
    "auditor": ("revisor@demo.example", "Rikke Revisor", roles.AUDITOR),
    "developer": ("udvikler@demo.example", "Uffe Udvikler", roles.DEVELOPER),
}


@transaction.atomic
def create() -> dict[str, tuple[str, str]]:
    """Make one of the council's people in each role, and the editor of one demo enterprise.

    Returns (mail, password) of each.
    """
    logins = {who: (email, _password()) for who, (email, _name, _role) in STAFF.items()}
    logins["editor"] = (EDITOR, _password())
    for who, (_email, name, role) in STAFF.items():
        roles.give(User.objects.create_user(*logins[who], name=name), role)
    editor = User.objects.create_user(*logins["editor"], name="Rasmus Redaktør")
    for user in User.objects.filter(email__in=[email for email, _password in logins.values()]):
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    enterprise = Enterprise.objects.filter(is_demo=True).order_by("pk").first()
    if enterprise:
        clerk = User.objects.get(email=logins["clerk"][0])
        claims.give(enterprise, editor, by=clerk, way=ClaimWay.DEMO)
    return logins


def second_step_codes(count: int = 3) -> dict[str, list[str]]:
    """Some codes for the second step of each of the council's people that is there, each good for once."""
    people = {
        who: User.objects.filter(email=email, is_active=True, is_staff=True).first()
        for who, (email, _name, _role) in STAFF.items()
    }
    return {who: _codes(user, count) for who, user in people.items() if user}


def _codes(user: User, count: int) -> list[str]:
    """New ones where too few are left."""
    if not has_second_step(user):
        TOTP.activate(user, generate_totp_secret())
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = RecoveryCodes(kept).get_unused_codes() if kept else []
    if len(codes) < count:
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes = RecoveryCodes.activate(user).get_unused_codes()
    return [str(code) for code in codes[:count]]


def close() -> None:
    """Shut the demo's accounts: a site without its demo must not keep their doors open."""
    staff = [email for email, _name, _role in STAFF.values()]
    for user in User.objects.filter(email__in=[*staff, EDITOR]):
        user.is_active = user.is_staff = False
        user.set_unusable_password()
        user.save()


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))
