"""Reading enterprises in CVR over the wire: what is noted, what differs, and what is never kept."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from enterprises import publishing, register, tasks
from enterprises.choices import DifferenceState, RegisterField
from enterprises.cvr import runs, words
from enterprises.models import Enterprise, LegalForm, RegisterDifference, RegisterReading
from tests.builders import a_place, an_enterprise, published
from tests.register_service import (
    ASSOCIATION,
    COOPERATIVE,
    DISSOLVED,
    PROTECTED,
    SOLE_TRADER,
    Register,
)

pytestmark = pytest.mark.django_db

OPEN = DifferenceState.OPEN


@pytest.fixture
def bakery(db: None) -> Enterprise:
    """As the register has it."""
    return published("Brød & Broer", cvr=COOPERATIVE, founded=2012)


def read(*enterprises: Enterprise) -> runs.Outcome:
    return runs.read(runs.readable().filter(pk__in=[enterprise.pk for enterprise in enterprises]))


def differing(enterprise: Enterprise, state: str = OPEN) -> dict[str, tuple[Any, Any]]:
    rows = RegisterDifference.objects.filter(enterprise=enterprise, state=state)
    return {row.field: (row.ours, row.theirs) for row in rows}


def agreed(bakery: Enterprise) -> None:
    register.record_rsv(bakery, registered=True, read_on=date(2026, 1, 1))


def said(row: RegisterDifference) -> tuple[str, str]:
    return words.ours(row.field, row.ours), words.theirs(row.field, row.theirs)


# -- what is noted ----------------------------------------------------------------------------------


def test_what_only_the_register_knows_is_noted_with_the_day(cvr: Register, bakery: Enterprise) -> None:
    read(bakery)
    noted = RegisterReading.objects.get()
    assert (noted.read_on, noted.found, noted.status) == (timezone.localdate(), True, "NORMAL")
    assert (noted.started_on, noted.ended_on, noted.rsv) == (date(2012, 5, 1), None, True)
    assert (noted.branch_code, noted.advertising_protected) == ("107100", False)


def test_where_both_say_the_same_nothing_differs(cvr: Register, bakery: Enterprise) -> None:
    """A form at the end of the name, capitals and a floor make no difference."""
    agreed(bakery)
    read(bakery)
    assert not RegisterDifference.objects.exists()


def test_nothing_is_changed_and_nothing_published_by_reading(cvr: Register, bakery: Enterprise) -> None:
    cvr.entry(COOPERATIVE)["navne"][-1]["navn"] = "Helt Andet A.M.B.A."
    before = Enterprise.objects.values().get(pk=bakery.pk)
    read(bakery)
    assert Enterprise.objects.values().get(pk=bakery.pk) == before
    assert bakery.publications.count() == 1
    assert differing(bakery) == {
        "name": ("Brød & Broer", "Helt Andet A.M.B.A."),
        "rsv": (None, True),
    }


def test_each_difference_has_both_values_and_its_dates(cvr: Register, bakery: Enterprise) -> None:
    agreed(bakery)
    entry = cvr.entry(COOPERATIVE)
    entry["beliggenhedsadresse"][-1] |= {"vejnavn": "Enghavevej", "husnummerFra": 80, "postnummer": 2450}
    entry["beliggenhedsadresse"][-1]["postdistrikt"] = "København SV"
    entry["virksomhedsform"][-1] |= {"virksomhedsformkode": 80, "langBeskrivelse": "Anpartsselskab"}
    entry["hovedbranche"][-1] |= {"branchekode": "952900", "branchetekst": "Reparation af andre varer"}
    entry["virksomhedMetadata"]["stiftelsesDato"] = "2011-04-01"
    read(bakery)
    rows = {row.field: row for row in RegisterDifference.objects.filter(state=OPEN)}
    assert {field: said(row) for field, row in rows.items()} == {
        "address": ("Blågårdsgade 12, 2200 København N", "Enghavevej 80, 1. tv, 2450 København SV"),
        "form": ("Andelsselskab med begrænset ansvar", "Anpartsselskab"),
        "branch": (
            "Mad, kantine og catering",
            "Reparation af andre varer (952900): "
            "Cykel, transport og levering, Produktion, værksted og reparation",
        ),
        "founded": ("2012", "2011"),
    }
    assert rows["address"].since == date(2020, 1, 1)
    assert {row.found_on for row in rows.values()} == {timezone.localdate()}


def test_a_name_we_know_as_an_alias_or_the_register_as_a_second_one_is_the_same(cvr: Register) -> None:
    for name, fields in (("Broernes bageri", {}), ("Noget andet", {"aliases": ["BRØD OG BROER"]})):
        enterprise = an_enterprise(name, cvr=COOPERATIVE, **fields)
        read(enterprise)
        assert "name" not in differing(enterprise)
        enterprise.delete()


def test_any_of_several_places_may_be_the_registered_one(cvr: Register, bakery: Enterprise) -> None:
    bakery.places.update(street="Jagtvej 69")
    a_place(bakery, street="Blågårdsgade 12")
    read(bakery)
    assert "address" not in differing(bakery)


def test_a_sector_that_covers_the_branch_is_enough(cvr: Register) -> None:
    maker = an_enterprise(cvr=COOPERATIVE, sectors=("it-data", "produktion-reparation"))
    read(maker)
    assert "branch" not in differing(maker)
    association = an_enterprise("Foreningen Broen", cvr=ASSOCIATION, sectors=("it-data",))
    read(association)
    assert "branch" not in differing(association), "no sector of ours knows 949900"


def test_a_form_nobody_knows_is_a_difference_all_the_same(cvr: Register, bakery: Enterprise) -> None:
    cvr.entry(COOPERATIVE)["virksomhedsform"][-1] |= {
        "virksomhedsformkode": 285,
        "langBeskrivelse": "Særlig finansiel virksomhed",
    }
    assert not LegalForm.objects.filter(cvr_code=285).exists()
    read(bakery)
    row = RegisterDifference.objects.get(field=RegisterField.FORM)
    assert said(row)[1] == "Særlig finansiel virksomhed (285)"


# -- companies that are gone ------------------------------------------------------------------------


def test_a_dissolved_company_is_flagged_at_once_and_nothing_else_said_of_it(cvr: Register) -> None:
    kitchen = published("Et helt andet navn", cvr=DISSOLVED)
    read(kitchen)
    row = RegisterDifference.objects.get()
    assert (row.field, row.urgent, row.since) == ("status", True, date(2026, 9, 15))
    assert said(row) == ("Står i kataloget", "Opløst efter konkurs, ophørt 14. september 2026")
    assert RegisterReading.objects.get().ended_on == date(2026, 9, 14)
    assert Enterprise.objects.get().is_public, "it is for people to withdraw it"


def test_a_bankruptcy_is_flagged_too_and_comes_first(cvr: Register, bakery: Enterprise) -> None:
    cvr.entry(COOPERATIVE)["navne"][-1]["navn"] = "Helt Andet"
    cvr.entry(COOPERATIVE)["virksomhedsstatus"] = [
        {"status": "UNDER KONKURS", "periode": {"gyldigFra": "2026-11-01", "gyldigTil": None}}
    ]
    read(bakery)
    first = RegisterDifference.objects.filter(state=OPEN).first()
    assert first and (first.field, first.urgent, first.since) == ("status", True, date(2026, 11, 1))


def test_a_number_that_is_not_there_is_flagged(cvr: Register) -> None:
    kitchen = an_enterprise(cvr="25063864")
    assert read(kitchen) == runs.Outcome(read=1)
    row = RegisterDifference.objects.get()
    assert said(row) == ("25063864", "Nummeret findes ikke i CVR")
    assert not RegisterReading.objects.get().found


# -- registered social enterprises ------------------------------------------------------------------


def test_a_registration_waits_for_somebody(cvr: Register, bakery: Enterprise) -> None:
    read(bakery)
    assert differing(bakery) == {"rsv": (None, True)}
    bakery.refresh_from_db()
    assert bakery.rsv_registered is None


def test_a_registration_that_has_ended_waits_too(cvr: Register) -> None:
    association = published("Foreningen Broen", cvr=ASSOCIATION)
    register.record_rsv(association, registered=True, read_on=date(2022, 1, 1))
    read(association)
    row = RegisterDifference.objects.get(field="rsv")
    assert (row.ours, row.theirs, row.since) == (True, False, date(2023, 6, 1))


def test_that_nobody_ever_spoke_of_a_registration_is_no_difference(cvr: Register, bakery: Enterprise) -> None:
    cvr.entry(COOPERATIVE)["attributter"] = []
    read(bakery)
    assert "rsv" not in differing(bakery)


def test_a_registration_read_again_gets_the_new_day_and_that_is_no_change(
    cvr: Register, bakery: Enterprise
) -> None:
    agreed(bakery)
    publishing.publish(bakery)
    read(bakery)
    bakery.refresh_from_db()
    assert bakery.rsv_read_on == timezone.localdate()
    assert not publishing.has_changes(bakery)


# -- homes ------------------------------------------------------------------------------------------


def trader(**place: Any) -> Enterprise:
    enterprise = published(
        "Ida Hansens Systue", cvr=SOLE_TRADER, legal_form="enkeltmandsvirksomhed", district=None
    )
    if place:
        a_place(enterprise, **{"street": "", "latitude": None, "longitude": None} | place)
    return enterprise


def everything_stored() -> str:
    rows = [*RegisterReading.objects.values(), *RegisterDifference.objects.values()]
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_of_a_sole_trader_only_postcode_and_city_are_proposed(cvr: Register) -> None:
    sewing = trader(postcode="1500", city="København V", hidden=True)
    read(sewing)
    ((_ours, theirs),) = [differing(sewing)["address"]]
    assert theirs == {"postcode": "2200", "city": "København N", "private": True, "protected": False}
    assert "Griffenfeldsgade" not in everything_stored()


def test_a_sole_traders_shop_elsewhere_is_no_difference(cvr: Register) -> None:
    sewing = trader(street="Jagtvej 69", postcode="2200", city="København N")
    read(sewing)
    assert "address" not in differing(sewing)


def test_a_sole_traders_home_that_we_show_is_a_difference(cvr: Register) -> None:
    sewing = trader(street="Griffenfeldsgade 44 b", postcode="2200", city="København N")
    read(sewing)
    row = RegisterDifference.objects.get(field="address")
    assert said(row) == (
        "2200 København N (vej og nummer vises)",
        "2200 København N (resten er måske et hjem)",
    )
    assert "Griffenfeldsgade" not in everything_stored()


def test_a_protected_address_that_we_show_is_urgent(cvr: Register) -> None:
    shop = published("Den Stille Butik", cvr=PROTECTED)
    read(shop)
    row = RegisterDifference.objects.get(field="address")
    assert row.urgent
    assert row.theirs == {"postcode": "2300", "city": "København S", "private": True, "protected": True}


def test_where_the_form_is_not_said_an_address_may_be_a_home(cvr: Register, bakery: Enterprise) -> None:
    """A field that has been renamed must not let a home slip through."""
    entry = cvr.entry(COOPERATIVE)
    entry["virksomhedsformer"] = entry.pop("virksomhedsform")
    bakery.places.update(street="", postcode="1500")
    read(bakery)
    assert "street" not in differing(bakery)["address"][1]
    assert "form" not in differing(bakery)


def test_no_person_is_stored_or_logged(cvr: Register, caplog: pytest.LogCaptureFixture) -> None:
    cvr.entry(PROTECTED)["navne"] = 7
    enterprises = [
        an_enterprise(f"Virksomhed {number}", cvr=number)
        for number in (COOPERATIVE, DISSOLVED, SOLE_TRADER, PROTECTED)
    ]
    with caplog.at_level(logging.DEBUG, logger="enterprises"):
        read(*enterprises)
    asked = {path for question in cvr.questions for path in question["_source"]}
    assert not any("deltager" in path or "Post" in path or "telefon" in path for path in asked)
    for kept in (everything_stored(), caplog.text):
        assert not any(secret in kept for secret in ("Ida Ejer", "Hemmelig Vej", "Griffenfeldsgade"))
    assert PROTECTED not in caplog.text and "cannot be read" in caplog.text


# -- from one night to the next ---------------------------------------------------------------------


def renamed(cvr: Register, name: str) -> None:
    cvr.entry(COOPERATIVE)["navne"] = [
        {"navn": name, "periode": {"gyldigFra": "2026-11-01", "gyldigTil": None}}
    ]


def test_the_same_difference_waits_once_and_keeps_its_place_in_the_queue(
    cvr: Register, bakery: Enterprise
) -> None:
    agreed(bakery)
    renamed(cvr, "Nyt navn")
    read(bakery)
    RegisterDifference.objects.update(found_on=date(2026, 1, 1), read_on=date(2026, 1, 1))
    renamed(cvr, "Endnu nyere")
    read(bakery)
    row = RegisterDifference.objects.get()
    assert (row.theirs, row.found_on, row.read_on) == (
        "Endnu nyere",
        date(2026, 1, 1),
        timezone.localdate(),
    )


def test_a_difference_that_has_passed_is_gone(cvr: Register, bakery: Enterprise) -> None:
    agreed(bakery)
    renamed(cvr, "Nyt navn")
    read(bakery)
    Enterprise.objects.filter(pk=bakery.pk).update(name="Nyt Navn A.m.b.a.")
    read(bakery)
    assert differing(bakery) == {}
    assert RegisterDifference.objects.get().state == DifferenceState.GONE


def test_who_is_read_at_night(cvr: Register, bakery: Enterprise) -> None:
    """Not demo content, not those off the site, and nobody twice a day."""
    an_enterprise("Demo", cvr="30009999", is_demo=True)
    an_enterprise("Uden nummer")
    gone = published("Trukket", cvr=DISSOLVED)
    publishing.withdraw(gone, reason="Lukket")
    an_enterprise("Kladde", cvr=ASSOCIATION)
    tasks.read_register()
    assert [sorted(numbers) for numbers in cvr.asked_for] == [[COOPERATIVE, ASSOCIATION]]
    tasks.read_register()
    assert len(cvr.questions) == 1
    RegisterReading.objects.filter(enterprise=bakery).update(read_on=date(2026, 1, 1))
    tasks.read_register()
    assert cvr.asked_for[1:] == [[COOPERATIVE]]


def test_who_got_another_number_today_is_read_again(cvr: Register, bakery: Enterprise) -> None:
    tasks.read_register()
    Enterprise.objects.filter(pk=bakery.pk).update(cvr=ASSOCIATION)
    tasks.read_register()
    assert cvr.asked_for == [[COOPERATIVE], [ASSOCIATION]]
    assert RegisterReading.objects.get().cvr == ASSOCIATION


def test_without_access_nothing_is_asked(bakery: Enterprise) -> None:
    tasks.read_register()
    with pytest.raises(CommandError, match="CVR_URL"):
        call_command("read_cvr")
    assert not RegisterReading.objects.exists()


def test_the_command_reads_one_number_however_often(
    cvr: Register, bakery: Enterprise, capsys: pytest.CaptureFixture[str]
) -> None:
    for _time in range(2):
        call_command("read_cvr", number=COOPERATIVE)
    assert cvr.asked_for == [[COOPERATIVE]] * 2
    assert "1 enterprises are read, 0 cannot be read." in capsys.readouterr().out
    with pytest.raises(CommandError, match="No enterprise"):
        call_command("read_cvr", number="25063864")
