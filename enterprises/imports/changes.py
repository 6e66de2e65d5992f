"""The difference between an enterprise and a row: made on the instances, then cleaned, then saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from enterprises.imports.rows import FIELD_OF, Problem, Values, column_of, name_key
from enterprises.models import Enterprise, Offer, Place, SectorOf, Term

# What the sole trader's rule changes, which is no column.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Difference:
    """What one column changes. Terms are as snapshots have them: each reads them in their language."""

    column: str
    before: Any
    after: Any


def _plain(value: Any) -> Any:
    if isinstance(value, Term):
        return {"slug": value.slug, "da": value.name_da, "en": value.name_en}
    return [_plain(each) for each in value] if isinstance(value, list) else value


class Changes:
    def __init__(self, enterprise: Enterprise, values: Values, year: int) -> None:
        self.enterprise, self.values = enterprise, values
        self.differences: list[Difference] = []
        is_new = enterprise.pk is None
        # Copies: what others have read of them must not be saved by whoever saves next.
        places = [] if is_new else [copy.copy(place) for place in enterprise.places.all()]
        offers = [] if is_new else list(enterprise.offers.all())
        self.changed = is_new
        self.changed |= self._set_facts(year)
        self.sectors = self._new_sectors(is_new)
        self.missions = self._new_missions(is_new)
        self.offers, self.dropped_offers = self._set_offers(offers)
        self.places = self._set_places(places)

    def __bool__(self) -> bool:
        return bool(
            self.changed or self.places or self.sectors or self.missions or self.offers or self.dropped_offers
        )

    def _tell(self, field: str, before: Any, after: Any) -> None:
        columns = {field: column for column, field in FIELD_OF.items()}
        before = None if before in ("", []) else before
        if before != after:
            self.differences.append(Difference(columns.get(field, field), _plain(before), _plain(after)))

    def _set_facts(self, year: int) -> bool:
        enterprise, given = self.enterprise, self.values.enterprise
        changed = [name for name, value in given.items() if getattr(enterprise, name) != value]
        for name in changed:
            self._tell(name, getattr(enterprise, name), given[name])
            setattr(enterprise, name, given[name])
            if name in ("employees", "owner_members"):
                setattr(enterprise, f"{name}_year", year)
        if "source" in changed:
            enterprise.source_checked_on = None  # nobody has checked the new one
        return bool(changed)

    def _set_places(self, places: list[Place]) -> list[Place]:
        """The places to save. The row speaks of the place with its postcode, else of the first."""
        given = self.values.place
        changed = []
        if given:
            places = places or [Place(enterprise=self.enterprise)]
            postcode = self.values.postcode
            place = next((place for place in places if postcode and place.postcode == postcode), places[0])
            if any(getattr(place, name) != value for name, value in given.items()):
                changed.append(place)
            for name, value in given.items():
                self._tell(name, getattr(place, name), value)
                setattr(place, name, value)
        legal_form = self.enterprise.legal_form
        if legal_form and legal_form.sole_trader:
            # A person's own address.
            shown = [place for place in places if not place.hidden]
            for place in shown:
                place.hidden = True
            if shown:
                self._tell(HIDDEN, False, True)
            changed += [place for place in shown if place not in changed]
        return changed

    def _new_sectors(self, is_new: bool) -> list[Any]:
        chosen = [] if is_new else [ranked.sector for ranked in self.enterprise.sector_ranks.all()]
        if not self.values.sectors or self.values.sectors == chosen:
            return []
        self._tell("sectors", chosen, self.values.sectors)
        return self.values.sectors

    def _new_missions(self, is_new: bool) -> list[Any]:
        chosen = [] if is_new else list(self.enterprise.missions.all())
        if not self.values.missions or set(self.values.missions) == set(chosen):
            return []
        self._tell("missions", chosen, self.values.missions)
        return self.values.missions

    def _set_offers(self, offers: list[Offer]) -> tuple[list[Offer], list[Offer]]:
        """The offers to add and the ones to delete. Those that stay keep their texts."""
        named: dict[str, str] = {}
        for name in self.values.products:
            named.setdefault(name_key(name), name)
        if not named:
            return [], []
        present = {name_key(offer.name_da): offer for offer in offers}
        position = max((offer.position + 1 for offer in offers), default=0)
        added = [
            Offer(enterprise=self.enterprise, name_da=name, position=position + i)
            for i, (key, name) in enumerate(named.items())
            if key not in present
        ]
        dropped = [offer for offer in offers if name_key(offer.name_da) not in named]
        if added or dropped:
            kept = [offer.name_da for offer in offers if offer not in dropped]
            now = [*kept, *(offer.name_da for offer in added)]
            self._tell("products", [offer.name_da for offer in offers], now)
        return added, dropped

    def problems(self, *, constraints: bool = False, unique: bool = False) -> Iterator[Problem]:
        """What the models object to. Asking about constraints costs a query for each."""
        # Terms were found by us; what could not be read has its problem already.
        exclude = {"enterprise", "legal_form", "ownership", "district", *self.values.unreadable}
        for instance in (self.enterprise, *self.places, *self.offers):
            try:
                instance.full_clean(exclude, validate_unique=unique, validate_constraints=constraints)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    column = "products" if isinstance(instance, Offer) else column_of(name)
                    yield Problem(self.values.row, column, " ".join(messages))

    def save(self) -> None:
        enterprise = self.enterprise
        enterprise.save()
        for place in self.places:
            place.save()
        if self.sectors:
            enterprise.sector_ranks.all().delete()
            SectorOf.objects.bulk_create(
                SectorOf(enterprise=enterprise, sector=sector, rank=rank)
                for rank, sector in enumerate(self.sectors, 1)
            )
        if self.missions:
            enterprise.missions.set(self.missions)
        if self.dropped_offers:
            Offer.objects.filter(pk__in=[offer.pk for offer in self.dropped_offers]).delete()
        Offer.objects.bulk_create(self.offers)
