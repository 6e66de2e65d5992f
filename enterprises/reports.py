"""Readers' reports of errors. No sender is stored unless they leave an address."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from enterprises.models import Enterprise, ErrorReport

PER_ENTERPRISE, IN_ALL, WINDOW = 5, 60, timedelta(hours=1)


class TooManyReportsError(Exception):
    """More reports than people send: some program is at work."""


def receive(enterprise: Enterprise, message: str, email: str) -> ErrorReport:
    recent = ErrorReport.objects.filter(created_at__gt=timezone.now() - WINDOW)
    if recent.count() >= IN_ALL or recent.filter(enterprise=enterprise).count() >= PER_ENTERPRISE:
        raise TooManyReportsError
    return ErrorReport.objects.create(enterprise=enterprise, message=message, email=email)
