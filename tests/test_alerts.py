"""Following a search by mail: confirmed, told of what is new and of nothing else, left by one press."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from directory.logs import WithoutSecrets
from enterprises import alerts, publishing, retention
from enterprises.choices import MailState
from enterprises.models import Alert, Enterprise, Mail, Sector, SectorOf, SynonymGroup
from tests.builders import an_enterprise, published, republished
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db

IDA = "ida@example.dk"
FOOD = "?sector=mad-catering"
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def uncounted(db: None) -> None:
    cache.clear()


@pytest.fixture
def reader() -> Client:
    """A browser that sends forms from our own pages."""
    return PolicingClient(HTTP_ORIGIN="http://testserver")


def ask(reader: Client, query: str = FOOD, email: str = IDA, language: str = "da", **data: str) -> Any:
    with override(language):
        return reader.post(reverse("ask-to-follow") + query, {"email": email, **data}, follow=True)


def link_in(message: Any) -> str:
    return re.search(rf"{settings.SITE_URL}(\S*/(?:foelger|following)/\S+)", message.body)[1]  # type: ignore[index]


def follow(reader: Client, query: str = FOOD, email: str = IDA, language: str = "da") -> str:
    """Ask and confirm. Returns the address of what one follows."""
    ask(reader, query, email, language)
    link = link_in(mail.outbox.pop())
    assert reader.post(link, {"do": "confirm"}).status_code == 200
    return link


def send(days: int = 0) -> list[Any]:
    """What goes out so many days from now."""
    mail.outbox.clear()
    alerts.send_due(TODAY() + timedelta(days=days))
    return list(mail.outbox)


# -- asking and confirming --------------------------------------------------------------------------


def test_list_map_and_landing_pages_lead_there(visitor: Client, bakery: Enterprise) -> None:
    wanted = reverse("follow") + FOOD
    addresses = [
        f"/virksomheder/{FOOD}&sort=newest&open=1&near=2200&page=1",
        f"/kort/{FOOD}",
        "/brancher/mad-catering/",
    ]  # fmt: skip
    for address in addresses:
        page = visitor.get(address).page  # type: ignore[attr-defined]
        assert page.one("p", class_="follow").all("a")[0].attrs["href"] == wanted
    page = visitor.get(wanted).page  # type: ignore[attr-defined]
    assert "Mad, kantine og catering" in page.one("p", class_="lede").text
    assert page.one("input", id="feed").attrs["value"].endswith(f"/feeds/virksomheder.atom{FOOD}")


def test_nobody_gets_anything_before_they_confirm(reader: Client, bakery: Enterprise) -> None:
    answer = ask(reader, email="  IDA@example.dk ")
    assert "Vi har sendt dig en mail" in answer.page.one("p", role="status").text
    [asked] = mail.outbox
    assert asked.to == [IDA] and "List-Unsubscribe" not in asked.extra_headers
    published("Nyt køkken")
    assert not send()
    link = link_in(asked)
    # Mail scanners read every link; that confirms nothing.
    page = reader.get(link).page  # type: ignore[attr-defined]
    assert "Mad, kantine og catering" in page.one("main").text
    assert not send()
    answer = reader.post(link, {"do": "confirm"})
    assert "Du følger nu: Mad, kantine og catering." in answer.page.one("p", role="status").text  # type: ignore[attr-defined]
    [told] = send()
    assert "Nyt køkken" in told.body and "Brød & Broer" not in told.body


def test_the_first_mail_says_nothing_a_stranger_could_have_written(
    reader: Client, bakery: Enterprise
) -> None:
    ask(reader, "?q=billige+penge+nu")
    assert "penge" not in mail.outbox[0].subject + mail.outbox[0].body


@pytest.mark.parametrize("email", ["", "ida", "ida@", "ida@example.dk, ole@example.dk", "ida@exæmple.dk"])
def test_a_wrong_address_is_said(reader: Client, bakery: Enterprise, email: str) -> None:
    page = ask(reader, email=email).page
    assert page.one("div", role="alert") and not mail.outbox and not Alert.objects.exists()


def test_programs_that_fill_in_everything_get_nothing(reader: Client, bakery: Enterprise) -> None:
    ask(reader, website="http://x.example")
    assert not mail.outbox and not Alert.objects.exists()


def test_a_form_on_another_site_gets_nothing(visitor: Client, bakery: Enterprise) -> None:
    for told in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {}):
        answer = visitor.post(reverse("ask-to-follow"), {"email": IDA}, **told)
        assert answer.status_code == 403
    assert not mail.outbox


def test_one_address_is_not_written_to_without_end(reader: Client, bakery: Enterprise) -> None:
    for number in range(alerts.PER_ADDRESS):
        assert ask(reader, f"?q=a{number}").status_code == 200
    answer = ask(reader, "?q=b")
    assert answer.status_code == 429 and "for mange gange" in answer.page.one("div", role="alert").text
    assert len(mail.outbox) == alerts.PER_ADDRESS
    assert ask(reader, email="ole@example.dk").status_code == 200


def test_one_network_does_not_write_to_everybody(
    reader: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "PER_NETWORK", 2)
    assert [ask(reader, email=f"p{n}@example.dk").status_code for n in range(3)] == [200, 200, 429]


def test_the_page_does_not_tell_who_follows_but_the_mail_does(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    again, first = ask(reader), ask(reader, email="ole@example.dk")
    assert again.page.one("main").text == first.page.one("main").text
    assert mail.outbox[0].subject == "Du følger allerede søgningen"
    assert Alert.objects.filter(email=IDA).count() == 1


def test_who_follows_many_is_told_by_mail_and_can_stop_some(
    reader: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_FOLLOWED", 1)
    follow(reader)
    assert "Vi har sendt dig en mail" in ask(reader, "?q=frokost").page.one("main").text
    assert Alert.objects.count() == 1 and "mange søgninger" in mail.outbox[0].subject
    assert "Mad, kantine" in reader.get(link_in(mail.outbox[0])).page.one("main").text  # type: ignore[attr-defined]


def test_what_nobody_confirms_is_forgotten(reader: Client, bakery: Enterprise) -> None:
    link = follow(reader)
    ask(reader, "?q=frokost")
    Alert.objects.update(asked_at=timezone.now() - timedelta(days=settings.ALERT_DAYS, minutes=-1))
    assert retention.forget("alerts") == 0
    Alert.objects.update(asked_at=timezone.now() - timedelta(days=settings.ALERT_DAYS, minutes=1))
    assert retention.forget("alerts") == 1
    assert "Mad, kantine" in reader.get(link).page.one("main").text  # type: ignore[attr-defined]
    page = reader.get(link_in(mail.outbox[0])).page  # type: ignore[attr-defined]
    assert "blev aldrig bekræftet" in page.one("main").text


# -- what is new ------------------------------------------------------------------------------------


def test_nothing_new_no_mail(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    published("Regnskab og Revision", sectors=["finans"])
    republished(bakery, tagline_da="Nu også kager")
    assert not send() and not send(days=30)


def test_one_that_changes_so_that_it_matches_is_new(reader: Client, bakery: Enterprise) -> None:
    office = published("Regnskab og Revision", sectors=["finans"])
    follow(reader)
    SectorOf.objects.create(enterprise=office, sector=Sector.objects.get(slug="mad-catering"), rank=2)
    assert not send()
    publishing.publish(office)
    [told] = send()
    assert told.subject == "1 ny virksomhed: Mad, kantine og catering"
    assert f"{settings.SITE_URL}/virksomheder/regnskab-og-revision/" in told.body


def test_each_is_told_of_once(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    kitchen = published("Nyt køkken")
    assert len(send()) == 1
    publishing.withdraw(kitchen, reason="Ferie")
    assert not send(days=10)
    publishing.publish(kitchen)
    publishing.withdraw(bakery, reason="Ferie")
    publishing.publish(bakery)
    assert not send(days=20)


def test_one_that_nothing_happened_to_is_not_news(reader: Client, bakery: Enterprise) -> None:
    """The council gives a word a synonym, and the search finds more."""
    follow(reader, "?q=snurretop")
    Alert.objects.update(looked_at=timezone.now() + timedelta(days=2))
    SynonymGroup.objects.create(da=["snurretop", "frokost"])
    assert "Brød" in reader.get("/virksomheder/?q=snurretop").page.one("main").text  # type: ignore[attr-defined]
    assert not send(days=3)
    assert Alert.objects.get().known == [bakery.pk]


def test_once_a_week_at_most_and_all_of_the_week(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    published("Nyt køkken")
    assert len(send()) == 1
    published("Endnu et køkken")
    published("Tredje køkken")
    assert [len(send(days=day)) for day in (0, 1, 6)] == [0, 0, 0]
    [told] = send(days=7)
    assert "Endnu et køkken" in told.body and "Tredje køkken" in told.body and "Nyt køkken" not in told.body
    assert not send(days=14)


def test_words_and_filters_are_followed_together(reader: Client, bakery: Enterprise) -> None:
    follow(reader, "?q=kager&district=valby&district=vanloese")
    published("Kager på Nørrebro", tagline_da="Kager")
    published("Kager i Valby", tagline_da="Kager", district="valby")
    [told] = send()
    assert told.subject == "1 ny virksomhed: “kager”, Valby / Vanløse"
    assert "Kager i Valby" in told.body and "Nørrebro" not in told.body


def test_drafts_are_no_news(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    an_enterprise("Ikke klar endnu")
    assert not send()


def test_of_very_many_the_mail_tells_some_and_where_the_rest_is(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    for number in range(22):
        published(f"Køkken {number:02}")
    [told] = send()
    assert told.subject.startswith("22 nye virksomheder") and "Og 2 til." in told.body
    assert f"{settings.SITE_URL}/virksomheder/?sector=mad-catering&sort=newest" in told.body


def test_the_mail_speaks_the_readers_language_and_has_the_mailboxs_own_button(
    reader: Client, bakery: Enterprise
) -> None:
    link = follow(reader, language="en")
    published("Nyt køkken")
    [told] = send()
    assert told.subject == "1 new enterprise: Food, canteens & catering"
    assert "Lunch and bread for meetings" in told.body and "/en/enterprises/nyt-koekken/" in told.body
    assert told.extra_headers["Content-Language"] == "en"
    assert told.extra_headers["List-Unsubscribe"] == f"<{settings.SITE_URL}{link}>"
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told.message().get_content_type() == "text/plain"


def test_a_search_whose_filter_is_no_more_ends_with_a_word(reader: Client, bakery: Enterprise) -> None:
    follow(reader, "?mission=unge&sector=mad-catering")
    Alert.objects.update(query="?mission=findes-ikke&sector=mad-catering")
    published("Nyt køkken")
    [told] = send()
    assert told.subject.startswith("Vi kan ikke længere følge") and not Alert.objects.exists()


# -- killed, run twice, bounced ---------------------------------------------------------------------


def test_killed_and_run_again_it_sends_once(
    reader: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ida", "ole", "eva"):
        follow(reader, email=f"{name}@example.dk")
    published("Nyt køkken")
    mail.outbox.clear()
    with monkeypatch.context() as patch:
        send_one = alerts.emails.send

        def killed(*args: Any, **kwargs: Any) -> None:
            if len(mail.outbox) == 2:
                raise KeyboardInterrupt
            send_one(*args, **kwargs)

        patch.setattr(alerts.emails, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            alerts.send_due(TODAY())
    alerts.send_due(TODAY())
    alerts.send_due(TODAY())
    assert sorted(message.to[0] for message in mail.outbox) == [
        "eva@example.dk", "ida@example.dk", "ole@example.dk",
    ]  # fmt: skip


def a_failure(days_ago: int, state: str = MailState.FAILED) -> None:
    then = timezone.now() - timedelta(days=days_ago)
    made = Mail.objects.create(
        message_id=f"{days_ago}{state}",
        sender="a@b.dk",
        recipient=IDA,
        subject="x",
        state=state,
        ended_at=then,
    )
    Mail.objects.filter(pk=made.pk).update(queued_at=then)


def test_an_address_where_nothing_arrives_is_left_alone(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    published("Nyt køkken")
    a_failure(15)
    a_failure(8)
    assert len(send()) == 1
    published("Endnu et køkken")
    a_failure(1)
    assert not send(days=7) and not Alert.objects.exists()


def test_one_bad_week_does_not_end_anything(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    published("Nyt køkken")
    for days in (9, 8, 7):
        a_failure(days)
    a_failure(2, MailState.SENT)
    a_failure(1)
    assert len(send()) == 1


# -- leaving ----------------------------------------------------------------------------------------


def test_one_press_in_the_mailbox_ends_it_for_ever(bakery: Enterprise, reader: Client) -> None:
    link = follow(reader)
    # As RFC 8058 has it: from anywhere, with no cookie.
    mailbox = Client(enforce_csrf_checks=True)
    for _time in range(2):
        assert mailbox.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Alert.objects.exists()
    published("Nyt køkken")
    assert not send()
    page = reader.get(link).page  # type: ignore[attr-defined]
    assert "Du får ingen mails fra os om den søgning" in page.one("main").text


def test_reading_the_link_ends_nothing(reader: Client, bakery: Enterprise) -> None:
    link = follow(reader)
    assert reader.get(link).status_code == reader.head(link).status_code == 200
    assert Alert.objects.filter(confirmed_at__isnull=False).count() == 1


def test_all_that_one_follows_is_on_one_page_and_ends_one_by_one_or_at_once(
    reader: Client, bakery: Enterprise
) -> None:
    links = [follow(reader, query) for query in (FOOD, "?q=kager", "?district=valby")]
    follow(reader, email="ole@example.dk")
    listed = reader.get(links[0]).page.one("ul", class_="followed")  # type: ignore[attr-defined]
    assert [entry.one("a").text for entry in listed.all("li")] == [
        "Mad, kantine og catering",
        "“kager”",
        "Valby",
    ]
    second = listed.all("form")[1].attrs["action"]
    page = reader.post(second, {"do": "stop"}).page  # type: ignore[attr-defined]
    assert "Du får ikke flere mails om: “kager”." in page.one("p", role="status").text
    assert Alert.objects.filter(email=IDA).count() == 2
    page = reader.post(links[0], {"do": "all"}).page  # type: ignore[attr-defined]
    assert "slettet din adresse" in page.one("p", role="status").text
    assert [alert.email for alert in Alert.objects.all()] == ["ole@example.dk"]


def test_a_link_nobody_was_sent_opens_nothing(reader: Client, bakery: Enterprise) -> None:
    link = follow(reader)
    key, _dot, signature = link.rstrip("/").rpartition("/")[2].partition(".")
    for token in (f"{int(key) + 1}.{signature}", f"{key}.{signature[:-1]}", key, "x"):
        assert reader.get(reverse("followed", args=[token])).status_code == 404
        assert reader.post(reverse("followed", args=[token]), {"do": "all"}).status_code == 404
    assert Alert.objects.count() == 1


def test_the_log_does_not_hold_the_links(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.WARNING, "django.request"):
        for path in ("/foelger/1.abcdefghabcdefghabcdefgh/", "/en/following/1.abcdefghabcdefghabcdefgh/"):
            reader.get(path)
    assert "/foelger/…" in caplog.text and "abcdefgh" not in caplog.text


def test_it_asks_the_database_little_however_much_there_is(reader: Client, bakery: Enterprise) -> None:
    follow(reader)
    counts = []
    for wave in (1, 30):
        for number in range(wave):
            published(f"Køkken {wave} {number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert send(days=7 * (1 + (wave > 1)))
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 16
