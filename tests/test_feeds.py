"""Atom feeds of what is new and changed: valid, per filter, with ids that stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml import etree

from directory import feeds
from enterprises import publishing
from enterprises.models import Enterprise
from tests.builders import a_place, an_enterprise, published, republished
from tests.test_page_cache import Worker, kept_connection  # noqa: F401 – a fixture

pytestmark = pytest.mark.django_db

FEED = "/feeds/virksomheder.atom"
ENGLISH = "/en/feeds/enterprises.atom"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))


def read(client: Client, address: str = FEED) -> Any:
    """The feed as a reader has it, once it has passed two public tools."""
    answer = client.get(address)
    assert answer.status_code == 200
    SCHEMA.assertValid(etree.fromstring(answer.content))
    parsed = feedparser.parse(answer.content, response_headers={"content-type": answer["Content-Type"]})
    assert not parsed.bozo and parsed.version == "atom10"
    ids = [entry.id for entry in parsed.entries]
    assert len(ids) == len(set(ids))
    return parsed


def titles(client: Client, address: str = FEED) -> list[str]:
    return [entry.title for entry in read(client, address).entries]


def links(parsed: Any) -> dict[str, str]:
    return {link.rel: link.href for link in parsed.feed.links}


def test_it_tells_of_new_ones_and_then_of_what_they_change(visitor: Client, bakery: Enterprise) -> None:
    published("Nyt køkken", tagline_da="Suppe & <brød>")
    first, second = read(visitor).entries
    assert [first.title, second.title] == ["Ny: Nyt køkken", "Ny: Brød & Broer"]
    assert first.summary == "Suppe &amp; &lt;brød&gt;"
    assert first.link == f"{settings.SITE_URL}/virksomheder/nyt-koekken/"
    republished(bakery, tagline_da="Nu også kager", phone="11 22 33 44")
    changed, untouched = read(visitor).entries
    assert changed.title == "Ændret: Brød & Broer"
    assert changed.summary == "Nu også kager<br />Det, der er ændret: Hvem I er, Kontakt og links."
    assert changed.id != second.id and untouched.id == first.id
    bakery.refresh_from_db()
    assert bakery.current and changed.updated == bakery.current.published_at.isoformat()
    assert read(visitor).feed.updated == changed.updated


def test_what_comes_back_unchanged_says_so_and_what_goes_is_gone(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Ferie")
    assert titles(visitor) == []
    publishing.publish(bakery)
    [entry] = read(visitor).entries
    assert entry.title == "Ændret: Brød & Broer" and entry.summary.endswith("Er i kataloget igen.")


def test_it_follows_the_filters_of_the_list_and_not_its_order(visitor: Client, bakery: Enterprise) -> None:
    published("Kager i Valby", tagline_da="Kager", district="valby")
    published("Revision", sectors=["finans"], tagline_da="Regnskab")
    assert titles(visitor, f"{FEED}?sector=finans") == ["Ny: Revision"]
    assert titles(visitor, f"{FEED}?q=kager&district=valby") == ["Ny: Kager i Valby"]
    assert titles(visitor, f"{FEED}?district=valby&sort=name&open=1&near=2200&utm=x") == ["Ny: Kager i Valby"]
    # One feed for one search, however it is written.
    one, other = (
        read(visitor, f"{FEED}?{query}").feed for query in ("q=a&sector=finans", "sector=finans&q=a&open=1")
    )
    assert one.id == other.id and one.links == other.links


def test_pages_lead_to_it(visitor: Client, bakery: Enterprise) -> None:
    for address in (
        "/virksomheder/?sector=mad-catering&sort=newest",
        "/brancher/mad-catering/",
        "/kort/?sector=mad-catering",
    ):
        page = visitor.get(address).page  # type: ignore[attr-defined]
        [found] = page.all("link", rel="alternate", type="application/atom+xml")
        assert found.attrs["href"] == f"{FEED}?sector=mad-catering"
        assert titles(visitor, found.attrs["href"]) == ["Ny: Brød & Broer"]


def test_english_is_a_feed_of_its_own(visitor: Client, bakery: Enterprise) -> None:
    republished(bakery, tagline_en="Now cakes too", tagline_da="Nu også kager")
    parsed = read(visitor, ENGLISH)
    [entry] = parsed.entries
    assert parsed.feed.language == "en" and parsed.feed.id != read(visitor).feed.id
    assert (entry.title, entry.id) != (read(visitor).entries[0].title, read(visitor).entries[0].id)
    assert entry.summary.startswith("Now cakes too") and "/en/enterprises/broed-broer/" in entry.link


def test_long_feeds_have_pages(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PER_PAGE", 2)
    for number in range(5):
        published(f"Køkken {number}")
    first, last = read(visitor), read(visitor, f"{FEED}?page=3")
    assert [len(first.entries), len(last.entries)] == [2, 1]
    here = f"{settings.SITE_URL}{FEED}"
    assert links(first) == {
        "alternate": f"{settings.SITE_URL}/virksomheder/",
        "self": here,
        "first": here,
        "next": f"{here}?page=2",
        "last": f"{here}?page=3",
    }
    assert links(last)["previous"] == f"{here}?page=2" and "next" not in links(last)
    seen = [title for page in (1, 2, 3) for title in titles(visitor, f"{FEED}?page={page}")]
    assert sorted(seen) == [f"Ny: Køkken {number}" for number in range(5)]
    assert titles(visitor, f"{FEED}?page=99") == titles(visitor, f"{FEED}?page=3")


def test_an_empty_feed_is_valid_too(visitor: Client, bakery: Enterprise) -> None:
    assert read(visitor, f"{FEED}?q=undervandsstøvsuger").entries == []


@pytest.mark.parametrize(
    "query", ["q=%00%01%0b%ef%bf%be", "q=%3C%2Ftitle%3E%26", "q=%F0%9F%98%80", "page=-1&sector=%3C"]
)
def test_whatever_is_asked_for_it_is_xml(visitor: Client, bakery: Enterprise, query: str) -> None:
    read(visitor, f"{FEED}?{query}")


def test_names_may_hold_anything(visitor: Client) -> None:
    published("A & B <C> “D”\u2028Ø", tagline_da="Tegn: \ufffe og ]]>")
    assert titles(visitor) == ["Ny: A & B <C> “D” Ø"]


def test_no_draft_and_no_hidden_address_is_told(visitor: Client) -> None:
    enterprise = published(hidden=True)
    an_enterprise("Ikke klar endnu")
    a_place(enterprise, street="Hjemmevej 7", hidden=True)
    Enterprise.objects.filter(pk=enterprise.pk).update(tagline_da="Kun en kladde")
    told = visitor.get(FEED).content.decode()
    assert not any(secret in told for secret in ("klar", "Hjemmevej", "kladde", "Blågårdsgade"))


def test_it_is_kept_and_never_stale(kept_connection: None, bakery: Enterprise) -> None:  # noqa: F811
    worker = Worker()
    first = worker.get(f"{FEED}?sector=mad-catering")
    assert worker.get(f"{FEED}?sector=mad-catering").body == first.body and worker.kept == 1
    known = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}
    assert worker.get(f"{FEED}?sector=mad-catering", **known).status == 304
    assert (
        worker.get(
            f"{FEED}?sector=mad-catering", HTTP_IF_MODIFIED_SINCE=first.headers["Last-Modified"]
        ).status
        == 304
    )
    republished(bakery, tagline_da="Nu også kager")
    assert "Nu også kager" in worker.get(f"{FEED}?sector=mad-catering", **known).text


def test_any_site_may_read_it_and_search_engines_leave_it(visitor: Client, bakery: Enterprise) -> None:
    answer = visitor.get(FEED)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (answer["Access-Control-Allow-Origin"], answer["X-Robots-Tag"]) == ("*", "noindex")
    assert visitor.post(FEED).status_code == 405


@pytest.mark.parametrize("query", ["", "?sector=mad-catering"])
def test_few_queries_however_many_there_are(visitor: Client, bakery: Enterprise, query: str) -> None:
    counts = []
    for more in (3, 30):
        for number in range(more):
            republished(published(f"Køkken {more} {number}"), tagline_da="Nyt")
        visitor.get(FEED)  # takes in what has changed
        with CaptureQueriesContext(connection) as queries:
            assert len(read(visitor, FEED + query).entries) > more
        counts.append(len(queries))
    # And which generation this is, which is asked past Django.
    assert counts == [2, 2]
    with override("en"):
        assert reverse("feed") == ENGLISH
