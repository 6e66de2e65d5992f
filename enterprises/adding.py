"""A new enterprise, added by somebody of its own: a working copy that only they and the council see."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enterprises import access, claims, publishing
from enterprises.choices import ClaimWay
from enterprises.duplicates import Candidate, Facts, bare_name, candidates
from enterprises.models import District, Enterprise, Place, User


class AddError(Exception):
    """Nothing was added; the message is a sentence for the person who asked."""


def alike(facts: Facts) -> list[Candidate]:
    """Those that anybody may see and that could be the same one."""
    return candidates(facts, Enterprise.objects.filter(current__isnull=False))


def holder(cvr: str) -> Enterprise | None:
    """Who has the CVR number already, public or not."""
    return Enterprise.objects.select_related("current").filter(cvr=cvr).first() if cvr else None


@transaction.atomic
def add(enterprise: Enterprise, place: dict[str, str], *, by: User) -> Enterprise:
    """Write the enterprise down and let the person prepare it. Added twice by the same person it is once."""
    User.objects.select_for_update().get(pk=by.pk)
    if present := _added_before(enterprise, place, by):
        return present
    if holder(enterprise.cvr or ""):
        raise AddError(_("CVR-nummeret er her allerede."))
    enterprise.slug = publishing.free_slug(enterprise.name)
    enterprise.save()
    if any(place.values()):
        district = _district(place["postcode"])
        Place.objects.create(enterprise=enterprise, district=district, **place)
    claims.open_(enterprise, by, ClaimWay.ADDED)
    return enterprise


def _added_before(enterprise: Enterprise, place: dict[str, Any], by: User) -> Enterprise | None:
    for own in access.added(by).prefetch_related("places"):
        postcodes = {known.postcode for known in own.places.all()} or {""}
        same_number = own.cvr == (enterprise.cvr or None)
        if (
            same_number
            and bare_name(own.name) == bare_name(enterprise.name)
            and place["postcode"] in postcodes
        ):
            return own
    return None


def _district(postcode: str) -> District | None:
    """The one the postcode lies in. Where it is shared, the person says which."""
    found = [
        district
        for district in District.objects.all()
        if any(_holds(codes, postcode) for codes in [*district.postcodes, *district.ambiguous_postcodes])
    ]
    return found[0] if len(found) == 1 else None


def _holds(codes: str, postcode: str) -> bool:
    """Codes are one, or a range such as 1000-1499."""
    first, _dash, last = codes.partition("-")
    return bool(postcode) and first <= postcode <= (last or first)
