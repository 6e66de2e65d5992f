"""When an enterprise's grounds count as confirmed, and which proof is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from enterprises.choices import Criterion
from enterprises.evidence import NEVER, best_proofs, is_confirmed, verified_until

TODAY = date(2026, 11, 23)
EXPIRED = {"checked_on": "2023-01-01", "expires_on": "2026-11-22"}
CHECKED = {"checked_on": "2026-01-01", "expires_on": "2026-11-23"}


def proof(criterion: str = "purpose", **fields: str) -> dict[str, Any]:
    return {"criterion": criterion, "proof": "statutes", "wording": {"da": "Det står der."}, **fields}


def all_five(**fields: str) -> list[dict[str, Any]]:
    return [proof(criterion, **fields) for criterion in Criterion.values]


@pytest.mark.parametrize(
    ("fields", "confirmed"),
    [
        ({}, False),
        ({"expires_on": "2099-01-01"}, False),
        ({"checked_on": "2026-01-01"}, True),
        (CHECKED, True),
        (EXPIRED, False),
    ],
)
def test_a_proof_counts_from_its_check_through_its_last_day(fields: dict[str, str], confirmed: bool) -> None:
    assert is_confirmed(proof(**fields), TODAY) is confirmed


@pytest.mark.parametrize("missing", Criterion.values)
def test_four_of_five_criteria_are_not_enough(missing: str) -> None:
    four = [row for row in all_five(**CHECKED) if row["criterion"] != missing]
    assert verified_until({"evidence": four}) is None
    assert verified_until({"evidence": [*four, proof(missing)]}) is None
    assert verified_until({"evidence": [*four, proof(missing, **CHECKED)]}) == TODAY


def test_grounds_hold_as_long_as_the_first_to_expire() -> None:
    rows = all_five(checked_on="2026-01-01", expires_on="2028-01-01")
    rows[2]["expires_on"] = "2027-05-05"
    del rows[3]["expires_on"]
    assert verified_until({"evidence": rows}) == date(2027, 5, 5)


def test_a_newer_proof_takes_over_from_an_expired_one() -> None:
    rows = [*all_five(**EXPIRED), *all_five(**CHECKED)]
    assert verified_until({"evidence": rows}) == verified_until({"evidence": rows[::-1]}) == TODAY


def test_grounds_without_expiry_hold_for_ever() -> None:
    assert verified_until({"evidence": all_five(checked_on="2026-01-01")}) == NEVER


@pytest.mark.parametrize("snapshot", [{}, {"evidence": []}])
def test_nothing_shown_is_nothing_verified(snapshot: dict[str, Any]) -> None:
    assert verified_until(snapshot) is None
    assert best_proofs(snapshot, TODAY) == {}


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({}, CHECKED),
        (EXPIRED, CHECKED),
        ({"checked_on": "2026-11-01", "expires_on": "2026-11-02"}, CHECKED),
        ({"checked_on": "2025-01-01"}, {"checked_on": "2026-01-01"}),
        ({}, EXPIRED),
    ],
)
def test_the_best_proof_of_a_criterion_is_shown(worse: dict[str, str], better: dict[str, str]) -> None:
    rows = [proof(**worse), proof(**better)]
    for order in (rows, rows[::-1]):
        assert best_proofs({"evidence": order}, TODAY) == {"purpose": rows[1]}
