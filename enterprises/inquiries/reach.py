"""Which enterprises can be asked, by which addresses, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from enterprises import mailable
from enterprises.models import BuyerFacts, Editorship, Enterprise, RegisterReading


@dataclass(frozen=True)
class Reach:
    enterprise: Enterprise
    name: str
    # Never shown to the buyer.
    addresses: tuple[str, ...] = ()
    # A sentence for the buyer, where it cannot be asked.
    why_not: str = ""


def of(enterprises: Iterable[int]) -> list[Reach]:
    """In the given order. Two queries, however many there are."""
    editors = Editorship.objects.filter(mailable.plain("user__email"), user__is_active=True)
    rows = (
        Enterprise.objects.select_related("current", "buyer_facts", "register_reading")
        .prefetch_related(Prefetch("editorships", editors.select_related("user").order_by("pk")))
        .in_bulk(wanted := list(enterprises))
    )
    return [_of(rows[key]) for key in wanted if key in rows]


def _of(enterprise: Enterprise) -> Reach:
    current = enterprise.current
    if current is None:
        return Reach(enterprise, enterprise.name, why_not=_("Er ikke i kataloget mere."))
    name = current.snapshot["name"]
    # The working copy counts at once, as nobody should have to wait to be left in peace.
    if current.snapshot.get("buyer", {}).get("requests_unwanted") or _wants_none(enterprise):
        return Reach(enterprise, name, why_not=_("Vil ikke have forespørgsler gennem kataloget."))
    editors = tuple(editorship.user.email for editorship in enterprise.editorships.all())
    if reason := _own_address_is_barred(enterprise):
        return Reach(enterprise, name, editors, "" if editors else reason)
    own = current.snapshot.get("contact", {}).get("email", "")
    addresses = (own,) if _can_be_written_to(own) else editors
    missing = _("Har ingen mail, vi kan skrive til, og ingen redigerer profilen.")
    return Reach(enterprise, name, addresses, "" if addresses else missing)


def _own_address_is_barred(enterprise: Enterprise) -> str:
    """Why nothing is sent to the address on the profile. Who edits it has agreed to be written to."""
    if _is_protected(enterprise):
        return _("Er reklamebeskyttet i CVR, så vi skriver ikke til den, og ingen redigerer profilen.")
    if enterprise.mail_unwanted:
        return _("Har bedt om ikke at få mail fra os, og ingen redigerer profilen.")
    return ""


def _wants_none(enterprise: Enterprise) -> bool:
    try:
        return enterprise.buyer_facts.requests_unwanted
    except BuyerFacts.DoesNotExist:
        return False


def _is_protected(enterprise: Enterprise) -> bool:
    try:
        return bool(enterprise.register_reading.advertising_protected)
    except RegisterReading.DoesNotExist:
        return False


def _can_be_written_to(address: str) -> bool:
    try:
        return bool(mailable.checked_address(address))
    except mailable.AddressError:
        return False
