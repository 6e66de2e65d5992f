from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from enterprises.models import User

# Recovery codes alone are none: they are for when the step itself is lost.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_step(user: User | AnonymousUser) -> bool:
    """Whether an app or a key stands between a stolen mailbox and this account."""
    return user.is_authenticated and Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()


def follow_additions() -> None:
    authenticator_added.connect(_added, dispatch_uid="second_step")


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_others: Any) -> None:
    """Whoever has just shown a new app or key need not show it again to see their recovery codes."""
    if authenticator.type in STEPS:
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)
