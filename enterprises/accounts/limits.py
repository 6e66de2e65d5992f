from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def key(key: str, key_prefix: str, version: int) -> str:
    """What a count is kept under: nobody can read an IP address out of it."""
    written = f"{key_prefix}:{version}:{key}"
    return salted_hmac("enterprises.accounts.limits", written, secret=settings.SECRET_KEY).hexdigest()
