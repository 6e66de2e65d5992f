"""The demo city in an empty database, as the browser tests visit it: python -m tests.browser.city"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django

RICH = "tre-gryder-og-et-laag"
ORGANISATION = "kooperationen"
WITHDRAWN = "kaalhovedet"
# Has confirmed long ago, and been asked by mail whether its facts still hold.
ASKED, ASKED_AT = "kooperationen", "spurgt@example.dk"


def build() -> dict[str, tuple[str, ...]]:
    """Returns the mail address and password of each account, the clerk's with a code for the second step."""
    from django.core.management import call_command
    from django.utils import timezone

    from enterprises import confirmations, publishing
    from enterprises.content import accounts
    from enterprises.models import Enterprise

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_content", stdout=sys.stderr)
    publishing.withdraw(Enterprise.objects.get(slug=WITHDRAWN), reason="Lukket.")
    today = timezone.localdate()
    Enterprise.objects.filter(slug=ASKED).update(email=ASKED_AT, confirmed_on=today - timedelta(days=400))
    confirmations.send_due(today)
    logins: dict[str, tuple[str, ...]] = {**accounts.create()}
    code, *others = accounts.second_step_codes()
    logins["clerk"] += (code,)
    logins["codes"] = tuple(others)
    return logins


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
