from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from enterprises.models import User

# Recovery codes alone are none: they are for when the step itself is lost.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_step(user: User | AnonymousUser) -> bool:
    """Whether an app or a key stands between a stolen mailbox and this account."""
    return user.is_authenticated and Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()
