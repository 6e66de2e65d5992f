"""What monitors, crawlers and browsers ask on their own."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from directory import sitemaps
from directory.models import CatalogueState, Listing
from enterprises import publishing
from enterprises.models import Enterprise, Sector
from tests.builders import an_enterprise, published

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ALTERNATE = "{http://www.w3.org/1999/xhtml}link"


def sitemap(client: Client) -> dict[str, dict[str, str]]:
    """{address: {language: address}}"""
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 – our own
    root = ElementTree.Element("all")
    for part in index.iter(f"{SITEMAP}loc"):
        packed = client.get(urlsplit(part.text or "").path).getvalue()
        assert len(packed) < 50_000_000
        root.append(ElementTree.fromstring(gzip.decompress(packed)))  # noqa: S314 – our own
    return {
        url.findtext(f"{SITEMAP}loc", ""): {
            a.attrib["hreflang"]: a.attrib["href"] for a in url.iter(ALTERNATE)
        }
        for url in root.iter(f"{SITEMAP}url")
    }


def test_the_sitemap_has_every_page_in_both_languages(visitor: Client, bakery: Enterprise) -> None:
    found = sitemap(visitor)
    pages = [("home", []), ("listing", []), ("about", []), ("profile", [bakery.slug])]
    pages += [("sector", [slug]) for slug in Sector.objects.values_list("slug", flat=True)]
    for name, args in pages:
        both = {}
        for language in ("da", "en"):
            with override(language):
                both[language] = f"http://testserver{reverse(name, args=args)}"
        for address in both.values():
            assert found[address] == {**both, "x-default": both["da"]}


def test_the_sitemap_has_only_what_the_public_can_see(visitor: Client, bakery: Enterprise) -> None:
    an_enterprise("Kladden")
    assert any("broed-broer" in address for address in sitemap(visitor))
    publishing.withdraw(bakery, reason="Lukket")
    addresses = sitemap(visitor)
    assert not [a for a in addresses if "kladden" in a or "broed-broer" in a]
    assert all(visitor.get(a.removeprefix("http://testserver")).status_code == 200 for a in addresses)


def test_no_file_of_the_sitemap_has_more_addresses_than_it_may(
    visitor: Client, bakery: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [published(f"Nummer {number}") for number in range(4)]
    publishing.withdraw(others.pop(1), reason="Lukket")
    whole = sitemap(visitor)
    monkeypatch.setattr(sitemaps, "MOST", 4)
    assert sitemap(visitor) == whole
    files = [gzip.decompress(visitor.get(f"/sitemap-profiles-{n}.xml.gz").getvalue()) for n in (1, 2)]
    assert [file.count(b"<loc>") for file in files] == [4, 4]
    assert visitor.get("/sitemap-profiles-3.xml.gz").status_code == 404
    assert visitor.get("/sitemap-profiles-0.xml.gz").status_code == 404


def test_the_sitemap_is_not_packed_twice(visitor: Client, bakery: Enterprise) -> None:
    answer = visitor.get("/sitemap-profiles-1.xml.gz", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Type"] == "application/gzip"


def test_the_sitemap_costs_the_same_few_queries_however_many_there_are(
    visitor: Client, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        published(f"Nummer {number}")
        with django_assert_num_queries(2):
            visitor.get("/sitemap-profiles-1.xml.gz").getvalue()


@pytest.mark.parametrize(
    ("path", "word", "other"),
    [("/llms.txt", "Byggeri", "/en/llms.txt"), ("/en/llms.txt", "Building", "/llms.txt")],
)
def test_the_overview_for_programs_leads_to_what_is_there(
    visitor: Client, bakery: Enterprise, path: str, word: str, other: str
) -> None:
    answer = visitor.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("# Den fælles by") and word in text and "&amp;" not in text
    addresses = re.findall(r"http://testserver(/[^)\s]*)", text)
    assert {other, "/api/v1/openapi.json", "/api/v1/taxonomies"} < set(addresses)
    # No night has passed, so there is no file of everything yet.
    assert {visitor.get(address).status_code for address in {*addresses} - {reverse("dump")}} == {200}


def may_fetch(lines: list[str], address: str) -> bool:
    """As crawlers read robots.txt (RFC 9309): the longest rule that matches wins."""
    rules = [line.split(": ") for line in lines if line.startswith(("Allow: ", "Disallow: "))]
    matching = [
        (len(rule), kind == "Allow")
        for kind, rule in rules
        if re.match(re.escape(rule).replace(r"\*", ".*"), address)
    ]
    return max(matching, default=(0, True))[1]


def test_crawlers_stay_out_of_the_combinations(visitor: Client) -> None:
    lines = visitor.get("/robots.txt").content.decode().splitlines()
    for language in ("da", "en"):
        with override(language):
            listing, mine = reverse("listing"), reverse("my-enterprises")
            open_to_all = [reverse("home"), reverse("sector", args=["it-data"]), listing, f"{listing}broed/"]
        assert all(may_fetch(lines, address) for address in [*open_to_all, f"{listing}?page=2"])
        assert not may_fetch(lines, f"{listing}?sector=it-data&district=valby")
        assert not may_fetch(lines, mine)
    assert not may_fetch(lines, "/admin/") and not may_fetch(lines, "/en/admin/")
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_crawlers_that_read_simply_may_read_the_profiles(visitor: Client) -> None:
    robots = RobotFileParser()
    robots.parse(visitor.get("/robots.txt").content.decode().splitlines())
    assert robots.can_fetch("*", "/virksomheder/broed-broer/")


def test_the_process_says_that_it_lives_and_is_ready(visitor: Client) -> None:
    assert visitor.get("/healthz").content == b"ok\n"
    assert visitor.get("/readyz").content.startswith(b"ok, generation ")


def test_without_its_first_row_it_is_not_ready(visitor: Client) -> None:
    CatalogueState.objects.all().delete()
    assert visitor.get("/readyz").status_code == 503


def test_the_icon_is_where_browsers_look_for_it(visitor: Client) -> None:
    assert visitor.get("/favicon.ico").headers["Location"].startswith("/static/img/favicon")


def test_was_leads_to_the_statement(visitor: Client, settings: pytest.FixtureRequest) -> None:
    assert visitor.get("/was").headers["Location"] == "/tilgaengelighed/"
    settings.WAS_URL = "https://was.example/erklaering"  # type: ignore[attr-defined]
    assert visitor.get("/was").headers["Location"] == "https://was.example/erklaering"


def test_a_page_that_has_not_changed_is_not_sent_again(visitor: Client, bakery: Enterprise) -> None:
    first = visitor.get("/virksomheder/")
    again = visitor.get("/virksomheder/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_head_answers_like_get_without_a_body(visitor: Client, bakery: Enterprise) -> None:
    for address in ("/", "/virksomheder/broed-broer/", "/huse/broed-broer.png"):
        answer = visitor.head(address)
        assert (answer.status_code, answer.content) == (200, b"")


def test_fictional_profiles_are_kept_from_search_engines(visitor: Client, city: list[Enterprise]) -> None:
    shown = Listing.objects.filter(is_demo=True)[0]
    assert visitor.get(shown.get_absolute_url()).page.one("meta", name="robots").attrs["content"] == "noindex"
    assert not [address for address in sitemap(visitor) if shown.slug in address]
