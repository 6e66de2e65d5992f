"""A new mail address for an account, confirmed by a code at the new one and by a code at the old one."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from enterprises.accounts import mails
from enterprises.models import User

KEY = "moving_to"
HOLDS_FOR = 15 * 60
ATTEMPTS = 3


def begin(session: SessionBase, user: User, new: str) -> None:
    """Write to both addresses. One that has an account gets another mail, and the page looks alike."""
    codes = {"old_code": generate_user_code(), "new_code": generate_user_code()}
    session[KEY] = {"new": new, "at": time.time(), "attempts": 0, **codes}
    mails.send("account/email/moving_from", user.email, {"code": codes["old_code"], "new": new})
    if _is_taken(new, user):
        session[KEY] |= {"new_code": ""}
        mails.send("account/email/account_already_exists", new)
    else:
        mails.send("account/email/moving_to", new, {"code": codes["new_code"]})


def begun(session: SessionBase) -> dict[str, Any] | None:
    """The move that waits for its codes, if it still holds."""
    waiting: dict[str, Any] | None = session.get(KEY)
    if waiting and (time.time() - waiting["at"] > HOLDS_FOR or waiting["attempts"] >= ATTEMPTS):
        give_up(session)
        return None
    return waiting


def give_up(session: SessionBase) -> None:
    session.pop(KEY, None)


def finish(session: SessionBase, user: User, old_code: str, new_code: str) -> bool:
    """Move, where both codes are right. Each try counts, and three end it."""
    waiting = begun(session)
    if waiting is None:
        return False
    session[KEY] = waiting | {"attempts": waiting["attempts"] + 1}
    right = compare_user_code(actual=old_code, expected=waiting["old_code"])
    right &= compare_user_code(actual=new_code, expected=waiting["new_code"])
    if not right or _is_taken(waiting["new"], user):
        return False
    give_up(session)
    _move(user, waiting["new"])
    return True


@transaction.atomic
def _move(user: User, new: str) -> None:
    old, user.email = user.email, new
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=new, primary=True, verified=True)
    mails.notify("account/email/email_changed", old)


def _is_taken(email: str, user: User) -> bool:
    return any(other.pk != user.pk for other in filter_users_by_email(email))
