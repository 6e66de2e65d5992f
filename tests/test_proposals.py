"""From a changed working copy to a publication: read, send, talk, decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import editing, proposals, publishing, snapshots, words
from enterprises.choices import ProposalState
from enterprises.models import Enterprise, Mail, Proposal, User
from tests.builders import a_place, a_user, an_enterprise, let_in, with_second_step

pytestmark = pytest.mark.django_db
HERE = ["broed-broer"]


def change(enterprise: Enterprise, **fields: Any) -> None:
    Enterprise.objects.filter(pk=enterprise.pk).update(**fields)


def send(client: Client, text: str = "") -> Any:
    page = client.get(reverse("changes", args=HERE)).page
    seen = page.one("input", name="seen").attrs["value"]
    return client.post(reverse("changes", args=HERE), {"seen": seen, "text": text})


def decide(clerk: Client, button: str, text: str = "") -> Any:
    address = reverse("admin:enterprises_proposal_review", args=[Proposal.objects.latest("pk").pk])
    seen = clerk.get(address).context["seen"]
    return clerk.post(address, {"seen": seen, "text": text, button: "x"})


def told(client: Client, name: str = "edit-enterprise") -> str:
    return client.get(reverse(name, args=HERE)).page.one("main").text


def shown(visitor: Client) -> str:
    return visitor.get(reverse("profile", args=HERE)).page.one("main").text


def test_the_whole_way(editor: Client, clerk: Client, visitor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Frokost og brød og kaffe til møder")
    page = editor.get(reverse("changes", args=HERE)).page
    assert "og kaffe" in page.one("ins").text and "Send til rådet" in page.text
    assert send(editor, "Vi har fået en kaffemaskine.").status_code == 302
    assert "sendt til rådet" in told(editor)
    assert decide(clerk, "_ask", "Siden hvornår?").status_code == 302
    assert "Siden hvornår?" in told(editor)
    editor.post(reverse("thread", args=HERE), {"text": "Siden i går."})
    assert "Siden i går." in told(editor, "thread")
    assert "kaffe" not in shown(visitor)
    assert decide(clerk, "_approve").status_code == 302
    assert "Frokost og brød og kaffe til møder" in shown(visitor)
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.publication) == (
        ProposalState.APPROVED,
        Enterprise.objects.get().current,
    )
    assert "Der er ingen ændringer, der venter." in told(editor)


def test_a_rejection_says_why_and_loses_nothing(
    editor: Client, clerk: Client, visitor: Client, bakery: Enterprise
) -> None:
    change(bakery, tagline_da="Byens bedste brød")
    send(editor)
    assert decide(clerk, "_reject").status_code == 200, "a reason is needed"
    decide(clerk, "_reject", "Skriv, hvad I sælger.")
    assert "Rådet har sagt nej" in told(editor) and "Skriv, hvad I sælger." in told(editor)
    assert "Byens bedste" not in shown(visitor)
    assert Enterprise.objects.get().tagline_da == "Byens bedste brød"
    assert send(editor).status_code == 302
    assert Proposal.objects.filter(state=ProposalState.OPEN).count() == 1


def test_a_proposal_can_be_taken_back(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor)
    for _press in range(2):
        assert editor.post(reverse("withdraw-proposal", args=HERE)).status_code == 302
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN
    assert Enterprise.objects.get().tagline_da == "Ny"


def test_nobody_sends_or_approves_what_they_have_not_seen(
    editor: Client, clerk: Client, bakery: Enterprise
) -> None:
    change(bakery, tagline_da="Læst")
    seen = proposals.seen(editing.fresh(bakery))
    change(bakery, tagline_da="Ikke læst")
    editor.post(reverse("changes", args=HERE), {"seen": seen})
    assert not Proposal.objects.exists()
    send(editor)
    address = reverse("admin:enterprises_proposal_review", args=[Proposal.objects.get().pk])
    answer = clerk.post(address, {"seen": seen, "_approve": "x"})
    assert answer.status_code == 200 and bakery.publications.count() == 1


def test_sending_and_asking_twice_is_once(editor: Client, clerk: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    seen = proposals.seen(editing.fresh(bakery))
    for _press in range(2):
        editor.post(reverse("changes", args=HERE), {"seen": seen, "text": "Hej"})
        editor.post(reverse("thread", args=HERE), {"text": "Hej"})
    proposal = Proposal.objects.get()
    assert [message.text for message in proposal.messages.all()] == ["Hej"]


def test_what_lacks_something_cannot_be_sent(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="")
    page = editor.get(reverse("changes", args=HERE)).page
    assert "Der mangler en linje på dansk" in page.text and not page.all("input", name="seen")
    seen = proposals.seen(editing.fresh(bakery))
    editor.post(reverse("changes", args=HERE), {"seen": seen})
    assert not Proposal.objects.exists()


def test_nothing_changed_is_nothing_to_send(editor: Client, bakery: Enterprise) -> None:
    editor.post(reverse("changes", args=HERE), {"seen": proposals.seen(editing.fresh(bakery))})
    assert not Proposal.objects.exists()


def test_publishing_and_restoring_at_the_desk_close_the_proposal(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor)
    publishing.publish(bakery)
    change(bakery, tagline_da="Nyere")
    send(editor)
    publishing.restore(bakery.publications.get(number=1), discard_changes=True)
    states = Proposal.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [ProposalState.APPROVED, ProposalState.LAPSED]


def test_a_direct_change_leaves_the_proposal_open(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny", phone="11 22 33 44")
    send(editor)
    publishing.publish_sections(bakery, ["contact"])  # type: ignore[list-item]
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_a_new_enterprise_reads_all_it_sends(editor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    assert "Blågårdsgade 12" in told(editor, "changes")
    assert "Rådet læser det nu" not in told(editor, "changes")


@pytest.mark.parametrize("name", ["edit-enterprise", "changes", "thread", "withdraw-proposal", "preview"])
def test_strangers_find_nothing(stranger: Client, visitor: Client, bakery: Enterprise, name: str) -> None:
    address = reverse(name, args=HERE)
    assert stranger.post(address).status_code in (404, 405)
    assert visitor.post(address).status_code in (302, 405)
    assert stranger.get(address).status_code in (404, 405)
    assert not Proposal.objects.exists()


def test_only_staff_decide(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor)
    address = reverse("admin:enterprises_proposal_review", args=[Proposal.objects.get().pk])
    assert editor.post(address, {"_approve": "x"}).status_code == 302
    reader = with_second_step(a_user("lars@example.dk", is_staff=True))
    client = Client()
    client.force_login(reader)
    assert client.post(address, {"_approve": "x"}).status_code == 403
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_the_preview_shows_what_is_saved_and_typed_to_those_who_may_see_it(
    editor: Client, colleague: Client, clerk: Client, visitor: Client, bakery: Enterprise
) -> None:
    change(bakery, description_da="Gemt, ikke udgivet.")
    address = reverse("edit-section", args=[*HERE, "contact"])
    version = editor.get(address).context["version"]
    sent = {"phone": "11 22 33 44", "links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}
    editor.post(address, sent | {"version": version, "revision": "0", "action": "draft"})
    answer = editor.get(reverse("preview", args=HERE))
    assert "Gemt, ikke udgivet." in answer.page.text and "11 22 33 44" in answer.page.text
    assert "no-store" in answer["Cache-Control"]
    assert answer.page.one("meta", name="robots").attrs["content"] == "noindex"
    assert Enterprise.objects.get().phone == "00 00 12 34"
    for client in (colleague, clerk):
        page = client.get(reverse("preview", args=HERE)).page
        assert "Gemt, ikke udgivet." in page.text and "11 22 33 44" not in page.text
    assert visitor.get(reverse("preview", args=HERE)).status_code == 302


def test_home_asks_the_database_no_more_for_more_rows(editor: Client, bakery: Enterprise) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            editor.get(reverse("edit-enterprise", args=HERE))
        return len(asked)

    queries()  # reads the catalogue, which is kept
    few = queries()
    for _place in range(10):
        a_place(bakery, hours=())
    assert queries() == few <= 27


# -- mails ----------------------------------------------------------------------------------------


@pytest.fixture
def editors(editor: Client, colleague: Client, stranger: Client) -> None:
    """Two of the bakery's own, one who has left, one whose address is none, and a stranger."""
    bakery = Enterprise.objects.get(slug="broed-broer")
    for address, is_active in (("vaek@example.dk", False), ("ida@kødbyen.dk", True)):
        let_in(a_user(address, is_active=is_active), bakery)


