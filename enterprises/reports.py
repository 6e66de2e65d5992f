"""Readers' reports of errors. No sender is stored unless they leave an address."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from enterprises.models import Enterprise, ErrorReport, User

PER_ENTERPRISE, IN_ALL, WINDOW = 5, 60, timedelta(hours=1)


class TooManyReportsError(Exception):
    """More reports than people send: some program is at work."""


def receive(enterprise: Enterprise, message: str, email: str) -> ErrorReport:
    recent = ErrorReport.objects.filter(created_at__gt=timezone.now() - WINDOW)
    if recent.count() >= IN_ALL or recent.filter(enterprise=enterprise).count() >= PER_ENTERPRISE:
        raise TooManyReportsError
    return ErrorReport.objects.create(enterprise=enterprise, message=message, email=email)


def close(received: QuerySet[ErrorReport], *, by: User | None) -> int:
    """Mark reports as handled and forget who sent them, as the form promised. Returns how many were open."""
    return received.filter(handled_at__isnull=True).update(handled_at=timezone.now(), handled_by=by, email="")
