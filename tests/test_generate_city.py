"""A generated city of 50: as valid as one written by hand, and the same for the same seed."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from directory.models import Listing
from enterprises import confirmations, publishing, snapshots
from enterprises.content import city, loading
from enterprises.cvr import deciding
from enterprises.models import (
    Claim,
    DuplicatePair,
    Enterprise,
    ErrorReport,
    Evidence,
    Mail,
    MissedSearch,
    Offer,
    Opening,
    Place,
    Proposal,
)

SIZE = 50
ROWS = (Enterprise, Place, Offer, Opening, Evidence)


def generate(count: int = SIZE, seed: int = 1) -> str:
    out = StringIO()
    call_command("generate_city", count, seed=seed, stdout=out)
    return out.getvalue()


@pytest.fixture
def generated(db: None) -> list[Enterprise]:
    generate()
    found = Enterprise.objects.select_related("current").prefetch_related(*snapshots.RELATIONS)
    return list(found.filter(is_demo=True))


def test_everyone_is_published_and_listed(generated: list[Enterprise]) -> None:
    assert len(generated) == Listing.objects.filter(is_demo=True).count() == SIZE
    assert [problem for enterprise in generated for problem in publishing.missing(enterprise)] == []


def test_the_publication_is_what_the_working_copy_says(generated: list[Enterprise]) -> None:
    assert [enterprise.name for enterprise in generated if publishing.has_changes(enterprise)] == []


def test_addresses_names_and_cvr_numbers_are_nobody_elses(generated: list[Enterprise]) -> None:
    for field in ("slug", "name", "cvr"):
        values = [value for enterprise in generated if (value := getattr(enterprise, field))]
        assert len(set(values)) == len(values) > SIZE / 3


@pytest.mark.parametrize("model", ROWS)
def test_every_row_would_pass_its_form(generated: list[Enterprise], model: type[Enterprise]) -> None:
    rows = list(model._default_manager.all())
    assert rows
    for row in rows:
        row.full_clean()


def test_a_seed_is_a_city() -> None:
    assert list(city.records(SIZE, seed=1)) == list(city.records(SIZE, seed=1))
    assert list(city.records(SIZE, seed=1)) != list(city.records(SIZE, seed=2))


def test_a_second_run_continues_the_city(generated: list[Enterprise]) -> None:
    generate()
    names = {enterprise.name for enterprise in Enterprise.objects.all()}
    assert names == {record["name"] for record in city.records(2 * SIZE)}


def test_no_text_occurs_twice_in_a_thousand() -> None:
    thousand = list(city.records(1_000))
    for field in ("name", "tagline_da", "description_da", "impact_da", "tagline_en", "description_en"):
        texts = [record[field] for record in thousand if field in record]
        assert len(set(texts)) == len(texts) > 200


def test_no_brace_is_left_unfilled() -> None:
    assert not any("{" in value or "}" in value for value in _texts(list(city.records(200))))


def test_the_command_says_what_it_did(db: None) -> None:
    assert f"{SIZE} demo enterprises are published" in generate()


def test_removing_leaves_nothing_behind(generated: list[Enterprise]) -> None:
    assert loading.remove_demo() == SIZE
    assert not any(model._default_manager.exists() for model in (*ROWS, Listing))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def test_a_second_process_invents_the_same_city() -> None:
    assert list(city.records_ahead(60, seed=7)) == list(city.records(60, seed=7))


def test_so_many_of_each_kind_wait_at_the_desk(generated: list[Enterprise]) -> None:
    call_command("generate_city", 0, waiting=20, stdout=StringIO())
    waiting = {
        "proposals": Proposal.objects.filter(state="open", enterprise__current__isnull=False).count(),
        "new": Proposal.objects.filter(state="open", enterprise__current=None).count(),
        "claims": Claim.objects.filter(state="open", way="explanation").count(),
        "added": Claim.objects.filter(state="open", way="added").count(),
        "pairs": DuplicatePair.objects.filter(state="open").count(),
        "differences": deciding.open_ones().count(),
        "reports": ErrorReport.objects.filter(handled_at=None).count(),
        "mails": Mail.objects.filter(state="failed").count(),
        "searches": MissedSearch.objects.values("text").distinct().count(),
        "silent": confirmations.to_withdraw(timezone.localdate()).count(),
    }
    assert waiting == dict.fromkeys(waiting, 20) | {"new": 2}
    changed = Enterprise.objects.get(pk=Proposal.objects.earliest("pk").enterprise_id)
    assert publishing.has_changes(changed)


def test_what_waits_can_be_added_to(generated: list[Enterprise]) -> None:
    for _time in range(2):
        call_command("generate_city", 0, waiting=10, stdout=StringIO())
    assert ErrorReport.objects.count() == Mail.objects.count() == 20
