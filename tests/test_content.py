"""The content that comes with the house: the council's sixteen members and the fictional demo city."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.test import Client
from stdnum.dk import cvr

from directory.models import Listing
from enterprises import choices, publishing, roles
from enterprises.accounts.second_step import has_second_step
from enterprises.content import accounts, loading
from enterprises.models import (
    BuyerFacts,
    District,
    Enterprise,
    LegalForm,
    Mission,
    Ownership,
    Place,
    Publication,
    Sector,
    User,
)
from tests.test_snapshots import validate

TAXONOMIES: tuple[type[Any], ...] = (Sector, Mission, Ownership, LegalForm, District)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The content, loaded once for all tests of this module and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_content", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(loaded: None, db: None) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(is_demo=True)


@pytest.fixture
def council(loaded: None, db: None) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(is_demo=False)


def test_sixteen_members_and_a_city_of_240_are_listed(
    council: QuerySet[Enterprise], city: QuerySet[Enterprise]
) -> None:
    assert (council.count(), city.count()) == (16, 240)
    assert Listing.objects.filter(is_demo=False).count() == 16
    assert Listing.objects.filter(is_demo=True).count() == 240


def test_every_profile_fits_the_schema(city: QuerySet[Enterprise]) -> None:
    for publication in Publication.objects.all():
        validate(publication.snapshot, publication.schema_version)


def test_what_was_published_is_what_stands_in_the_working_copies(city: QuerySet[Enterprise]) -> None:
    for enterprise in Enterprise.objects.select_related("current").order_by("pk")[::16]:
        assert not publishing.has_changes(enterprise), enterprise


# -- the council ----------------------------------------------------------------------------------


def test_council_is_twelve_enterprises_and_four_organisations(council: QuerySet[Enterprise]) -> None:
    kinds = Counter(council.values_list("kind", flat=True))
    assert kinds == {choices.Kind.ENTERPRISE: 12, choices.Kind.ORGANISATION: 4}


def test_council_members_have_sources_and_have_confirmed_nothing(council: QuerySet[Enterprise]) -> None:
    for member in council:
        assert member.source and member.source_urls and member.source_checked_on, member
    assert not council.filter(Q(confirmed_on__isnull=False) | Q(evidence__checked_by__isnull=False)).exists()


def test_council_members_have_no_invented_numbers(council: QuerySet[Enterprise]) -> None:
    assert not council.filter(Q(phone__startswith="00") | Q(website__contains=".example")).exists()
    assert all(
        cvr.is_valid(number) for number in council.filter(cvr__isnull=False).values_list("cvr", flat=True)
    )


# -- the demo city --------------------------------------------------------------------------------


def test_nobody_can_be_called_or_written_to_by_mistake(city: QuerySet[Enterprise]) -> None:
    for enterprise in city:
        assert enterprise.phone.startswith("00 00"), enterprise
        assert enterprise.email.endswith(".example"), enterprise
        assert enterprise.website.endswith(".example"), enterprise
        assert not (enterprise.cvr and cvr.is_valid(enterprise.cvr)), enterprise


def test_demo_is_marked_as_demo_to_the_public(city: QuerySet[Enterprise]) -> None:
    shown = Publication.objects.filter(enterprise__is_demo=True).values_list("snapshot__demo", flat=True)
    assert set(shown) == {True}


def test_every_term_is_in_use(city: QuerySet[Enterprise]) -> None:
    assert not Sector.objects.exclude(pk__in=city.values("sectors")).exists()
    assert not Mission.objects.exclude(pk__in=city.values("missions")).exists()
    assert not Ownership.objects.exclude(pk__in=city.values("ownership")).exists()
    assert not District.objects.exclude(pk__in=city.values("places__district")).exists()


def test_about_a_third_of_the_city_speaks_english(city: QuerySet[Enterprise]) -> None:
    assert 60 <= city.exclude(description_en="").count() <= 120


def test_the_city_has_what_people_come_for(city: QuerySet[Enterprise]) -> None:
    assert set(city.values_list("openings__kind", flat=True)) >= set(choices.OpeningKind.values)
    assert city.filter(offers__audiences__contains=[choices.Audience.PUBLIC]).distinct().count() > 40
    assert Listing.objects.filter(is_demo=True, verified_until__isnull=False).count() > 20
    assert city.filter(places__hours__isnull=False).distinct().count() > 40


def test_names_are_not_shared_across_the_city(city: QuerySet[Enterprise]) -> None:
    names = Counter(name.casefold() for name in Enterprise.objects.values_list("name", flat=True))
    assert [name for name, count in names.items() if count > 1] == []


# -- loading and removing -------------------------------------------------------------------------


def test_loading_twice_is_refused(city: QuerySet[Enterprise]) -> None:
    with pytest.raises(CommandError):
        call_command("load_content", verbosity=0)
    assert Enterprise.objects.count() == 256


def test_removing_the_demo_leaves_the_council_whole(
    city: QuerySet[Enterprise], council: QuerySet[Enterprise]
) -> None:
    members = set(council.values_list("pk", flat=True))
    logins = accounts.create()
    call_command("remove_demo", verbosity=0)
    assert not User.objects.filter(is_active=True).exists()
    assert not any(Client().login(username=email, password=password) for email, password in logins.values())
    assert set(Enterprise.objects.values_list("pk", flat=True)) == members
    assert set(Listing.objects.values_list("pk", flat=True)) == members
    assert rows_of_nobody(members) == []


def test_the_demo_has_somebody_in_each_role(db: None) -> None:
    logins, codes = accounts.create(), accounts.second_step_codes()
    for who, (_email, _name, role) in accounts.STAFF.items():
        user = User.objects.get(email=logins[who][0])
        assert user.is_staff and not user.is_superuser and has_second_step(user)
        assert user.get_all_permissions() == roles.permissions(role)
        assert codes[who] == accounts.second_step_codes()[who] and len(codes[who]) == 3
        assert Client().login(username=user.email, password=logins[who][1])


def rows_of_nobody(owners: set[int]) -> list[str]:
    """Tables with rows that belong to other enterprises, or to places or buyer facts of others."""
    kept: dict[type[models.Model], set[int]] = {
        Enterprise: owners,
        Place: set(Place.objects.filter(enterprise__in=owners).values_list("pk", flat=True)),
        BuyerFacts: owners,
    }
    return [
        model._meta.label
        for model in apps.get_app_config("enterprises").get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if (known := kept.get(field.related_model)) is not None  # type: ignore[arg-type]
        and model._base_manager.exclude(**{f"{field.attname}__in": known})
        .exclude(**{field.attname: None})
        .exists()
    ]


def test_foreign_keys_hold_after_loading(city: QuerySet[Enterprise]) -> None:
    connection.check_constraints()


# -- taxonomies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("taxonomy", TAXONOMIES, ids=lambda model: model.__name__)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_term_is_explained_at_readable_length(db: None, taxonomy: type[Any], language: str) -> None:
    lengths = {term.slug: len(getattr(term, f"text_{language}").split()) for term in taxonomy.objects.all()}
    assert lengths
    assert {slug: words for slug, words in lengths.items() if not 80 <= words <= 150} == {}


def test_the_ten_districts_are_numbered(db: None) -> None:
    numbers = District.objects.filter(number__isnull=False).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, 11))


# -- hours as people write them -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("man 9-17", [(0, time(9), time(17))]),
        (
            "tor-fre 8.30-12, 13-24",
            [(d, *t) for d in (3, 4) for t in ((time(8, 30), time(12)), (time(13), time(0)))],
        ),
        ("man,ons 10:15-11", [(0, time(10, 15), time(11)), (2, time(10, 15), time(11))]),
        ("man-tir 9-17; tir 9-12", [(0, time(9), time(17)), (1, time(9), time(12))]),
        ("", []),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, hours: list[tuple[int, time, time]]) -> None:
    assert loading.read_hours(text) == hours


def test_hours_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="altid"):
        loading.read_hours("altid åbent")
