"""What each of the council's roles may do: every model of the desk and every page of its own, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from enterprises import claims, invitations, proofs, roles
from enterprises.admin.synonyms import _digest
from enterprises.choices import ClaimWay, Reply
from enterprises.models import (
    ConfirmationRequest,
    CriterionAnswer,
    District,
    DuplicatePair,
    Enterprise,
    ErrorReport,
    Import,
    Inquiry,
    InquiryAbuse,
    InquiryRecipient,
    LegalForm,
    Mail,
    Mark,
    MissedSearch,
    Mission,
    Ownership,
    PageText,
    Proposal,
    RegisterDifference,
    Sector,
    SynonymGroup,
    User,
)
from enterprises.photos.store import Folder
from tests import images
from tests.builders import a_user, an_enterprise, in_role, published
from tests.client import PolicingClient, parsed
from tests.test_posts import digests

pytestmark = pytest.mark.django_db

PERSONAS = ("curator", "chief", "auditor", "developer")

# What the desk lets each do with each of its models: curator, editor-in-chief, auditor, developer.
# Where the code alone writes, all look and nobody types.
MODELS: dict[str, tuple[str, str, str, str]] = {
    "admin.logentry": ("", "v", "v", ""),
    "auth.group": ("", "v", "v", ""),
    "enterprises.claim": ("vcd", "vcd", "v", ""),
    "enterprises.confirmationrequest": ("v", "v", "v", ""),
    "enterprises.district": ("v", "vac", "v", ""),
    "enterprises.duplicatepair": ("v", "v", "v", ""),
    "enterprises.editorship": ("vacd", "vacd", "v", ""),
    "enterprises.enterprise": ("vacd", "vacd", "v", ""),
    "enterprises.errorreport": ("vc", "vc", "v", ""),
    "enterprises.evidence": ("v", "v", "v", ""),
    "enterprises.import": ("va", "va", "v", ""),
    "enterprises.inquiry": ("v", "v", "v", ""),
    "enterprises.inquiryabuse": ("v", "v", "v", ""),
    "enterprises.invitation": ("vcd", "vcd", "v", ""),
    "enterprises.legalform": ("v", "vac", "v", ""),
    "enterprises.mail": ("v", "v", "v", "v"),
    "enterprises.mark": ("v", "vac", "v", ""),
    "enterprises.missedsearch": ("v", "v", "v", "v"),
    "enterprises.mission": ("v", "vac", "v", ""),
    "enterprises.ownership": ("v", "vac", "v", ""),
    "enterprises.pagetext": ("v", "vc", "v", ""),
    "enterprises.place": ("vcd", "vcd", "v", ""),
    "enterprises.proposal": ("v", "v", "v", ""),
    "enterprises.publication": ("v", "v", "v", ""),
    "enterprises.reasontext": ("v", "vacd", "v", ""),
    "enterprises.registerdifference": ("v", "v", "v", ""),
    "enterprises.sectionpolicy": ("v", "vc", "v", ""),
    "enterprises.sector": ("v", "vac", "v", ""),
    "enterprises.synonymgroup": ("v", "vacd", "v", "v"),
    "enterprises.termchange": ("v", "v", "v", ""),
    "enterprises.threshold": ("v", "vacd", "v", ""),
    "enterprises.user": ("v", "vacd", "v", ""),
    "enterprises.withdrawal": ("v", "v", "v", ""),
    "procrastinate.procrastinatejob": ("", "v", "v", "v"),
}

WORDS = (Sector, Mission, Ownership, LegalForm, District, Mark)
ALL = dict.fromkeys(PERSONAS, 200)
NOBODY = dict.fromkeys(PERSONAS, 403)
READERS = ALL | {"developer": 403}
CURATORS = READERS | {"auditor": 403}
CHIEF = NOBODY | {"chief": 200}
# The desk's own pages that are not one of a model's usual ones: what each takes, and what each persona gets.
# {braces} are filled in from `world`.
PAGES: dict[str, tuple[tuple[str, ...], dict[str, int]]] = {
    "index": ((), ALL),
    "report": ((), READERS),
    "report-xlsx": ((), READERS),
    "person": ((), CHIEF),
    "enterprises_proposal_review": (("{proposal}",), READERS),
    "enterprises_proposal_skip": (("{proposal}",), dict.fromkeys(PERSONAS, 302) | {"developer": 403}),
    "enterprises_claim_decide": (("{claim}",), READERS),
    "enterprises_import_sample": (("csv",), CURATORS),
    "enterprises_import_report": (("{import}",), READERS),
    "enterprises_publication_compare": (("{enterprise}",), READERS),
    "enterprises_pagetext_versions": (("{text}",), READERS),
    **{
        f"enterprises_{name}_change_word": ((f"{{{name}}}", "rename"), CHIEF)
        for name in ("sector", "mission", "ownership", "legalform", "mark")
    },
    # The ten are facts.
    "enterprises_district_change_word": (("{district}", "rename"), NOBODY | {"chief": 404}),
    "enterprises_invitation_invite": (("{enterprise}",), CURATORS),
    "enterprises_publication_restore": (("{publication}",), CURATORS),
    "enterprises_registerdifference_withdraw": (("{difference}",), CURATORS),
    "enterprises_duplicatepair_compare": (("{pair}",), READERS),
    "auth_user_password_change": (("{editor}",), CHIEF),
    # Of the frame around it: one's own account, its words, and what fields and links look up.
    "login": ((), dict.fromkeys(PERSONAS, 302)),
    "logout": ((), dict.fromkeys(PERSONAS, 302)),
    "password_change": ((), ALL),
    "password_change_done": ((), ALL),
    "jsi18n": ((), ALL),
    "view_on_site": (("{type}", "{enterprise}"), dict.fromkeys(PERSONAS, 404)),
    "app_list": (("enterprises",), ALL),
    "autocomplete": ((), NOBODY),
}
NEW_PASSWORD = {"password1": "bageri-i-natten", "password2": "bageri-i-natten"}
USUAL = ("changelist", "add", "history", "delete", "change", "export", "export_file")

# What each sends where it could do something, at its most dangerous; each is tried by those who may not.
POSTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "enterprises_enterprise_changelist": (
        (),
        {"action": "withdraw_selected", "_selected_action": "{enterprise}", "withdraw": "1", "reason": "x"},
    ),
    "enterprises_enterprise_changelist publish": (
        (),
        {"action": "publish_selected", "_selected_action": "{changed}"},
    ),
    "enterprises_enterprise_changelist confirm": (
        (),
        {"action": "confirm_today", "_selected_action": "{enterprise}"},
    ),
    "enterprises_enterprise_change": (("{enterprise}",), {"name": "Nyt navn", "_publish": "1"}),
    "enterprises_enterprise_add": ((), {"name": "Nyt navn", "_publish": "1"}),
    "enterprises_enterprise_delete": (("{draft}",), {"post": "yes"}),
    "enterprises_place_change": (("{place}",), {"street": "En anden vej 1"}),
    "enterprises_proposal_review": (("{proposal}",), {"_reject": "1", "text": "Nej"}),
    "enterprises_proposal_review ask": (("{proposal}",), {"text": "Hvorfor?"}),
    "enterprises_claim_decide": (("{claim}",), {"_accept": "1"}),
    "enterprises_claim_decide no": (("{claim}",), {"_refuse": "1", "reason": "Nej"}),
    "enterprises_invitation_invite": (("{enterprise}",), {"email": "ven@example.dk"}),
    "enterprises_invitation_changelist": (
        (),
        {"action": "cancel_selected", "_selected_action": "{invitation}"},
    ),
    "enterprises_editorship_add": ((), {"enterprise": "{enterprise}", "user": "{self}"}),
    "enterprises_publication_restore": (("{publication}",), {"reason": "x", "discard_changes": "on"}),
    "enterprises_registerdifference_withdraw": (("{difference}",), {"reason": "x"}),
    "enterprises_registerdifference_changelist": ((), {"_keep_ours": "{difference}:x"}),
    "enterprises_registerdifference_changelist action": (
        (),
        {"action": "keep_selected", "_selected_action": "{difference}"},
    ),
    "enterprises_duplicatepair_compare": (("{pair}",), {"_apart": "1", "shared": "phone:1"}),
    "enterprises_errorreport_changelist": ((), {"action": "mark_handled", "_selected_action": "{report}"}),
    "enterprises_inquiry_change": (("{inquiry}",), {"reason": "Reklame"}),
    "enterprises_inquiryabuse_changelist": ((), {"action": "dismiss", "_selected_action": "{abuse}"}),
    "enterprises_mail_changelist": ((), {"action": "try_again", "_selected_action": "{mail}"}),
    "enterprises_mail_changelist give up": ((), {"action": "give_up", "_selected_action": "{mail}"}),
    "enterprises_sectionpolicy_changelist": (
        (),
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "1", "_save": "1"},
    ),
    "enterprises_sector_add": ((), {"name_da": "Ny", "name_en": "New"}),
    # The desk saves what it has shown the effect of.
    "enterprises_synonymgroup_add": ((), {"da": "hest, pony", "en": "", "_do": "1", "seen": "{horses}"}),
    "enterprises_sector_change_word": (("{sector}", "rename"), {"name_da": "X", "name_en": "X", "_do": "1"}),
    "enterprises_import_add": ((), {}),
    "enterprises_import_change": (("{import}",), {"_drop": "1"}),
    "enterprises_pagetext_change": (("{text}",), {"title_da": "Nyt", "title_en": "New"}),
    "enterprises_reasontext_add": ((), {"title": "Nej", "text_da": "Nej", "text_en": "No", "position": "1"}),
    "enterprises_threshold_add": ((), {"key": "ny"}),
    "report": ((), {}),
    "enterprises_user_change": (
        ("{self}",),
        {"is_superuser": "on", "email": "x@example.dk"},
    ),
    "enterprises_user_changelist": ((), {"action": "remove_second_step", "_selected_action": "{editor}"}),
    "enterprises_user_delete": (("{editor}",), {"post": "yes"}),
    "auth_user_password_change": (("{editor}",), NEW_PASSWORD),
    "auth_group_add": ((), {"name": "Alle"}),
    "auth_group_change": (("{group}",), {"name": "Alle"}),
    "person": ((), {"email": "ida@example.dk", "_export": "1"}),
    "person erase": ((), {"email": "ida@example.dk", "_erase": "1", "sure": "on"}),
}


@pytest.fixture
def world(editor: Client, pictures: Folder, bakery: Enterprise) -> dict[str, Any]:
    """Something to decide about everywhere."""
    ida = User.objects.get(email="ida@example.dk")
    ruth = a_user("ruth@example.dk", name="Ruth")
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Nyt, der venter", cvr="12345674")
    other = published("Møbler")
    draft = an_enterprise("Ikke klar endnu", criteria=())
    answer = CriterionAnswer.objects.create(
        enterprise=draft, criterion="purpose", reply=Reply.YES, text_da="Vi er til for andre."
    )
    now, today = timezone.now(), timezone.localdate()
    first, second = sorted((bakery.pk, other.pk))
    failed = Mail.objects.create(
        message_id="<1@x>", sender="a@x.dk", recipient="ruth@firma.example", subject="Hej", content=b"x",
        state="failed", last_error="550", ended_at=now,
    )  # fmt: skip
    difference = RegisterDifference.objects.create(
        enterprise=bakery, field="founded", ours=1999, theirs=2001, found_on=today, read_on=today
    )
    MissedSearch.objects.create(day=today, text="hest", language="da")
    ConfirmationRequest.objects.create(enterprise=bakery, asked_on=date(2026, 1, 1), mailed_on=today, mails=3)
    inquiry = Inquiry.objects.create(answer_by=today, email="b@x.dk")
    asked = InquiryRecipient.objects.create(inquiry=inquiry, enterprise=bakery)
    return {
        "inquiry": inquiry.pk,
        "abuse": InquiryAbuse.objects.create(recipient=asked).pk,
        "enterprise": bakery.pk,
        "changed": bakery.pk,
        "draft": draft.pk,
        "place": bakery.places.all()[0].pk,
        "proposal": Proposal.objects.create(enterprise=bakery, submitted_by=ida).pk,
        "claim": claims.open_(bakery, ruth, ClaimWay.EXPLANATION, "Jeg er forkvinde.").pk,
        "invitation": invitations.invite(bakery, "ole@example.dk", by=ida).pk,
        "publication": bakery.current_id,
        "difference": difference.pk,
        "pair": DuplicatePair.objects.create(
            first_id=first, second_id=second, reasons=["phone"], grounds=["phone:1"], found_at=now
        ).pk,
        "report": ErrorReport.objects.create(enterprise=bakery, message="Lukket", email="l@example.dk").pk,
        "mail": failed.pk,
        "editor": ida.pk,
        "group": Group.objects.create(name="Vores egen").pk,
        "photo": images.a_photo(bakery),
        "proof": proofs.add(answer, b"%PDF-1.7 %%EOF", called="a.pdf").pk,
        "type": 0,
        "import": Import.objects.create(name="Nye.csv", state="deciding").pk,
        "text": PageText.objects.get(key="about").pk,
        "horses": _digest(SynonymGroup(da=["hest", "pony"], en=[])),
        **{model._meta.model_name: model.objects.exclude(slug=Mark.RSV).first().pk for model in WORDS},
    }


def address(name: str, args: tuple[str, ...], world: dict[str, Any]) -> str:
    return reverse(f"admin:{name.split()[0]}", args=[part.format(**world) for part in args])


def status(client: Client, page: str) -> int:
    answer = client.get(page)
    if answer.streaming:
        # Read to its end, a file is closed.
        list(answer.streaming_content)
    return answer.status_code


def person_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def registered() -> dict[str, Any]:
    return {model._meta.label_lower: desk for model, desk in admin.site._registry.items()}


# -- the groups ---------------------------------------------------------------------------------------


def test_each_role_is_a_group_that_holds_what_is_written_and_nothing_else() -> None:
    group = Group.objects.get(name=roles.CLERK.name)
    own = Group.objects.create(name="Vores egen")
    own.permissions.set(Permission.objects.filter(codename="view_user"))
    kim = in_role(roles.CLERK)
    kim.user_permissions.set(Permission.objects.filter(codename="view_group"))
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    group.permissions.remove(Permission.objects.get(codename="change_enterprise"))
    for _again in range(2):
        roles.keep()
        kim = User.objects.get(pk=kim.pk)
        assert kim.get_all_permissions() == roles.permissions(roles.CLERK) | {"auth.view_group"}
        assert own.permissions.count() == 1
    assert {group.name for group in Group.objects.all()} == {role.name for role in roles.ROLES} | {own.name}


def test_every_permission_of_a_role_exists() -> None:
    for role in roles.ROLES:
        held = Permission.objects.filter(group__name=role.name)
        assert roles._names(held) == roles.permissions(role)


def test_the_editor_in_chief_may_all_that_others_may() -> None:
    for role in roles.ROLES:
        assert roles.permissions(role) <= roles.permissions(roles.CHIEF)
    looking = roles.permissions(roles.AUDITOR) | roles.permissions(roles.DEVELOPER)
    assert all(".view_" in name for name in looking)


# -- models -------------------------------------------------------------------------------------------


def test_every_model_of_the_desk_is_decided() -> None:
    assert set(MODELS) == set(registered())
    inline = {
        inline.model._meta.label_lower for desk in admin.site._registry.values() for inline in desk.inlines
    }
    assert set(roles.PERMISSIONS) >= set(registered()) | inline


@pytest.mark.parametrize("who", PERSONAS)
def test_what_each_may_do_with_each_model(who: str, request: pytest.FixtureRequest) -> None:
    asks = RequestFactory().get("/admin/")
    asks.user = person_of(request.getfixturevalue(who))
    may = {}
    for name, desk in registered().items():
        may[name] = "".join(
            letter for letter, verb in roles.VERBS.items() if getattr(desk, f"has_{verb}_permission")(asks)
        )
    assert may == {name: all_may[PERSONAS.index(who)] for name, all_may in MODELS.items()}


@pytest.mark.parametrize("who", PERSONAS)
def test_the_lists_open_for_those_who_may_see_them(
    who: str, request: pytest.FixtureRequest, world: dict[str, Any]
) -> None:
    client = request.getfixturevalue(who)
    names = {pattern.name for pattern in _patterns()}
    for name, all_may in MODELS.items():
        may, page = all_may[PERSONAS.index(who)], name.replace(".", "_")
        for verb, suffix in (("v", "changelist"), ("a", "add"), ("v", "export")):
            if f"{page}_{suffix}" in names:
                wanted = 200 if verb in may else 403
                assert status(client, reverse(f"admin:{page}_{suffix}")) == wanted, (name, suffix)


# -- the desk's own pages -----------------------------------------------------------------------------


def _patterns() -> Iterator[URLPattern]:
    def within(patterns: list[Any], at_the_desk: bool = False) -> Iterator[URLPattern]:
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                yield from within(pattern.url_patterns, at_the_desk or pattern.namespace == "admin")
            elif at_the_desk:
                yield pattern

    return within(get_resolver().url_patterns)


def test_the_table_has_every_page_of_the_desk() -> None:
    usual = {f"{name.replace('.', '_')}_{page}" for name in MODELS for page in USUAL}
    named = {pattern.name for pattern in _patterns() if pattern.name}
    assert named - usual == set(PAGES)


@pytest.mark.parametrize("who", PERSONAS)
def test_the_pages_open_for_those_who_may_see_them(
    who: str, request: pytest.FixtureRequest, world: dict[str, Any]
) -> None:
    client = request.getfixturevalue(who)
    got = {name: status(client, address(name, args, world)) for name, (args, _all) in PAGES.items()}
    assert got == {name: expected[who] for name, (_args, expected) in PAGES.items()}


@pytest.mark.parametrize("role", roles.ROLES, ids=lambda role: role.name)
def test_nobody_gets_in_without_a_second_step(
    role: roles.Role, world: dict[str, Any], bakery: Enterprise
) -> None:
    client = PolicingClient()
    client.force_login(in_role(role))
    for name, (args, _expected) in PAGES.items():
        if name not in ("logout", "jsi18n"):
            assert client.get(address(name, args, world)).status_code == 302, name
    assert client.get(reverse("admin:login")).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("preview", args=["ikke-klar-endnu"])).status_code == 404
    assert client.get(reverse("proof-file", args=["ikke-klar-endnu", world["proof"]])).status_code == 404


@pytest.mark.parametrize("who", ["auditor", "developer"])
def test_those_who_only_look_change_nothing(
    who: str, request: pytest.FixtureRequest, world: dict[str, Any]
) -> None:
    client = request.getfixturevalue(who)
    world["self"] = person_of(client).pk
    before = digests()
    for name, (args, data) in POSTS.items():
        sent = {key: value.format(**world) for key, value in data.items()}
        answer = client.post(address(name, args, world), sent)
        # A list without actions shows itself again.
        listed = name.split()[0].endswith("_changelist") and "action" in sent
        assert answer.status_code == 403 or listed, name
        assert digests() == before, name


def test_a_clerk_and_an_editor_in_chief_can_do_most_of_it(
    curator: Client, chief: Client, world: dict[str, Any]
) -> None:
    """So that the refusals above are of something."""
    changing = set()
    before = digests()
    for client in (curator, chief):
        world["self"] = world["editor"]
        for name, (args, data) in POSTS.items():
            with transaction.atomic():
                # Some give a session another key, which would be rolled back.
                fresh = PolicingClient()
                fresh.cookies.update(client.cookies)
                fresh.post(address(name, args, world), {k: v.format(**world) for k, v in data.items()})
                changing |= {name} if digests() != before else set()
                transaction.set_rollback(True)
    assert changing >= {
        "enterprises_enterprise_changelist",
        "enterprises_enterprise_changelist publish",
        "enterprises_enterprise_changelist confirm",
        "enterprises_enterprise_delete",
        "enterprises_proposal_review",
        "enterprises_claim_decide",
        "enterprises_invitation_invite",
        "enterprises_invitation_changelist",
        "enterprises_publication_restore",
        "enterprises_registerdifference_withdraw",
        "enterprises_registerdifference_changelist action",
        "enterprises_duplicatepair_compare",
        "enterprises_errorreport_changelist",
        "enterprises_inquiry_change",
        "enterprises_inquiryabuse_changelist",
        "enterprises_mail_changelist",
        "enterprises_synonymgroup_add",
        "enterprises_import_change",
        "enterprises_reasontext_add",
        "enterprises_user_delete",
        "auth_user_password_change",
        "person erase",
    }


def test_the_auditor_is_shown_nothing_to_press(auditor: Client, world: dict[str, Any]) -> None:
    own = [
        (name, args)
        for name, (args, expected) in PAGES.items()
        if expected["auditor"] == 200 and name not in ("report-xlsx", "enterprises_import_report")
    ]
    pages = [address(name, args, world) for name, args in own]
    pages += [reverse(f"admin:{name.replace('.', '_')}_changelist") for name in MODELS]
    pages += [
        reverse("admin:enterprises_enterprise_change", args=[world["enterprise"]]),
        reverse("admin:enterprises_place_change", args=[world["place"]]),
        reverse("admin:enterprises_publication_change", args=[world["publication"]]),
        reverse("admin:enterprises_user_change", args=[world["editor"]]),
        reverse("admin:enterprises_errorreport_change", args=[world["report"]]),
        reverse("admin:enterprises_inquiry_change", args=[world["inquiry"]]),
        reverse("admin:enterprises_mail_change", args=[world["mail"]]),
        reverse("admin:auth_group_change", args=[world["group"]]),
    ]
    for page in pages:
        answer = auditor.get(page)
        if "html" not in answer["Content-Type"] or page == reverse("admin:password_change"):
            continue
        content = parsed(answer.text).one(id="content")
        pressed = [
            (each.tag, each.attrs)
            for form in content.all("form", method="post")
            for each in form.all("button", "textarea", "select") + form.all("input", type="submit")
        ]
        leads = [each.attrs["href"] for each in content.all("a") if each.attrs.get("href")]
        led = [
            href for href in leads for part in ("invite", "restore", "add", "withdraw") if f"/{part}/" in href
        ]
        assert not pressed and not led, page


def test_developers_see_where_a_mail_goes_and_not_to_whom(
    developer: Client, auditor: Client, world: dict[str, Any]
) -> None:
    listed = reverse("admin:enterprises_mail_changelist")
    one = reverse("admin:enterprises_mail_change", args=[world["mail"]])
    exported = reverse("admin:enterprises_mail_export") + "?_format=csv"
    for page in (listed, one):
        assert "ru…@firma.example" in developer.get(page).text
        assert "ruth@firma.example" not in developer.get(page).text
        assert "ruth@firma.example" in auditor.get(page).text
    assert b"ruth@firma" not in b"".join(developer.get(exported).streaming_content)
    for asked in ({"q": "ruth@firma.example"}, {"recipient": "ruth@firma.example"}):
        found = developer.get(listed, asked)
        assert found.status_code in (302, 400) or not found.context["cl"].result_list


def test_a_draft_picture_is_shown_to_those_who_see_drafts(
    curator: Client, auditor: Client, developer: Client, world: dict[str, Any]
) -> None:
    photo = world["photo"]
    kind = {"digest": photo.digest, "width": str(photo.widths[0]), "extension": "webp"}
    page = reverse("photo", kwargs=kind)
    assert [client.get(page).status_code for client in (curator, auditor, developer)] == [200, 200, 404]


def test_the_log_says_who_did_what_and_why(auditor: Client, chief: Client, world: dict[str, Any]) -> None:
    decide = reverse("admin:enterprises_claim_decide", args=[world["claim"]])
    chief.post(decide, {"_refuse": "1", "reason": "Vi kan ikke få fat i jer."})
    listed = auditor.get(reverse("admin:admin_logentry_changelist")).text
    assert "Redaktørchef" in listed and "Vi kan ikke få fat i jer." in listed
    assert decide.removesuffix("decide/") in listed
