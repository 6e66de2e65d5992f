"""Prints the quality table for the demo city: see quality.py."""

from __future__ import annotations

import argparse
import os

import django

from tests.search import quality


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.search", description=__doc__)
    options.add_argument(
        "least", type=float, nargs="?", default=0.0, help="also print every query below this nDCG"
    )
    options.add_argument("--set", dest="name", choices=quality.SETS, default=quality.TUNED)
    chosen = options.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["EMBEDDED_DATABASE"] = "quality"
    from directory import database

    with database.Embedded("quality").running():
        django.setup()
        _measure(chosen.name, chosen.least)


def _measure(name: str, worth_a_look: float) -> None:
    from django.core.management import call_command
    from django.db import transaction

    from directory import catalogue as catalogues
    from directory.models import Listing
    from enterprises.models import Enterprise
    from tests.search import cities

    call_command("migrate", verbosity=0)
    if not Enterprise.objects.exists():
        call_command("load_content", verbosity=0)
    with transaction.atomic():
        cities.take_words_from_files()
        if name == quality.OTHER:
            cities.move_to_the_other_city()
        catalogue = catalogues.build()
        names = dict(Listing.objects.values_list("pk", "name"))
        scores = quality.measure(lambda q: [names[pk] for pk in catalogue.search(q)[1]], name)
        transaction.set_rollback(True)
    for one in scores:
        if one.ndcg < worth_a_look:
            print(f"{one.ndcg:.2f} {one.judged.kind}: {one.judged.q!r} -> {one.found[:6]}")
    print(quality.table(scores))


main()
