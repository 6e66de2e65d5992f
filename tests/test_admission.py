"""What a new enterprise is asked, what it can send, and what the council says to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from enterprises import claims, criteria, editing, proofs, proposals, publishing
from enterprises.choices import ClaimState, ClaimWay, Criterion, Kind, ProposalState, Reply
from enterprises.models import (
    Claim,
    CriterionAnswer,
    Editorship,
    Enterprise,
    Evidence,
    Proposal,
    Publication,
    User,
)
from tests.builders import a_proof, a_user, an_enterprise, published, with_second_step
from tests.client import PolicingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]
HERE = ["kaeden"]
ANSWERED = {"reply": "yes", "text_da": "Sådan er det hos os.", "text_en": "", "url": ""}


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


@pytest.fixture
def draft(person: User) -> Enterprise:
    """Complete but for the five answers."""
    enterprise = an_enterprise("Kæden", criteria=(), email="hej@kaeden.example")
    claims.open_(enterprise, person, ClaimWay.ADDED)
    return enterprise


def reply(client: Client, criterion: str = "purpose", **changed: Any) -> Any:
    address = reverse("admission-question", args=[*HERE, criterion])
    return client.post(address, ANSWERED | {"version": client.get(address).context["version"]} | changed)


def answer_all(enterprise: Enterprise) -> None:
    for criterion in Criterion.values:
        CriterionAnswer.objects.create(
            enterprise=enterprise, criterion=criterion, reply=Reply.YES, text_da="Sådan er det."
        )


def send(client: Client) -> Any:
    page = client.get(reverse("changes", args=HERE)).page  # type: ignore[attr-defined]
    seen = page.one("input", name="seen").attrs["value"]
    return client.post(reverse("changes", args=HERE), {"seen": seen, "text": ""}, follow=True)


def review_of(proposal: Proposal | None = None) -> str:
    return reverse("admin:enterprises_proposal_review", args=[(proposal or Proposal.objects.latest("pk")).pk])


def decide(clerk: Client, button: str, **typed: Any) -> Any:
    seen = clerk.get(review_of()).context["seen"]
    return clerk.post(review_of(), {"seen": seen, "text": "", button: "x"} | typed)


def told(client: Client, name: str = "edit-enterprise") -> str:
    text: str = client.get(reverse(name, args=HERE)).page.one("main").text  # type: ignore[attr-defined]
    return text


def mails_to(address: str) -> list[str]:
    return [f"{sent.subject}\n{sent.body}" for sent in mail.outbox if sent.to == [address]]


# -- the questions --------------------------------------------------------------------------------


def test_the_whole_way(
    newcomer: Client, clerk: Client, visitor: Client, draft: Enterprise, person: User
) -> None:
    assert "mangler svar på 5 spørgsmål" in told(newcomer)
    assert "10 hverdage" in told(newcomer, "admission")
    for criterion in Criterion.values:
        assert reply(newcomer, criterion).status_code == 302
    assert "svaret på alle fem" in told(newcomer)
    sent = send(newcomer).page.one("main").text
    assert "inden for 10 hverdage" in sent and "sendt til rådet" in sent
    assert visitor.get(reverse("profile", args=HERE)).status_code == 404
    assert decide(clerk, "_approve").status_code == 302
    assert visitor.get(reverse("profile", args=HERE)).status_code == 200
    assert Claim.objects.get().state == ClaimState.ACCEPTED
    assert Editorship.objects.get().user == person
    [letter] = mails_to(person.email)
    assert "er med i Den" in letter and reverse("profile", args=HERE) in letter
    assert "I er med i kataloget" in told(newcomer, "admission")


def test_each_answer_leads_to_the_next_that_lacks(newcomer: Client, draft: Enterprise) -> None:
    assert reply(newcomer, "trade")["Location"] == reverse("admission-question", args=[*HERE, "purpose"])
    assert reply(newcomer, "purpose")["Location"] == reverse(
        "admission-question", args=[*HERE, "independence"]
    )
    for criterion in ("independence", "inclusion"):
        reply(newcomer, criterion)
    assert reply(newcomer, "surplus")["Location"] == reverse("admission", args=HERE)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reply": ""}, "Vælg ja, nej eller ved ikke."),
        ({"reply": "perhaps"}, "Jeres svar"),
        ({"text_da": " "}, "Skriv et par ord"),
        ({"reply": "no", "text_da": ""}, "Skriv et par ord"),
        ({"text_da": "x" * 1_501}, "1500"),
        ({"url": "http://kaeden.example/"}, "https://"),
        ({"url": "javascript:alert(1)"}, "Link"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(
    newcomer: Client, draft: Enterprise, changed: dict[str, str], sentence: str
) -> None:
    answer = reply(newcomer, **changed)
    assert answer.status_code == 422 and sentence in answer.page.one(role="alert").text
    assert not CriterionAnswer.objects.exists()


@pytest.mark.parametrize(
    "changed", [{"reply": "unsure", "text_da": ""}, {"text_da": "", "text_en": "That is how it is."}]
)
def test_what_is_enough(newcomer: Client, draft: Enterprise, changed: dict[str, str]) -> None:
    assert reply(newcomer, **changed).status_code == 302


def test_five_million_letters_are_refused(newcomer: Client, draft: Enterprise) -> None:
    assert reply(newcomer, text_da="x" * 5_000_000).status_code == 400
    assert not CriterionAnswer.objects.exists()


def test_markup_is_text(newcomer: Client, clerk: Client, draft: Enterprise) -> None:
    answer_all(draft)
    reply(newcomer, text_da="</textarea><script>alert(1)</script>")
    page = newcomer.get(reverse("admission-question", args=[*HERE, "purpose"])).page  # type: ignore[attr-defined]
    assert page.one("textarea", name="text_da").text == "</textarea><script>alert(1)</script>"
    send(newcomer)
    assert "<script>alert" not in clerk.get(review_of()).content.decode()


def test_two_who_answer_at_once_do_not_overwrite_each_other(
    newcomer: Client, draft: Enterprise, person: User
) -> None:
    colleague = PolicingClient()
    colleague.force_login(a_user("carl@example.dk"))
    claims.give(draft, User.objects.get(email="carl@example.dk"))
    reply(newcomer, text_da="Først")
    version = colleague.get(reverse("admission-question", args=[*HERE, "purpose"])).context["version"]
    reply(newcomer, text_da="Så det her")
    answer = reply(colleague, text_da="Noget andet", version=version)
    assert answer.status_code == 409 and "Så det her" in answer.page.one("main").text
    assert CriterionAnswer.objects.get().text_da == "Så det her"
    assert reply(colleague, text_da="Noget andet", version=answer.context["version"]).status_code == 302
    assert CriterionAnswer.objects.get().text_da == "Noget andet"
    # A button pressed twice is no quarrel.
    assert reply(colleague, text_da="Noget andet", version=version).status_code == 302


@pytest.mark.parametrize("name", ["admission", "admission-question"])
def test_strangers_find_nothing(stranger: Client, visitor: Client, draft: Enterprise, name: str) -> None:
    address = reverse(name, args=HERE if name == "admission" else [*HERE, "purpose"])
    assert stranger.get(address).status_code == 404 and visitor.get(address).status_code == 302
    assert stranger.post(address, ANSWERED).status_code in (404, 405)
    assert not CriterionAnswer.objects.exists()


def test_there_are_five_questions(newcomer: Client, draft: Enterprise) -> None:
    assert newcomer.get(reverse("admission-question", args=[*HERE, "wealth"])).status_code == 404


def test_who_is_in_is_not_asked_again(editor: Client, bakery: Enterprise) -> None:
    address = reverse("admission-question", args=[bakery.slug, "purpose"])
    assert editor.post(address, ANSWERED | {"version": ""}).status_code == 302
    publishing.withdraw(bakery, reason="Lukket for sommeren")
    assert editor.post(address, ANSWERED | {"version": ""}).status_code == 302
    assert not CriterionAnswer.objects.exists()


def test_the_questions_are_asked_in_english_too(newcomer: Client, draft: Enterprise) -> None:
    with override("en"):
        page = newcomer.get(reverse("admission-question", args=[*HERE, "purpose"])).page  # type: ignore[attr-defined]
    assert page.one("h1").text == "Are you there to do something for others?"


# -- sending --------------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_answers_are_there(
    newcomer: Client, draft: Enterprise, person: User
) -> None:
    page = newcomer.get(reverse("changes", args=HERE)).page  # type: ignore[attr-defined]
    assert not page.all("input", name="seen")
    assert page.all("a", href=reverse("admission-question", args=[*HERE, "surplus"]))
    with pytest.raises(proposals.ProposalError, match="Der mangler svar om optagelse"):
        proposals.submit(draft, by=person, having_seen=proposals.seen(editing.fresh(draft)))


def test_what_the_council_has_evidence_of_need_not_be_answered(draft: Enterprise) -> None:
    for criterion in Criterion.values:
        a_proof(draft, criterion)
    assert criteria.missing(editing.fresh(draft)) == []


def test_networks_are_not_asked(draft: Enterprise) -> None:
    draft.kind = Kind.ORGANISATION
    assert criteria.missing(draft) == []


def test_what_is_answered_after_it_was_seen_is_not_sent_unseen(newcomer: Client, draft: Enterprise) -> None:
    answer_all(draft)
    page = newcomer.get(reverse("changes", args=HERE)).page  # type: ignore[attr-defined]
    seen = page.one("input", name="seen").attrs["value"]
    reply(newcomer, text_da="Noget andet")
    newcomer.post(reverse("changes", args=HERE), {"seen": seen})
    assert not Proposal.objects.exists()


def test_sending_twice_is_once(newcomer: Client, draft: Enterprise) -> None:
    answer_all(draft)
    seen = proposals.seen(editing.fresh(draft))
    for _press in range(2):
        newcomer.post(reverse("changes", args=HERE), {"seen": seen})
    assert Proposal.objects.count() == 1


def test_an_enterprise_invites_nobody_before_it_is_in(newcomer: Client, draft: Enterprise) -> None:
    answer = newcomer.post(reverse("people", args=HERE), {"email": "ven@example.dk"})
    assert answer["Location"] == reverse("edit-enterprise", args=HERE)
    assert mail.outbox == []
    assert "vil være med til at rette" not in told(newcomer)


def test_nobody_lets_themselves_in(newcomer: Client, draft: Enterprise) -> None:
    newcomer.post(reverse("answer-claim", args=[*HERE, Claim.objects.get().pk]), {"do": "accept"})
    assert not Editorship.objects.exists()


# -- deciding -------------------------------------------------------------------------------------


@pytest.fixture
def sent(draft: Enterprise, person: User) -> Proposal:
    answer_all(draft)
    return proposals.submit(draft, by=person, having_seen=proposals.seen(editing.fresh(draft)))


def test_the_clerk_reads_answers_proof_and_who_it_may_be(
    clerk: Client, draft: Enterprise, sent: Proposal
) -> None:
    published("Kæden ApS")
    file = proofs.add(draft.criterion_answers.get(criterion="purpose"), b"%PDF-1.7 %%EOF", called="love.pdf")
    page = clerk.get(review_of()).content.decode()
    assert "Sådan er det." in page and "Kæden ApS" in page and "adressen er den samme" in page
    assert reverse("proof-file", args=[*HERE, file.pk]) in page


def test_the_clerk_makes_evidence_of_an_answer(clerk: Client, visitor: Client, sent: Proposal) -> None:
    typed = {
        "purpose-use": "on",
        "purpose-proof": "statutes",
        "purpose-wording_da": "Formålet står i § 2.",
        "purpose-source": "love.pdf",
        "purpose-dated": "2026-01-02",
        # Not ticked, so nothing comes of it.
        "trade-proof": "statement",
        "trade-wording_da": "De siger det selv.",
    }
    assert decide(clerk, "_approve", **typed).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.criterion, evidence.checked_by, str(evidence.dated)) == (
        "purpose",
        User.objects.get(email="karen@example.dk"),
        "2026-01-02",
    )
    assert evidence.checked_on
    assert "Formålet står i § 2." in visitor.get(reverse("profile", args=HERE)).page.one("main").text  # type: ignore[attr-defined]


@pytest.mark.parametrize("wrong", [{"purpose-wording_da": ""}, {"purpose-expires_on": "2000-01-01"}])
def test_wrong_evidence_lets_nobody_in(clerk: Client, sent: Proposal, wrong: dict[str, str]) -> None:
    typed = {"purpose-use": "on", "purpose-proof": "statutes", "purpose-wording_da": "Står i § 2."}
    assert decide(clerk, "_approve", **typed | wrong).status_code == 200
    assert not Evidence.objects.exists() and not Publication.objects.exists()


def test_a_no_says_why_and_leaves_the_door_open(
    newcomer: Client, clerk: Client, sent: Proposal, person: User
) -> None:
    assert decide(clerk, "_reject").status_code == 200, "a reason is needed"
    assert decide(clerk, "_reject", text="Vis os vedtægterne.").status_code == 302
    [letter] = mails_to(person.email)
    assert "Vis os" in letter and reverse("edit-enterprise", args=HERE) in letter
    assert "Vis os vedtægterne." in told(newcomer)
    assert Claim.objects.get().state == ClaimState.OPEN
    assert send(newcomer).status_code == 200
    assert Proposal.objects.filter(state=ProposalState.OPEN).count() == 1


def test_a_no_for_good_closes_it(newcomer: Client, clerk: Client, sent: Proposal, person: User) -> None:
    assert decide(clerk, "_refuse", text="I hører ikke til her.").status_code == 302
    assert Claim.objects.get().state == ClaimState.REFUSED
    assert newcomer.get(reverse("edit-enterprise", args=HERE)).status_code == 404
    [letter] = mails_to(person.email)
    assert "endeligt" in letter and "I hører ikke til her." in letter
    assert Enterprise.objects.filter(slug="kaeden").exists(), "what was said is kept"


def test_an_answer_comes_in_the_language_it_was_sent_in(
    clerk: Client, draft: Enterprise, person: User
) -> None:
    answer_all(draft)
    with override("en"):
        proposals.submit(draft, by=person, having_seen=proposals.seen(editing.fresh(draft)))
    decide(clerk, "_reject", text="Show us the statutes.")
    assert "has said no" in mails_to(person.email)[0]


def test_the_reviewer_who_has_not_seen_the_last_answer_lets_nobody_in(
    newcomer: Client, clerk: Client, sent: Proposal
) -> None:
    seen = clerk.get(review_of()).context["seen"]
    reply(newcomer, text_da="Og nu noget helt andet.")
    assert clerk.post(review_of(), {"seen": seen, "_approve": "x"}).status_code == 200
    assert not Publication.objects.exists() and not Editorship.objects.exists()


def test_nobody_is_let_in_by_someone_who_may_not_say_who_edits(sent: Proposal) -> None:
    user = with_second_step(a_user("lars@example.dk", is_staff=True))
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_proposal", "change_enterprise", "view_enterprise"])
    )
    client = Client()
    client.force_login(user)
    assert decide(client, "_approve").status_code == 200
    assert not Publication.objects.exists(), "all of it or nothing"


def test_publishing_at_the_desk_lets_in_too(clerk: Client, newcomer: Client, draft: Enterprise) -> None:
    address = reverse("admin:enterprises_enterprise_changelist")
    clerk.post(address, {"action": "publish_selected", "_selected_action": draft.pk})
    assert Publication.objects.filter(enterprise=draft).exists()
    assert newcomer.get(reverse("edit-enterprise", args=HERE)).status_code == 200
    assert Claim.objects.get().state == ClaimState.ACCEPTED


def test_an_ordinary_proposal_has_no_admission(clerk: Client, editor: Client, bakery: Enterprise) -> None:
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Ny")
    person = User.objects.get(email="ida@example.dk")
    proposals.submit(bakery, by=person, having_seen=proposals.seen(editing.fresh(bakery)))
    assert "_refuse" not in clerk.get(review_of()).content.decode()
    decide(clerk, "_approve")
    assert [message.subject for message in mail.outbox] == ["Godkendt og udgivet: Brød & Broer"]


def test_a_review_asks_the_database_little(clerk: Client, draft: Enterprise, sent: Proposal) -> None:
    for answer in draft.criterion_answers.all():
        proofs.add(answer, b"%PDF-1.7 %%EOF", called="love.pdf")
    clerk.get(review_of())
    with CaptureQueriesContext(connection) as asked:
        clerk.get(review_of())
    assert len(asked) < 20


def test_the_pages_cost_the_same_with_more_files(newcomer: Client, draft: Enterprise) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            newcomer.get(reverse("admission", args=HERE))
        return len(asked)

    answer_all(draft)
    queries()
    few = queries()
    for answer in draft.criterion_answers.all():
        for number in range(3):
            proofs.add(answer, b"%%PDF-1.7 %d %%%%EOF" % number, called="love.pdf")
    assert queries() == few <= 16
