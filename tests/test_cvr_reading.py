"""From the register's JSON to companies: what is there, what is missing, and what makes no sense."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.cvr.reading import (
    FIELDS,
    Address,
    AnswerError,
    Branch,
    Company,
    CompanyError,
    Fact,
    Form,
    Standing,
    companies,
    company,
    standing,
)
from tests.register_service import COOPERATIVE, DISSOLVED, Register, sample

TODAY = date(2026, 11, 25)


def read(name: str, **changes: Any) -> Company:
    return company(sample(name) | changes, TODAY)


def test_a_company_is_read_as_it_is_today() -> None:
    assert read("cooperative") == Company(
        number=COOPERATIVE,
        name=Fact("BRØD & BROER A.M.B.A.", date(2019, 1, 1)),
        other_names=("Broernes Bageri",),
        form=Fact(Form(140, "Andelsselskab med begrænset ansvar"), date(2019, 1, 1)),
        address=Fact(Address("Blågårdsgade 12, 1. tv", "2200", "København N"), date(2020, 1, 1)),
        branch=Fact(Branch("107100", "Fremstilling af brød og friske bageriprodukter"), date(2025, 1, 1)),
        status=Fact("NORMAL", date(2012, 5, 1)),
        started=date(2012, 5, 1),
        rsv=Fact(True, date(2020, 1, 1)),
        advertising_protected=False,
    )


def test_it_is_read_as_it_was_on_another_day() -> None:
    then = company(sample("cooperative"), date(2018, 6, 1))
    assert then.name.value == "Brødrene ApS"
    assert then.form and then.form.value.code == 80
    assert then.address and then.address.value.street == "Jagtvej 69"
    assert then.rsv == Fact(False, date(2012, 5, 1))


def test_what_is_to_come_is_not_said_yet() -> None:
    entry = sample("cooperative")
    entry["navne"].append({"navn": "Nyt navn", "periode": {"gyldigFra": "2027-01-01", "gyldigTil": None}})
    assert company(entry, TODAY).name.value == "BRØD & BROER A.M.B.A."


def test_a_dissolved_company_keeps_its_last_name_and_the_day_it_ceased() -> None:
    gone = read("dissolved")
    assert gone.name.value == "Lukket Køkken ApS"
    assert gone.status == Fact("OPLØST EFTER KONKURS", date(2026, 9, 15))
    assert (gone.ended, gone.standing) == (date(2026, 9, 14), Standing.CLOSED)
    assert (gone.form, gone.address, gone.branch) == (None, None, None)


def test_an_association_has_a_status_though_none_of_its_own() -> None:
    association = read("association")
    assert association.status == Fact("AKTIV")
    assert association.standing is Standing.ACTIVE
    assert association.address and association.address.value.street == "Sundholmsvej 6-8"


def test_a_registration_that_has_ended_is_none_since_the_day_after() -> None:
    assert read("association").rsv == Fact(False, date(2023, 6, 1))
    assert read("dissolved").rsv == Fact(False, None)


def test_without_attributes_nothing_is_said_of_a_registration() -> None:
    assert read("cooperative", attributter=None).rsv is None


def test_an_address_that_is_kept_secret_is_known_as_such() -> None:
    address = read("protected").address
    assert address and address.value == Address("", "2300", "København S", protected=True)
    restricted = read("cooperative", dataAdgang=1).address
    assert restricted and restricted.value.protected


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("NORMAL", Standing.ACTIVE),
        ("Aktiv", Standing.ACTIVE),
        ("UNDER KONKURS", Standing.CLOSING),
        ("UNDER FRIVILLIG LIKVIDATION", Standing.CLOSING),
        ("UNDER TVANGSOPLØSNING", Standing.CLOSING),
        ("OPLØST EFTER FUSION", Standing.CLOSED),
        ("TVANGSOPLØST", Standing.CLOSED),
        ("SLETTET", Standing.CLOSED),
        ("UDEN RETSVIRKNING", Standing.OTHER),
        ("Noget nyt", Standing.OTHER),
    ],
)
def test_what_a_status_means(said: str, means: Standing) -> None:
    assert standing(said) is means


def test_who_has_ceased_is_gone_whatever_the_status() -> None:
    lives = [{"periode": {"gyldigFra": "2010-01-01", "gyldigTil": "2025-12-31"}}]
    gone = read("association", livsforloeb=lives)
    assert gone.status == Fact("OPHØRT", date(2025, 12, 31))
    assert gone.standing is Standing.CLOSED


# -- JSON that has changed --------------------------------------------------------------------------


def test_a_renamed_list_of_names_is_made_up_for() -> None:
    entry = sample("cooperative")
    entry["virksomhedsnavne"] = entry.pop("navne")
    assert company(entry, TODAY).name == Fact("BRØD & BROER A.M.B.A.", date(2019, 1, 1))


def test_without_any_name_a_company_cannot_be_read() -> None:
    with pytest.raises(CompanyError, match="navne"):
        read("cooperative", navne=None, virksomhedMetadata=None)


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("virksomhedsform", "form"), ("beliggenhedsadresse", "address"), ("hovedbranche", "branch"),
        ("attributter", "rsv"), ("reklamebeskyttet", "advertising_protected"),
    ],
)  # fmt: skip
def test_what_is_missing_is_not_said(field: str, attribute: str) -> None:
    entry = sample("cooperative")
    del entry[field]
    assert getattr(company(entry, TODAY), attribute) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"navne": {"navn": "Et navn"}},
        {"navne": ["Et navn"]},
        {"navne": [{"navn": 7}]},
        {"navne": [{"navn": "x" * 301}]},
        {"navne": [{"navn": "a\x00b"}]},
        {"navne": [{"navn": "Et navn", "periode": "2020"}]},
        {"navne": [{"navn": "Et navn", "periode": {"gyldigFra": "01-02-2020"}}]},
        {"navne": [{"navn": "Et navn", "periode": {"gyldigFra": 1577836800}}]},
        {"virksomhedsform": [{"virksomhedsformkode": "80"}]},
        {"virksomhedsform": [{"virksomhedsformkode": True}]},
        {"beliggenhedsadresse": [{"vejnavn": "Vej", "postnummer": "2200"}]},
        {"beliggenhedsadresse": [{"vejnavn": "Vej", "postnummer": 22000}]},
        {"hovedbranche": [{"branchekode": "C 10"}]},
        {"virksomhedsstatus": [{"status": ["NORMAL"]}]},
        {"attributter": [{"type": "SOCIAL_ØKONOMISK_VIRKSOMHED", "vaerdier": [{"vaerdi": "ja"}]}]},
        {"reklamebeskyttet": "nej"},
        {"virksomhedMetadata": []},
    ],
)
def test_what_is_of_another_type_makes_a_company_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(CompanyError) as caught:
        read("cooperative", **changes)
    assert "Et navn" not in str(caught.value)


# -- whole answers ----------------------------------------------------------------------------------


def answer(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    hits = [{"_source": {"Vrvirksomhed": entry}} for entry in entries]
    shards = {"total": 6, "successful": 6, "failed": 0}
    return {
        "timed_out": False,
        "_shards": shards,
        "hits": {"total": len(hits), "hits": hits},
    } | changes


def test_each_number_gets_its_company_and_who_is_not_there_none() -> None:
    found = companies(
        answer(sample("cooperative"), sample("dissolved")), ["30001001", "30002008", "1"], TODAY
    )
    assert found.keys() == {COOPERATIVE, DISSOLVED}


def test_whom_nobody_asked_for_is_left_out() -> None:
    assert companies(answer(sample("dissolved")), [COOPERATIVE], TODAY) == {}


def test_one_number_for_two_is_no_answer_about_either() -> None:
    twice = answer(sample("cooperative"), sample("cooperative"), sample("dissolved"))
    found = companies(twice, [COOPERATIVE, DISSOLVED], TODAY)
    assert isinstance(found[COOPERATIVE], CompanyError)
    assert isinstance(found[DISSOLVED], Company)


def test_one_that_cannot_be_read_leaves_the_others() -> None:
    strange = sample("cooperative") | {"navne": 7}
    found = companies(answer(strange, sample("dissolved")), [COOPERATIVE, DISSOLVED], TODAY)
    assert isinstance(found[COOPERATIVE], CompanyError)
    assert isinstance(found[DISSOLVED], Company)


@pytest.mark.parametrize(
    "bad",
    [
        None, [], "hits", {}, {"error": "SearchPhaseExecutionException"}, {"hits": []},
        {"hits": {"hits": {}}},
        answer(timed_out=True),
        answer(sample("dissolved"), _shards={"total": 6, "successful": 5, "failed": 1}),
        answer(hits={"total": 2, "hits": [{"_source": {"Vrvirksomhed": sample("dissolved")}}]}),
        answer(hits={"total": 1, "hits": [{"_source": {"Virksomhed": sample("dissolved")}}]}),
        answer(sample("dissolved") | {"cvrNummer": "30002008"}),
        answer(),
    ],
)  # fmt: skip
def test_half_an_answer_is_none(bad: Any) -> None:
    with pytest.raises(AnswerError):
        companies(bad, ["30001001", "30002008", "30003004", "30004000"], TODAY)


# -- anything at all --------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
PATHS = [
    (key, *deeper)
    for key, value in sample("cooperative").items()
    for deeper in [
        (),
        *([(0,), *((0, inner) for inner in value[0])] if isinstance(value, list) and value else []),
    ]
]


@given(path=st.sampled_from(PATHS), something=JSON)
def test_whatever_stands_in_a_field_nothing_worse_happens_than_an_unreadable_company(
    path: tuple[Any, ...], something: Any
) -> None:
    entry: Any = sample("cooperative")
    target = entry
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = something
    try:
        found = companies(answer(entry), [COOPERATIVE], TODAY)
    except AnswerError:
        return
    for each in found.values():
        assert isinstance(each, (Company, CompanyError))
        assert "Ida" not in repr(each)


@given(JSON)
def test_whatever_the_answer_nothing_worse_happens_than_that_it_is_refused(something: Any) -> None:
    with suppress(AnswerError):
        assert companies(something, [COOPERATIVE], TODAY) == {}


days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=6), days)
def test_the_name_of_a_day_is_one_that_was_valid_then(
    periods: list[tuple[date, date | None]], on: date
) -> None:
    names = [
        {
            "navn": f"Navn {number}",
            "periode": {"gyldigFra": start.isoformat(), "gyldigTil": end and end.isoformat()},
        }
        for number, (start, end) in enumerate(periods)
    ]
    valid = {
        f"Navn {number}": start
        for number, (start, end) in enumerate(periods)
        if start <= on and (end is None or on <= end)
    }
    name = company(sample("cooperative") | {"navne": names}, on).name
    if valid:
        assert name.value in valid and name.since == max(valid.values())
    else:
        assert name.since == max(start for start, _end in periods)


def test_only_what_is_needed_is_asked_for() -> None:
    """The service of the tests honours it, so what is read here is what could be read at all."""
    register = Register()
    question = {
        "query": {"terms": {"Vrvirksomhed.cvrNummer": [int(COOPERATIVE)]}},
        "_source": list(FIELDS),
        "size": 2,
    }
    said = register.answer(question)
    assert (
        not {"deltagerRelation", "elektroniskPost", "telefonNummer"}
        & said["hits"]["hits"][0]["_source"]["Vrvirksomhed"].keys()
    )
    assert companies(said, [COOPERATIVE], TODAY)[COOPERATIVE] == company(sample("cooperative"), TODAY)
