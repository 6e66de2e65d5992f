"""A buyer's inquiry from the list to the answers: who is asked, what each side sees, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import publishing
from enterprises.choices import InquiryAnswer, InquiryOutcome
from enterprises.inquiries import answering, buying, due, reach, writing
from enterprises.inquiries.answering import Said
from enterprises.models import BuyerFacts, Enterprise, Inquiry, RegisterReading
from tests.builders import a_user, let_in, published, republished
from tests.client import PolicingClient
from tests.inquiring import (
    BUYER,
    FORM,
    OURS,
    TODAY,
    YES,
    answer_page,
    answered,
    buyers_page,
    links,
    mailed,
    mails_to,
    recipient,
    report_page,
    save,
    sent,
    written,
)

pytestmark = pytest.mark.django_db
NO = Said(InquiryAnswer.NO, "Vi har for travlt.", "Beta", "100 kr.", "Gerda", "gerda@alfa.example")


@pytest.fixture(autouse=True)
def unlimited() -> None:
    cache.clear()


@pytest.fixture
def buyer() -> Client:
    return PolicingClient(**OURS)


@pytest.fixture
def alfa(db: None) -> Enterprise:
    return published("Alfa", email="hej@alfa.example")


@pytest.fixture
def beta(db: None) -> Enterprise:
    return published("Beta", email="hej@beta.example")


# -- from the list to the enterprises -------------------------------------------------------------


def test_from_a_list_to_answers_side_by_side(buyer: Client, alfa: Enterprise, beta: Enterprise) -> None:
    save(buyer, alfa, beta)
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    way = page.one("a", href=reverse("write-inquiry"))
    assert way.text == "Skriv til flere på én gang"
    page = buyer.get(way.attrs["href"]).page  # type: ignore[attr-defined]
    assert len(page.all("input", name="to", checked="")) == 2
    form = FORM | {"to": [alfa.pk, beta.pk], "links": "https://kommune.example/bilag.pdf"}
    answer = buyer.post(reverse("write-inquiry"), form, follow=True)
    assert answer.redirect_chain == [(reverse("inquiry-written"), 302)]
    # Nobody but the buyer is written to, and the mail does not hold what was written.
    assert mailed() == [BUYER]
    (confirm,) = links(mail.outbox[0])
    assert "Frokost" not in mail.outbox[0].body and "Alfa" in mail.outbox[0].body
    # Reading the page sends nothing: mail scanners read it too.
    page = buyer.get(confirm).page  # type: ignore[attr-defined]
    assert page.one("button", value="confirm").text == "Ja, send den" and len(mail.outbox) == 1
    answer = buyer.post(confirm, {"do": "confirm"}, follow=True)
    assert "er sendt" in answer.page.one("p", role="status").text  # type: ignore[attr-defined]
    assert sorted(mailed()[1:]) == ["hej@alfa.example", "hej@beta.example"]
    # The enterprise answers without logging in.
    link, report, _edit = links(mails_to("hej@alfa.example")[0])[:3]
    enterprise = PolicingClient()
    page = enterprise.get(link).page
    assert "Frokost til møder" in page.one("main").text
    assert page.one("a", class_="inquiry-link").attrs["href"] == "https://kommune.example/bilag.pdf"
    data = {"answer": "with-others", "text": "Gerne", "price": "95 kr.", "with_whom": "Beta"}
    data |= {"contact_name": "Gerda", "contact_email": "gerda@alfa.example"}
    page = enterprise.post(link, data, follow=True).page
    assert page.all("a", href=f"mailto:{BUYER}")
    # The buyer is told, and sees it beside those who have not answered.
    assert mails_to(BUYER)[-1].subject == "Alfa har svaret"
    page = buyer.get(confirm).page  # type: ignore[attr-defined]
    table = page.one("table", class_="compare")
    assert [row.text for row in table.all("th", scope="col")] == ["Virksomhed", "Alfa", "Beta"]
    assert table.all("a", href="mailto:gerda@alfa.example") and "95 kr." in table.text
    assert "Har ikke svaret endnu" in table.text
    assert report == report_page(Inquiry.objects.get(), alfa)


def test_neither_sees_the_others_address_before_a_yes(
    buyer: Client, alfa: Enterprise, beta: Enterprise
) -> None:
    inquiry = sent(alfa, beta)
    answered(inquiry, beta, NO)
    texts = [message.message().as_string() for message in mail.outbox if message.to != [BUYER]]
    texts += [PolicingClient().get(answer_page(inquiry, one)).content.decode() for one in (alfa, beta)]
    assert not [text for text in texts if BUYER in text]
    page = buyer.get(buyers_page(inquiry)).content.decode()
    to_buyer = "".join(message.message().as_string() for message in mails_to(BUYER))
    for address in ("hej@alfa.example", "hej@beta.example", "gerda@alfa.example"):
        assert address not in page and address not in to_buyer
    assert not any(message.reply_to for message in mail.outbox)


def test_of_a_no_only_the_message_is_kept(alfa: Enterprise) -> None:
    told = answered(sent(alfa), alfa, NO)
    assert (told.text, told.price, told.with_whom, told.contact_email) == ("Vi har for travlt.", "", "", "")


def test_the_pages_are_kept_and_found_by_nobody(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    inquiry = sent(alfa)
    for address in (
        reverse("write-inquiry"),
        buyers_page(inquiry),
        answer_page(inquiry, alfa),
        report_page(inquiry, alfa),
    ):
        answer = buyer.get(address)
        assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]


def test_a_form_that_lacks_something_keeps_what_was_chosen(
    buyer: Client, alfa: Enterprise, beta: Enterprise
) -> None:
    save(buyer, alfa, beta)
    form = FORM | {"to": [beta.pk], "what": "", "answer_by": TODAY.isoformat()}
    page = buyer.post(reverse("write-inquiry"), form).page  # type: ignore[attr-defined]
    assert [box.attrs["value"] for box in page.all("input", name="to", checked="")] == [str(beta.pk)]
    assert len(page.one("div", role="alert").all("li")) == 2
    assert not Inquiry.objects.exists()


def test_no_one_and_more_than_ten_are_refused(buyer: Client, alfa: Enterprise) -> None:
    more = [published(f"Nr. {n}", district=None, criteria=()) for n in range(10)]
    save(buyer, alfa, *more)
    page = buyer.get(reverse("write-inquiry")).page  # type: ignore[attr-defined]
    assert not page.all("input", name="to", checked="")
    for chosen, told in (([], "Vælg mindst én"), ([alfa.pk, *(one.pk for one in more)], "Vælg højst 10")):
        page = buyer.post(reverse("write-inquiry"), FORM | {"to": chosen}).page  # type: ignore[attr-defined]
        assert told in page.one("p", role="alert").text
    assert not mail.outbox


def test_one_that_is_not_on_the_list_is_not_asked(buyer: Client, alfa: Enterprise, beta: Enterprise) -> None:
    save(buyer, alfa)
    buyer.post(reverse("write-inquiry"), FORM | {"to": [alfa.pk, beta.pk]})
    assert [row.enterprise for row in Inquiry.objects.get().recipients.all()] == [alfa]


def test_who_was_shown_a_list_may_write_from_it(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    buyer.post(reverse("change-shortlist"), {"list": _list_of(buyer), "do": "share", "right": "read"})
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    address = page.one("section", id="del").all("input", readonly="")[0].attrs["value"]
    token = address.rstrip("/").rpartition("/")[2]
    other = PolicingClient(**OURS)
    assert other.get(reverse("write-inquiry")).status_code == 404
    answer = other.post(reverse("write-shared-inquiry", args=[token]), FORM | {"to": [alfa.pk]})
    assert answer.status_code == 302 and Inquiry.objects.count() == 1


def _list_of(client: Client) -> str:
    page = client.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    return str(page.all("input", name="list")[0].attrs["value"])


def test_an_english_buyer_is_written_to_in_english(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    buyer.post(f"/en{_english('write-inquiry')}", FORM | {"to": [alfa.pk]})
    assert mail.outbox[0].subject == "Shall we send your inquiry?"
    assert links(mail.outbox[0])[0].startswith("/en/procurement/inquiry/")


def _english(name: str) -> str:
    from django.utils.translation import override

    with override("en"):
        return reverse(name).removeprefix("/en")


# -- who can be asked, and by which address -------------------------------------------------------


def why_not(enterprise: Enterprise) -> tuple[tuple[str, ...], str]:
    (one,) = reach.of([enterprise.pk])
    return one.addresses, one.why_not


def edited(enterprise: Enterprise, *addresses: str) -> None:
    for address in addresses:
        let_in(a_user(address), enterprise)


def read_as_protected(enterprise: Enterprise) -> None:
    RegisterReading.objects.create(
        enterprise=enterprise, cvr="25063864", read_on=TODAY, found=True, advertising_protected=True
    )


def test_it_goes_to_the_published_address(alfa: Enterprise) -> None:
    edited(alfa, "ida@example.dk")
    Enterprise.objects.filter(pk=alfa.pk).update(email="ny@alfa.example")
    assert why_not(alfa) == (("hej@alfa.example",), "")


@pytest.mark.parametrize("address", ["", "æblet@alfa.example"])
def test_without_one_to_its_editors(alfa: Enterprise, address: str) -> None:
    republished(alfa, email=address)
    assert why_not(alfa) == ((), "Har ingen mail, vi kan skrive til, og ingen redigerer profilen.")
    edited(alfa, "ida@example.dk", "carl@example.dk")
    assert why_not(alfa) == (("ida@example.dk", "carl@example.dk"), "")


def test_who_is_protected_from_advertisements_is_asked_through_editors_alone(alfa: Enterprise) -> None:
    read_as_protected(alfa)
    addresses, reason = why_not(alfa)
    assert addresses == () and reason.startswith("Er reklamebeskyttet i CVR")
    edited(alfa, "ida@example.dk")
    assert why_not(alfa) == (("ida@example.dk",), "")


def test_so_is_who_wants_no_mail_from_us(alfa: Enterprise) -> None:
    Enterprise.objects.filter(pk=alfa.pk).update(mail_unwanted=True)
    assert why_not(alfa)[1].startswith("Har bedt om ikke at få mail")
    edited(alfa, "ida@example.dk")
    assert why_not(alfa) == (("ida@example.dk",), "")


def test_who_opted_out_is_not_asked_from_that_moment(buyer: Client, alfa: Enterprise) -> None:
    edited(alfa, "ida@example.dk")
    inquiry = written(alfa)
    BuyerFacts.objects.create(enterprise=alfa, requests_unwanted=True)
    assert why_not(alfa) == ((), "Vil ikke have forespørgsler gennem kataloget.")
    # The one that waited for its confirmation does not get through either, which the buyer sees.
    writing.confirm(inquiry, TODAY)
    assert mailed() == [BUYER]
    page = buyer.get(buyers_page(inquiry)).page  # type: ignore[attr-defined]
    assert "Kunne ikke spørges mere" in page.one("table").text


def test_what_was_published_counts_too(alfa: Enterprise) -> None:
    BuyerFacts.objects.create(enterprise=alfa, requests_unwanted=True)
    publishing.publish(alfa)
    BuyerFacts.objects.filter(enterprise=alfa).update(requests_unwanted=False)
    assert why_not(alfa)[1] == "Vil ikke have forespørgsler gennem kataloget."


def test_the_profile_says_that_one_has_opted_out(alfa: Enterprise, visitor: Client) -> None:
    BuyerFacts.objects.create(enterprise=alfa, requests_unwanted=True)
    publishing.publish(alfa)
    page = visitor.get(reverse("profile", args=["alfa"])).page  # type: ignore[attr-defined]
    assert "Forespørgsler gennem kataloget" in page.one("main").text


def test_an_editor_opts_out_in_the_buyers_section(editor: Client, bakery: Enterprise) -> None:
    address = reverse("edit-section", args=[bakery.slug, "buyer"])
    page = editor.get(address).page  # type: ignore[attr-defined]
    data = {field.attrs["name"]: field.attrs.get("value", "") for field in page.all("input", type="hidden")}
    assert editor.post(address, data | {"requests_unwanted": "on"}).status_code == 302
    assert why_not(bakery)[1] == "Vil ikke have forespørgsler gennem kataloget."


def test_going_back_to_an_earlier_publication_does_not_undo_it(alfa: Enterprise) -> None:
    BuyerFacts.objects.create(enterprise=alfa, requests_unwanted=True)
    first = alfa.current
    assert first is not None
    publishing.restore(first, reason="Tilbage", discard_changes=True)
    assert why_not(Enterprise.objects.get(pk=alfa.pk))[1] == "Vil ikke have forespørgsler gennem kataloget."


def test_who_cannot_be_asked_is_shown_with_the_reason(
    buyer: Client, alfa: Enterprise, beta: Enterprise
) -> None:
    gamma = published("Gamma")
    save(buyer, alfa, beta, gamma)
    read_as_protected(alfa)
    publishing.withdraw(gamma, reason="Lukket")
    page = buyer.get(reverse("write-inquiry")).page  # type: ignore[attr-defined]
    assert [box.attrs["value"] for box in page.all("input", name="to")] == [str(beta.pk)]
    said = [line.text for line in page.all("div", class_="inquiry-cannot")]
    assert said[0].startswith("Alfa Er reklamebeskyttet") and said[1] == "Gamma Er ikke i kataloget mere."
    # Nor is one by force.
    answer = buyer.post(reverse("write-inquiry"), FORM | {"to": [alfa.pk]})
    assert "reklamebeskyttet" in answer.page.one("p", role="alert").text  # type: ignore[attr-defined]
    assert not Inquiry.objects.exists()


def test_a_list_of_whom_none_can_be_asked_says_so(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    read_as_protected(alfa)
    page = buyer.get(reverse("write-inquiry")).page  # type: ignore[attr-defined]
    assert "Ingen på listen kan spørges" in page.one("main").text and not page.all("button", class_="button")


def test_a_longer_list_costs_no_more_queries(buyer: Client, alfa: Enterprise, beta: Enterprise) -> None:
    save(buyer, alfa)
    buyer.get(reverse("write-inquiry"))
    with CaptureQueriesContext(connection) as one:
        buyer.get(reverse("write-inquiry"))
    save(buyer, beta, *(published(f"Nr. {n}", criteria=()) for n in range(4)))
    buyer.get(reverse("write-inquiry"))
    with CaptureQueriesContext(connection) as six:
        buyer.get(reverse("write-inquiry"))
    assert len(one) == len(six) == 5


def test_many_answers_cost_the_buyer_no_more_queries(
    buyer: Client, alfa: Enterprise, beta: Enterprise
) -> None:
    one = sent(alfa)
    two = sent(alfa, beta, what="Noget andet")
    for inquiry, enterprises in ((one, [alfa]), (two, [alfa, beta])):
        for enterprise in enterprises:
            answered(inquiry, enterprise)
    buyer.get(buyers_page(one))
    counts = []
    for inquiry in (one, two):
        with CaptureQueriesContext(connection) as asked:
            buyer.get(buyers_page(inquiry))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4, counts


# -- the answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, ["answer"]),
        ({"answer": "maybe"}, ["answer"]),
        ({"answer": "yes"}, ["contact_name", "contact_email"]),
        ({"answer": "with-others", "contact_name": "G", "contact_email": "g@x.dk"}, ["with_whom"]),
        ({"answer": "no"}, []),
    ],
)
def test_what_an_answer_needs(alfa: Enterprise, data: dict[str, str], wrong: list[str]) -> None:
    inquiry = sent(alfa)
    answer = PolicingClient().post(answer_page(inquiry, alfa), data)
    if wrong:
        assert set(answer.context["form"].errors) == set(wrong)
    assert bool(recipient(inquiry, alfa).answered_at) == (not wrong)


def test_an_answer_is_given_once(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    client, address = PolicingClient(), answer_page(inquiry, alfa)
    assert client.post(address, {"answer": "no"}).status_code == 302
    again = client.post(address, {"answer": "no", "text": "Igen"})
    assert again.status_code == 409 and "svarede først" in again.page.one("p", role="alert").text
    assert recipient(inquiry, alfa).text == "" and len(mails_to(BUYER)) == 2


def test_after_the_day_the_link_says_so(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    Inquiry.objects.update(answer_by=TODAY)
    assert PolicingClient().get(answer_page(inquiry, alfa)).status_code == 200
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=1))
    answer = PolicingClient().post(answer_page(inquiry, alfa), {"answer": "no"})
    assert answer.status_code == 410 and "den dag er gået" in answer.page.one("main").text
    assert not recipient(inquiry, alfa).answered_at


def test_one_that_left_the_catalogue_cannot_answer(alfa: Enterprise, buyer: Client) -> None:
    inquiry = sent(alfa)
    publishing.withdraw(alfa, reason="Lukket")
    assert PolicingClient().get(answer_page(inquiry, alfa)).status_code == 410
    assert "Udgået" in buyer.get(buyers_page(inquiry)).page.one("table").text  # type: ignore[attr-defined]


def test_a_forged_or_foreign_link_opens_nothing(alfa: Enterprise, beta: Enterprise) -> None:
    inquiry = sent(alfa)
    buyers, theirs = buyers_page(inquiry).split("/")[-2], answer_page(inquiry, alfa).split("/")[-2]
    client = PolicingClient()
    for token in (theirs, f"{inquiry.pk + 1}.{buyers.partition('.')[2]}", "1", "x" * 43):
        assert client.get(reverse("inquiry", args=[token])).status_code == 404
    for name in ("answer-inquiry", "report-inquiry"):
        assert client.post(reverse(name, args=[buyers]), {"answer": "no"}).status_code == 404


# -- what the buyer does with the answers ---------------------------------------------------------


def test_thanks_go_to_each_who_answered_once(buyer: Client, alfa: Enterprise, beta: Enterprise) -> None:
    gamma = published("Gamma", email="hej@gamma.example")
    inquiry = sent(alfa, beta, gamma)
    answered(inquiry, alfa)
    answered(inquiry, beta, NO)
    mail.outbox.clear()
    for _twice in range(2):
        assert buyer.post(buyers_page(inquiry), {"do": "thank"}).status_code == 302
    assert sorted(mailed()) == ["hej@alfa.example", "hej@beta.example"]
    assert mail.outbox[0].subject == "Tak for svaret, siger Økonomiforvaltningen"
    assert "Du sagde tak den" in buyer.get(buyers_page(inquiry)).page.one("main").text  # type: ignore[attr-defined]


def test_there_is_nobody_to_thank_before_an_answer(buyer: Client, alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    mail.outbox.clear()
    assert not buyer.get(buyers_page(inquiry)).page.all("button", value="thank")  # type: ignore[attr-defined]
    buyer.post(buyers_page(inquiry), {"do": "thank"})
    assert not mail.outbox and not Inquiry.objects.get().thanked_at


def test_what_came_of_it_is_told_once_and_counted(buyer: Client, alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=1))
    page = buyer.get(buyers_page(inquiry)).page  # type: ignore[attr-defined]
    assert len(page.all("button", name="outcome")) == len(InquiryOutcome)
    for outcome in ("later", "bought", "nothing"):
        buyer.post(buyers_page(inquiry), {"outcome": outcome})
    counted = buying.sent_between(TODAY, TODAY).values_list("outcome", flat=True)
    assert list(counted) == ["bought"]
    assert buyer.post(buyers_page(inquiry), {"outcome": "riches"}).status_code == 404


def test_a_confirmation_that_comes_too_late_says_so(buyer: Client, alfa: Enterprise) -> None:
    inquiry = written(alfa)
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=1))
    answer = buyer.post(buyers_page(inquiry), {"do": "confirm"})
    assert answer.status_code == 409 and "Svarfristen er gået" in answer.page.one("p", role="alert").text  # type: ignore[attr-defined]
    assert mailed() == [BUYER]


# -- what the worker does -------------------------------------------------------------------------


def ages(inquiry: Inquiry, **fields: Any) -> None:
    Inquiry.objects.filter(pk=inquiry.pk).update(**fields)


def test_who_has_not_answered_is_reminded_once(alfa: Enterprise, beta: Enterprise) -> None:
    inquiry = sent(alfa, beta)
    answered(inquiry, beta)
    ages(inquiry, confirmed_at=inquiry.created_at - timedelta(days=3))
    mail.outbox.clear()
    assert due.send_due(inquiry.answer_by - timedelta(days=4)) == 0
    for _killed_and_run_again in range(2):
        due.send_due(inquiry.answer_by - timedelta(days=3))
    assert mailed() == ["hej@alfa.example"]
    assert mail.outbox[0].subject.startswith("Husk at svare Økonomiforvaltningen")


def test_a_reminder_does_not_follow_upon_the_inquiry(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    assert due.send_due(inquiry.answer_by - timedelta(days=3)) == 0


def test_who_reported_it_is_not_reminded(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    ages(inquiry, confirmed_at=inquiry.created_at - timedelta(days=3))
    answering.report(recipient(inquiry, alfa), "Reklame")
    assert due.send_due(inquiry.answer_by) == 0


def test_the_buyer_is_asked_once_what_came_of_it(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    mail.outbox.clear()
    assert due.send_due(inquiry.answer_by + timedelta(days=20)) == 0
    day = inquiry.answer_by + timedelta(days=21)
    assert [due.send_due(day), due.send_due(day), due.send_due(day + timedelta(days=9))] == [1, 0, 0]
    assert mailed() == [BUYER] and links(mail.outbox[0]) == [f"{buyers_page(inquiry)}#udfald"]


def test_who_has_told_it_is_not_asked(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    answered(inquiry, alfa)
    assert buying.tell_outcome(inquiry, InquiryOutcome.BOUGHT, TODAY)
    assert due.send_due(inquiry.answer_by + timedelta(days=21)) == 0


def test_said_yes_has_what_the_buyer_needs(alfa: Enterprise) -> None:
    told = answered(sent(alfa), alfa)
    assert (told.contact_email, told.price) == (YES.contact_email, YES.price)
