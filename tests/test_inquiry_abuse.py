"""What each abuse of buyers' inquiries gets: limits, reports, staff's stop, and what is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.logs import WithoutSecrets
from enterprises import delivery, outbox, retention
from enterprises.accounts import erasing
from enterprises.choices import AbuseState, InquiryAnswer, InquiryState, MailState
from enterprises.inquiries import answering, buying, due, stopping, writing
from enterprises.inquiries.answering import ClosedError, Said
from enterprises.inquiries.writing import InquiryError, LimitError
from enterprises.models import Enterprise, Inquiry, InquiryAbuse, Mail, User
from tests.builders import a_user, published, with_second_step
from tests.client import PolicingClient
from tests.inquiring import (
    BUYER,
    FORM,
    OURS,
    TODAY,
    answer_page,
    answered,
    buyers_page,
    mailed,
    recipient,
    report_page,
    save,
    sent,
    written,
)
from tests.mail_server import Postbox, mail_server

pytestmark = pytest.mark.django_db
LIST, CHANGE = "admin:enterprises_inquiry_changelist", "admin:enterprises_inquiry_change"
QUEUE = "admin:enterprises_inquiryabuse_changelist"


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


@pytest.fixture
def karen(db: None) -> User:
    return with_second_step(a_user("karen@example.dk", is_staff=True, is_superuser=True))


@pytest.fixture
def queue(settings: Any) -> None:
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"


@pytest.fixture
def postbox(settings: Any, queue: None) -> Iterator[Postbox]:
    with mail_server() as box:
        settings.MAIL_TRANSPORT = "enterprises.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 0.2
        yield box


def due_now() -> None:
    Mail.objects.filter(state="waiting").update(due_at=timezone.now())


# -- limits ---------------------------------------------------------------------------------------


def test_a_sender_has_three_a_day_confirmed_or_not(alfa: Enterprise) -> None:
    for n in range(writing.PER_SENDER):
        written(alfa, what=f"Nr. {n}", network=f"10.0.0.{n}", email=[BUYER, BUYER.upper()][n % 2])
    with pytest.raises(LimitError, match="Fra én mailadresse kan der skrives 3"):
        written(alfa, what="En til", network="10.0.0.9")
    written(alfa, what="En anden afsender", email="anden@kommune.example")


def test_a_network_has_twenty_a_day(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    form = FORM | {"to": [alfa.pk]}
    for n in range(writing.PER_NETWORK):
        told = {"what": f"Nr. {n}", "email": f"nr{n}@kommune.example"}
        assert buyer.post(reverse("write-inquiry"), form | told).status_code == 302
    answer = buyer.post(reverse("write-inquiry"), form | {"what": "Ny", "email": "ny@kommune.example"})
    assert answer.status_code == 429
    page = answer.page  # type: ignore[attr-defined]
    assert "Fra jeres netværk kan der skrives 20" in page.one("p", role="alert").text
    # What was typed is still there.
    assert page.one("textarea", name="what").text == "Ny" and Inquiry.objects.count() == 20


def test_the_same_text_reaches_ten_in_all(alfa: Enterprise) -> None:
    some = [published(f"Nr. {n}", criteria=(), district=None) for n in range(10)]
    written(*some[:6])
    # However it is spaced and shouted, and whoever says it.
    again = {"what": "FROKOST  til møder – på rådhuset!", "email": "anden@kommune.example"}
    with pytest.raises(LimitError, match="skrevet til 6 virksomheder den sidste måned, og grænsen er 10"):
        written(*some[6:], alfa, **again)
    written(*some[6:], **again)
    Inquiry.objects.update(created_at=timezone.now() - timedelta(days=31))
    written(alfa)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("what", "Skriv til svindel@ond.example"),
        ("where_to", "Se https://ond.example/"),
        ("name", "www.ond.example"),
        ("organisation", "a@ond.example"),
        ("links", "javascript:alert(1)"),
        ("links", "https://a.example https://b.example https://c.example https://d.example "
                  "https://e.example https://f.example"),
        ("email", "ikke en mail"),
        ("email", "bødil@kommune.example"),
        ("name", ""),
        ("organisation", ""),
        ("email", ""),
        ("answer_by", (TODAY + timedelta(days=3)).isoformat()),
        ("answer_by", (TODAY + timedelta(days=91)).isoformat()),
    ],
)  # fmt: skip
def test_what_a_form_may_not_say(buyer: Client, alfa: Enterprise, field: str, text: str) -> None:
    save(buyer, alfa)
    answer = buyer.post(reverse("write-inquiry"), FORM | {"to": [alfa.pk], field: text})
    assert list(answer.context["form"].errors) == [field]
    assert not Inquiry.objects.exists() and not mail.outbox


def test_a_page_of_another_site_cannot_write(buyer: Client, alfa: Enterprise) -> None:
    save(buyer, alfa)
    forger = PolicingClient(HTTP_ORIGIN="https://ond.example")
    forger.cookies = buyer.cookies
    assert forger.post(reverse("write-inquiry"), FORM | {"to": [alfa.pk]}).status_code == 403
    assert not Inquiry.objects.exists()


def test_a_strangers_address_gets_one_mail_with_none_of_the_words(alfa: Enterprise) -> None:
    written(alfa, what="Køb min kryptovaluta", name="Grimme Ord", organisation="Flere Ord")
    (message,) = mail.outbox
    assert not [word for word in ("krypto", "Grimme", "Flere Ord") if word in message.body + message.subject]
    # Unconfirmed, it goes by itself.
    Inquiry.objects.update(created_at=timezone.now() - timedelta(days=settings.INQUIRY_UNCONFIRMED_DAYS))
    assert retention.forget("unconfirmed-inquiries") == 1 and not Inquiry.objects.exists()


def test_a_subject_cannot_be_broken_into_headers(alfa: Enterprise) -> None:
    sent(alfa, organisation="Kommunen\r\nBcc: alle@example.dk")
    told = mail.outbox[-1]
    assert told.subject == "Forespørgsel fra Kommunen Bcc: alle@example.dk"
    assert told.message()["Bcc"] is None and told.recipients() == ["hej@alfa.example"]


# -- reports --------------------------------------------------------------------------------------


def test_an_enterprise_reports_abuse_to_the_staffs_queue(alfa: Enterprise, clerk: Client) -> None:
    inquiry = sent(alfa)
    enterprise, address = PolicingClient(), report_page(inquiry, alfa)
    assert address in mail.outbox[-1].body
    enterprise.get(address)
    assert not InquiryAbuse.objects.exists()
    for _twice in range(2):
        page = enterprise.post(address, {"text": "Ren reklame"}, follow=True).page
    assert "Rådets medarbejdere ser på det" in page.one("p", role="status").text
    shown = clerk.get(reverse(QUEUE)).content.decode()
    assert shown.count("Ren reklame") == 1
    assert reverse(CHANGE, args=[inquiry.pk]) in shown and "hej@alfa.example" not in shown


def test_staff_may_find_nothing_to_a_report(alfa: Enterprise, clerk: Client) -> None:
    answering.report(recipient(sent(alfa), alfa), "Hm")
    report = InquiryAbuse.objects.get()
    clerk.post(reverse(QUEUE), {"action": "dismiss", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert report.state == AbuseState.NOTHING and report.decided_by == User.objects.get(
        email="karen@example.dk"
    )
    assert "Hm" not in clerk.get(reverse(QUEUE)).content.decode()


# -- staff's stop ---------------------------------------------------------------------------------


def test_a_stopped_inquirys_links_are_dead(
    buyer: Client, alfa: Enterprise, beta: Enterprise, clerk: Client
) -> None:
    inquiry = sent(alfa, beta)
    answering.report(recipient(inquiry, alfa), "Reklame")
    page = clerk.get(reverse(CHANGE, args=[inquiry.pk])).content.decode()
    assert "Frokost til møder" in page and "hej@alfa.example" not in page
    assert clerk.post(reverse(CHANGE, args=[inquiry.pk]), {"reason": ""}).status_code == 200
    clerk.post(reverse(CHANGE, args=[inquiry.pk]), {"reason": "Det er reklame."})
    inquiry.refresh_from_db()
    assert inquiry.state == InquiryState.STOPPED and InquiryAbuse.objects.get().state == AbuseState.STOPPED
    for address in (buyers_page(inquiry), answer_page(inquiry, alfa), answer_page(inquiry, beta)):
        answer = buyer.get(address)
        assert answer.status_code == 410 and "er stoppet" in answer.page.one("h1").text  # type: ignore[attr-defined]
        assert "Frokost" not in answer.content.decode()
    assert buyer.post(answer_page(inquiry, beta), {"answer": "no"}).status_code == 410
    assert buyer.post(buyers_page(inquiry), {"do": "thank"}).status_code == 410
    assert due.send_due(inquiry.answer_by) == due.send_due(inquiry.answer_by + timedelta(days=21)) == 0
    # The sender is told why, once.
    assert mail.outbox[-1].to == [BUYER] and "Det er reklame." in mail.outbox[-1].body
    told = len(mail.outbox)
    clerk.post(reverse(CHANGE, args=[inquiry.pk]), {"reason": "Igen"})
    assert len(mail.outbox) == told


def test_its_sender_cannot_write_again_until_it_is_forgotten(alfa: Enterprise, karen: User) -> None:
    stopping.stop(sent(alfa), by=karen, reason="Reklame")
    with pytest.raises(LimitError, match="har stoppet en forespørgsel fra adressen"):
        written(alfa, what="En ny", email=BUYER.upper())
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=settings.INQUIRY_DAYS + 1))
    retention.forget("inquiries")
    written(alfa, what="En ny")


def test_one_that_was_written_in_a_strangers_name_bars_nobody(alfa: Enterprise, karen: User) -> None:
    stopping.stop(written(alfa), by=karen, reason="Grimt")
    assert mailed() == [BUYER]
    with pytest.raises(writing.StoppedError):
        writing.confirm(Inquiry.objects.get(), TODAY)
    written(alfa, what="En ny")


def test_who_may_only_read_cannot_stop(alfa: Enterprise, db: None) -> None:
    inquiry = sent(alfa)
    reader = with_second_step(a_user("rie@example.dk", is_staff=True))
    client = PolicingClient()
    client.force_login(reader)
    assert client.get(reverse(CHANGE, args=[inquiry.pk])).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_inquiry"))
    page = client.get(reverse(CHANGE, args=[inquiry.pk])).content.decode()
    assert "Frokost" in page and 'name="reason"' not in page
    assert client.post(reverse(CHANGE, args=[inquiry.pk]), {"reason": "Nej"}).status_code == 403
    assert client.get(reverse(LIST)).status_code == 200


# -- the outbox -----------------------------------------------------------------------------------


def test_with_a_dead_mail_server_all_waits_and_goes_once(
    alfa: Enterprise, beta: Enterprise, postbox: Postbox, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    inquiry = sent(alfa, beta)
    delivery.deliver_due()
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.WAITING} and not postbox.mails
    assert not writing.confirm(inquiry, TODAY)
    # It is answered by who was told some other way, and the link in the mail is as good later on.
    settings.EMAIL_PORT = postbox.port
    due_now()
    delivery.deliver_due()
    delivery.deliver_due()
    assert postbox.recipients() == [BUYER, "hej@alfa.example", "hej@beta.example"]


def test_a_stop_takes_back_what_was_not_sent(
    alfa: Enterprise, beta: Enterprise, karen: User, postbox: Postbox, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    inquiry = sent(alfa, beta)
    delivery.deliver_due()
    other = sent(alfa, what="En anden", email="anden@kommune.example")
    assert stopping.stop(inquiry, by=karen, reason="Reklame") == 3
    settings.EMAIL_PORT = postbox.port
    due_now()
    delivery.deliver_due()
    # Not even by staff who press "try again" without knowing.
    assert not outbox.try_again(Mail.objects.filter(about=f"inquiry-{inquiry.pk}"))
    delivery.deliver_due()
    arrived = [(one.recipient, str(one.read()["Content-Language"])) for one in postbox.mails]
    assert [to for to, _languages in arrived] == ["anden@kommune.example", "hej@alfa.example", BUYER]
    assert Mail.objects.filter(about=f"inquiry-{other.pk}", state=MailState.SENT).count() == 2


def test_a_mail_that_is_just_being_sent_is_not_tried_again_after_a_stop(
    alfa: Enterprise, karen: User, queue: None
) -> None:
    inquiry = sent(alfa)
    Mail.objects.exclude(recipient="hej@alfa.example").delete()
    claimed = Mail.objects.get()
    claimed.state, claimed.tries = MailState.SENDING, 1
    claimed.save()
    assert stopping.stop(inquiry, by=karen, reason="Reklame") == 0
    # Now the server refuses it for the time being.
    delivery._note(claimed, state=MailState.WAITING, last_error="451")
    claimed.refresh_from_db()
    assert claimed.state == MailState.FAILED


# -- what is forgotten ----------------------------------------------------------------------------


def test_old_words_go_and_the_counts_stay(alfa: Enterprise, buyer: Client) -> None:
    inquiry = sent(alfa, links=["https://kommune.example/"])
    answered(inquiry, alfa)
    answering.report(recipient(inquiry, alfa), "Hemmeligt ord")
    address = buyers_page(inquiry)
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=settings.INQUIRY_DAYS))
    assert retention.forget("inquiries") == 0
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=settings.INQUIRY_DAYS + 1))
    assert [retention.forget("inquiries") for _twice in range(2)] == [1, 0]
    row = recipient(inquiry, alfa)
    left = {**vars(row.inquiry), **vars(row), **vars(row.abuse)}
    said = [value for value in left.values() if isinstance(value, str) and len(value) > 4]
    assert said == [] and row.addresses == row.inquiry.links == []
    assert row.answer == InquiryAnswer.YES and buying.sent_between(TODAY, TODAY).count() == 1
    assert buyer.get(address).status_code == 404
    with pytest.raises(InquiryError, match="findes ikke mere"):
        buying.thank(inquiry)


def test_a_person_who_asks_is_found_and_forgotten(alfa: Enterprise, karen: User) -> None:
    inquiry = sent(alfa)
    answered(inquiry, alfa)
    assert erasing.found(BUYER)["inquiries"][0]["what"] == "Frokost til møder på rådhuset"
    assert erasing.found("gerda@alfa.example")["inquiries_answered"]
    erasing.erase("gerda@alfa.example", by=karen)
    assert recipient(inquiry, alfa).contact_email == ""
    erasing.erase("HEJ@alfa.example", by=karen)
    assert recipient(inquiry, alfa).addresses == []
    erasing.erase(BUYER, by=karen)
    assert "inquiries" not in erasing.found(BUYER) and Inquiry.objects.get().organisation == ""


def test_an_answer_to_what_was_forgotten_is_refused(alfa: Enterprise) -> None:
    inquiry = sent(alfa)
    row = recipient(inquiry, alfa)
    Inquiry.objects.update(answer_by=TODAY - timedelta(days=1))
    with pytest.raises(ClosedError):
        answering.answer(row, Said(InquiryAnswer.NO), TODAY)


@pytest.mark.parametrize("english", [False, True])
def test_the_links_are_not_written_into_the_log(alfa: Enterprise, english: bool) -> None:
    from django.utils.translation import override

    inquiry = sent(alfa)
    with override("en" if english else "da"):
        addresses = [buyers_page(inquiry), answer_page(inquiry, alfa), report_page(inquiry, alfa)]
    for address in addresses:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Not Found: %s", (address,), None)
        WithoutSecrets().filter(record)
        assert address.split("/")[4 if english else 3] not in record.getMessage()
