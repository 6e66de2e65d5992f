"""Looks up where places are whose address was typed by hand, once it is saved. The worker does it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from enterprises import addresses, districts, publishing, sections, tasks
from enterprises.choices import Section
from enterprises.models import Enterprise, Place


def ask_for(enterprise: Enterprise) -> None:
    """Have the enterprise's unknown addresses looked up. Hidden ones stay between us and the enterprise."""
    if addresses.is_on():
        for place in _unknown(enterprise.places.all()):
            tasks.locate_place.defer(place=place.pk)


def _unknown(places: QuerySet[Place]) -> QuerySet[Place]:
    return places.filter(latitude=None, hidden=False).exclude(street="").exclude(postcode="")


def locate(pk: int) -> None:
    """Fill in a place's coordinates, and its district where it has none; only while its address is the same.

    Raises NoAnswerError where the service does not answer.
    """
    place = _unknown(Place.objects.filter(pk=pk)).select_related("enterprise").first()
    found = addresses.at(place.street, place.postcode) if place else None
    if place is None or found is None:
        return
    filled: dict[str, object] = {"latitude": found.latitude, "longitude": found.longitude}
    if place.district is None:
        likely = districts.likely(place.postcode, (found.latitude, found.longitude))
        filled["district"] = likely[0] if len(likely) == 1 else None
    still_so = {"street": place.street, "postcode": place.postcode, "district": place.district}
    with transaction.atomic():
        enterprise = Enterprise.objects.select_for_update().get(pk=place.enterprise_id)
        filled_in = _unknown(Place.objects.filter(pk=pk, **still_so)).update(**filled)
        if filled_in and (live := sections.live_with(Section.PLACES)):
            publishing.publish_sections(enterprise, live)
