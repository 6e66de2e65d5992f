"""Addresses that name things for good, whatever their pages are called: see views/identities.py."""

from __future__ import annotations

from django.conf import settings


def enterprise(pk: int) -> str:
    return f"{settings.SITE_URL}/id/enterprise/{pk}"


def scheme(facet: str) -> str:
    """A list of words."""
    return f"{settings.SITE_URL}/id/{facet}"


def concept(facet: str, slug: str) -> str:
    """A word enterprises are sorted by."""
    return f"{settings.SITE_URL}/id/{facet}/{slug}"


def dataset() -> str:
    return f"{settings.SITE_URL}/id/dataset"
