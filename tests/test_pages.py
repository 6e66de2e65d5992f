"""The site's own pages, the links between all of them, and what they weigh."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from enterprises.content import loading
from enterprises.models import Enterprise
from tests.client import Element

pytestmark = pytest.mark.django_db
OWN_PAGES = (
    "about",
    "add",
    "grounds",
    "order",
    "number-check",
    "buying",
    "accessibility",
    "privacy",
    "open-data",
    "open-data-api",
    "style-guide",
)
KILOBYTE = 1024


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", OWN_PAGES)
def test_the_sites_own_pages_have_something_to_say(visitor: Client, name: str, language: str) -> None:
    with override(language):
        page = visitor.get(reverse(name)).page
    assert len(page.one("main").text) > 800
    assert page.all("link", rel="canonical") or page.all("meta", name="robots", content="noindex")


@pytest.mark.parametrize("name", ["about", "grounds", "order", "buying", "accessibility", "privacy"])
def test_one_can_write_to_whoever_answers(visitor: Client, name: str) -> None:
    main = visitor.get(reverse(name)).page.one("main")
    assert "mailto:raadet@example.dk" in {a.attrs["href"] for a in main.all("a")}


def test_the_same_page_in_the_other_language(visitor: Client, bakery: Enterprise) -> None:
    for name, args in (("home", []), ("about", []), ("profile", [bakery.slug]), ("sector", ["it-data"])):
        with override("en"):
            english = reverse(name, args=args)
        link = visitor.get(reverse(name, args=args)).page.one("a", class_="language")
        assert link.attrs["href"] == english
        back = visitor.get(english).page.one("a", class_="language")
        assert back.attrs["href"] == reverse(name, args=args)


def test_the_menu_tells_where_one_is(visitor: Client) -> None:
    menu = visitor.get("/brancher/").page.one("nav", class_="nav")
    assert [a.text for a in menu.all("a", aria_current="page")] == ["Brancher"]


def test_a_language_one_does_not_speak_is_not_guessed(visitor: Client) -> None:
    answer = visitor.get("/", headers={"accept-language": "en"})
    assert answer.page.one("html").attrs["lang"] == "da"


@pytest.mark.parametrize("start", ["/", "/en/"])
def test_no_link_of_the_site_is_dead(visitor: Client, bakery: Enterprise, start: str) -> None:
    """Walks every page one can reach, and looks for the places on them that links point at."""
    pages: dict[str, Element | None] = {}
    waiting, pointed = {start}, set[tuple[str, str]]()
    while waiting:
        address = waiting.pop()
        answer = visitor.get(address)
        assert answer.status_code in (200, 302), address
        pages[address] = getattr(answer, "page", None)
        for target, fragment in _links(address, pages[address]):
            pointed.add((target, fragment))
            if target not in pages and target.startswith("/en/") == start.startswith("/en/"):
                waiting.add(target)
    assert len(pages) > 50
    for target, fragment in pointed:
        page = pages.get(target)
        if fragment and page:
            assert page.all(id=fragment), f"{target} has no {fragment}"


def _links(address: str, page: Element | None) -> set[tuple[str, str]]:
    if page is None:
        return set()
    # Districts can be ticked on the map in a thousand combinations, which crawlers are asked to leave alone.
    links = (a for a in page.all("a") if a.attrs.get("rel") != "nofollow")
    found = (a.attrs["href"].removeprefix("http://testserver") for a in links)
    own = (urljoin(address, href) for href in found if not re.match(r"[a-z]+:", href))
    return {tuple(urldefrag(href)) for href in own}  # type: ignore[misc]


def test_pages_are_light(visitor: Client, demo_records: list[loading.Record]) -> None:
    loading.write([*loading.council(), *demo_records], demo=True)
    slug = max(Enterprise.objects.select_related("current"), key=lambda e: len(str(e.current.snapshot))).slug
    listing = visitor.get("/virksomheder/")
    assert len(listing.page.all("article", class_="card")) == 24
    for address in ("/", "/virksomheder/", f"/virksomheder/{slug}/"):
        plain = visitor.get(address)
        packed = visitor.get(address, headers={"accept-encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(plain.content) < 100 * KILOBYTE, address
        assert packed.headers["Vary"].count("Accept-Encoding") == 1
        assert int(packed.headers["Content-Length"]) < 15 * KILOBYTE, address
