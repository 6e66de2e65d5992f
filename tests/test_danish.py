"""Danish letters: the order of names, folding for search, and addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enterprises import danish

names = st.text(max_size=40) | st.text("aAåÅæøzé éß Ǻ\u030aa", max_size=12)


@pytest.mark.parametrize(
    "ordered",
    [
        ["Avis", "Byg", "Zebra", "Æble", "Østers", "Ågården"],
        ["Zebra", "Aagaard"],
        ["Ågård", "Aalborg", "Århus"],
        ["Café Olsen", "Cafe Person"],
        ["Café", "Cafeen"],
        ["byg", "Byggeri", "BYGHUS"],
        ["3F", "Andel"],
        ["Brød & Broer", "Brød, salt", "Brødrene"],
        ["Kløver", "Kåre"],
        ["Müller", "Mynte"],
    ],
)
def test_names_sort_as_in_a_danish_dictionary(ordered: list[str]) -> None:
    keys = [danish.sort_key(name) for name in ordered]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Aagaard", "Ågård"), ("AÅ", "aå"), ("Café", "CAFE"), ("A\u030a", "Å"), ("a  b", "A-B")],
)
def test_spellings_that_sort_alike(one: str, other: str) -> None:
    assert danish.sort_key(one) == danish.sort_key(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Rød Grød & Co.", "roed groed co"),
        ("ÆØÅ", "aeoeaa"),
        ("Aalborg", "aalborg"),
        ("Ålborg", "aalborg"),
        ("Café  Ven–Inde", "cafe ven inde"),
        ("Bodega\xa0№ 5", "bodega no 5"),
        ("Große Öl", "grosse oel"),
        ("æble", "aeble"),
        ("A\u030arhus", "aarhus"),
    ],
)
def test_text_folds_for_comparing(text: str, folded: str) -> None:
    assert danish.fold(text) == folded


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Rød Grød & Co", "roed-groed-co"),
        ("  Ågården! ", "aagaarden"),
        ("Logik & Co.", "logik-co"),
        ("???", "virksomhed"),
        ("日本", "virksomhed"),
        ("", "virksomhed"),
    ],
)
def test_names_become_addresses(name: str, slug: str) -> None:
    assert danish.slugify(name) == slug


@given(names)
@example("\ud800")
@example("İ")
def test_sort_keys_are_plain_and_never_fail(text: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9{]+(?: [a-z0-9{]+)*)?", danish.sort_key(text))


@given(names)
@example("\ufdfa")
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    folded = danish.fold(text)
    assert danish.fold(folded) == folded
    assert re.fullmatch(r"[a-z0-9 ]*", folded)


@given(names | st.text(min_size=60))
def test_any_name_gives_an_address_that_fits(text: str) -> None:
    slug = danish.slugify(text)
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug)
    assert len(slug) <= 60
    assert danish.slugify(slug) == slug
