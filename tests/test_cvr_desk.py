"""What the council decides about differences from CVR, and what becomes public by it."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import publishing, register
from enterprises.choices import DifferenceState
from enterprises.cvr import deciding, runs
from enterprises.models import (
    Enterprise,
    LegalForm,
    Publication,
    RegisterDifference,
    RegisterReading,
    User,
)
from tests.builders import a_place, a_user, an_enterprise, let_in, published, with_second_step
from tests.register_service import (
    COOPERATIVE,
    DISSOLVED,
    PROTECTED,
    SOLE_TRADER,
    Register,
    free_numbers,
)

pytestmark = pytest.mark.django_db

LIST = "admin:enterprises_registerdifference_changelist"


@pytest.fixture
def bakery(db: None) -> Enterprise:
    """As the register has it, but for its registration as a social enterprise."""
    return published("Brød & Broer", cvr=COOPERATIVE, founded=2012)


@pytest.fixture
def karen(clerk: Client) -> User:
    return User.objects.get(email="karen@example.dk")


def read(enterprise: Enterprise) -> None:
    runs.read(runs.readable().filter(pk=enterprise.pk))


def difference(enterprise: Enterprise, field: str) -> RegisterDifference:
    return RegisterDifference.objects.get(enterprise=enterprise, field=field, state="open")


def press(client: Client, button: str, row: RegisterDifference) -> Any:
    return client.post(reverse(LIST), {button: f"{row.pk}:{deciding.seen(row)}"}, follow=True)


def renamed(cvr: Register, name: str) -> None:
    cvr.entry(COOPERATIVE)["navne"][-1]["navn"] = name


def moved(cvr: Register, **address: Any) -> None:
    cvr.entry(COOPERATIVE)["beliggenhedsadresse"][-1] |= address


def shown(enterprise: Enterprise) -> dict[str, Any]:
    """What the public sees."""
    return dict(Publication.objects.get(pk=Enterprise.objects.get(pk=enterprise.pk).current_id).snapshot)


VALBY = {"vejnavn": "Valby Langgade", "husnummerFra": 80, "postnummer": 2500, "postdistrikt": "Valby"}


# -- taking over ------------------------------------------------------------------------------------


def test_one_press_says_what_cvr_says_and_publishes_it(
    cvr: Register, bakery: Enterprise, clerk: Client, karen: User
) -> None:
    renamed(cvr, "Broernes Brød")
    read(bakery)
    row = difference(bakery, "name")
    assert "Overtaget fra CVR og udgivet som nr. 2." in press(clerk, "_take_over", row).text
    assert shown(bakery)["name"] == "Broernes Brød"
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (DifferenceState.TAKEN, karen)
    latest = bakery.publications.get(number=2)
    assert (latest.published_by, latest.reason) == (karen, "Overtaget fra CVR: navn")
    assert {entry.content_type.model for entry in LogEntry.objects.filter(user=karen)} == {
        "enterprise",
        "registerdifference",
    }


def test_only_that_field_is_published_where_other_changes_wait(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    renamed(cvr, "Broernes Brød")
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Ikke set endnu", phone="33 33 33 33")
    read(bakery)
    before = shown(bakery)
    press(clerk, "_take_over", difference(bakery, "name"))
    assert shown(bakery) == before | {"name": "Broernes Brød"}
    bakery.refresh_from_db()
    assert bakery.tagline_da == "Ikke set endnu" and publishing.has_changes(bakery)


def test_a_registration_becomes_public_with_the_day_it_was_read(
    cvr: Register, bakery: Enterprise, clerk: Client, visitor: Client
) -> None:
    read(bakery)
    RegisterDifference.objects.update(read_on=date(2026, 11, 20))
    press(clerk, "_take_over", difference(bakery, "rsv"))
    assert shown(bakery)["rsv"] == {"registered": True, "read_on": "2026-11-20"}
    assert "Læst i CVR 20. november 2026" in visitor.get(reverse("profile", args=[bakery.slug])).text


def test_a_registration_that_has_ended_is_taken_off_the_profile(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    register.record_rsv(bakery, registered=True, read_on=date(2026, 1, 1))
    publishing.publish(bakery)
    for value in cvr.entry(COOPERATIVE)["attributter"][1]["vaerdier"]:
        value["periode"]["gyldigTil"] = "2026-10-31"
    read(bakery)
    press(clerk, "_take_over", difference(bakery, "rsv"))
    assert shown(bakery)["rsv"]["registered"] is False


def test_form_year_and_sector_can_be_taken_over(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    entry = cvr.entry(COOPERATIVE)
    entry["virksomhedsform"][-1] |= {"virksomhedsformkode": 152, "langBeskrivelse": "Forening m.b.a."}
    entry["hovedbranche"][-1] |= {"branchekode": "433210", "branchetekst": "Tømrerarbejde"}
    entry["virksomhedMetadata"]["stiftelsesDato"] = "2011-04-01"
    read(bakery)
    for field in ("form", "founded", "branch"):
        press(clerk, "_take_over", difference(bakery, field))
    assert shown(bakery)["legal_form"]["slug"] == "fmba"
    assert shown(bakery)["founded"] == 2011
    assert [term["slug"] for term in shown(bakery)["sectors"]] == ["mad-catering", "byggeri-haandvaerk"]


def test_a_draft_is_only_written_to(cvr: Register, clerk: Client) -> None:
    draft = an_enterprise("Kladde", cvr=COOPERATIVE)
    read(draft)
    answer = press(clerk, "_take_over", difference(draft, "name"))
    assert "Intet er udgivet." in answer.text
    draft.refresh_from_db()
    assert draft.name == "BRØD & BROER A.M.B.A." and not draft.is_public


# -- addresses --------------------------------------------------------------------------------------


def test_an_address_is_moved_with_its_district_and_keeps_its_hours(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    moved(cvr, **VALBY)
    read(bakery)
    before = shown(bakery)["places"][0]
    press(clerk, "_take_over", difference(bakery, "address"))
    (place,) = shown(bakery)["places"]
    assert (place["street"], place["postcode"]) == ("Valby Langgade 80, 1. tv", "2500")
    assert place["district"]["slug"] == "valby"
    assert place["hours"] == before["hours"]
    assert "latitude" not in place, "nobody is sent to where it was"


@pytest.mark.parametrize(
    ("postcode", "district"),
    [(2200, "noerrebro"), (2100, "noerrebro"), (2300, None), (2500, "valby"), (8000, "uden-for-koebenhavn")],
)
def test_the_district_follows_the_postcode_as_far_as_it_tells(
    cvr: Register, bakery: Enterprise, clerk: Client, postcode: int, district: str | None
) -> None:
    moved(cvr, vejnavn="Ny Vej", postnummer=postcode)
    read(bakery)
    press(clerk, "_take_over", difference(bakery, "address"))
    moved_to = bakery.places.get().district
    assert (moved_to and moved_to.slug) == district


def test_of_a_place_with_other_changes_only_the_address_is_published(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    moved(cvr, **VALBY)
    bakery.places.update(accessibility_da="Ikke set endnu")
    read(bakery)
    press(clerk, "_take_over", difference(bakery, "address"))
    (place,) = shown(bakery)["places"]
    assert place["street"] == "Valby Langgade 80, 1. tv" and "accessibility" not in place


def test_where_the_public_sees_other_places_the_address_waits_for_them(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    moved(cvr, **VALBY)
    other = a_place(bakery, street="Jagtvej 69")
    publishing.publish(bakery)
    other.delete()
    read(bakery)
    before = shown(bakery)
    assert "Intet er udgivet." in press(clerk, "_take_over", difference(bakery, "address")).text
    assert shown(bakery) == before
    assert bakery.places.get().street == "Valby Langgade 80, 1. tv"


def test_of_several_places_a_person_picks_one(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    moved(cvr, **VALBY)
    a_place(bakery, street="Jagtvej 69")
    read(bakery)
    row = difference(bakery, "address")
    assert "har flere steder" in clerk.get(reverse(LIST)).text
    press(clerk, "_take_over", row)
    row.refresh_from_db()
    assert row.state == DifferenceState.OPEN


def test_a_hidden_place_stays_hidden(cvr: Register, clerk: Client) -> None:
    bakery = published("Brød & Broer", cvr=COOPERATIVE, founded=2012, hidden=True)
    moved(cvr, **VALBY)
    read(bakery)
    press(clerk, "_take_over", difference(bakery, "address"))
    (place,) = shown(bakery)["places"]
    assert place["hidden"] and "street" not in place and "postcode" not in place
    assert place["district"]["slug"] == "valby"


@pytest.mark.parametrize(("number", "form"), [(PROTECTED, "pmv"), (SOLE_TRADER, "enkeltmandsvirksomhed")])
def test_a_home_is_taken_off_the_site(
    cvr: Register, clerk: Client, visitor: Client, number: str, form: str
) -> None:
    home = published("Ida Hansens Systue", cvr=number, legal_form=form, district=None)
    a_place(home, street="Griffenfeldsgade 44B", postcode="2200")
    publishing.publish(home)
    read(home)
    press(clerk, "_take_over", difference(home, "address"))
    (place,) = shown(home)["places"]
    assert place["hidden"] and "street" not in place
    assert "Griffenfeldsgade" not in visitor.get(reverse("profile", args=[home.slug])).text
    assert home.places.get().street == ""
    assert "Griffenfeldsgade" not in str(list(RegisterDifference.objects.values()))
    read(home)
    assert not RegisterDifference.objects.filter(field="address", state="open").exists()


# -- keeping ours -----------------------------------------------------------------------------------


def test_ours_is_kept_until_cvr_says_something_else(
    cvr: Register, bakery: Enterprise, clerk: Client, karen: User
) -> None:
    renamed(cvr, "Holdingselskabet")
    read(bakery)
    press(clerk, "_keep_ours", difference(bakery, "name"))
    read(bakery)
    row = RegisterDifference.objects.get(field="name")
    assert (row.state, row.decided_by) == (DifferenceState.KEPT, karen)
    renamed(cvr, "Et tredje navn")
    read(bakery)
    assert difference(bakery, "name").theirs == "Et tredje navn"
    assert shown(bakery)["name"] == "Brød & Broer"


def test_nobody_decides_what_they_have_not_seen(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    renamed(cvr, "Set")
    read(bakery)
    seen = difference(bakery, "name")
    renamed(cvr, "Ikke set")
    read(bakery)
    assert "Se efter igen." in press(clerk, "_take_over", seen).text
    assert shown(bakery)["name"] == "Brød & Broer"


def test_what_an_editor_has_written_since_is_not_overwritten(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    renamed(cvr, "Holdingselskabet")
    read(bakery)
    Enterprise.objects.filter(pk=bakery.pk).update(name="Nyere end CVR")
    assert "er ændret, siden CVR blev læst" in press(clerk, "_take_over", difference(bakery, "name")).text
    bakery.refresh_from_db()
    assert bakery.name == "Nyere end CVR"


def test_a_form_that_has_been_deleted_since_is_not_missed(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    cvr.entry(COOPERATIVE)["virksomhedsform"][-1]["virksomhedsformkode"] = 195
    read(bakery)
    LegalForm.objects.get(cvr_code=195).delete()
    assert "Læs den igen i CVR" in press(clerk, "_take_over", difference(bakery, "form")).text


def test_the_second_clerk_is_told(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    read(bakery)
    row = difference(bakery, "rsv")
    press(clerk, "_take_over", row)
    assert "afgjort i mellemtiden" in press(clerk, "_keep_ours", row).text
    assert bakery.publications.count() == 2


def test_a_name_that_is_too_long_for_us_is_refused(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    renamed(cvr, "x" * 200)
    read(bakery)
    press(clerk, "_take_over", difference(bakery, "name"))
    bakery.refresh_from_db()
    assert bakery.name == "Brød & Broer"


# -- profiles with editors --------------------------------------------------------------------------


def test_what_an_enterprise_says_itself_is_only_suggested_to_it(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    let_in(a_user(), bakery)
    renamed(cvr, "Broernes Brød")
    moved(cvr, **VALBY)
    read(bakery)
    assert {row.field for row in deciding.open_for(bakery)} == {"name", "address"}
    answer = press(clerk, "_take_over", difference(bakery, "name"))
    assert "det er et forslag til dem" in answer.text
    assert shown(bakery)["name"] == "Brød & Broer"
    press(clerk, "_take_over", difference(bakery, "rsv"))
    assert shown(bakery)["rsv"]["registered"], "only CVR says that"


def test_a_protected_address_is_taken_off_whoever_edits(cvr: Register, clerk: Client) -> None:
    shop = published("Den Stille Butik", cvr=PROTECTED, legal_form="pmv")
    let_in(a_user(), shop)
    read(shop)
    press(clerk, "_take_over", difference(shop, "address"))
    assert "street" not in shown(shop)["places"][0]


# -- companies that are gone ------------------------------------------------------------------------


def test_who_is_dissolved_comes_first_and_can_be_withdrawn_at_once(
    cvr: Register, bakery: Enterprise, clerk: Client, visitor: Client, karen: User
) -> None:
    read(bakery)
    kitchen = published("Lukket Køkken", cvr=DISSOLVED)
    read(kitchen)
    RegisterDifference.objects.filter(enterprise=bakery).update(found_on=date(2026, 1, 1))
    page = clerk.get(reverse(LIST))
    assert [row.enterprise for row in page.context["cl"].result_list] == [kitchen, bakery]
    row = difference(kitchen, "status")
    withdraw = reverse("admin:enterprises_registerdifference_withdraw", args=[row.pk])
    assert withdraw in page.text and page.text.count("errornote") == 1
    assert "Opløst efter konkurs" in clerk.get(withdraw).text
    clerk.post(withdraw, {"reason": "CVR: Opløst efter konkurs"})
    assert visitor.get(reverse("profile", args=[kitchen.slug])).status_code == 410
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (DifferenceState.TAKEN, karen)


def test_who_is_off_the_site_waits_for_nobody(cvr: Register, clerk: Client) -> None:
    kitchen = published("Lukket Køkken", cvr=DISSOLVED)
    read(kitchen)
    publishing.withdraw(kitchen, reason="Lukket")
    assert not clerk.get(reverse(LIST)).context["cl"].result_list


def test_a_number_that_is_not_in_cvr_cannot_be_taken_over(cvr: Register, clerk: Client) -> None:
    kitchen = published(cvr="25063864")
    read(kitchen)
    row = difference(kitchen, "number")
    assert f'name="_take_over" value="{row.pk}' not in clerk.get(reverse(LIST)).text
    press(clerk, "_take_over", row)
    row.refresh_from_db()
    assert row.state == DifferenceState.OPEN


# -- the list ---------------------------------------------------------------------------------------


def test_both_values_and_the_dates_are_there_to_compare(
    cvr: Register, bakery: Enterprise, clerk: Client
) -> None:
    renamed(cvr, "Broernes Brød")
    read(bakery)
    page = clerk.get(reverse(LIST)).text
    for said in ("Brød &amp; Broer</td>", "Broernes Brød", "i CVR siden 1.1.2019", "Registreret"):
        assert said in page


def test_it_speaks_english(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    cvr.entry(COOPERATIVE)["virksomhedsform"][-1] |= {"virksomhedsformkode": 152}
    read(bakery)
    with override("en"):
        page = clerk.get(reverse(LIST)).text
    for said in ("Take over and publish", "CVR says", "Association with limited liability", "Keep ours"):
        assert said in page


def test_several_can_be_decided_at_once(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    renamed(cvr, "Broernes Brød")
    read(bakery)
    chosen = [row.pk for row in RegisterDifference.objects.all()]
    clerk.post(reverse(LIST), {"action": "take_over_selected", "_selected_action": chosen})
    assert set(RegisterDifference.objects.values_list("state", flat=True)) == {"taken"}
    assert shown(bakery)["rsv"]["registered"] and shown(bakery)["name"] == "Broernes Brød"


def test_who_only_reads_decides_nothing(cvr: Register, bakery: Enterprise, client: Client) -> None:
    read(bakery)
    auditor = with_second_step(a_user("rie@example.dk", is_staff=True))
    auditor.user_permissions.add(Permission.objects.get(codename="view_registerdifference"))
    client.force_login(auditor)
    page = client.get(reverse(LIST))
    assert page.status_code == 200 and "_keep_ours" not in page.text
    row = difference(bakery, "rsv")
    assert press(client, "_take_over", row).status_code == 403
    withdraw = reverse("admin:enterprises_registerdifference_withdraw", args=[row.pk])
    assert client.post(withdraw, {"reason": "x"}).status_code == 403
    assert difference(bakery, "rsv")


def test_nonsense_buttons_lead_nowhere(clerk: Client) -> None:
    for value in ("x", "0:", "99999999:abc", "²:a"):
        assert clerk.post(reverse(LIST), {"_take_over": value}).status_code == 404


def test_the_list_takes_few_queries_however_long_it_is(clerk: Client) -> None:
    today, numbers = timezone.localdate(), free_numbers()
    counted = []
    for rows in (3, 27):
        for number in itertools.islice(numbers, rows):
            RegisterDifference.objects.create(
                enterprise=published(cvr=number, criteria=()),
                field="name", ours="Før", theirs="Nu", found_on=today, read_on=today,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            page = clerk.get(reverse(LIST))
        counted.append(len(captured))
    assert len(page.context["cl"].result_list) == 30
    assert counted[0] == counted[1] < 10


# -- the enterprise's page --------------------------------------------------------------------------


def test_its_page_says_what_was_read_and_nobody_can_type_it(cvr: Register, clerk: Client) -> None:
    kitchen = an_enterprise("Lukket Køkken", cvr=DISSOLVED)
    change = reverse("admin:enterprises_enterprise_change", args=[kitchen.pk])
    assert "Ikke læst endnu." in clerk.get(change).text
    read(kitchen)
    page = clerk.get(change).text
    for said in ("Opløst efter konkurs", "14. september 2026", "Det er forbudt at sende den reklamer."):
        assert said in page
    assert 'name="register' not in page and 'name="rsv' not in page


def test_those_chosen_are_read_in_the_background(cvr: Register, bakery: Enterprise, clerk: Client) -> None:
    demo = an_enterprise("Demo", cvr="30009999", is_demo=True)
    enterprises = reverse("admin:enterprises_enterprise_changelist")
    chosen = {"action": "read_in_register", "_selected_action": [bakery.pk, demo.pk]}
    assert "1 virksomhed bliver læst i CVR nu." in clerk.post(enterprises, chosen, follow=True).text
    job = ProcrastinateJob.objects.get(task_name="enterprises.tasks.read_in_register")
    assert job.args == {"enterprises": [bakery.pk]}
    assert not cvr.questions


def test_without_access_the_desk_says_so(clerk: Client, bakery: Enterprise) -> None:
    enterprises = reverse("admin:enterprises_enterprise_changelist")
    chosen = {"action": "read_in_register", "_selected_action": [bakery.pk]}
    assert "ingen adgang til CVR" in clerk.post(enterprises, chosen, follow=True).text
    assert not ProcrastinateJob.objects.exists() and not RegisterReading.objects.exists()
