"""Publishes something every few seconds until it is stopped, as a city does on a very busy day."""

from __future__ import annotations

import itertools
import time

import django

EVERY = 5


def publish_for_ever() -> None:
    from enterprises import publishing
    from enterprises.models import Enterprise

    ids = list(
        Enterprise.objects.filter(current__isnull=False).order_by("pk").values_list("pk", flat=True)[:50]
    )
    for number, pk in enumerate(itertools.cycle(ids)):
        time.sleep(EVERY)
        enterprise = Enterprise.objects.get(pk=pk)
        enterprise.tagline_da = f"{enterprise.tagline_da.partition(' – ')[0]} – {number}"
        enterprise.save()
        publishing.publish(enterprise)


if __name__ == "__main__":
    django.setup()
    publish_for_ever()
