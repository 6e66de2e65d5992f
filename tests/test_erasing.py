"""A person's data at the desk: all of it found, handed out, and erased; what was published stays."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises import claims, publishing
from enterprises.accounts import erasing
from enterprises.choices import ClaimWay
from enterprises.models import (
    Alert,
    Claim,
    CriterionAnswer,
    Draft,
    Editorship,
    Enterprise,
    ErrorReport,
    Invitation,
    Mail,
    Message,
    ProofFile,
    Publication,
    User,
)
from tests.builders import a_user, let_in, published, with_second_step

pytestmark = pytest.mark.django_db

PAGE = "admin:person"
IDA = "ida@example.dk"


@pytest.fixture
def ida(bakery: Enterprise) -> User:
    """Has left traces everywhere."""
    ida = a_user(IDA, name="Ida Editor")
    let_in(ida, bakery)
    bakery.email, bakery.notes = IDA, f"Ring til Ida, {IDA.upper()}."
    bakery.save()
    publishing.publish(bakery, by=ida)
    other = published("En anden")
    claims.open_(other, ida, ClaimWay.EXPLANATION, "Jeg er formand.")
    proposal = bakery.proposals.create(submitted_by=ida)
    proposal.messages.create(author=ida, from_council=False, text="Hilsen Ida")
    proposal.messages.create(from_council=True, text=f"Vi skrev til {IDA} i går.")
    Draft.objects.create(enterprise=bakery, user=ida, section="texts", data="x")
    Invitation.objects.create(enterprise=other, email=IDA, digest="1", sent_at=timezone.now())
    Alert.objects.create(email=IDA, language="da", words="alle virksomheder")
    ErrorReport.objects.create(enterprise=other, email=IDA, message=f"Forkert. Skriv til {IDA}")
    answer = CriterionAnswer.objects.create(
        enterprise=bakery, criterion="purpose", reply="yes", text_da="Vi bager.", answered_by=ida
    )
    ProofFile.objects.create(
        answer=answer, name="vedtægter.pdf", media_type="application/pdf", size=1, key="a" * 32, digest="b"
    )
    Mail.objects.create(
        message_id="1", sender="a@b.dk", recipient=IDA, subject="Din kode", content=b"1234",
        due_at=timezone.now(),
    )  # fmt: skip
    LogEntry.objects.create(
        user=a_user("karla@example.dk", is_staff=True), content_type=ContentType.objects.get_for_model(Claim),
        object_id=Claim.objects.get(enterprise=bakery).pk, object_repr="Ida Editor – Brød & Broer",
        change_message="Ida Editor kan nu rette profilen.", action_flag=2,
    )  # fmt: skip
    return ida


@pytest.fixture
def history(ida: User) -> list[dict[str, Any]]:
    return publications()


def publications() -> list[dict[str, Any]]:
    fields = ("pk", "enterprise", "number", "schema_version", "snapshot", "change", "reason", "published_at")
    return list(Publication.objects.order_by("pk").values(*fields))


def post(client: Client, button: str, email: str = IDA, **data: str) -> Any:
    return client.post(reverse(PAGE), {"email": email, button: "1", **data})


def export(client: Client, email: str = IDA) -> dict[str, Any]:
    return dict(json.loads(post(client, "_export", email).content))


def test_everything_that_holds_the_address_is_found(clerk: Client, ida: User) -> None:
    held = export(clerk, IDA.upper())
    assert set(held) == {
        "accounts", "invitations", "mails", "proposals", "messages", "alerts", "error_reports",
        "answers_about_criteria", "proof_files", "log_about_them", "places_to_look",
    }  # fmt: skip
    [account] = held["accounts"]
    assert account["account"]["name"] == "Ida Editor"
    assert {claim["enterprise_name"] for claim in account["claims"]} == {"Brød & Broer", "En anden"}
    assert [each["text"] for each in held["messages"]] == ["Hilsen Ida"]
    assert {each["where"] for each in held["places_to_look"]} == {
        "virksomhedens mail", "mailen i udgivelse nr. 2", "fejlmelding: hvad er forkert?",
        "besked: besked", "virksomhed: interne noter",
    }  # fmt: skip
    assert "1234" not in json.dumps(held)


def test_the_page_shows_what_is_found(clerk: Client, ida: User) -> None:
    told = post(clerk, "_find").content.decode()
    for word in ("Konti (1)", "Beskeder, de har skrevet (1)", "vedtægter.pdf", "Hilsen Ida", "Steder at se"):
        assert word in told
    assert "Vi har intet om den adresse." in post(clerk, "_find", "nobody@example.dk").content.decode()


def test_erasing_leaves_what_was_published(clerk: Client, ida: User, history: list[dict[str, Any]]) -> None:
    post(clerk, "_erase", sure="on")
    assert not User.objects.filter(email=IDA).exists()
    assert len(history) == 3 and publications() == history
    assert not Publication.objects.filter(published_by__email=IDA).exists()
    assert not Editorship.objects.exists() and not Draft.objects.exists() and not Claim.objects.exists()
    assert not Invitation.objects.exists() and not Mail.objects.exists()


def test_erasing_takes_the_persons_words_and_name_and_keeps_the_conversation(
    clerk: Client, ida: User
) -> None:
    post(clerk, "_erase", sure="on")
    assert [message.text for message in Message.objects.all()] == [
        "[slettet]",
        "Vi skrev til [slettet] i går.",
    ]
    report = ErrorReport.objects.get()
    assert (report.email, report.message) == ("", "Forkert. Skriv til [slettet]")
    assert Enterprise.objects.get(slug="broed-broer").notes == "Ring til Ida, [slettet]."
    about = LogEntry.objects.get(content_type__model="claim")
    assert (about.object_repr, about.change_message) == ("[slettet]", "[slettet]")


def test_afterwards_only_what_is_the_enterprises_own_is_found(clerk: Client, ida: User) -> None:
    post(clerk, "_erase", sure="on")
    assert set(export(clerk)) == {"places_to_look"}
    assert {each["where"] for each in export(clerk)["places_to_look"]} == {
        "virksomhedens mail",
        "mailen i udgivelse nr. 2",
    }


def test_it_is_logged_without_the_address(clerk: Client, ida: User) -> None:
    post(clerk, "_erase", sure="on")
    entry = LogEntry.objects.get(user__email="karen@example.dk")
    assert entry.object_repr == "Personoplysninger slettet efter ønske" and entry.object_id is None
    logged = list(LogEntry.objects.values_list("object_repr", "change_message"))
    assert not any(IDA in text or "Ida" in text for row in logged for text in row)


def test_nothing_is_erased_unless_it_is_meant(clerk: Client, ida: User) -> None:
    answer = post(clerk, "_erase")
    assert "Sæt kryds, hvis det skal slettes." in answer.content.decode()
    assert User.objects.filter(email=IDA).exists()


def test_staff_are_let_go_first(clerk: Client, ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(is_staff=True)
    assert "Fjern først medarbejderrettighederne" in post(clerk, "_erase", sure="on").content.decode()
    assert User.objects.filter(email=IDA).exists() and Mail.objects.filter(recipient=IDA).exists()


def test_of_who_once_worked_here_the_log_keeps_a_number(clerk: Client, ida: User) -> None:
    done = LogEntry.objects.create(
        user=ida, object_repr="Brød & Broer", action_flag=2, change_message="Ændret."
    )
    with_second_step(ida)
    post(clerk, "_erase", sure="on")
    kept = User.objects.get(pk=ida.pk)
    assert (kept.name, kept.email, kept.is_active) == ("", f"slettet-{ida.pk}@slettet.invalid", False)
    assert not kept.has_usable_password() and not EmailAddress.objects.filter(user=kept).exists()
    assert LogEntry.objects.get(pk=done.pk).user == kept
    assert not Claim.objects.filter(user=kept).exists()
    assert not Publication.objects.filter(published_by=kept).exists()
    assert set(export(clerk)) == {"places_to_look"}


def test_all_or_nothing(clerk: Client, ida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(erasing, "_strike", fails)
    with pytest.raises(RuntimeError):
        erasing.erase(IDA, by=User.objects.get(email="karen@example.dk"))
    assert User.objects.filter(email=IDA).exists() and Invitation.objects.exists()


def test_an_address_somebody_else_only_typed_is_no_way_to_their_account(clerk: Client, ida: User) -> None:
    ole = a_user("ole@example.dk")
    EmailAddress.objects.create(user=ole, email="victim@example.dk", verified=False)
    assert set(export(clerk, "victim@example.dk")) == {"unconfirmed_addresses"}
    post(clerk, "_erase", "victim@example.dk", sure="on")
    assert User.objects.filter(pk=ole.pk).exists()
    assert export(clerk, "victim@example.dk") == {}


def test_others_keep_theirs(clerk: Client, ida: User, bakery: Enterprise) -> None:
    ole = a_user("ole.ida@example.dk", name="Ole")
    let_in(ole, bakery)
    message = bakery.proposals.get().messages.create(author=ole, from_council=False, text="Hej fra Ole")
    post(clerk, "_erase", sure="on")
    message.refresh_from_db()
    assert (message.text, message.author) == ("Hej fra Ole", ole)
    assert Editorship.objects.get().user == ole


def test_only_who_may_delete_accounts_gets_there(client: Client, ida: User) -> None:
    helper = with_second_step(a_user("hans@example.dk", is_staff=True))
    helper.user_permissions.add(Permission.objects.get(codename="view_user"))
    client.force_login(helper)
    assert client.get(reverse(PAGE)).status_code == 403
    assert post(client, "_erase", sure="on").status_code == 403
    assert "Personoplysninger" not in client.get(reverse("admin:index")).content.decode()
    helper.user_permissions.add(Permission.objects.get(codename="delete_user"))
    assert client.get(reverse(PAGE)).status_code == 200
    assert reverse(PAGE) in client.get(reverse("admin:index")).content.decode()


def test_as_many_queries_whatever_there_is(clerk: Client, ida: User, bakery: Enterprise) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            post(clerk, "_find")
        return len(captured)

    few = queries()
    proposal = bakery.proposals.get()
    for number in range(10):
        proposal.messages.create(author=ida, from_council=False, text=f"Nr. {number}")
        ErrorReport.objects.create(enterprise=bakery, email=IDA, message=f"Forkert {number} {date.max}")
    assert queries() == few
