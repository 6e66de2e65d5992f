"""A profile saved as a contact."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from directory.vcards import _escaped, _folded
from enterprises.models import Enterprise
from tests.builders import published, republished

pytestmark = pytest.mark.django_db


def fetched(client: Client, slug: str) -> list[str]:
    """The card's lines, folded ones joined again."""
    answer = client.get(f"/virksomheder/{slug}/kontakt.vcf")
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    return answer.content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_the_card_holds_what_an_address_book_wants(visitor: Client, bakery: Enterprise) -> None:
    lines = fetched(visitor, bakery.slug)
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:org"]
    assert lines[-1] == "END:VCARD"
    for line in (
        "FN:Brød & Broer", "ORG:Brød & Broer", "NOTE:Frokost og brød til møder",
        "TEL;VALUE=uri:tel:+4500001234", "EMAIL:hej@broed.example", "URL:https://broed.example",
        "ADR:;;Blågårdsgade 12;København N;;2200;Danmark", "GEO:geo:55.6867,12.5561",
        "SOURCE:http://testserver/virksomheder/broed-broer/",
    ):  # fmt: skip
        assert line in lines, line


def test_the_card_is_a_file_that_search_engines_leave_alone(visitor: Client, bakery: Enterprise) -> None:
    answer = visitor.get("/virksomheder/broed-broer/kontakt.vcf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="broed-broer.vcf"'
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_hidden_address_is_not_on_the_card(visitor: Client) -> None:
    lines = fetched(visitor, published("Skjult", hidden=True).slug)
    assert not [line for line in lines if line.startswith(("ADR", "GEO"))]


def test_what_is_not_known_has_no_line(visitor: Client) -> None:
    lines = fetched(visitor, published("Bar", phone="", email="", website="", district=None).slug)
    assert [line.split(":")[0] for line in lines] == [
        "BEGIN", "VERSION", "KIND", "FN", "ORG", "NOTE", "SOURCE", "REV", "END",
    ]  # fmt: skip


def test_no_text_can_add_a_line(visitor: Client, bakery: Enterprise) -> None:
    republished(bakery, tagline_da="Brød, kage; te\\kaffe\r\nTEL:112\nEND:VCARD")
    lines = fetched(visitor, bakery.slug)
    assert "NOTE:Brød\\, kage\\; te\\\\kaffe\\nTEL:112\\nEND:VCARD" in lines
    assert lines.count("END:VCARD") == 1


@given(text=st.text())
def test_lines_fold_between_characters_within_75_bytes(text: str) -> None:
    folded = _folded(f"NOTE:{_escaped(text)}")
    pieces = folded.split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == f"NOTE:{_escaped(text)}"
    assert all(piece.startswith(" ") for piece in pieces[1:])
