"""Who has a proposal open right now. It hinders nobody: decisions are guarded by what was seen."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from enterprises.models import Look, Proposal, User

# Whoever has not asked for the page again after this has gone to lunch.
LASTS = timedelta(minutes=15)


def look(proposal: Proposal, user: User) -> list[Look]:
    """Note that somebody has opened it. Returns the others who have, the first first."""
    now = timezone.now()
    recent = list(
        Look.objects.filter(proposal=proposal, last_at__gt=now - LASTS)
        .select_related("user")
        .order_by("since")
    )
    mine = next((look for look in recent if look.user_id == user.pk), None)
    Look.objects.bulk_create(
        [Look(proposal=proposal, user=user, since=mine.since if mine else now, last_at=now)],
        update_conflicts=True,
        unique_fields=["proposal", "user"],
        update_fields=["since", "last_at"],
    )
    return [look for look in recent if look != mine]


def gone(proposal: Proposal, user: User) -> None:
    """They have gone on to the next. What is too old to count goes with it."""
    Look.objects.filter(Q(proposal=proposal, user=user) | Q(last_at__lte=timezone.now() - LASTS)).delete()