@pytest.mark.parametrize(
    ("button", "text", "subject", "way_on"),
    [
        (
            "_ask",
            "Hvad koster <en> bolle?",
            "Rådet skriver om jeres ændringer: ",
            "/min/broed-broer/samtale/",
        ),
        ("_reject", "Skriv, hvad I sælger.", "Rådet udgiver ikke jeres ændringer: ", "/min/broed-broer/"),
        ("_approve", "", "Godkendt og udgivet: ", "/virksomheder/broed-broer/"),
    ],
)
def test_each_editor_is_mailed_what_the_council_does(
    editors: None,
    clerk: Client,
    editor: Client,
    bakery: Enterprise,
    button: str,
    text: str,
    subject: str,
    way_on: str,
) -> None:
    change(bakery, tagline_da="Ny")
    send(editor, "Vi har fået en ny ovn.")
    assert not mail.outbox, "the council has its desk"
    decide(clerk, button, text)
    assert [message.to for message in mail.outbox] == [["ida@example.dk"], ["carl@example.dk"]]
    for message in mail.outbox:
        assert message.subject == f"{subject}Brød & Broer"
        danish, english = str(message.body).split("– – –")
        assert text in danish and f"{settings.SITE_URL}{way_on}\n" in danish
        assert "Hello" in english and f"{settings.SITE_URL}/en/" in english


