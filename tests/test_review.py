"""The clerk's page about one proposal: what it shows, what it costs, and what a press of a button does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises import claims, editing, proofs, proposals, publishing, snapshots
from enterprises.choices import ClaimWay, ProposalState
from enterprises.models import (
    Enterprise,
    HoursException,
    Look,
    Offer,
    Photo,
    Proposal,
    Publication,
    ReasonText,
    SectionPolicy,
    User,
)
from tests.builders import a_place, a_user, an_enterprise, published, with_second_step
from tests.client import Element, PolicingClient, parsed
from tests.test_admission import answer_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]
LIST = "admin:enterprises_proposal_changelist"


def sent(enterprise: Enterprise, **changes: Any) -> Proposal:
    """A proposal with some of the enterprise's own fields changed."""
    Enterprise.objects.filter(pk=enterprise.pk).update(**changes)
    by = User.objects.filter(email="vera@example.dk").first() or a_user("vera@example.dk", name="Vera")
    return proposals.submit(enterprise, by=by, having_seen=proposals.seen(editing.fresh(enterprise)))


def address(proposal: Proposal) -> str:
    return reverse("admin:enterprises_proposal_review", args=[proposal.pk])


def press(clerk: Client, proposal: Proposal, button: str, **typed: Any) -> Any:
    """As the page stands now, with all its ticks unless some are given."""
    page = clerk.get(address(proposal)).context
    known = {"seen": page["seen"], "split": "1" if page["may_split"] else "", "part": page["ticked"]}
    return clerk.post(address(proposal), {"text": "", **known, button: "x"} | typed, follow=True)


def page_of(answer: Any) -> Element:
    return parsed(answer.content.decode())


def text_of(answer: Any) -> str:
    return " ".join(page_of(answer).text.split())


def shown(enterprise: Enterprise) -> dict[str, Any]:
    current = Enterprise.objects.select_related("current").get(pk=enterprise.pk).current
    assert current
    return dict(current.snapshot)


@pytest.fixture
def mette(db: None) -> Client:
    """Decides about proposals too, and may no more than that takes."""
    user = with_second_step(a_user("mette@example.dk", name="Mette", is_staff=True))
    wanted = ["view_proposal", "change_enterprise", "view_enterprise", "change_claim"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client = PolicingClient()
    client.force_login(user)
    return client


# -- what it shows --------------------------------------------------------------------------------


def test_it_tells_the_changes_in_words_with_the_preview_and_the_history(
    clerk: Client, bakery: Enterprise
) -> None:
    publishing.withdraw(bakery, reason="Lukket for sommeren")
    publishing.publish(bakery)
    first = sent(bakery, tagline_da="Frokost og brød til alle møder")
    proposals.reject(first, "Skriv hvor.", by=User.objects.get(email="vera@example.dk"))
    page = page_of(clerk.get(address(sent(bakery))))
    assert page.one("ins").text.strip() == "alle"
    assert page.one("iframe").attrs["src"].startswith(reverse("preview", args=[bakery.slug]))
    history = page.one("ol", class_="review-history").text
    for told in ("nr. 1", "nr. 2", "Lukket for sommeren", "Forslag: afvist", "Skriv hvor.", "Vera"):
        assert told in history
    assert clerk.get(page.one("iframe").attrs["src"]).status_code == 200


def test_pictures_stand_beside_each_other(clerk: Client, bakery: Enterprise) -> None:
    photo = {"width": 900, "height": 600, "widths": [480], "kind": "photo"}
    Photo.objects.create(enterprise=bakery, digest="aa" * 16, alt_da="Butikken", **photo)
    publishing.publish(bakery)
    bakery.photos.all().delete()
    Photo.objects.create(enterprise=bakery, digest="bb" * 16, alt_da="Ovnen", **photo)
    page = page_of(clerk.get(address(sent(bakery))))
    before, after = page.all("ul", class_="review-pictures")
    assert (
        "Forsvinder: Butikken" in " ".join(before.text.split())
        and "aa" * 16 in before.one("img").attrs["src"]
    )
    assert "Nyt: Ovnen" in " ".join(after.text.split()) and "bb" * 16 in after.one("img").attrs["src"]


# -- what it costs --------------------------------------------------------------------------------


def rows(enterprise: Enterprise, number: int) -> None:
    """So many places, offers and photos more."""
    for one in range(number):
        place = a_place(enterprise, label_da=f"Hus {one}")
        HoursException.objects.create(place=place, first_day="2027-01-01", last_day="2027-01-02")
        Offer.objects.create(enterprise=enterprise, name_da=f"Ydelse {one}", position=one)
        Photo.objects.create(
            enterprise=enterprise, digest=f"{one:032x}", alt_da=f"Billede {one}", position=one,
            width=900, height=600, widths=[480], kind="photo",
        )  # fmt: skip


def queries(client: Client, proposal: Proposal) -> int:
    client.get(address(proposal))  # reads what is kept
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address(proposal)).status_code == 200
    return len(asked)


