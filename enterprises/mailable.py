"""Which mail addresses something can be sent to. A form refuses others by the validator `validate`."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy

LONGEST_ADDRESS = 254
# Without what the standard allows and no person's address has, but tricks do; PostgreSQL reads it too.
PLAIN = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9._-]+$"

_REFUSED = gettext_lazy(
    "Mailadressen kan ikke bruges. Skriv den som navn@eksempel.dk, "
    "uden mellemrum, linjeskift, æ, ø, å og andre særlige tegn."
)


class AddressError(ValidationError):
    """A mail address that nothing is sent to. The message can be shown and does not repeat it."""

    def __init__(self) -> None:
        super().__init__(_REFUSED, code="unmailable")


def checked_address(address: str) -> str:
    """The address as it was, if a mail can be sent to it."""
    try:
        validate_email(without_tricks(address))
    except ValidationError:
        raise AddressError from None
    return address


def validate(address: str) -> None:
    checked_address(address)


def without_tricks(address: str) -> str:
    """The address. Our own may be at hosts that nobody else's can be at, so its form is not judged."""
    if not re.fullmatch(PLAIN, address) or len(address) > LONGEST_ADDRESS:
        raise AddressError
    return address


def plain(field: str) -> Q:
    """The rows whose address, of those that Django takes for one, can be written to."""
    return Q(**{f"{field}__regex": PLAIN})
