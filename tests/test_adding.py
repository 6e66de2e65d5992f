"""“Tilføj din virksomhed”: the public page, the form, and the question whether they are here already."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from enterprises import access, claims, publishing
from enterprises.choices import ClaimState, ClaimWay
from enterprises.models import Claim, Editorship, Enterprise, User
from tests.builders import a_user, an_enterprise, published
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db
CVR = "25063864"
TYPED = {
    "name": "Kæden Cykelværksted A.m.b.a.",
    "cvr": "DK 25 06 38 64",
    "street": "Valbygade 1",
    "postcode": "2500",
    "city": "Valby",
    "website": "kaeden.example",
    "email": "hej@kaeden.example",
    "phone": "11 22 33 44",
    "tagline_da": "Vi reparerer cykler",
}


@pytest.fixture(autouse=True)
def no_one_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def person() -> User:
    return a_user("nora@example.dk")


@pytest.fixture
def newcomer(person: User) -> Client:
    client = PolicingClient()
    client.force_login(person)
    return client


def add(client: Client, **changed: Any) -> Any:
    return client.post(reverse("add-enterprise"), TYPED | changed)


# -- the public page ------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "days"), [("da", "10 hverdage"), ("en", "10 working days")])
def test_the_page_says_who_belongs_and_when_to_expect_an_answer(
    visitor: Client, language: str, days: str
) -> None:
    with override(language):
        page = visitor.get(reverse("add")).page  # type: ignore[attr-defined]
    main = page.one("main")
    assert days in main.text
    assert len(main.all("ol")[0].all("li")) == 5


def test_every_page_leads_there(visitor: Client) -> None:
    page = visitor.get(reverse("about")).page  # type: ignore[attr-defined]
    assert page.one("a", href=reverse("add"))


def test_an_empty_search_leads_there(visitor: Client) -> None:
    page = visitor.get(reverse("listing"), {"q": "undervandsstøvsuger"}).page  # type: ignore[attr-defined]
    assert page.one("main").all("a", href=reverse("add"))


def test_one_logs_in_to_go_on_and_comes_back(visitor: Client) -> None:
    answer = visitor.get(reverse("add-enterprise"))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={reverse('add-enterprise')}")


# -- adding ---------------------------------------------------------------------------------------


def test_what_is_added_is_there_for_its_own_alone(
    newcomer: Client, person: User, visitor: Client, editor: Client, clerk: Client
) -> None:
    answer = add(newcomer)
    added = Enterprise.objects.get(cvr=CVR)
    assert answer["Location"] == reverse("edit-enterprise", args=[added.slug])
    assert (added.name, added.website, added.current) == (TYPED["name"], "https://kaeden.example", None)
    place = added.places.get()
    assert (place.street, place.postcode, place.district.slug) == ("Valbygade 1", "2500", "valby")  # type: ignore[union-attr]
    claim = Claim.objects.get(enterprise=added)
    assert (claim.user, claim.way, claim.state) == (person, ClaimWay.ADDED, ClaimState.OPEN)
    assert not Editorship.objects.filter(enterprise=added).exists()
    for name in ("edit-enterprise", "changes", "admission", "preview"):
        address = reverse(name, args=[added.slug])
        assert newcomer.get(address).status_code == 200, name
        assert editor.get(address).status_code == 404, name
    assert clerk.get(reverse("preview", args=[added.slug])).status_code == 200
    assert visitor.get(reverse("profile", args=[added.slug])).status_code == 404
    assert "Kæden" not in visitor.get(reverse("listing"), {"q": "kæden"}).content.decode()
    assert added.name in newcomer.get(reverse("my-enterprises")).page.one("main").text  # type: ignore[attr-defined]


def test_the_name_alone_is_enough(newcomer: Client) -> None:
    answer = newcomer.post(reverse("add-enterprise"), {"name": "Kæden"})
    assert answer.status_code == 302
    assert Enterprise.objects.get().cvr is None and not Enterprise.objects.get().places.exists()
    assert newcomer.get(reverse("preview", args=["kaeden"])).status_code == 200


def test_pressing_twice_adds_one(newcomer: Client) -> None:
    locations = {add(newcomer)["Location"] for _press in range(2)}
    assert len(locations) == 1 and Enterprise.objects.count() == Claim.objects.count() == 1
    for _press in range(2):
        add(newcomer, name="Uden nummer", cvr="")
    assert Enterprise.objects.count() == Claim.objects.count() == 2


def test_one_person_may_add_several(newcomer: Client, person: User) -> None:
    add(newcomer)
    add(newcomer, name="Noget helt andet", cvr="")
    assert access.added(person).count() == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Skriv, hvad I hedder."),
        ({"cvr": "12345678"}, "kontrolcifferet passer ikke"),
        ({"cvr": "hejsa"}, "er ikke et CVR-nummer"),
        ({"postcode": "22"}, "fire cifre"),
        ({"website": "javascript:alert(1)"}, "Hjemmeside"),
        ({"email": "hej"}, "Virksomhedens mail"),
        ({"name": "x" * 5_000}, "Virksomhedens navn"),
        ({"legal_form": "999999"}, "Virksomhedsform"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_added(
    newcomer: Client, changed: dict[str, str], sentence: str
) -> None:
    answer = add(newcomer, **changed)
    assert answer.status_code == 422 and sentence in answer.page.one(role="alert").text
    assert not Enterprise.objects.exists()


def test_five_million_letters_are_refused(newcomer: Client) -> None:
    assert add(newcomer, tagline_da="x" * 5_000_000).status_code == 400
    assert not Enterprise.objects.exists()


def test_markup_is_text(newcomer: Client) -> None:
    add(newcomer, name="<script>alert(1)</script> & Co", tagline_da="<img src=x onerror=alert(1)>", cvr="")
    page = newcomer.get(reverse("edit-enterprise", args=[Enterprise.objects.get().slug])).page  # type: ignore[attr-defined]
    assert page.one("h1").text == "<script>alert(1)</script> & Co"


def test_nobody_adds_without_end(newcomer: Client) -> None:
    codes = [add(newcomer, name=f"Nr. {number}", cvr="").status_code for number in range(21)]
    assert codes[-1] == 429 and set(codes[:-1]) == {302}
    other = PolicingClient()
    other.force_login(a_user("anna@example.dk"))
    assert add(other).status_code == 302


# -- who may be here already ----------------------------------------------------------------------


def test_a_near_double_is_shown_before_one_is_added(newcomer: Client, bakery: Enterprise) -> None:
    typed = {"name": "Brød og Broer ApS", "cvr": "", "street": "Blågårdsgade 12", "postcode": "2200"}
    answer = add(newcomer, **typed)
    assert answer.status_code == 200 and Enterprise.objects.count() == 1
    asked = answer.page.one(role="alert")
    assert "Findes I her allerede?" in asked.text and "adressen er den samme" in asked.text
    assert asked.all("a", href=reverse("profile", args=[bakery.slug]))
    others = answer.page.all("button", name="others")[0].attrs["value"]
    assert answer.page.one("input", name="name").attrs["value"] == typed["name"]
    assert add(newcomer, **typed, others=others).status_code == 302
    assert Enterprise.objects.count() == 2


def test_a_no_is_about_those_who_were_shown(newcomer: Client, bakery: Enterprise) -> None:
    assert add(newcomer, name="Brød og Broer", cvr="", postcode="2200", others="0-1-x").status_code == 200
    assert Enterprise.objects.count() == 1


def test_nobody_learns_of_a_draft_by_its_name(newcomer: Client) -> None:
    an_enterprise("Kæden Cykelværksted")
    assert add(newcomer, cvr="").status_code == 302


def test_a_listed_cvr_number_is_never_added_again(newcomer: Client) -> None:
    bakery = published(cvr=CVR)
    for others in ("", str(bakery.pk)):
        answer = add(newcomer, others=others)
        assert answer.status_code == 200 and Enterprise.objects.count() == 1
        told = answer.page.one(role="alert")
        assert "Brød & Broer" in told.text and told.all("a", href=reverse("claim", args=[bakery.slug]))


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_who_is_not_shown_is_not_named(newcomer: Client, settings: Any, is_withdrawn: bool) -> None:
    settings.CONTACT_EMAIL = "raadet@example.dk"
    hidden = published("Vil ikke stå her", cvr=CVR) if is_withdrawn else an_enterprise("En kladde", cvr=CVR)
    if is_withdrawn:
        publishing.withdraw(hidden, reason="Ønsker ikke at stå her")
    answer = add(newcomer)
    assert Enterprise.objects.count() == 1
    assert hidden.name not in answer.content.decode()
    assert "raadet@example.dk" in answer.page.one(role="alert").text


def test_ones_own_cvr_number_leads_home(newcomer: Client, person: User) -> None:
    bakery = published(cvr=CVR)
    claims.give(bakery, person)
    assert add(newcomer)["Location"] == reverse("edit-enterprise", args=[bakery.slug])


# -- who may do what with it ----------------------------------------------------------------------


def test_once_the_claim_is_closed_the_draft_is_closed_too(newcomer: Client, person: User) -> None:
    add(newcomer)
    added = access.added(person).get()
    claims.withdraw(Claim.objects.get())
    assert newcomer.get(reverse("edit-enterprise", args=[added.slug])).status_code == 404


def test_an_open_claim_to_what_was_public_lets_nobody_in(newcomer: Client, person: User) -> None:
    bakery = published()
    claims.open_(bakery, person, ClaimWay.ADDED)
    for _step in range(2):
        assert newcomer.get(reverse("edit-enterprise", args=[bakery.slug])).status_code == 404
        if bakery.current:
            publishing.withdraw(bakery, reason="Lukket")


def test_other_claims_to_a_draft_let_nobody_in(newcomer: Client, person: User) -> None:
    draft = an_enterprise("En andens")
    claims.open_(draft, person, ClaimWay.EXPLANATION)
    assert newcomer.get(reverse("edit-enterprise", args=[draft.slug])).status_code == 404


def test_adding_asks_the_database_no_more_among_many(newcomer: Client) -> None:
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert add(newcomer, name=name, cvr="").status_code == 302
        return len(asked)

    queries("Et helt andet navn")
    few = queries("Fjordens Fisk")
    for number in range(10):
        published(f"Brød {number}", hours=(), phone="", email="", website="")
    assert queries("Havets Tang") == few <= 42
