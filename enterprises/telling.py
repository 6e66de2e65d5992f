"""Tells an enterprise's editors by mail what the council has done, in the transaction that does it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from enterprises import emails, mailable
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import Enterprise

LANGUAGES = [language for language, _name in settings.LANGUAGES]

logger = logging.getLogger(__name__)


def editors_of(enterprise: Enterprise) -> list[str]:
    """The addresses of those who can be written to."""
    editors = enterprise.editorships.filter(mailable.plain("user__email"), user__is_active=True)
    return list(editors.order_by("pk").values_list("user__email", flat=True))


def writers_of(enterprise: Enterprise) -> list[str]:
    """The editors' addresses, and those of who has added the enterprise and is not let in yet."""
    added = enterprise.claims.filter(
        mailable.plain("user__email"), way=ClaimWay.ADDED, state=ClaimState.OPEN, user__is_active=True
    )
    return editors_of(enterprise) + list(added.order_by("pk").values_list("user__email", flat=True))


def merged(enterprise: Enterprise, into: Enterprise, *, lapsed: bool) -> None:
    """Before its editors are moved. `lapsed`: what it had proposed is no longer."""
    editors = editors_of(enterprise)
    for address in writers_of(enterprise):
        context = {"into": into.name, "into_slug": into.slug, "edits": address in editors, "lapsed": lapsed}
        write("merged", enterprise, address, context)


def write(template: str, enterprise: Enterprise, address: str, context: dict[str, Any]) -> bool:
    """Write in all languages, as nobody has told us theirs. Whether the address could be written to."""
    known = {"name": enterprise.name, "slug": enterprise.slug}
    try:
        emails.send(template, address, known | context, LANGUAGES)
    except mailable.AddressError:
        # One such must not keep the others from being written to.
        logger.warning("Enterprise %s has an address that cannot be written to", enterprise.pk)
        return False
    return True


def suggested(enterprise: Enterprise, count: int) -> None:
    _to_each(editors_of(enterprise), "suggested", enterprise, {"count": count})


def asked(enterprise: Enterprise, text: str) -> None:
    _to_each(writers_of(enterprise), "proposal_asked", enterprise, {"text": text})


def approved(enterprise: Enterprise) -> None:
    _to_each(editors_of(enterprise), "proposal_approved", enterprise, {})


def approved_partly(enterprise: Enterprise, reason: str) -> None:
    _to_each(editors_of(enterprise), "proposal_approved_partly", enterprise, {"text": reason})


def rejected(enterprise: Enterprise, reason: str) -> None:
    _to_each(editors_of(enterprise), "proposal_rejected", enterprise, {"text": reason})


def _to_each(addresses: list[str], template: str, enterprise: Enterprise, context: dict[str, Any]) -> None:
    """A mail of their own, as they need not know each other's addresses."""
    for address in addresses:
        write(template, enterprise, address, context)
