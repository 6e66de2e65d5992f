"""The demo city in an empty database, as the browser tests visit it: python -m tests.browser.city"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django

RICH = "tre-gryder-og-et-laag"
ORGANISATION = "kooperationen"
WITHDRAWN = "kaalhovedet"
# Stands here twice, once as a draft that nobody but the council sees.
TWICE = "ladcykelbanken"
# Has confirmed long ago, and been asked by mail whether its facts still hold.
ASKED, ASKED_AT = "kooperationen", "spurgt@example.dk"
# Each has sent a new line and a new telephone number to the council, in this order.
PROPOSED = ("forsamlingshuset-ottekanten", "hotel-sengekanten")


def build() -> dict[str, tuple[str, ...]]:
    """Returns the mail address and password of each account, staff's with codes for the second step."""
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
    double(TWICE)
    call_command("export_open_data", verbosity=0)
    logins: dict[str, tuple[str, ...]] = {**accounts.create()}
    propose(*PROPOSED)
    codes = accounts.second_step_codes(count=4)
    first, second, *others = codes["clerk"]
    logins["merger"] = (*logins["clerk"], second)
    logins["clerk"] += (first,)
    logins["codes"] = tuple(others)
    for who in ("chief", "auditor", "developer"):
        logins[who] += tuple(codes[who])
    return logins


def double(slug: str) -> None:
    from enterprises import pairs, publishing
    from enterprises.models import Enterprise, Offer, Place

    known = Enterprise.objects.get(slug=slug)
    place = known.places.all()[0]
    name = f"{known.name} I/S"
    twin = Enterprise.objects.create(
        name=name,
        slug=publishing.free_slug(name),
        is_demo=True,
        phone="00 00 99 99",
        tagline_da="Lån en ladcykel i weekenden",
        description_da=f"{known.description_da} Også om søndagen.",
    )
    Place.objects.create(enterprise=twin, street=place.street, postcode=place.postcode, city=place.city)
    Offer.objects.create(enterprise=twin, name_da="Weekendlån")
    pairs.find([twin.pk])


def propose(*slugs: str) -> None:
    from enterprises import editing, proposals
    from enterprises.content import accounts
    from enterprises.models import Enterprise, User

    by = User.objects.get(email=accounts.EDITOR)
    for slug in slugs:
        enterprise = Enterprise.objects.get(slug=slug)
        enterprise.phone, enterprise.tagline_da = "00 00 77 77", f"{enterprise.tagline_da} hver dag"
        enterprise.save()
        proposals.submit(enterprise, by=by, having_seen=proposals.seen(editing.fresh(enterprise)))


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
