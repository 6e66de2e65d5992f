"""Prints the quality table for the demo city: see quality.py."""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["EMBEDDED_DATABASE"] = "quality"
    from directory import database

    with database.Embedded("quality").running():
        django.setup()
        _measure(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)


def _measure(worth_a_look: float) -> None:
    from django.core.management import call_command

    from directory import catalogue as catalogues
    from directory.models import Listing
    from enterprises.models import Enterprise
    from tests.search import quality

    call_command("migrate", verbosity=0)
    if not Enterprise.objects.exists():
        call_command("load_content")
    call_command("rebuild_listings")
    catalogue = catalogues.present()
    names = dict(Listing.objects.values_list("pk", "name"))
    scores = quality.measure(lambda q: [names[pk] for pk in catalogue.search(q)[1]])
    for one in scores:
        if one.ndcg < worth_a_look:
            print(f"{one.ndcg:.2f} {one.judged.kind}: {one.judged.q!r} -> {one.found[:6]}")
    print(quality.table(scores))


main()