@pytest.mark.parametrize("state", ["open", "asked", "partly", "withdrawn", "new"])
def test_it_asks_the_database_under_20_times(mette: Client, clerk: Client, state: str) -> None:
    def a_proposal(name: str, number: int) -> Proposal:
        enterprise = an_enterprise(name, criteria=()) if state == "new" else published(name)
        if state == "new":
            claims.open_(enterprise, a_user(f"{number}@example.dk"), ClaimWay.ADDED)
            answer_all(enterprise)
            for answer in enterprise.criterion_answers.all():
                for _file in range(number):
                    proofs.add(answer, b"%PDF-1.7 %%EOF", called="love.pdf")
        for version in range(number if state != "new" else 0):
            Enterprise.objects.filter(pk=enterprise.pk).update(founded=1900 + version)
            publishing.publish(enterprise)
        rows(enterprise, number)
        if state == "withdrawn":
            publishing.withdraw(enterprise, reason="Lukket")
        proposal = sent(enterprise, tagline_da="Ny", phone="11 22 33 44", description_da="Nye ord. " * 40)
        karen = User.objects.get(email="karen@example.dk")
        for line in range(number):
            proposals.say(proposal, f"{line}", by=karen, from_council=state == "asked" or line % 2 == 0)
        if state == "partly":
            seen = proposals.seen(editing.fresh(enterprise))
            proposals.approve_some(proposal, ["contact"], "Nej", by=karen, having_seen=seen)
        for other in range(number):
            Look.objects.create(
                proposal=proposal, user=a_user(f"{name}{other}@example.dk".lower().replace(" ", "")),
                since=timezone.now(), last_at=timezone.now(),
            )  # fmt: skip
        return proposal

    few, many = a_proposal("Brød", 3), a_proposal("Boller", 30)
    for client in (mette, clerk):
        assert queries(client, many) == queries(client, few) < 20


# -- deciding -------------------------------------------------------------------------------------


def test_after_a_decision_the_next_oldest_opens(clerk: Client) -> None:
    first, second, third = (sent(published(name), tagline_da="Ny") for name in ("A", "B", "C"))
    answer = press(clerk, first, "_approve")
    assert answer.redirect_chain[-1][0] == address(second)
    assert "A: Godkendt og udgivet som nr. 2. 2 venter endnu." in text_of(answer)
    skipped = clerk.get(reverse("admin:enterprises_proposal_skip", args=[second.pk]))
    assert skipped["Location"] == address(third)
    assert press(clerk, third, "_reject", text="Nej").redirect_chain[-1][0] == address(second)
    answer = press(clerk, second, "_approve")
    assert answer.redirect_chain[-1][0] == reverse(LIST)
    assert "Der er ikke flere, der venter på rådet." in text_of(answer)


def test_what_the_council_has_asked_about_waits_for_the_enterprise(clerk: Client) -> None:
    first, second = (sent(published(name), tagline_da="Ny") for name in ("A", "B"))
    assert press(clerk, first, "_ask", text="Hvorfor?").redirect_chain[-1][0] == address(second)
    vera = User.objects.get(email="vera@example.dk")
    assert press(clerk, second, "_approve").redirect_chain[-1][0] == reverse(LIST)
    third = sent(published("C"), tagline_da="Ny")
    proposals.say(first, "Fordi.", by=vera, from_council=False)
    assert press(clerk, third, "_approve").redirect_chain[-1][0] == address(first)


