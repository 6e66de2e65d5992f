"""Other people's keys and signatures in every form: an editor of one enterprise never reaches another's."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises import claim_codes, claims, confirmations, criteria, editing, invitations, proofs, sections
from enterprises.choices import ClaimState, ClaimWay, Section
from enterprises.forms.places import signed_position
from enterprises.models import (
    Claim,
    CriterionAnswer,
    Draft,
    Editorship,
    Enterprise,
    Invitation,
    Opening,
    ProofFile,
    Suggestion,
    User,
)
from enterprises.photos import keeping
from enterprises.views import logged_out
from tests import images
from tests.builders import PASSWORD, a_user, an_enterprise
from tests.client import PolicingClient
from tests.test_editing import filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]

# Those whose address holds a key, or which have a form that carries one.
FORMS = [section for section in Section if section != Section.PHOTOS]


@pytest.fixture
def ida(editor: Client) -> User:
    cache.clear()
    return User.objects.get(email="ida@example.dk")


@pytest.fixture
def theirs(ida: User, bakery: Enterprise) -> dict[str, Any]:
    """Of the bakery and its editor, one of everything that has a key."""
    rikke = a_user("rikke@example.dk")
    claim = claims.open_(bakery, rikke, ClaimWay.EXPLANATION, "Mig")
    claim_codes.send(bakery, rikke)
    answer = CriterionAnswer.objects.create(
        enterprise=bakery, criterion="purpose", reply="yes", text_da="Ja.", answered_by=ida
    )
    Opening.objects.create(enterprise=bakery, kind="job", title_da="Bager")
    Draft.objects.create(enterprise=bakery, user=ida, section="who", data="tagline_da=Idas")
    key = Authenticator.objects.create(
        user=ida, type=Authenticator.Type.WEBAUTHN, data={"name": "Idas nøgle"}
    )
    photo = keeping.add(bakery, images.encoded(images.picture(200, 150)), kind="photo", alt_da="Brød")
    return {
        "photo": photo.pk,
        "claim": claim.pk,
        "invitation": invitations.invite(bakery, "ole@example.dk", by=ida).pk,
        "proof": proofs.add(answer, b"%PDF-1.7 %%EOF", called="a.pdf").pk,
        "place": bakery.places.get().pk,
        "answer": answer,
        "key": key.pk,
        "suggestion": Suggestion.objects.create(
            enterprise=bakery, field="name", cells={"name": "Fælden"}, changes=[]
        ).pk,
    }


@pytest.fixture
def mine(stranger: Client) -> Enterprise:
    return Enterprise.objects.get(name="Fremmed & Co")


def _ways_to(model: type[Model], seen: tuple[type[Model], ...] = ()) -> list[str]:
    """The ways by which a row belongs to an enterprise."""
    ways = []
    for field in model._meta.concrete_fields:
        other = field.related_model
        if other is Enterprise:
            ways.append(field.name)
        elif (
            isinstance(other, type) and other._meta.app_label == "enterprises" and other not in (*seen, User)
        ):
            ways += [f"{field.name}__{way}" for way in _ways_to(other, (*seen, model))]
    return ways


def everything_of(enterprise: Enterprise) -> dict[str, list[Any]]:
    held: dict[str, list[Any]] = {
        f"{model.__name__} by {way}": sorted(
            map(str, model._default_manager.filter(**{way: enterprise}).values())
        )
        for model in apps.get_app_config("enterprises").get_models()
        for way in _ways_to(model)
    }
    return held | {"itself": [Enterprise.objects.filter(pk=enterprise.pk).values()[0]]}


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args)


# -- in addresses ---------------------------------------------------------------------------------


def test_every_key_in_an_address_is_asked_whose_it_is(
    stranger: Client, mine: Enterprise, bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    before = everything_of(bakery)
    tried = [
        *(("change-photo", "photo", {"do": do, "alt_da": "Mit"}) for do in ("save", "up", "down", "remove")),
        *(("answer-claim", "claim", {"do": do}) for do in ("accept", "refuse")),
        *(("change-invitation", "invitation", {"do": do}) for do in ("cancel", "resend")),
        *(("answer-suggestion", "suggestion", {"answer": answer}) for answer in ("yes", "no")),
    ]
    for name, key, data in tried:
        for slug in (mine.slug, bakery.slug):
            assert stranger.post(at(name, slug, theirs[key]), data).status_code == 404, (name, slug)
    assert everything_of(bakery) == before


def test_a_proof_is_asked_whose_it_is_by_one_who_has_added_another(
    bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    nora, added = a_user("nora@example.dk"), an_enterprise("Kæden", criteria=())
    claims.open_(added, nora, ClaimWay.ADDED)
    client = PolicingClient()
    client.force_login(nora)
    assert criteria.is_asked(added)
    for slug in ("kaeden", "broed-broer"):
        assert client.get(at("proof-file", slug, theirs["proof"])).status_code == 404
        assert client.post(at("remove-proof", slug, theirs["proof"])).status_code == 404
    assert ProofFile.objects.count() == 1


def test_anothers_key_for_logging_in_stays(stranger: Client, theirs: dict[str, Any]) -> None:
    stranger.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert stranger.get(reverse("mfa_add_webauthn")).status_code == 200
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.post(at(name, theirs["key"]), {"name": "Min"}).status_code == 404
    assert Authenticator.objects.get(pk=theirs["key"]).data == {"name": "Idas nøgle"}


@pytest.mark.parametrize("key", [0, 10**10, 10**30])
def test_keys_that_nobody_has_are_not_found(editor: Client, bakery: Enterprise, key: int) -> None:
    for name in ("change-photo", "answer-claim", "change-invitation", "answer-suggestion"):
        assert editor.post(at(name, "broed-broer", key), {"do": "accept"}).status_code == 404
    assert editor.get(at("proof-file", "broed-broer", key)).status_code == 404


# -- in fields ------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", FORMS)
def test_no_field_names_whose_row_is_written(
    stranger: Client, mine: Enterprise, bakery: Enterprise, theirs: dict[str, Any], section: Section
) -> None:
    """Whatever a row or an enterprise is known by is sent along, alone and for each row."""
    before, address = everything_of(bakery), at("edit-section", mine.slug, section)
    form = filled(stranger.get(address).page)  # type: ignore[attr-defined]
    ours = {"id": bakery.pk, "pk": bakery.pk, "enterprise": bakery.pk, "enterprise_id": bakery.pk}
    ours |= {"slug": "broed-broer", "current": bakery.current_id or 0, "user": 1, "was": theirs["place"]}
    rows = {
        f"{prefix}-{row}-{name}": value
        for prefix in ("places", "offers", "openings", "links", "place0-exceptions")
        for row in range(2)
        for name, value in (ours | {"place": theirs["place"]}).items()
    }
    answer = stranger.post(address, form | ours | rows)
    assert answer.status_code in (302, 422)
    assert everything_of(bakery) == before
    kept = Enterprise.objects.get(pk=mine.pk)
    assert (kept.slug, kept.is_public) == ("fremmed-co", True)
    assert mine.places.count() <= 2 and not mine.places.filter(pk=theirs["place"]).exists()


def test_a_place_that_names_anothers_is_a_new_place(
    stranger: Client, mine: Enterprise, bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    address = at("edit-section", mine.slug, "places")
    form = filled(stranger.get(address).page)  # type: ignore[attr-defined]
    moved = {"places-0-was": theirs["place"], "places-0-street": "Nygade 1", "places-0-postcode": "2200"}
    assert stranger.post(address, form | moved).status_code == 302
    (place,) = mine.places.all()
    assert (place.pk != theirs["place"], place.street, place.latitude) == (True, "Nygade 1", None)
    assert bakery.places.get().street == "Blågårdsgade 12"


@pytest.mark.parametrize(
    "found_at",
    [
        signed_position("Rådhuspladsen 1", "1550", (55.6, 12.5)),
        signed_position("Nygade 1", "2100", (55.6, 12.5)),
        signed_position("Nygade 1", "2200", (55.6, 12.5))[:-1] + "x",
        "x",
        "x" * 5_000,
    ],
    # Named, since a signature holds the time, and each worker makes its own.
    ids=["another street's", "another postcode's", "a changed one", "none", "a long one"],
)
def test_a_position_is_good_for_its_address_alone(stranger: Client, mine: Enterprise, found_at: str) -> None:
    address = at("edit-section", mine.slug, "places")
    form = filled(stranger.get(address).page)  # type: ignore[attr-defined]
    moved = {"places-0-street": "Nygade 1", "places-0-postcode": "2200", "places-0-found_at": found_at}
    assert stranger.post(address, form | moved).status_code == 302
    assert mine.places.get().latitude is None


@pytest.mark.parametrize("section", FORMS)
def test_anothers_version_and_revision_open_nothing(
    stranger: Client,
    mine: Enterprise,
    bakery: Enterprise,
    ida: User,
    theirs: dict[str, Any],
    section: Section,
) -> None:
    before = everything_of(bakery)
    known = {"version": sections.version(editing.fresh(bakery), section), "revision": "1"}
    for slug in (mine.slug, bakery.slug):
        for pressed in ({}, {"action": "draft"}, {"action": "discard"}, {"row": "add:offers"}):
            stranger.post(at("edit-section", slug, section), {"tagline_da": "Mit", **known, **pressed})
    assert everything_of(bakery) == before


# -- in signatures --------------------------------------------------------------------------------


def test_a_form_made_for_one_person_writes_to_nobody_elses_draft(
    ida: User, mine: Enterprise, bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    """Logged out, with every signature but the right one."""
    sofie, before = User.objects.get(email="sofie@example.dk"), everything_of(bakery)
    who, contact = Section.WHO, Section.CONTACT
    forged = [
        (bakery.slug, logged_out.made_for(sofie, bakery, who)),
        (bakery.slug, logged_out.made_for(sofie, mine, who)),
        (bakery.slug, logged_out.made_for(ida, mine, who)),
        (bakery.slug, logged_out.made_for(ida, bakery, contact)),
        (bakery.slug, signed_position("a", "b", (1.0, 2.0))),
        (mine.slug, logged_out.made_for(ida, bakery, who)),
        (mine.slug, logged_out.made_for(ida, mine, who)),
        (bakery.slug, logged_out.made_for(ida, bakery, who)[:-1]),
    ]
    for slug, made_for in forged:
        sent = {"tagline_da": "Mit", "made_for": made_for, "action": "draft", "revision": "1"}
        assert PolicingClient().post(at("edit-section", slug, "who"), sent).status_code == 401
    assert everything_of(bakery) == before
    assert Draft.objects.count() == 1


def test_whoever_was_put_out_keeps_no_draft_by_an_old_form(ida: User, bakery: Enterprise) -> None:
    made_for = logged_out.made_for(ida, bakery, Section.WHO)
    claims.revoke(Editorship.objects.get(user=ida), by=None, reason="Nej")
    sent = {"tagline_da": "Mit", "made_for": made_for, "action": "draft"}
    assert PolicingClient().post(at("edit-section", "broed-broer", "who"), sent).status_code == 401
    assert not Draft.objects.exists()


def test_the_link_and_the_code_of_another_let_nobody_in(
    stranger: Client, bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    Invitation.objects.filter(pk=theirs["invitation"]).update(digest=invitations._digest("hemmelig"))
    assert "den, du er logget ind med" in stranger.post(at("invitation", "hemmelig")).content.decode()
    stranger.post(at("claim", "broed-broer"), {"do": "invitation"})
    # Whoever asks for a code too has one of their own: Rikke's is not good for it.
    rikkes = Claim.objects.get(pk=theirs["claim"])
    stranger.post(at("claim", "broed-broer"), {"do": "code"})
    own = Claim.objects.get(user__email="sofie@example.dk", state=ClaimState.OPEN)
    own.code.digest = claim_codes._digest(rikkes, "BCDF-GHJK")
    own.code.save()
    stranger.post(at("claim-code", "broed-broer"), {"code": "BCDF-GHJK"})
    assert not Editorship.objects.filter(user=own.user, enterprise=bakery).exists()


def test_one_question_s_link_answers_no_other(visitor: Client, bakery: Enterprise) -> None:
    today = timezone.localdate()
    one, other = (
        bakery.confirmation_requests.create(asked_on=today, mailed_on=today, answer=answer, answered_at=when)
        for answer, when in (("holds", timezone.now()), ("", None))
    )
    signature = confirmations.token_of(one).partition(":")[2]
    for name in ("confirm", "confirm-gone"):
        assert visitor.post(at(name, f"{other.pk}:{signature}")).status_code == 404
    other.refresh_from_db()
    assert other.answered_at is None


# -- in the forms of those who come in ------------------------------------------------------------


def test_an_answer_names_neither_its_enterprise_nor_its_person(
    bakery: Enterprise, theirs: dict[str, Any]
) -> None:
    nora, added = a_user("nora@example.dk"), an_enterprise("Kæden", criteria=())
    claims.open_(added, nora, ClaimWay.ADDED)
    client, before = PolicingClient(), everything_of(bakery)
    client.force_login(nora)
    forged = {"enterprise": bakery.pk, "id": theirs["answer"].pk, "answered_by": 1, "criterion": "surplus"}
    sent = {"reply": "no", "text_da": "Nej.", "version": criteria.version(theirs["answer"])}
    client.post(at("admission-question", "kaeden", "trade"), sent | forged)
    assert everything_of(bakery) == before
    (answer,) = added.criterion_answers.all()
    assert (answer.criterion, answer.answered_by) == ("trade", nora)


def test_a_new_enterprise_names_only_itself(stranger: Client, mine: Enterprise, bakery: Enterprise) -> None:
    before = everything_of(bakery)
    forged = {"id": bakery.pk, "pk": bakery.pk, "slug": "broed-broer", "current": bakery.current_id or 0}
    sent = {"name": "Helt Nyt", "others": f"{bakery.pk}-{mine.pk}", "way": "staff", "state": "accepted"}
    assert stranger.post(reverse("add-enterprise"), sent | forged).status_code == 302
    assert everything_of(bakery) == before
    new = Enterprise.objects.get(name="Helt Nyt")
    claim = new.claims.get()
    assert (new.slug, new.current, claim.way, claim.state) == ("helt-nyt", None, "added", "open")


def test_ones_account_names_nobody_else(stranger: Client, ida: User) -> None:
    before = User.objects.filter(pk=ida.pk).values()[0]
    forged = {"id": ida.pk, "user": ida.pk, "email": ida.email, "is_staff": "on", "is_superuser": "on"}
    assert stranger.post(reverse("account"), {"name": "Ny", **forged}).status_code == 302
    assert User.objects.filter(pk=ida.pk).values()[0] == before
    sofie = User.objects.get(email="sofie@example.dk")
    assert (sofie.name, sofie.is_staff, sofie.is_superuser) == ("Ny", False, False)
