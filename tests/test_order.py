"""The page that explains the order says what the code does, and stands where one chooses the order."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from directory import listings
from directory.filters import SORTS
from directory.views import home
from enterprises import page_texts, publishing
from enterprises.content import first_words
from enterprises.models import PageText, PageTextVersion, User
from tests.builders import published
from tests.client import Element

pytestmark = pytest.mark.django_db


def explained(client: Client) -> Element:
    return client.get(reverse("order")).page.one("main")  # type: ignore[attr-defined, no-any-return]


def listed(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{reverse('listing')}{query}").page  # type: ignore[attr-defined]
    return [heading.text for heading in page.all(class_="card-name")]


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_order_one_can_choose_is_explained(visitor: Client, language: str) -> None:
    with override(language):
        told = [heading.text for heading in explained(visitor).all("h3")]
        assert told == [str(label) for label in SORTS.values()]


@pytest.mark.parametrize("language", ["da", "en"])
def test_all_that_breaks_a_tie_is_told(visitor: Client, language: str) -> None:
    with override(language):
        lists = [len(found.all("li")) for found in explained(visitor).all("ul")]
    assert len(listings.TELLING) in lists


def test_the_front_page_has_as_many_as_is_told(visitor: Client) -> None:
    assert home.NEWEST == 4 and "de fire nyeste" in explained(visitor).text


def test_the_flag_moves_nobody(visitor: Client) -> None:
    """Nor RSV: two who tell as much stand by name, whatever is confirmed."""
    published("Aben", criteria=("purpose",))
    published("Bien")
    for query in ("", "?q=frokost", "?q=frokost&sort=name"):
        assert listed(visitor, query) == ["Aben", "Bien"]
    aben, bien = published("Cirklen", criteria=("purpose",)), published("Delfinen")
    publishing.confirm(aben, on=date(2026, 2, 1))
    publishing.confirm(bien, on=date(2026, 3, 1))
    assert listed(visitor, "?sort=confirmed") == ["Delfinen", "Cirklen", "Aben", "Bien"]


def test_editing_moves_nobody_among_the_newest(visitor: Client) -> None:
    first = published("Aben")
    published("Bien")
    publishing.publish(first)
    assert listed(visitor, "?sort=newest") == ["Bien", "Aben"]


def test_who_is_called_so_comes_first(visitor: Client) -> None:
    published("Kaffe og kage", offers=("Kaffe", "Kaffe ud af huset"), tagline_da="Kaffe hver dag")
    published("Kaffe", offers=("Te",), tagline_da="Te hver dag")
    assert listed(visitor, "?q=kaffe")[0] == "Kaffe"


def test_filters_change_no_order(visitor: Client) -> None:
    for name, district in (("Aben", "valby"), ("Bien", "noerrebro"), ("Cirklen", "valby")):
        published(name, district=district)
    assert listed(visitor, "?district=valby") == ["Aben", "Cirklen"]


@pytest.mark.parametrize("name", ["listing", "map", "buying", "about", "home"])
def test_one_finds_it(visitor: Client, name: str) -> None:
    published("Aben")
    for language in ("da", "en"):
        with override(language):
            page = visitor.get(reverse(name)).page  # type: ignore[attr-defined]
            assert reverse("order") in {a.attrs["href"] for a in page.all("a")}


def test_it_stands_beside_the_choice(visitor: Client) -> None:
    published("Aben")
    choice = visitor.get(reverse("listing")).page.one("div", class_="sort")  # type: ignore[attr-defined]
    assert choice.one("a").attrs["href"] == reverse("order")


# -- first words that have become others ----------------------------------------------------------


class Apps:
    def get_model(self, _app: str, name: str) -> type:
        return {"PageText": PageText, "PageTextVersion": PageTextVersion}[name]


def test_first_words_are_renewed_where_nobody_has_written_since(clerk: Client) -> None:
    about, order = PageText.objects.get(key="about"), PageText.objects.get(key="order")
    when = about.versions.get().published_at
    first_words.renew(Apps(), ["about", "order"], when)
    assert about.versions.count() == order.versions.count() == 1
    old = {name: getattr(about.versions.get(), name) for name in page_texts.FIELDS} | {"body_da": "Som før"}
    PageTextVersion.objects.create(page=about, number=2, published_at=when, **old)
    staff = User.objects.get(email="karen@example.dk")
    page_texts.publish(order, old | {"body_da": "Vores egne ord"}, by=staff, having_seen=1)
    first_words.renew(Apps(), ["about", "order"], when)
    assert about.versions.count() == 3 and "Som før" not in about.versions.first().body_da  # type: ignore[union-attr]
    assert order.versions.first().body_da == "Vores egne ord"  # type: ignore[union-attr]