def test_some_is_published_and_the_rest_goes_back(clerk: Client, editor: Client, bakery: Enterprise) -> None:
    proposal = sent(bakery, tagline_da="Byens bedste", employees=7, employees_year=2026)
    answer = press(clerk, proposal, "_some", part=["ownership"])
    assert "Skriv til virksomheden, hvorfor resten ikke er med." in text_of(answer)
    assert Publication.objects.count() == 1 and not mail.outbox
    press(clerk, proposal, "_some", part=["ownership"], text="Skriv, hvad I sælger.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.approved) == (ProposalState.PARTLY, ["ownership"])
    assert proposal.publication_id == Enterprise.objects.get(pk=bakery.pk).current_id
    assert shown(bakery)["figures"]["employees"]["value"] == 7
    assert shown(bakery)["tagline"]["da"] == "Frokost og brød til møder"
    assert Enterprise.objects.get(pk=bakery.pk).tagline_da == "Byens bedste"
    assert "Skriv, hvad I sælger." in str(mail.outbox[0].body)
    home = text_of(editor.get(reverse("edit-enterprise", args=[bakery.slug])))
    assert "Rådet har udgivet noget af det, I sendte." in home and "Skriv, hvad I sælger." in home
    again = sent(bakery)
    assert clerk.get(address(again)).context["case"].keys == ["who"]
    press(clerk, again, "_approve")
    assert "Der er ingen ændringer, der venter." in text_of(
        editor.get(reverse("edit-enterprise", args=[bakery.slug]))
    )


def test_a_tick_taken_away_is_not_overheard(clerk: Client, bakery: Enterprise) -> None:
    proposal = sent(bakery, tagline_da="Ny", employees=7, employees_year=2026)
    assert "Ikke alt er sat kryds ved." in text_of(press(clerk, proposal, "_approve", part=["who"]))
    assert "Sæt kryds ved det, der skal udgives." in text_of(press(clerk, proposal, "_some", part=[]))
    assert Publication.objects.count() == 1
    press(clerk, proposal, "_some")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.APPROVED, "all of them are ticked"


def test_the_enter_key_in_a_field_decides_nothing(clerk: Client, bakery: Enterprise) -> None:
    proposal = sent(bakery, tagline_da="Ny", phone="11 22 33 44")
    answer = press(clerk, proposal, "", part=["who"], text="Halvt skrevet")
    assert answer.context["ticked"] == ["who"] and "Halvt skrevet" in text_of(answer)
    assert Proposal.objects.get().state == ProposalState.OPEN and not proposal.messages.exists()


def test_some_of_it_must_make_a_whole_profile(clerk: Client, bakery: Enterprise) -> None:
    proposal = sent(bakery, phone="11 22 33 44", employees=7, employees_year=2026)
    bakery.sector_ranks.all().delete()
    assert "Der mangler en branche." in text_of(press(clerk, proposal, "_some", part=["who"], text="Nej"))
    press(clerk, proposal, "_some", part=["contact"], text="Der mangler noget.")
    assert shown(bakery)["contact"]["phone"] == "11 22 33 44" and shown(bakery)["sectors"]


def test_a_reason_kept_ready_is_said_with_ones_own_words(clerk: Client, bakery: Enterprise) -> None:
    reason = ReasonText.objects.create(title="Kort", text_da="For kort.", text_en="Too short.")
    gone = ReasonText.objects.create(title="Gammel", text_da="x", text_en="x", active=False)
    proposal = sent(bakery, tagline_da="Ny")
    Proposal.objects.update(language="en")
    page = page_of(clerk.get(address(proposal)))
    assert "Too short." in page.text and "Gammel" not in page.text
    press(clerk, proposal, "_reject", reason=gone.pk)
    press(clerk, proposal, "_reject", reason=reason.pk, text="Skriv mere.")
    assert proposal.messages.get().text == "Too short.\n\nSkriv mere."


def test_the_log_says_who_when_what_and_why(clerk: Client, bakery: Enterprise) -> None:
    proposal = sent(bakery, tagline_da="Ny", phone="11 22 33 44")
    press(clerk, proposal, "_ask", text="Hvorfor?")
    press(clerk, proposal, "_some", part=["contact"], text="Linjen siger intet.")
    logged = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert logged[::2] == logged[1::2], "both at the proposal and at the enterprise"
    assert logged[0] == "Dit spørgsmål er sendt. Hvorfor?"
    assert logged[2] == "Udgivet som nr. 2: Kontakt og links. Linjen siger intet."
    page = text_of(clerk.get(address(proposal)))
    assert "Forslag: delvist godkendt (Kontakt og links), Karen Clerk Linjen siger intet." in page


# -- two clerks -----------------------------------------------------------------------------------


def test_the_second_clerk_is_told_and_hinders_nobody(
    clerk: Client, mette: Client, bakery: Enterprise
) -> None:
    proposal = sent(bakery, tagline_da="Ny")
    assert "ser på den lige nu" not in text_of(mette.get(address(proposal)))
    since = timezone.localtime(Look.objects.get().since)
    for _time in range(2):
        told = text_of(clerk.get(address(proposal)))
        assert f"Mette ser på den lige nu, siden kl. {since:%H:%M}." in told and "Karen Clerk ser" not in told
    mette.get(reverse("admin:enterprises_proposal_skip", args=[proposal.pk]))
    assert "lige nu" not in text_of(clerk.get(address(proposal)))


def test_who_has_gone_to_lunch_does_not_look_any_more(
    clerk: Client, mette: Client, bakery: Enterprise
) -> None:
    proposal = sent(bakery, tagline_da="Ny")
    mette.get(address(proposal))
    Look.objects.update(last_at=timezone.now() - timedelta(minutes=15))
    assert "lige nu" not in text_of(clerk.get(address(proposal)))
    assert press(clerk, proposal, "_approve").status_code == 200
    assert not Look.objects.exists()


@pytest.mark.parametrize("button", ["_approve", "_some", "_reject", "_ask"])
def test_the_second_decision_is_refused_and_says_who_was_first(
    clerk: Client, mette: Client, bakery: Enterprise, button: str
) -> None:
    proposal = sent(bakery, tagline_da="Ny", phone="11 22 33 44")
    page = mette.get(address(proposal)).context
    press(clerk, proposal, "_reject", text="Nej")
    typed = {"seen": page["seen"], "part": ["who"], "text": "Tja", button: "x"}
    told = text_of(mette.post(address(proposal), typed))
    assert "Forslaget er afgjort i mellemtiden: afvist af Karen Clerk" in told
    assert Publication.objects.count() == 1 and proposal.messages.count() == 1


@pytest.mark.parametrize("button", ["_approve", "_some", "_reject"])
def test_what_has_changed_since_it_was_seen_is_not_decided(
    clerk: Client, bakery: Enterprise, button: str
) -> None:
    proposal = sent(bakery, tagline_da="Ny", phone="11 22 33 44")
    seen = clerk.get(address(proposal)).context["seen"]
    for change in ("working copy", "publication"):
        if change == "working copy":
            Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Helt ny")
        else:
            seen = clerk.get(address(proposal)).context["seen"]
            publishing.publish_field(bakery, "contact")
        typed = {"seen": seen, "part": ["who"], "text": "Tja", button: "x"}
        assert "Der er ændret noget, siden siden blev hentet." in text_of(
            clerk.post(address(proposal), typed)
        )
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_who_may_only_read_decides_nothing(bakery: Enterprise) -> None:
    user = with_second_step(a_user("lars@example.dk", is_staff=True))
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_proposal", "view_enterprise"]))
    client = PolicingClient()
    client.force_login(user)
    proposal = sent(bakery, tagline_da="Ny")
    page = page_of(client.get(address(proposal)))
    assert not page.all("input", name="_approve") and not Look.objects.exists()
    assert client.post(address(proposal), {"_approve": "x", "seen": "x"}).status_code == 403
    chosen = {"action": "approve_unread", "_selected_action": proposal.pk}
    client.post(reverse(LIST), chosen)
    assert Proposal.objects.get().state == ProposalState.OPEN


# -- several at once ------------------------------------------------------------------------------


def test_only_what_the_policy_lets_through_is_approved_unread(clerk: Client) -> None:
    SectionPolicy.objects.update(direct=False, bulk=False)
    SectionPolicy.objects.filter(section="contact").update(bulk=True)
    plain = sent(published("A"), phone="11 22 33 44")
    to_read = sent(published("B"), phone="11 22 33 44", tagline_da="Ny")
    doubtful = sent(published("C"), website="https://casino.example")
    asked = sent(published("D"), phone="11 22 33 44")
    councils = sent(published("E"), slug="ny-adresse")
    new = sent(an_enterprise("F"))
    proposals.say(asked, "Hvorfor?", by=User.objects.get(email="karen@example.dk"), from_council=True)
    every = [plain, to_read, doubtful, asked, councils, new]
    chosen = {"action": "approve_unread", "_selected_action": [each.pk for each in every]}
    told = text_of(clerk.post(reverse(LIST), chosen, follow=True))
    for sentence in (
        "1 er godkendt: A.",
        "B: ikke godkendt, Hvem I er skal læses.",
        "C: ikke godkendt, der er noget, man skal se på først.",
        "D: ikke godkendt, venter på svar fra virksomheden.",
        "E: ikke godkendt, Andet skal læses.",
        "F: ikke godkendt, er ikke udgivet, så den skal læses.",
    ):
        assert sentence in told
    assert [*Proposal.objects.exclude(state=ProposalState.OPEN)] == [plain]
    assert LogEntry.objects.filter(
        object_id=plain.pk, change_message__startswith="Godkendt fra listen"
    ).exists()
    assert snapshots.take(editing.fresh(plain.enterprise)) == shown(plain.enterprise)
