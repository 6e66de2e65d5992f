"""Mails: queued with what causes them, delivered once, and looked after by staff when they are not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from enterprises import delivery, emails, retention
from enterprises.choices import MailState
from enterprises.mailable import AddressError
from enterprises.models import Mail
from tests.builders import a_user, with_second_step
from tests.client import PolicingClient
from tests.mail_server import Postbox, mail_server

pytestmark = pytest.mark.django_db

LIST = "admin:enterprises_mail_changelist"


@pytest.fixture(autouse=True)
def queue(settings: Any) -> None:
    settings.EMAIL_BACKEND = "enterprises.outbox.EmailBackend"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    with mail_server() as box:
        settings.MAIL_TRANSPORT = "enterprises.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 0.2
        yield box


def write(to: str = "ida@example.dk", subject: str = "Hej") -> None:
    send_mail(subject, "Kære Ida\n.\næøå\n", None, [to])


def the_mail() -> Mail:
    return Mail.objects.get()


def due_now() -> None:
    Mail.objects.filter(state="waiting").update(due_at=timezone.now())


# -- queueing ---------------------------------------------------------------------------------------


def test_a_mail_and_its_job_are_queued_together(postbox: Postbox) -> None:
    write()
    assert (the_mail().state, the_mail().recipient, the_mail().subject) == (
        "waiting",
        "ida@example.dk",
        "Hej",
    )
    assert ProcrastinateJob.objects.get().task_name == "enterprises.tasks.deliver_mails"
    assert postbox.mails == []


def test_what_is_rolled_back_sends_nothing(postbox: Postbox) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    delivery.deliver_due()
    assert (Mail.objects.count(), ProcrastinateJob.objects.count(), postbox.mails) == (0, 0, [])


@pytest.mark.parametrize(
    "address",
    [
        "ida@example.dk\nBcc: alle@example.dk",
        "ida@example.dk\r\n",
        "ida@example.dk\x00",
        "ida@exa\u200bmple.dk",
        "ída@example.dk",
        "ida@kødbyen.dk",
        "ida@example.dk, ole@example.dk",
        "Ida <ida@example.dk>",
        '"ida smith"@example.dk',
        "ida@[127.0.0.1]",
        "ida@@example.dk",
        "ida",
        f"{'i' * 250}@example.dk",
    ],
)
def test_an_address_with_tricks_is_refused_before_anything_is_queued(address: str) -> None:
    good, bad = (EmailMessage("Hej", "Hej", to=[to]) for to in ("ole@example.dk", address))
    with pytest.raises(AddressError, match="Mailadressen kan ikke bruges") as refused:
        get_connection().send_messages([good, bad])
    assert address not in str(refused.value)
    assert not Mail.objects.exists() and not ProcrastinateJob.objects.exists()


def test_so_are_the_other_addresses_and_a_subject_of_two_lines() -> None:
    for tricks in ({"cc": ["ø@example.dk"]}, {"bcc": ["x"]}, {"reply_to": ["x\n@y.dk"]}, {"from_email": "x"}):
        with pytest.raises(AddressError):
            EmailMessage("Hej", "Hej", **{"to": ["ida@example.dk"]} | tricks).send()
    with pytest.raises(BadHeaderError):
        write(subject="Hej\nBcc: alle@example.dk")
    assert not Mail.objects.exists()


# -- delivering -------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(postbox: Postbox) -> None:
    mail = EmailMultiAlternatives(
        "Ærlig snak", "Kære Ida\n.\næøå\n", "Den fælles by <hej@example.dk>", ["ida@example.dk"]
    )
    mail.attach_alternative("<p>Kære Ida</p>", "text/html")
    mail.attach("brev.bin", bytes(range(256)), "application/octet-stream")
    mail.send()
    delivery.deliver_due()
    (arrived,) = postbox.mails
    read = arrived.read()
    assert (the_mail().state, the_mail().tries, arrived.recipient) == ("sent", 1, "ida@example.dk")
    assert read["To"] == "ida@example.dk" and read["Message-ID"] == the_mail().message_id
    assert the_mail().message_id.endswith("@example.dk>")
    parts = [part.get_payload(decode=True) for part in read.walk() if not part.is_multipart()]
    assert parts[0].decode() == "Kære Ida\n.\næøå\n"
    assert (parts[1], parts[2]) == (b"<p>K\xc3\xa6re Ida</p>", bytes(range(256)))


def test_each_recipient_gets_a_mail_of_their_own_and_hidden_ones_stay_hidden(postbox: Postbox) -> None:
    message = EmailMessage(
        "Hej", "Hej", to=["a@example.dk", "b@example.dk"], bcc=["c@example.dk", "a@example.dk"]
    )
    message.send()
    message.send()  # a mail that is sent again is another one
    delivery.deliver_due()
    assert postbox.recipients() == sorted(["a@example.dk", "b@example.dk", "c@example.dk"] * 2)
    assert not any("c@example.dk" in mail.content for mail in postbox.mails)
    assert Mail.objects.values("message_id").distinct().count() == 2


@pytest.mark.parametrize(
    ("vice", "state", "error", "arrived"),
    [
        ("silent", "waiting", "SMTPServerDisconnected", 0),
        ("unknown", "failed", "SMTPRecipientsRefused 550 5.1.1", 0),
        ("greylisting", "waiting", "SMTPRecipientsRefused 451 4.7.1", 0),
        ("refusing the text", "failed", "SMTPDataError 554 5.6.0", 0),
        ("dropping", "uncertain", "SMTPServerDisconnected", 1),
        ("hanging", "uncertain", "SMTPServerDisconnected", 1),
    ],
)
def test_what_a_bad_server_does_to_a_mail(
    postbox: Postbox, caplog: pytest.LogCaptureFixture, vice: str, state: str, error: str, arrived: int
) -> None:
    postbox.vice = vice
    write()
    delivery.deliver_due()
    delivery.deliver_due()
    assert (the_mail().state, the_mail().last_error, the_mail().tries) == (state, error, 1)
    assert len(postbox.mails) == arrived
    assert "ida@" not in caplog.text and error in caplog.text


@pytest.fixture
def no_server(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings.MAIL_TRANSPORT = "enterprises.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_a_dead_server_is_tried_less_and_less_often_and_then_no_more(no_server: None) -> None:
    write()
    waits = []
    while the_mail().state == "waiting":
        before = timezone.now()
        delivery.deliver_due()
        waits.append(the_mail().due_at and the_mail().due_at - before)
        assert the_mail().last_error == "ConnectionRefusedError ECONNREFUSED"
        due_now()
    assert waits.pop() is None
    assert (the_mail().state, the_mail().tries, len(waits)) == ("failed", 8, 7)
    assert all(later > 2 * earlier for earlier, later in pairwise(waits))


def test_a_dead_server_is_asked_once_for_all_that_wait(
    no_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(5):
        write(f"ida{number}@example.dk")
    delivery.deliver_due()
    assert list(Mail.objects.values_list("tries", flat=True)) == [1] * 5
    assert caplog.text.count("No mail server") == 1


def test_one_refused_mail_does_not_hold_up_the_others(postbox: Postbox) -> None:
    write("a@example.dk")
    postbox.vice = "unknown"
    delivery.deliver_due()
    write("b@example.dk")
    write("c@example.dk")
    postbox.vice = ""
    delivery.deliver_due()
    assert postbox.recipients() == ["b@example.dk", "c@example.dk"]


def test_a_mail_whose_sender_vanished_is_uncertain_and_not_sent_again(postbox: Postbox) -> None:
    write()
    claimed = delivery._claimed()
    assert claimed and delivery._claimed() is None
    delivery.deliver_due()
    assert the_mail().state == "sending", "who sends may take a while"
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    delivery.deliver_due()
    assert (the_mail().state, postbox.mails) == ("uncertain", [])
    delivery._note(claimed, state=MailState.SENT, last_error="")
    assert the_mail().state == "sent", "who was only slow knows better"


def test_a_transport_we_know_nothing_of_leaves_failures_uncertain(settings: Any) -> None:
    settings.MAIL_TRANSPORT = "tests.test_outbox.Broken"
    write()
    delivery.deliver_due()
    assert the_mail().state == "uncertain"


class Broken:
    def __init__(self, **_options: Any) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def send_messages(self, _messages: Any) -> None:
        raise RuntimeError


# -- texts ------------------------------------------------------------------------------------------


@pytest.fixture
def templates(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "emails"
    folder.mkdir()
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    (folder / "hej.txt").write_text(
        "{% load i18n %}{% translate 'Virksomheder' %}: {{ name }}\n\nHej {{ name }}\n{{ site_url }}/\n"
    )
    return folder


@pytest.mark.parametrize(("language", "subject"), [("da", "Virksomheder: B&B"), ("en", "Enterprises: B&B")])
def test_a_text_is_sent_in_the_recipients_language(
    templates: Path, postbox: Postbox, language: str, subject: str
) -> None:
    emails.send("hej", "ida@example.dk", {"name": "B&B"}, language)
    delivery.deliver_due()
    read = postbox.mails[0].read()
    assert (read["Subject"], read["Content-Language"]) == (subject, language)
    assert read.get_payload() == "Hej B&B\nhttp://testserver/\n\n-- \nDen fælles by\nhttp://testserver\n"
    assert read["Auto-Submitted"] == "auto-generated"


def test_a_text_in_two_languages_has_one_subject_and_one_signature(templates: Path, postbox: Postbox) -> None:
    (templates / "hej.txt").write_text(
        "{% load i18n %}{% translate 'Virksomheder' %} {{ name }}\n\n{% translate 'Virksomheder' %}\n"
    )
    emails.send("hej", "ida@example.dk", {"name": "B&B\nBcc: alle@example.dk"}, ["da", "en"])
    delivery.deliver_due()
    (mail,) = postbox.mails
    assert (mail.read()["Subject"], mail.read()["Content-Language"]) == (
        "Virksomheder B&B Bcc: alle@example.dk",
        "da, en",
    )
    body = mail.read().get_payload(decode=True).decode()
    assert body.partition("-- \n")[0] == "Virksomheder\n\n– – –\n\nEnterprises\n\n"
    assert body.count("Den fælles by\nhttp://testserver\n") == 1


# -- the desk ---------------------------------------------------------------------------------------


def in_state(state: str, to: str, **fields: Any) -> Mail:
    write(to)
    ends = {"due_at": None, "ended_at": timezone.now()} if state not in ("waiting", "sending") else {}
    Mail.objects.filter(recipient=to).update(state=state, **ends | fields)
    return Mail.objects.get(recipient=to)


STATES = ("waiting", "sending", "sent", "failed", "uncertain", "given_up")


@pytest.fixture
def one_of_each() -> dict[str, Mail]:
    return {state: in_state(state, f"{state}@example.dk", tries=8) for state in STATES}


def act(client: Client, action: str, mails: dict[str, Mail]) -> dict[str, str]:
    """What state each is in after staff have done something with all."""
    chosen = [mail.pk for mail in mails.values()]
    client.post(reverse(LIST), {"action": action, "_selected_action": chosen})
    return {state: Mail.objects.get(pk=mail.pk).state for state, mail in mails.items()}


def test_staff_see_what_became_of_each_mail_but_not_its_text(clerk: Client, postbox: Postbox) -> None:
    postbox.vice = "unknown"
    write(subject="Din kode")
    delivery.deliver_due()
    page = clerk.get(reverse(LIST), {"state": "failed"}).text
    assert all(word in page for word in ("Din kode", "ida@example.dk", "Kunne ikke sendes", "550 5.1.1"))
    mail = clerk.get(reverse("admin:enterprises_mail_change", args=[the_mail().pk])).text
    assert "Din kode" in mail and "Kære Ida" not in mail + page and "æøå" not in mail
    assert clerk.get(reverse(LIST), {"state": "sent"}).context["cl"].result_count == 0
    assert clerk.get(reverse(LIST), {"q": "ida@example.dk"}).context["cl"].result_count == 1


def test_staff_try_again_what_did_not_arrive(
    clerk: Client, one_of_each: dict[str, Mail], postbox: Postbox
) -> None:
    states = act(clerk, "try_again", one_of_each)
    waiting = dict.fromkeys(("waiting", "failed", "uncertain", "given_up"), "waiting")
    assert states == waiting | {"sending": "sending", "sent": "sent"}
    delivery.deliver_due()
    assert postbox.recipients() == sorted(f"{state}@example.dk" for state in waiting)


def test_a_second_round_has_as_many_tries_as_the_first(clerk: Client, no_server: None) -> None:
    mail = in_state("failed", "ida@example.dk", tries=8)
    act(clerk, "try_again", {"failed": mail})
    delivery.deliver_due()
    assert (the_mail().state, the_mail().tries, the_mail().most_tries) == ("waiting", 9, 16)


def test_staff_give_up(clerk: Client, one_of_each: dict[str, Mail], postbox: Postbox) -> None:
    states = act(clerk, "give_up", one_of_each)
    assert states == dict.fromkeys(STATES, "given_up") | {"sending": "sending", "sent": "sent"}
    delivery.deliver_due()
    assert postbox.mails == []


def test_who_may_only_look_decides_nothing(one_of_each: dict[str, Mail]) -> None:
    reader = with_second_step(a_user("ole@example.dk", is_staff=True))
    reader.user_permissions.set(Permission.objects.filter(codename="view_mail"))
    client = PolicingClient()
    client.force_login(reader)
    assert client.get(reverse(LIST)).status_code == 200
    for action in ("try_again", "give_up", "delete_selected"):
        assert act(client, action, one_of_each) == {state: state for state in STATES}
    reader.user_permissions.clear()
    client.force_login(type(reader).objects.get(pk=reader.pk))
    assert client.get(reverse(LIST)).status_code == 403


def test_the_list_asks_the_database_equally_often_for_3_and_30(clerk: Client) -> None:
    queries = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            write(f"ida{number}@example.dk")
        clerk.get(reverse(LIST))
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse(LIST))
        queries.append(len(captured))
        assert not any('"content"' in query["sql"] for query in captured)
    assert queries[0] == queries[1] <= 10


# -- forgetting -------------------------------------------------------------------------------------


def test_texts_are_forgotten_after_a_while_and_mails_after_a_year(settings: Any) -> None:
    settings.MAIL_TEXT_DAYS, settings.MAIL_LOG_DAYS = 14, 365
    ages = {"sent": 15, "given_up": 15, "failed": 15, "uncertain": 364}
    for state, days in ages.items():
        in_state(state, f"{state}@example.dk", ended_at=timezone.now() - timedelta(days=days))
    in_state("sent", "new@example.dk", ended_at=timezone.now() - timedelta(days=13))
    in_state("failed", "old@example.dk", ended_at=timezone.now() - timedelta(days=366))
    in_state("waiting", "waiting@example.dk", queued_at=timezone.now() - timedelta(days=900))
    retention.forget("mails")
    retention.forget("mail-texts")
    kept = {mail.recipient.partition("@")[0]: bool(mail.content) for mail in Mail.objects.all()}
    assert kept == {
        "sent": False, "given_up": False, "failed": True, "uncertain": True, "new": True, "waiting": True
    }  # fmt: skip


def test_a_mail_whose_text_is_forgotten_is_not_tried_again(clerk: Client) -> None:
    mail = in_state("given_up", "ida@example.dk", content=b"")
    assert act(clerk, "try_again", {"given_up": mail}) == {"given_up": "given_up"}
