"""Rows to enterprises: what is created, changed, published, left alone and complained about."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from enterprises import publishing
from enterprises.imports.spreadsheet import Action, import_file
from enterprises.models import Enterprise, FormerSlug, Offer, Place, Publication
from tests.builders import a_user, let_in, published
from tests.test_import_files import workbook

BAKERY = {
    "name": "Rugbrød & Ret",
    "cvr": "25063864",
    "legal_form": "A.M.B.A.",
    "ownership": "Medarbejderejet",
    "sectors": "mad-catering|butik-genbrug",
    "missions": "unge",
    "tagline_da": "Brød og frokost til møder",
    "description_da": "Vi bager om natten.",
    "products": "Rugbrød|Frokost",
    "street": "Nørrebrogade 1",
    "postcode": "2200",
    "city": "København N",
    "district": "Nørrebro",
    "latitude": "55,6912",
    "longitude": "12,5501",
    "phone": "+45 33 12 34 56",
    "email": "hej@rugbroed.example",
    "website": "rugbroed.example",
    "founded": "2015",
    "employees": "12",
    "members": "1.200",
    "source": "Rådets liste 2024",
}
SHORT = {"name": "Cykelværkstedet", "postcode": "2300"}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_rows(*rows: dict[str, Any], name: str = "liste.csv") -> Path:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
        path = tmp_path / name
        path.write_text("\n".join(";".join(line) for line in lines), encoding="utf-8-sig")
        return path

    return write_rows


@pytest.fixture
def bakery(db: None, write: Write) -> Enterprise:
    import_file(write(BAKERY))
    return Enterprise.objects.get()


def problems(path: Path) -> list[tuple[int, str]]:
    report = import_file(path)
    assert not report.saved
    return [(problem.row, problem.column) for problem in report.problems]


def actions(path: Path, **options: bool) -> list[str]:
    return [outcome.action.value for outcome in import_file(path, **options).outcomes]


# -- saving ---------------------------------------------------------------------------------------


def test_row_becomes_a_published_enterprise(bakery: Enterprise) -> None:
    place, year = bakery.places.get(), timezone.localdate().year
    assert bakery.is_public
    assert (bakery.legal_form.slug, bakery.ownership.slug) == ("amba", "medarbejderejet")
    assert [ranked.sector.slug for ranked in bakery.sector_ranks.all()] == ["mad-catering", "butik-genbrug"]
    assert [mission.slug for mission in bakery.missions.all()] == ["unge"]
    assert [offer.name_da for offer in bakery.offers.all()] == ["Rugbrød", "Frokost"]
    assert (place.district.slug, place.latitude, place.hidden) == ("noerrebro", 55.6912, False)
    assert (bakery.website, bakery.founded) == ("https://rugbroed.example", 2015)
    assert (bakery.employees, bakery.employees_year) == (12, year)
    assert (bakery.owner_members, bakery.owner_members_year) == (1200, year)
    assert (bakery.source, bakery.source_checked_on) == ("Rådets liste 2024", None)
    assert bakery.imported_from == f"liste.csv, række 2, {timezone.localdate().isoformat()}"


def test_workbook_and_csv_give_the_same(bakery: Enterprise, tmp_path: Path) -> None:
    numbers = BAKERY | {
        "cvr": 25063864,
        "postcode": 2200,
        "members": 1200,
        "latitude": 55.6912,
        "founded": 2015,
    }
    path = tmp_path / "liste.xlsx"
    path.write_bytes(workbook([list(numbers), list(numbers.values())]))
    assert actions(path) == ["unchanged"]


def test_second_time_changes_and_publishes_nothing(bakery: Enterprise, write: Write) -> None:
    assert actions(write(BAKERY, SHORT)) == ["unchanged", "created"]
    before = list(Enterprise.objects.order_by("pk").values())
    assert actions(write(BAKERY, SHORT)) == ["unchanged", "unchanged"]
    assert list(Enterprise.objects.order_by("pk").values()) == before
    assert Publication.objects.count() == 1


def test_change_is_published_and_empty_cells_erase_nothing(bakery: Enterprise, write: Write) -> None:
    report = import_file(
        write({"name": BAKERY["name"], "cvr": BAKERY["cvr"], "phone": "12345678", "email": ""})
    )
    bakery.refresh_from_db()
    assert report.outcomes[0].published
    assert bakery.current.snapshot["contact"]["phone"] == "12345678"
    assert bakery.email == BAKERY["email"]
    assert bakery.places.get().street == BAKERY["street"]
    assert bakery.sector_ranks.count() == 2


def test_figure_keeps_its_year_until_it_changes(bakery: Enterprise, write: Write) -> None:
    Enterprise.objects.update(employees_year=2019, owner_members_year=2019)
    import_file(write(BAKERY | {"employees": "13"}))
    bakery.refresh_from_db()
    assert (bakery.employees_year, bakery.owner_members_year) == (timezone.localdate().year, 2019)


def test_lists_replace_lists_and_known_offers_keep_their_texts(bakery: Enterprise, write: Write) -> None:
    Offer.objects.filter(name_da="Frokost").update(text_da="Hver dag klokken 12.")
    import_file(write(BAKERY | {"sectors": "finans", "products": "Kaffe|FROKOST"}))
    assert [ranked.sector.slug for ranked in bakery.sector_ranks.all()] == ["finans"]
    offers = [(offer.name_da, offer.text_da) for offer in bakery.offers.all()]
    assert offers == [("Frokost", "Hver dag klokken 12."), ("Kaffe", "")]


def test_place_with_the_rows_postcode_is_the_one_updated(bakery: Enterprise, write: Write) -> None:
    second = Place.objects.create(enterprise=bakery, position=1, postcode="2300", street="Amagerbrogade 1")
    import_file(write({"name": BAKERY["name"], "postcode": "2300", "street": "Amagerbrogade 2"}))
    second.refresh_from_db()
    assert second.street == "Amagerbrogade 2"
    assert bakery.places.first().street == BAKERY["street"]


@pytest.mark.parametrize(
    ("row", "action"),
    [
        ({"name": "Nyt navn", "cvr": "DK 25063864"}, "updated"),
        ({"name": "rugbroed og ret", "cvr": "", "postcode": "2200"}, "created"),
        ({"name": "RUGBRØD & RET", "postcode": "2200", "phone": "12345678"}, "updated"),
        ({"name": "Rugbrød & Ret", "postcode": "2300"}, "created"),
        ({"name": "Rugbrød & Ret", "city": "København N"}, "unchanged"),
    ],
)  # fmt: skip
def test_rows_find_their_enterprise(
    bakery: Enterprise, write: Write, row: dict[str, str], action: str
) -> None:
    assert actions(write(row, dict.fromkeys(row, ""))) == [action]


def test_name_alone_is_not_enough_among_namesakes(bakery: Enterprise, write: Write) -> None:
    import_file(write({"name": BAKERY["name"], "postcode": "2300"}))
    assert problems(write({"name": BAKERY["name"], "email": "ny@example.dk"})) == [(2, "name")]


def test_another_cvr_number_under_the_same_name_is_asked_about(bakery: Enterprise, write: Write) -> None:
    assert problems(write(BAKERY | {"cvr": "10150817"})) == [(2, "name")]


def test_what_editors_say_is_only_suggested_to_them_and_they_are_mailed(
    bakery: Enterprise, write: Write
) -> None:
    let_in(a_user("editor@example.dk"), bakery)
    row = BAKERY | {"phone": "12345678", "street": "Nygade 2", "source": "Rådets liste 2026"}
    outcome = import_file(write(row)).outcomes[0]
    assert (outcome.action, outcome.published) == (Action.SUGGESTED, True)
    assert "har selv redaktører" in outcome.remarks[0]
    bakery.refresh_from_db()
    assert (bakery.phone, bakery.places.get().street) == (BAKERY["phone"], BAKERY["street"])
    assert bakery.current.snapshot["provenance"]["source"] == "Rådets liste 2026", "which is the council's"
    assert {one.field: one.changes[0]["after"] for one in bakery.suggestions.all()} == {
        "phone": "12345678",
        "place": "Nygade 2",
    }
    (mail,) = django_mail.outbox
    assert mail.to == ["editor@example.dk"] and "/min/rugbroed-ret/" in mail.body


def test_withdrawn_profile_stays_withdrawn(bakery: Enterprise, write: Write) -> None:
    """By its number, and by its name and postcode: it is not made anew, not changed, and the row says why."""
    publishing.withdraw(bakery, reason="Bad om det")
    for row in (BAKERY, BAKERY | {"cvr": ""}):
        outcome = import_file(write(row | {"phone": "12345678"})).outcomes[0]
        assert (outcome.action, outcome.published) == (Action.SKIPPED, False)
        assert outcome.remarks == ["Profilen er trukket tilbage: Bad om det"]
    unchanged = Enterprise.objects.get()
    assert (unchanged.is_public, unchanged.phone) == (False, BAKERY["phone"])


def test_one_that_never_had_a_number_does_not_come_back_with_one(db: None, write: Write) -> None:
    import_file(write(BAKERY | {"cvr": ""}))
    publishing.withdraw(Enterprise.objects.get(), reason="Bad om det")
    assert import_file(write(BAKERY)).outcomes[0].action == Action.SKIPPED
    assert Enterprise.objects.get().is_public is False


def test_row_about_one_that_was_merged_names_the_one_that_is_left(bakery: Enterprise, write: Write) -> None:
    kept = published("Brødhuset", email="", phone="", website="")
    publishing.withdraw(bakery, reason="Samme", merged_into=kept)
    outcome = import_file(write(BAKERY)).outcomes[0]
    assert outcome.action == Action.SKIPPED and "“Brødhuset”" in outcome.remarks[0]


def test_row_about_two_of_one_name_is_about_the_one_that_has_not_left(
    bakery: Enterprise, write: Write
) -> None:
    twin = published(bakery.name, cvr=None)
    Enterprise.objects.filter(pk=bakery.pk).update(cvr=None)
    publishing.withdraw(bakery, reason="Samme", merged_into=twin)
    outcome = import_file(write(BAKERY | {"cvr": "", "phone": "12345678"})).outcomes[0]
    twin.refresh_from_db()
    assert (outcome.action, twin.phone) == (Action.UPDATED, "12345678")


def test_row_that_lacks_what_a_profile_needs_is_a_draft(db: None, write: Write) -> None:
    outcome = import_file(write(SHORT)).outcomes[0]
    assert not Enterprise.objects.get().is_public
    assert outcome.remarks == publishing.missing(Enterprise.objects.get())


def test_sole_traders_address_is_hidden(bakery: Enterprise, write: Write) -> None:
    import_file(write(BAKERY | {"legal_form": "Enkeltmandsvirksomhed"}))
    bakery.refresh_from_db()
    assert bakery.places.get().hidden
    assert BAKERY["street"] not in str(bakery.current.snapshot)


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("name", "x" * 121),
        ("cvr", "25063865"),
        ("cvr", "mange"),
        ("legal_form", "Aktieselskabb Ltd"),
        ("sectors", "mad-catering|rumfart"),
        ("sectors", "mad-catering|finans|it-data|kultur-event"),
        ("district", "Brønby"),
        ("postcode", "22"),
        ("latitude", "nord"),
        ("phone", "ring til os"),
        ("email", "hej-at-rugbroed"),
        ("website", "javascript:alert(1)"),
        ("website", "ikke en adresse"),
        ("founded", "3015"),
        ("employees", "cirka 12"),
        ("employees", "9999999999"),
        ("products", "y" * 121),
    ],
)  # fmt: skip
def test_bad_cell_is_named_and_nothing_is_saved(db: None, write: Write, column: str, text: str) -> None:
    assert problems(write(SHORT, BAKERY | {column: text})) == [(3, column)]
    assert not Enterprise.objects.exists()


def test_place_outside_denmark_is_an_error(db: None, write: Write) -> None:
    assert problems(write(BAKERY | {"latitude": "12,5", "longitude": "55,6"})) == [(2, "")]


def test_row_without_a_name_is_an_error(db: None, write: Write) -> None:
    assert problems(write(SHORT, {"name": "", "email": "hej@example.dk"})) == [(3, "name")]


def test_all_problems_are_told_at_once(db: None, write: Write) -> None:
    bad = BAKERY | {"cvr": "25063865", "email": "x", "founded": "i går"}
    found = problems(write(bad, SHORT | {"district": "?", "phone": "a"}))
    assert sorted(found) == [(2, "cvr"), (2, "email"), (2, "founded"), (3, "district"), (3, "phone")]


def test_address_that_was_anothers_is_an_error(bakery: Enterprise, write: Write) -> None:
    other = Enterprise.objects.create(name="Andet", slug="andet")
    FormerSlug.objects.create(slug="rugbroed", enterprise=other)
    Enterprise.objects.filter(pk=bakery.pk).update(slug="rugbroed")
    assert problems(write(SHORT, BAKERY | {"phone": "12345678"})) == [(3, "")]
    assert (Enterprise.objects.count(), Publication.objects.count()) == (2, 1)


def test_repeated_rows_are_errors_on_the_later_one(db: None, write: Write) -> None:
    same_cvr = {"name": "Andet", "cvr": "DK 25 06 38 64"}
    same_name = {"name": "cykelvaerkstedet", "postcode": "2300"}
    assert problems(write(BAKERY, SHORT, same_cvr, same_name)) == [(4, "cvr"), (5, "name")]


def test_two_rows_about_the_same_enterprise_are_an_error(bakery: Enterprise, write: Write) -> None:
    assert problems(write(BAKERY, {"name": BAKERY["name"], "email": "ny@example.dk"})) == [(3, "")]


# -- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run() -> Iterator[Callable[..., tuple[str, str]]]:
    def run_command(*arguments: object) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_enterprises", *map(str, arguments), stdout=out, stderr=err, no_color=True)
        except CommandError as error:
            assert error.returncode == 1
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    yield run_command


def test_report_tells_each_row_that_is_not_unchanged(bakery: Enterprise, write: Write, run: Any) -> None:
    out, err = run(write(BAKERY, SHORT | {"Noter": "x"}))
    assert out.splitlines()[0] == "Kolonnen “Noter” kender vi ikke, så den blev ikke læst."
    assert out.splitlines()[1].startswith(
        "Række 3: Cykelværkstedet – oprettet, men ikke udgivet. Der mangler"
    )
    assert "1 oprettet, 0 ændret, 0 foreslået redaktører, 1 som før, 0 sprunget over." in out
    assert (len(out.splitlines()), err) == (4, "")


def test_dry_run_reports_the_same_and_saves_nothing(db: None, write: Write, run: Any) -> None:
    path = write(BAKERY, SHORT)
    dry, _err = run(path, "--dry-run")
    assert not Enterprise.objects.exists()
    assert dry == run(path)[0] + "Prøvekørsel: intet er gemt.\n"


def test_errors_are_told_by_row_and_column(db: None, write: Write, run: Any) -> None:
    out, err = run(write(SHORT, BAKERY | {"district": "Norrebro C"}))
    assert err.startswith("Række 3, kolonnen district: “Norrebro C” kender vi ikke. Mente du “Nørrebro”?")
    assert err.endswith("Der er 1 fejl i filen, så intet er gemt. Ret den, og prøv igen.")
    assert (out, Enterprise.objects.count()) == ("", 0)


@pytest.mark.parametrize(("name", "says"), [(".", "er en mappe"), ("væk.csv", "findes ikke")])
def test_files_that_are_not_there_are_refused(tmp_path: Path, run: Any, name: str, says: str) -> None:
    assert says in run(tmp_path / name)[1]


def test_file_names_that_are_no_text_do_not_break_the_database(db: None, write: Write) -> None:
    import_file(write(SHORT, name="l\udce6st.csv"))
    assert Enterprise.objects.get().imported_from.startswith("l?st.csv, række 2")


@pytest.mark.parametrize(("given", "lacking"), [("latitude", "longitude"), ("longitude", "latitude")])
def test_half_a_position_is_named_by_its_missing_column(
    db: None, tmp_path: Path, given: str, lacking: str
) -> None:
    value = {"latitude": "55,69", "longitude": "12,55"}[given]
    file = tmp_path / "byen.csv"
    file.write_text(f"name;{given}\nBrød & Broer;{value}\n", encoding="utf-8")
    errors = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_enterprises", str(file), stderr=errors, stdout=errors)
    assert lacking in errors.getvalue()
    assert not Enterprise.objects.exists()
