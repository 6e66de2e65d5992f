"""A catalogue that has followed what changed is the one that is made from nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from directory import catalogue as catalogues
from directory import listings
from directory.models import CatalogueChange, CatalogueState
from enterprises import publishing
from enterprises.models import Enterprise, Sector
from tests.builders import published, republished

pytestmark = pytest.mark.django_db

NAMES = ("Aben", "Bien", "Ærten", "Øllet", "Åen", "Cykelbuddet")
TAGLINES = ("Cykler og bude", "Brød til byen", "Rengøring med grønne klude", "Fred og ro")
WORDS = ("cykel", "brød", "rengøring", "ro", "klude", "cykelbud", "brod", "byn")


def _publish(number: int) -> None:
    name = NAMES[number % len(NAMES)]
    known = Enterprise.objects.filter(name=name).first()
    tagline = TAGLINES[number % len(TAGLINES)]
    if known:
        republished(known, tagline_da=tagline, employees=number + 1, employees_year=2025)
    else:
        published(name, tagline_da=tagline, sectors=["it-data" if number % 2 else "mad-catering"])


def _on_one(change: Callable[[Enterprise], Any]) -> Callable[[int], None]:
    def changed(number: int) -> None:
        found = list(Enterprise.objects.filter(current__isnull=False).order_by("pk"))
        if found:
            change(found[number % len(found)])

    return changed


STEPS: dict[str, Callable[[int], Any]] = {
    "publish": _publish,
    "rename": _on_one(lambda enterprise: republished(enterprise, name=f"{enterprise.name} & Co")),
    "withdraw": _on_one(lambda enterprise: publishing.withdraw(enterprise, reason="Lukket")),
    "confirm": _on_one(lambda enterprise: publishing.confirm(enterprise, on=date(2026, 11, 1))),
    "rebuild": lambda _number: listings.rebuild(),
    "term": lambda number: Sector.objects.get(slug="it-data").save(),
    "look": lambda _number: catalogues.present(),
}


def told(catalogue: catalogues.Catalogue) -> dict[str, Any]:
    """All that a catalogue says, by ids instead of positions."""
    return {
        "generation": catalogue.generation,
        "orders": {order: catalogue.first(catalogue.everything, order, MANY) for order in ORDERS},
        "having": {
            key: set(catalogue.first(bits, "name", MANY)) for key, bits in catalogue.bits.items() if bits
        },
        "sums": catalogue.sums,
        "words": dict(catalogue.index.lexicon.counts),
        "found": {word: catalogue.search(word)[1] for word in WORDS},
        "named": {name: catalogue.search(name)[1] for name in NAMES},
    }


ORDERS = ("name", "newest", "confirmed")
MANY = 1_000


# Rarity was once counted with the listings that had been struck out.
@example(steps=[("publish", 17), ("look", 0), ("confirm", 4), ("publish", 2), ("publish", 4)])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 30)), min_size=3, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_is_as_good_as_building(db: None, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        catalogues._present = None
        for step, number in steps:
            STEPS[step](number)
            if number % 3 == 0:
                catalogues.present()
        assert told(catalogues.present()) == told(catalogues.build())
        transaction.set_rollback(True)


def test_a_settled_index_says_the_same(db: None) -> None:
    for number in range(6):
        _publish(number)
    catalogue = catalogues.build()
    _publish(7)
    followed = catalogue.followed()
    before = told(followed)
    followed.index.settle()
    assert told(followed) == before


def test_a_catalogue_of_an_earlier_moment_stays_as_it_was(db: None) -> None:
    published("Aben", tagline_da="Cykler")
    earlier = catalogues.present()
    published("Bien", tagline_da="Cykler")
    later = catalogues.present()
    assert len(earlier.search("cykler")[1]) == len(earlier.by_name) == 1
    assert len(later.search("cykler")[1]) == len(later.by_name) == 2


def test_what_changed_is_read_and_nothing_else(db: None) -> None:
    for number in range(6):
        _publish(number)
    catalogue = catalogues.build()
    _publish(1)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        catalogue.followed()
    assert len(queries) == 3  # the generation, what changed, the listing
    assert not CatalogueChange.objects.filter(generation__gt=CatalogueState.present()).exists()


def test_who_had_an_older_generation_in_mind_has_nothing_read_anew(db: None) -> None:
    published("Aben")
    catalogue = catalogues.build()
    with CaptureQueriesContext(connection) as queries:
        assert catalogue.followed() is catalogue
    assert len(queries) == 1


def test_listings_of_an_older_shape_are_made_anew(db: None) -> None:
    enterprise = published("Aben")
    CatalogueState.objects.update(shape=listings.SHAPE - 1)
    type(enterprise.listing).objects.update(points=[])
    listings.rebuild_if_outdated()
    enterprise.listing.refresh_from_db()
    assert len(enterprise.listing.points) == 2
    before = CatalogueState.present()
    listings.rebuild_if_outdated()
    assert CatalogueState.present() == before
