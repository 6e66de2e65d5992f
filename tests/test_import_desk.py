"""A spreadsheet at the desk: uploaded, read through, decided about, read in and undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import claims, proposals, publishing
from enterprises.choices import Decision, ImportState, RowKind, RowOutcome
from enterprises.imports import progress, runs, undoing
from enterprises.models import Enterprise, Import, ImportRow, Publication, User
from tests.builders import a_user, let_in, published, with_second_step
from tests.client import Element, PolicingClient, parsed
from tests.test_import import BAKERY

pytestmark = pytest.mark.django_db

ADD = "admin:enterprises_import_add"
OTHER = {"name": "Cykelværkstedet", "postcode": "2300", "tagline_da": "Vi lapper", "sectors": "butik-genbrug",
         "description_da": "Vi lapper cykler på Amager."}  # fmt: skip


@pytest.fixture
def karen(clerk: Client) -> User:
    return User.objects.get(email="karen@example.dk")


def sheet(*rows: dict[str, str]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode("utf-8-sig")


def received(by: User, *rows: dict[str, str]) -> Import:
    """Looked at, and waiting for decisions."""
    run = runs.receive("liste.csv", sheet(*rows), by=by, language="da")
    runs.look(run.pk)
    run.refresh_from_db()
    return run


def done(by: User, *rows: dict[str, str]) -> Import:
    run = received(by, *rows)
    runs.queue(run, by=by)
    runs.apply(run.pk)
    run.refresh_from_db()
    return run


def undone(run: Import, by: User) -> Import:
    undoing.queue(run, by=by)
    undoing.undo(run.pk)
    run.refresh_from_db()
    return run


def kinds(run: Import) -> list[str]:
    return list(run.rows.order_by("number").values_list("kind", flat=True))


def outcomes(run: Import) -> list[str]:
    return list(run.rows.order_by("number").values_list("outcome", flat=True))


def shown(client: Client, run: Import, **asked: str) -> Element:
    return parsed(client.get(page_of(run), asked).text).one("div", id="content-main")


def page_of(run: Import) -> str:
    return reverse("admin:enterprises_import_change", args=[run.pk])


# -- the way through --------------------------------------------------------------------------------


def test_a_file_is_uploaded_read_through_and_read_in(clerk: Client) -> None:
    file = SimpleUploadedFile("liste.csv", sheet(BAKERY, OTHER))
    response = clerk.post(reverse(ADD), {"file": file})
    run = Import.objects.get()
    assert response["Location"] == page_of(run) and not Enterprise.objects.exists()
    assert "Læses igennem" in shown(clerk, run).text
    runs.look(run.pk)
    assert not Enterprise.objects.exists(), "looking changes nothing"
    text = shown(clerk, run).text
    assert "Alle rækker er afgjort" in text and "Rugbrød & Ret" in text and "Ny" in text
    clerk.post(page_of(run), {"_apply": "x", "row-2": "take", "row-3": "skip"})
    assert "Indlæses" in clerk.get(page_of(run)).text
    runs.apply(run.pk)
    bakery = Enterprise.objects.get()
    assert bakery.is_public and outcomes(run) == [RowOutcome.CREATED, RowOutcome.SKIPPED]
    assert "Hent rapporten" in clerk.get(page_of(run)).text
    told = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(told) == ["Lagt op", "Sat i gang"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("tom.csv", b"", "Filen er tom."),
        ("billede.png", b"\x89PNG\r\n\x1a\n\0\0", "ikke en tekstfil"),
        ("gammel.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "gamle Excel-format"),
        ("brudt.xlsx", b"PK\x03\x04 brudt", "Excel-ark"),
        ("andet.csv", b"a;b\n1;2\n", "kolonnernes navne"),
        ("stor.csv", b"name;cvr\n" + b" " * 12 * 1024 * 1024, "12 MB"),
    ],
)
def test_a_bad_file_says_one_sentence_and_changes_nothing(
    clerk: Client, name: str, data: bytes, says: str
) -> None:
    page = parsed(clerk.post(reverse(ADD), {"file": SimpleUploadedFile(name, data)}).text)
    assert says in page.one("p", class_="errornote").text
    assert not Import.objects.exists()


def test_a_row_that_changes_something_shows_before_and_after(clerk: Client, karen: User) -> None:
    done(karen, BAKERY)
    run = received(karen, BAKERY | {"phone": "12345678", "legal_form": "ApS", "products": "Rugbrød|Kaffe"})
    text = shown(clerk, run).one("dl").text
    for said in ("+45 33 12 34 56", "12345678", "Anpartsselskab", "Rugbrød, Frokost", "Rugbrød, Kaffe"):
        assert said in text
    assert kinds(run) == [RowKind.CHANGED]


def test_what_is_wrong_is_told_by_row_and_must_be_skipped(clerk: Client, karen: User) -> None:
    run = received(karen, OTHER, BAKERY | {"cvr": "25063865", "founded": "i går"})
    assert kinds(run) == [RowKind.NEW, RowKind.ERROR]
    page = shown(clerk, run)
    assert "1 række venter" in page.text and "founded:" in page.one("ul", class_="errorlist").text
    with pytest.raises(runs.StepError):
        runs.queue(run, by=karen)
    runs.decide(run, {3: "take"})
    assert run.rows.get(number=3).decision == Decision.UNDECIDED, "an error cannot be taken"
    clerk.post(page_of(run), {"_all": "error:skip"})
    runs.queue(run, by=karen)
    runs.apply(run.pk)
    assert outcomes(run) == [RowOutcome.CREATED, RowOutcome.SKIPPED]


def test_rows_are_found_by_kind_and_page_with_few_queries(clerk: Client, karen: User) -> None:
    rows = [OTHER | {"name": f"Hus {number * 7919 % 997}", "postcode": ""} for number in range(60)]
    run = received(karen, *rows, BAKERY | {"cvr": "25063865"})
    clerk.get(page_of(run), {"only": "new"})
    with CaptureQueriesContext(connection) as queries:
        page = shown(clerk, run, only="new", p="2")
    assert len(queries) < 10, [query["sql"][:80] for query in queries]
    assert len(page.all("tr")) == 11
    assert len(shown(clerk, run, only="error").all("tr")) == 2


def test_the_same_file_once_more_is_told_and_not_refused(clerk: Client, karen: User) -> None:
    first = done(karen, BAKERY)
    again = received(karen, BAKERY)
    page = shown(clerk, again)
    assert "Den samme fil er lagt op før" in page.text and kinds(again) == [RowKind.UNCHANGED]
    assert f'href="{page_of(first)}"' in clerk.get(page_of(again)).text


def test_who_must_be_decided_about_waits_at_the_desk(karen: User) -> None:
    run = received(karen, OTHER, BAKERY | {"cvr": "1"})
    received(karen, OTHER)
    assert [row.number for row in ImportRow.objects.waiting()] == [3]
    runs.drop(run, by=karen)
    assert not ImportRow.objects.waiting().exists()


# -- who may be here already ------------------------------------------------------------------------


def test_a_likely_duplicate_is_asked_about(clerk: Client, karen: User) -> None:
    known = published("Rugbrød og Ret", district=None, email="hej@rugbroed.example")
    run = received(karen, BAKERY)
    assert kinds(run) == [RowKind.SUSPECTED]
    page = shown(clerk, run).text
    assert "Det kan være den samme som" in page and known.name in page and "samme mailadresse" in page
    runs.decide(run, {2: "take"})
    runs.queue(run, by=karen)
    runs.apply(run.pk)
    assert Enterprise.objects.count() == 2


def test_two_rows_that_could_be_one_are_asked_about(karen: User) -> None:
    run = received(karen, BAKERY, OTHER | {"email": BAKERY["email"]})
    assert kinds(run) == [RowKind.SUSPECTED, RowKind.SUSPECTED]
    assert [suspect["row"] for row in run.rows.all() for suspect in row.suspects] == [3, 2]


def test_who_is_to_stay_away_stays_away(clerk: Client, karen: User) -> None:
    done(karen, BAKERY)
    bakery = Enterprise.objects.get()
    publishing.withdraw(bakery, reason="Bad om det")
    run = received(karen, BAKERY | {"phone": "12345678"}, OTHER)
    assert kinds(run) == [RowKind.TOMBSTONE, RowKind.NEW]
    assert "Bad om det" in clerk.get(page_of(run)).text
    with pytest.raises(runs.StepError):
        runs.decide_all(run, RowKind.TOMBSTONE, Decision.TAKE)
    runs.decide_all(run, RowKind.TOMBSTONE, Decision.SKIP)
    runs.queue(run, by=karen)
    runs.apply(run.pk)
    bakery.refresh_from_db()
    assert not bakery.is_public and bakery.phone == BAKERY["phone"]


def test_who_is_to_stay_away_is_recognised_under_another_name(karen: User) -> None:
    done(karen, BAKERY)
    publishing.withdraw(Enterprise.objects.get(), reason="Bad om det")
    run = received(karen, BAKERY | {"name": "Rugbrødshuset", "cvr": ""})
    (row,) = run.rows.all()
    assert row.kind == RowKind.SUSPECTED and row.suspects[0]["left"]


def test_what_somebody_has_added_is_not_let_in_by_a_spreadsheet(adder: Client, karen: User) -> None:
    run = received(karen, {"name": "Kæden", "postcode": "2200", "phone": "12345678"})
    assert kinds(run) == [RowKind.ERROR]
    assert not Enterprise.objects.get(name="Kæden").is_public


# -- done once, and only what was seen ---------------------------------------------------------------


def test_what_has_changed_since_it_was_seen_is_left(karen: User) -> None:
    done(karen, BAKERY, OTHER)
    run = received(karen, BAKERY | {"phone": "12345678"}, OTHER | {"tagline_da": "Vi lapper alt"})
    Enterprise.objects.filter(cvr=BAKERY["cvr"]).update(phone="87654321")
    runs.queue(run, by=karen)
    runs.apply(run.pk)
    assert outcomes(run) == [RowOutcome.STALE, RowOutcome.UPDATED]
    assert Enterprise.objects.get(cvr=BAKERY["cvr"]).phone == "87654321"


def test_what_became_an_error_since_stops_all_and_is_looked_at_anew(karen: User) -> None:
    run = received(karen, OTHER, BAKERY)
    runs.queue(run, by=karen)
    published("Rugbrød & Ret", cvr="10150817", email="", phone="", website="")
    runs.apply(run.pk)
    assert Enterprise.objects.count() == 1
    run.refresh_from_db()
    assert run.state == ImportState.LOOKING and "Intet er indlæst" in run.failure
    runs.look(run.pk)
    assert kinds(run) == [RowKind.NEW, RowKind.ERROR]


def test_done_twice_changes_nothing(karen: User) -> None:
    run = done(karen, BAKERY, OTHER)
    before = list(Publication.objects.values_list("pk", flat=True))
    for step in (runs.apply, runs.look, undoing.undo):
        step(run.pk)
    assert list(Publication.objects.values_list("pk", flat=True)) == before
    with pytest.raises(runs.StepError):
        runs.queue(run, by=karen)


def test_a_step_that_breaks_leaves_nothing_and_says_so(
    clerk: Client, karen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = received(karen, BAKERY)
    runs.queue(run, by=karen)
    monkeypatch.setattr(runs, "_note", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        runs.apply(run.pk)
    assert not Enterprise.objects.exists()
    assert "Noget gik galt, så intet er indlæst." in clerk.get(page_of(run)).text


def test_how_far_it_is_can_be_seen(clerk: Client, karen: User) -> None:
    run = received(karen, BAKERY)
    runs.queue(run, by=karen)
    progress.tell(run.pk, 3, 7)
    assert "3 af 7 rækker" in shown(clerk, run).text
    assert progress.of(run.pk + 1) is None
    Import.objects.update(state=ImportState.DONE, ended_at=run.uploaded_at)
    assert clerk.get(page_of(run), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


# -- the report -------------------------------------------------------------------------------------


def test_the_report_says_what_came_of_each_row_with_formulas_inert(clerk: Client, karen: User) -> None:
    Enterprise.objects.create(name="Kilden", slug="kilden", cvr="10150817")
    kilden = {"name": "Kilden", "cvr": "10150817", "source": "=1+1"}
    run = done(karen, BAKERY, OTHER | {"name": "@huset"}, kilden)
    response = clerk.get(reverse("admin:enterprises_import_report", args=[run.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "Række;Navn;Slags;Afgørelse;Udfald;Ændringer;Bemærkninger"
    assert "2;Rugbrød & Ret;Ny;Tag med;Oprettet" in text and "Kilde: – → =1+1" in text
    assert "3;'@huset;" in text


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_sample_can_be_read_in(clerk: Client, karen: User, suffix: str) -> None:
    response = clerk.get(reverse("admin:enterprises_import_sample", args=[suffix]))
    data = b"".join(response.streaming_content)
    run = runs.receive(f"skabelon.{suffix}", data, by=karen, language="da")
    runs.look(run.pk)
    assert kinds(run) == [RowKind.NEW] and not run.rows.get().remarks, "it can be published as it is"


# -- undone as a whole ------------------------------------------------------------------------------


def test_undone_it_is_as_it_was_and_the_history_stands(clerk: Client, karen: User) -> None:
    done(karen, BAKERY)
    bakery = Enterprise.objects.get()
    bakery.places.update(hidden=True)
    publishing.publish(bakery)
    draft = Enterprise.objects.create(name="Kladden", slug="kladden", tagline_da="Før")
    run = done(
        karen,
        BAKERY | {"phone": "12345678", "street": "Nygade 2", "products": "Kaffe"},
        OTHER,
        {"name": "Ny kladde"},
        {"name": "Kladden", "tagline_da": "Efter"},
    )
    assert outcomes(run) == ["updated", "created", "created", "updated"]
    clerk.post(page_of(run), {"_undo": "x"})
    undoing.undo(run.pk)
    run.refresh_from_db()
    assert run.state == ImportState.UNDONE and not run.failure
    bakery.refresh_from_db()
    draft.refresh_from_db()
    assert (bakery.phone, bakery.places.get().street) == (BAKERY["phone"], BAKERY["street"])
    assert bakery.places.get().hidden
    assert [offer.name_da for offer in bakery.offers.all()] == ["Rugbrød", "Frokost"]
    assert bakery.current.snapshot["contact"]["phone"] == BAKERY["phone"]
    assert bakery.publications.count() == 4, "nothing is deleted"
    other = Enterprise.objects.get(name=OTHER["name"])
    assert not other.is_public and other.publications.count() == 1
    assert not Enterprise.objects.filter(name="Ny kladde").exists()
    assert draft.tagline_da == "Før"
    assert set(outcomes(run)) == {RowOutcome.UNDONE}


def test_what_was_undone_may_come_back(karen: User) -> None:
    run = undone(done(karen, BAKERY), karen)
    assert run.state == ImportState.UNDONE
    again = done(karen, BAKERY | {"phone": "12345678"})
    assert outcomes(again) == [RowOutcome.CREATED]
    bakery = Enterprise.objects.get()
    assert bakery.is_public and bakery.phone == "12345678"
    undone(again, karen)
    bakery.refresh_from_db()
    assert not bakery.is_public and bakery.phone == BAKERY["phone"]


def built(what: str, bakery: Enterprise) -> None:
    if what == "edit":
        bakery.phone = "12345678"
        bakery.save()
    elif what == "publication":
        Enterprise.objects.filter(pk=bakery.pk).update(phone="12345678")
        publishing.publish(bakery)
    elif what == "withdrawal":
        publishing.withdraw(bakery, reason="Lukket")
    elif what == "editor":
        let_in(a_user(), bakery)
    elif what == "claim":
        claims.open_(bakery, a_user(), claims.ClaimWay.EXPLANATION, "Min")


@pytest.mark.parametrize("what", ["edit", "publication", "withdrawal", "editor", "claim"])
def test_what_has_been_built_on_is_not_undone_and_named(clerk: Client, karen: User, what: str) -> None:
    run = done(karen, BAKERY, OTHER)
    bakery = Enterprise.objects.get(cvr=BAKERY["cvr"])
    built(what, bakery)
    text = clerk.get(page_of(run)).text
    assert "bygget videre" in text and "Fortryd indlæsningen" not in text
    with pytest.raises(undoing.StepError):
        undoing.queue(run, by=karen)
    # It may also come between asking and doing.
    Import.objects.update(state=ImportState.UNDOING)
    undoing.undo(run.pk)
    run.refresh_from_db()
    assert run.state == ImportState.DONE and "bygget videre" in run.failure
    assert Enterprise.objects.get(name=OTHER["name"]).is_public


def test_a_proposal_stands_in_the_way(karen: User) -> None:
    let_in(ida := a_user(), bakery := published("Brød", cvr=BAKERY["cvr"]))
    run = done(karen, {"name": "Brød", "cvr": BAKERY["cvr"], "source": "Rådets liste"})
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Nyt")
    bakery.refresh_from_db()
    proposals.submit(bakery, by=ida, having_seen=proposals.seen(bakery), message="")
    assert undoing.hindrances(run)[0].reasons == ["der er sendt et forslag"]


def test_what_only_the_council_says_of_one_with_editors_is_undone_alone(karen: User) -> None:
    let_in(a_user(), bakery := published("Brød", cvr=BAKERY["cvr"], source="Gammel"))
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Under arbejde")
    run = done(karen, {"name": "Brød", "cvr": BAKERY["cvr"], "source": "Ny", "phone": "12345678"})
    bakery.refresh_from_db()
    assert bakery.current.snapshot["provenance"]["source"] == "Ny"
    assert bakery.current.snapshot["tagline"]["da"] != "Under arbejde"
    undone(run, karen)
    bakery.refresh_from_db()
    assert (bakery.source, bakery.tagline_da) == ("Gammel", "Under arbejde")
    assert bakery.current.snapshot["provenance"]["source"] == "Gammel"
    assert not bakery.suggestions.filter(state="open").exists()


# -- who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may", "got"),
    [
        ((), (403, 403, 403)),
        (("view_import",), (403, 200, 403)),
        (("add_import",), (200, 403, 403)),
        (("change_import",), (403, 200, 302)),
    ],
)
def test_each_may_do_what_they_have_been_given(karen: User, may: tuple[str, ...], got: Any) -> None:
    run = received(karen, BAKERY)
    user = with_second_step(a_user("ole@example.dk", is_staff=True))
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    client = PolicingClient()
    client.force_login(user)
    page, decided = client.get(page_of(run)), client.post(page_of(run), {"_save": "x"})
    assert (client.get(reverse(ADD)).status_code, page.status_code, decided.status_code) == got


def test_a_job_is_queued_for_each_step(karen: User) -> None:
    run = received(karen, BAKERY)
    runs.queue(run, by=karen)
    runs.again(Import.objects.get(pk=run.pk))
    queued = ProcrastinateJob.objects.order_by("pk").values_list("task_name", flat=True)
    assert [name.rpartition(".")[2] for name in queued] == ["look_at_import", "apply_import", "apply_import"]


def test_what_waited_to_be_published_waits_again_when_it_is_undone(karen: User) -> None:
    bakery = published("Brød", cvr=BAKERY["cvr"])
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Venter")
    run = done(karen, {"name": "Brød", "cvr": BAKERY["cvr"], "phone": "12345678"})
    undone(run, karen)
    bakery.refresh_from_db()
    assert (bakery.tagline_da, bakery.phone) == ("Venter", "00 00 12 34")
    assert bakery.current.snapshot["tagline"]["da"] != "Venter"
    assert bakery.current.snapshot["contact"]["phone"] == "00 00 12 34"
