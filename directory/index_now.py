"""Tells search engines that speak IndexNow what has been published or withdrawn. Off without a key.

What to tell is noted, and a job queued, in the transaction that publishes: nobody is told of what is rolled
back. A job takes all that is noted, so that of many jobs the first tells everything in one request.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from directory.models import PendingPing
from enterprises import publishing, tasks
from enterprises.models import Enterprise, Publication

# As many addresses as one request may name.
MOST = 10_000
SECONDS = 20
# Search engines that could not be told for so long have found out by the sitemap.
STALE = timedelta(days=7)


class UnansweredError(Exception):
    """Nobody was told; what there is to tell waits."""


def follow_publications() -> None:
    publishing.published.connect(_on_published, dispatch_uid="index-now")
    publishing.withdrawn.connect(_on_withdrawn, dispatch_uid="index-now")


def _on_published(publications: list[Publication], **_kwargs: Any) -> None:
    _note(each.snapshot["slug"] for each in publications if not each.snapshot.get("demo"))


def _on_withdrawn(enterprises: list[Enterprise], **_kwargs: Any) -> None:
    if settings.INDEXNOW_KEY:
        published = Publication.objects.filter(enterprise__in=enterprises).exclude(snapshot__demo=True)
        last = published.order_by("enterprise_id", "-number").distinct("enterprise_id")
        _note(last.values_list("snapshot__slug", flat=True))


def _note(slugs: Iterable[str]) -> None:
    if not settings.INDEXNOW_KEY:
        return
    noted = PendingPing.objects.bulk_create([PendingPing(slug=slug) for slug in slugs])
    if noted:
        tasks.tell_search_engines.defer()


def tell() -> int:
    """Tell of all that waits; returns of how many profiles. Raises UnansweredError."""
    if not settings.INDEXNOW_KEY:
        return 0
    PendingPing.objects.filter(noted_at__lt=timezone.now() - STALE).delete()
    told = 0
    while some := _tell_of_some():
        told += some
    return told


@transaction.atomic
def _tell_of_some() -> int:
    most = MOST // len(settings.LANGUAGES)
    waiting = list(PendingPing.objects.select_for_update(skip_locked=True).order_by("pk")[:most])
    if waiting:
        slugs = list(dict.fromkeys(ping.slug for ping in waiting))
        _ask([address for slug in slugs for address in _addresses(slug)])
        PendingPing.objects.filter(pk__in=[ping.pk for ping in waiting]).delete()
    return len(waiting)


def _addresses(slug: str) -> list[str]:
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(f"{settings.SITE_URL}{reverse('profile', args=[slug])}")
    return found


def _ask(addresses: list[str]) -> None:
    told = {
        "host": urlsplit(settings.SITE_URL).netloc,
        "key": settings.INDEXNOW_KEY,
        "keyLocation": f"{settings.SITE_URL}{reverse('index-now-key')}",
        "urlList": addresses,
    }
    request = urllib.request.Request(  # noqa: S310 – the settings have seen the scheme
        settings.INDEXNOW_URL,
        json.dumps(told).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            pass
    except (OSError, HTTPException) as error:
        raise UnansweredError(f"{settings.INDEXNOW_URL}: {error}") from error
