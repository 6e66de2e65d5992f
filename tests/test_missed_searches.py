"""What people searched for in vain: counted for the council, without a trace of who searched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises import counting, missed
from enterprises.models import Enterprise, MissedSearch

pytestmark = pytest.mark.django_db
LISTING = "/virksomheder/"
DESK = "admin:enterprises_missedsearch_changelist"


def counted() -> list[tuple[str, str, int]]:
    return list(MissedSearch.objects.order_by("text", "language").values_list("text", "language", "count"))


def test_a_search_in_vain_is_counted_each_time(visitor: Client, bakery: Enterprise) -> None:
    for query in ("Ubåd", " ubåd ", "ubåd"):
        visitor.get(LISTING, {"q": query})
    with override("en"):
        visitor.get(reverse("listing"), {"q": "ubåd"})
    assert counted() == [("ubåd", "da", 3), ("ubåd", "en", 1)]
    assert set(MissedSearch.objects.values_list("day", flat=True)) == {timezone.localdate()}


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "brød"},
        {"q": ""},
        {"q": "ubåd", "district": "valby"},
        {"q": "ubåd", "page": "2"},
        {"district": "valby"},
        {"q": "!?"},
        {"q": "hvor er det"},
        {"q": "ida@example.dk"},
    ],
)
def test_other_searches_are_not_counted(visitor: Client, bakery: Enterprise, asked: dict[str, str]) -> None:
    visitor.get(LISTING, asked)
    assert counted() == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ubåd\t UDLEJNING ", "ubåd udlejning"),
        ("2200 nørrebro", "2200 nørrebro"),
        ("a b c d e f", "a b c d e f"),
        ("a b c d e f g", ""),
        ("skriv til ida@example.dk", ""),
        ("070761-4285", ""),
        ("0707614285", ""),
        ("070761 4285", ""),
        ("ring 12 34 56 78", ""),
        ("nr123456x", ""),
        ("nr12345x", "nr12345x"),
        ("٠٧٠٧٦١٤٢٨٥", ""),
        ("ub\x00åd\u202e", "ub åd"),
        ("…!", ""),
        ("å" * 300, "å" * 80),
    ],
)
def test_only_what_is_about_nobody_is_kept(typed: str, kept: str) -> None:
    assert missed.without_personal_data(typed) == kept


def test_a_robot_cannot_fill_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "MOST_NEW_A_DAY", 3)
    MissedSearch.objects.create(day=timezone.localdate() - timedelta(days=1), text="i går", language="da")
    for text in ("ubåd", "rumskib", "kanon", "tank", "ubåd"):
        missed.note(text, "da")
    assert counted() == [("i går", "da", 1), ("kanon", "da", 1), ("rumskib", "da", 1), ("ubåd", "da", 2)]


def test_a_count_that_cannot_be_written_breaks_no_page(visitor: Client, bakery: Enterprise) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE enterprises_missedsearch")
        page = visitor.get(LISTING, {"q": "ubåd"}).page
        transaction.set_rollback(True)
    assert page.one(class_="total").text == "0 virksomheder"
    assert counted() == []


def test_what_waits_is_written_together_and_once(db: None) -> None:
    for text in ("Ubåd", "ubåd", "rumskib", "ida@example.dk"):
        missed.note_later(text, "da")
    assert counted() == []
    for _again in range(2):
        counting.write_waiting()
        assert counted() == [("rumskib", "da", 1), ("ubåd", "da", 2)]


def test_what_cannot_be_written_waits_on(db: None) -> None:
    missed.note_later("ubåd", "da")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE enterprises_missedsearch")
        counting.write_waiting()
        transaction.set_rollback(True)
    missed.note("ubåd", "da")  # who comes soon after does not try again
    assert counted() == []
    counting.write_waiting()
    assert counted() == [("ubåd", "da", 2)]


# -- the council's desk ---------------------------------------------------------------------------


def a_missed_search(text: str, count: int, *, days_ago: int = 0, language: str = "da") -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    MissedSearch.objects.create(day=day, text=text, language=language, count=count)


@pytest.fixture
def searches(db: None) -> None:
    a_missed_search("ubåd", 3)
    a_missed_search("ubåd", 4, days_ago=40)
    a_missed_search("rumskib", 5, days_ago=1)
    a_missed_search("kanon", 99, days_ago=90)
    a_missed_search("ubåd", 1, days_ago=2, language="en")


def rows(clerk: Client, **asked: str) -> list[tuple[str, str, int]]:
    found = clerk.get(reverse(DESK), asked).context["cl"].result_list
    return [(row.text, row.language, row.times) for row in found]


def test_the_desk_shows_each_text_once_the_most_wanted_first(clerk: Client, searches: None) -> None:
    assert rows(clerk) == [("ubåd", "da", 7), ("rumskib", "da", 5), ("ubåd", "en", 1)]
    page = clerk.get(reverse(DESK)).content.decode()
    assert "seneste 90 dage" in page.lower()


def test_the_desk_can_be_asked_for_a_period_a_language_or_a_word(clerk: Client, searches: None) -> None:
    assert rows(clerk, days="7") == [("rumskib", "da", 5), ("ubåd", "da", 3), ("ubåd", "en", 1)]
    assert rows(clerk, days="365")[0] == ("kanon", "da", 99)
    assert rows(clerk, days="tyve") == rows(clerk)
    assert rows(clerk, q="skib") == [("rumskib", "da", 5)]
    assert rows(clerk, language="en") == [("ubåd", "en", 1)]
    assert rows(clerk, o="1")[0] == ("rumskib", "da", 5)


def test_nobody_changes_the_counts(clerk: Client, searches: None) -> None:
    row = MissedSearch.objects.latest("pk")
    assert clerk.get(reverse("admin:enterprises_missedsearch_add")).status_code == 403
    assert clerk.post(reverse("admin:enterprises_missedsearch_delete", args=[row.pk])).status_code == 403