def test_the_same_question_twice_is_one_mail(clerk: Client, editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor)
    for _press in range(2):
        decide(clerk, "_ask", "Siden hvornår?")
    editor.post(reverse("thread", args=HERE), {"text": "Siden i går."})
    assert len(mail.outbox) == 1
    decide(clerk, "_approve")
    decide(clerk, "_approve")
    assert len(mail.outbox) == 2


def test_what_is_published_at_the_desk_is_an_answer_too(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor)
    publishing.publish(bakery)
    assert [message.subject for message in mail.outbox] == ["Godkendt og udgivet: Brød & Broer"]
    change(bakery, tagline_da="Nyere")
    publishing.publish(bakery)
    assert len(mail.outbox) == 1, "nobody had asked"


@pytest.mark.parametrize("act", ["say", "reject", "approve"])
def test_a_decision_and_its_mails_come_together_or_not_at_all(
    editor: Client, bakery: Enterprise, settings: Any, act: str
) -> None:
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"
    change(bakery, tagline_da="Ny")
    send(editor)
    proposal, clerk = Proposal.objects.get(), a_user("karen@example.dk")

    def decided() -> None:
        if act == "approve":
            proposals.approve(proposal, by=clerk, having_seen=proposals.seen(editing.fresh(bakery)))
        elif act == "reject":
            proposals.reject(proposal, "Nej", by=clerk)
        else:
            proposals.say(proposal, "Hvorfor?", by=clerk, from_council=True)

    with transaction.atomic():
        decided()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    decided()
    assert Mail.objects.count() == 1


# -- words ----------------------------------------------------------------------------------------


def in_words(enterprise: Enterprise, before: snapshots.Snapshot) -> dict[str, tuple[str, str]]:
    def text(pieces: list[words.Piece]) -> str:
        return "".join(piece.text for piece in pieces)

    found = words.differences(before, snapshots.take(editing.fresh(enterprise)))
    return {
        change.label: (text(change.before), text(change.after)) for part in found for change in part.changes
    }


def test_differences_are_said_in_the_readers_terms() -> None:
    bakery = an_enterprise()
    before = snapshots.take(editing.fresh(bakery))
    change(bakery, employees=7, employees_year=2025, founded=1999)
    bakery.places.get().hours.filter(weekday=0).update(closes="12:00")
    bakery.offers.update(text_da="Med kaffe")
    said = in_words(bakery, before)
    assert said["Mandag"] == ("09:00–17:00", "09:00–12:00")
    assert said["Ansatte"] == ("", "7 (2025)")
    assert said["Stiftet"] == ("", "1999")
    assert said["“Frokost til møder”: uddybning, dansk"] == ("", "Med kaffe")
    assert len(said) == 4


def test_only_the_words_that_changed_are_marked() -> None:
    before, after = {"tagline": {"da": "Brød til møder"}}, {"tagline": {"da": "Brød og te til møder"}}
    (part,) = words.differences(before, after)
    (said,) = part.changes
    assert [piece.text.strip() for piece in said.after if piece.changed and piece.text.strip()] == ["og te"]


def test_what_only_the_council_changes_is_told_too() -> None:
    bakery = an_enterprise()
    before = snapshots.take(editing.fresh(bakery))
    change(bakery, slug="boller")
    (part,) = words.differences(before, snapshots.take(editing.fresh(bakery)))
    assert part.section is None


def test_a_person_whose_account_is_gone_leaves_the_talk_readable(editor: Client, bakery: Enterprise) -> None:
    change(bakery, tagline_da="Ny")
    send(editor, "Hej")
    User.objects.get(email="ida@example.dk").delete()
    assert Proposal.objects.get().messages.get().author is None
