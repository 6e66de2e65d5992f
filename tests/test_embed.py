"""What other sites show in a frame: a list, a map and a card, and the page that makes the code for them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import publishing
from enterprises.models import Enterprise
from tests.builders import published, republished
from tests.client import Element
from tests.test_page_cache import Worker, kept_connection  # noqa: F401 – a fixture

pytestmark = pytest.mark.django_db

LIST, MAP, CARD, BUILDER = (
    "/embed/liste/",
    "/embed/kort/",
    "/skilte/broed-broer/kort/",
    "/aabne-data/indlejring/",
)


def page(client: Client, address: str) -> Element:
    answer: Any = client.get(address)
    assert answer.status_code == 200
    return answer.page  # type: ignore[no-any-return]


def names(client: Client, query: str = "") -> list[str]:
    return [heading.text for heading in page(client, LIST + query).all("h3")]


@pytest.mark.parametrize(
    "address", [LIST, MAP, CARD, f"{LIST}?theme=dark", "/en/embed/list/", "/en/embed/map/"]
)
def test_nothing_is_stored_sent_or_fetched_elsewhere(
    visitor: Client, bakery: Enterprise, address: str
) -> None:
    answer: Any = visitor.get(address)
    assert not answer.cookies and answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.page.all("form", "iframe", "base")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy and "'unsafe" not in policy and "frame-src" not in policy
    scripts = [script.attrs["src"] for script in answer.page.all("script")]
    assert all(script.startswith("/static/") for script in scripts)
    # The map alone is drawn by one.
    assert bool(scripts) == ("script-src" in policy) == (address in (MAP, "/en/embed/map/"))


@pytest.mark.parametrize("address", [LIST, MAP, CARD])
def test_every_link_leaves_the_frame(visitor: Client, bakery: Enterprise, address: str) -> None:
    links = [link.attrs for link in page(visitor, address).all("a") if not link.attrs["href"].startswith("#")]
    assert links
    for link in links:
        assert (link["target"], link["rel"]) == ("_blank", "noopener"), link


def test_the_list_shows_what_the_filters_find_and_leads_to_the_rest(
    visitor: Client, bakery: Enterprise
) -> None:
    for number in range(4):
        published(f"Køkken {number}")
    published("Revision", sectors=["finans"])
    assert names(visitor, "?sector=finans") == ["Revision"]
    assert names(visitor, "?sector=mad-catering&count=3") == ["Brød & Broer", "Køkken 0", "Køkken 1"]
    assert len(names(visitor)) == 6 and len(names(visitor, "?count=1000")) == 6
    shown = page(visitor, f"{LIST}?sector=mad-catering&count=3")
    assert shown.one("h2").text == "Mad, kantine og catering"
    foot = shown.one("p", class_="framed-foot").one("a")
    assert foot.text == "Se alle 5 på Den fælles by"
    assert foot.attrs["href"] == f"{settings.SITE_URL}/virksomheder/?sector=mad-catering"
    assert "Her er ingen endnu." in page(visitor, f"{LIST}?q=undervandsstøvsuger").one("main").text


def test_the_map_has_its_points_and_without_scripts_its_districts(
    visitor: Client, bakery: Enterprise
) -> None:
    shown = page(visitor, f"{MAP}?sector=mad-catering")
    points = shown.one("div", data_points="/kort/punkter?sector=mad-catering")
    assert "data-outside" in points.attrs and "1 sted på kortet." in shown.one("main").text
    tile = shown.one("li", class_="tile-noerrebro").one("a")
    assert tile.attrs["href"] == "/virksomheder/?sector=mad-catering&district=noerrebro"


@pytest.mark.parametrize("address", [LIST, MAP, CARD])
def test_a_frame_has_the_look_it_asks_for_and_no_other(
    visitor: Client, bakery: Enterprise, address: str
) -> None:
    html = page(visitor, f"{address}?theme=dark&colour=brick").one("html").attrs
    assert (html["data-theme"], html["data-colour"]) == ("dark", "brick")
    html = page(visitor, f"{address}?theme=%22%3E&colour=red;x").one("html").attrs
    assert not html.keys() & {"data-theme", "data-colour"}


def test_the_two_dark_schemes_are_the_same() -> None:
    """One for screens that are dark, one for frames that are to be: CSS cannot say it once."""
    text = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    asked, screens = (re.search(rf"{start}[^{{]*{{([^}}]*)}}", text)[1] for start in (  # type: ignore[index]
        r':root\[data-theme="dark"\]', r":root:where"))  # fmt: skip
    values = [set(re.findall(r"(--[\w-]+): ([^;]+);", block)) for block in (asked, screens)]
    assert values[0] == values[1] and len(values[0]) > 30


def test_frames_are_kept_and_never_stale(kept_connection: None, bakery: Enterprise) -> None:  # noqa: F811
    worker = Worker()
    for address in (f"{LIST}?theme=dark&colour=ink&count=3", f"{MAP}?theme=dark", f"{CARD}?theme=light"):
        first = worker.get(address)
        assert worker.get(address).headers["ETag"] == first.headers["ETag"]
    assert worker.kept == 3
    republished(bakery, tagline_da="Nu også kager")
    assert "Nu også kager" in worker.get(f"{LIST}?theme=dark&colour=ink&count=3").text
    publishing.withdraw(bakery, reason="Lukket")
    assert "Brød" not in worker.get(f"{LIST}?theme=dark&colour=ink&count=3").text


@pytest.mark.parametrize(("address", "most"), [(LIST, 1), (MAP, 0)])
def test_frames_ask_the_database_little(visitor: Client, bakery: Enterprise, address: str, most: int) -> None:
    counts = []
    for more in (3, 30):
        for number in range(more):
            published(f"Køkken {more} {number}")
        visitor.get(address)
        with CaptureQueriesContext(connection) as queries:
            visitor.get(f"{address}?count=24")
        counts.append(len(queries))
    assert counts == [most, most]


# -- the page that makes the code -------------------------------------------------------------------


def frame_of(shown: Element) -> dict[str, str]:
    """The attributes of the frame that the code makes, which is the one shown below it."""
    code = shown.one("textarea").text
    made = {name: unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', code)}
    assert code.startswith("<iframe ") and code.endswith("</iframe>")
    address = urlsplit(made["src"])
    preview = shown.one("iframe").attrs
    assert made["src"].startswith(settings.SITE_URL)
    assert preview["src"] == address.path + (f"?{address.query}" if address.query else "")
    assert preview["title"] == made["title"] and preview["height"] == made["height"]
    return preview


def test_it_makes_code_for_a_list_at_once(visitor: Client, bakery: Enterprise) -> None:
    shown = page(visitor, BUILDER)
    assert frame_of(shown)["src"] == LIST
    policy = visitor.get(BUILDER)["Content-Security-Policy"]
    assert "frame-src 'self'" in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("query", "src"),
    [
        (
            "kind=list&q=mad&district=valby&count=12&theme=dark&colour=ink",
            "/embed/liste/?q=mad&district=valby&count=12&theme=dark&colour=ink",
        ),
        ("kind=map&sector=mad-catering&theme=light", "/embed/kort/?sector=mad-catering&theme=light"),
        ("kind=map&mission=unge&buyer=public&sort=newest", "/embed/kort/?mission=unge&buyer=public"),
        ("kind=card&enterprise=brød+%26+broer&theme=dark", "/skilte/broed-broer/kort/?theme=dark"),
        ("kind=card&enterprise=http://testserver/virksomheder/broed-broer/", "/skilte/broed-broer/kort/"),
        ("q=%22%3E%3Cscript%3E", "/embed/liste/?q=%22%3E%3Cscript%3E"),
        ("kind=list&theme=purple&count=7&q=", "/embed/liste/"),
    ],
)  # fmt: skip
def test_the_code_is_what_was_chosen(visitor: Client, bakery: Enterprise, query: str, src: str) -> None:
    made = frame_of(page(visitor, f"{BUILDER}?{query}"))["src"]
    assert made == src
    assert visitor.get(made).status_code == 200


def test_filters_from_the_list_come_along_and_stay(visitor: Client, bakery: Enterprise) -> None:
    listing = page(visitor, "/virksomheder/?district=valby&district=noerrebro&mission=unge")
    [way] = [link for link in listing.one("p", class_="follow").all("a") if "egen side" in link.text]
    shown = page(visitor, way.attrs["href"])
    assert frame_of(shown)["src"] == "/embed/liste/?district=noerrebro&district=valby&mission=unge"
    kept = [(field.attrs["name"], field.attrs["value"]) for field in shown.all("input", type="hidden")]
    chosen = shown.one("select", id="id_district").one("option", selected="").attrs["value"]
    assert sorted([*kept, ("district", chosen)]) == [
        ("district", "noerrebro"), ("district", "valby"), ("mission", "unge"),
    ]  # fmt: skip


@pytest.mark.parametrize("enterprise", ["", "Findes ikke"])
def test_an_enterprise_that_is_not_there_is_said(
    visitor: Client, bakery: Enterprise, enterprise: str
) -> None:
    shown = page(visitor, f"{BUILDER}?kind=card&enterprise={enterprise}")
    assert "der er i kataloget" in shown.one("div", role="alert").text
    assert not shown.all("textarea", "iframe")


def test_open_data_leads_here(visitor: Client, bakery: Enterprise) -> None:
    links = [link.attrs["href"] for link in page(visitor, reverse("open-data")).one("main").all("a")]
    assert BUILDER in links and "/feeds/virksomheder.atom" in links
