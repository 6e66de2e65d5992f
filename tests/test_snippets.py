"""Marked words and the passage that answers a search."""

from __future__ import annotations

import html
import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from directory import snippets
from directory.search import text
from directory.search.index import Index
from directory.search.query import Vocabulary, understand
from directory.snippets import LONGEST, Wanted
from directory.texts import Text

HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["<mark>", "</p>", "&amp;", "&lt", '"', "<script>", "brød", "BRØD", "bro\u0308d", "'"]
        ),
        st.sampled_from([" ", "-", ".", "\n", "\u202e", "\x00", "A.M.B.A."]),
        st.text(max_size=12),
    ),
    max_size=40,
).map("".join)


def wanted(typed: str, *written: str) -> Wanted:
    """What a query means where these texts are published."""
    index = Index()
    for position, words in enumerate(written):
        index.add(position, [" ".join(text.words(words))])
    return Wanted.of(understand(typed, index, Vocabulary({}, {})))


def marked(written: str, typed: str) -> list[str]:
    query = wanted(typed, written, "Cykel og rug")
    return re.findall("<mark>(.*?)</mark>", snippets.mark(Text(written, "da"), query))


@pytest.mark.parametrize(
    ("written", "typed", "expected"),
    [
        ("Brød til møder", "brød", ["Brød"]),
        ("Brødet, brødene og rugbrød", "brød", ["Brødet", "brødene", "rugbrød"]),
        ("Vi har et cykelværksted", "værksted", ["cykelværksted"]),
        ("Frokost til møder", "broed", []),
        ("Brød & Broer", "broed", ["Brød"]),
        ("Café", "cafe", ["Café"]),
        ("Kantinedrift", "kantin", ["Kantinedrift"]),
    ],
)
def test_matched_words_are_marked_whole(written: str, typed: str, expected: list[str]) -> None:
    assert marked(written, typed) == expected


def test_an_abbreviation_is_one_word() -> None:
    amba = Wanted({"amba": [(0, 1.0)]})
    assert snippets.mark(Text("Et a.m.b.a. i Valby", "da"), amba) == "Et <mark>a.m.b.a.</mark> i Valby"


def test_an_expression_counts_where_all_of_it_stands() -> None:
    both = Wanted(expressions={("grøn", "energi"): [(0, 1.0)]})
    assert snippets.mark(Text("grøn energi", "da"), both) == "<mark>grøn</mark> <mark>energi</mark>"
    assert snippets.mark(Text("grøn maling", "da"), both) == "grøn maling"


@given(HOSTILE, st.sets(st.sampled_from(["brød", "amba", "script", "mark", "amp", "lt"])))
def test_marking_changes_nothing_but_the_marks(written: str, words: set[str]) -> None:
    shown = snippets.mark(Text(written, "da"), Wanted({word: [(0, 1.0)] for word in words}))
    pieces = re.split("(<mark>|</mark>)", shown)
    assert pieces[1::2] == ["<mark>", "</mark>"] * (len(pieces) // 4)
    assert not any(set(piece) & set("<>\"'") for piece in pieces[::2])
    assert html.unescape("".join(pieces[::2])) == html.unescape(html.escape(written))
    assert shown.language == "da"


@given(HOSTILE, HOSTILE)
def test_a_long_passage_is_cut_around_its_match(before: str, after: str) -> None:
    passage = Text(f"{before * 4} ladcykel {after * 4}", "da")
    short = snippets.shortened(passage, Wanted({"ladcykel": [(0, 1.0)]}))
    assert len(short) <= LONGEST or short == passage
    assert len(short) <= LONGEST and "ladcykel" in short
    assert short.removeprefix("… ").removesuffix(" …") in passage


def test_a_passage_is_cut_between_words() -> None:
    passage = Text(" ".join(["frokostordning"] * 20 + ["brød"] + ["frokostordning"] * 20), "da")
    words = snippets.shortened(passage, Wanted({"brød": [(0, 1.0)]})).split()
    assert set(words) == {"…", "frokostordning", "brød"} and words[0] == words[-1] == "…"
    assert words.index("brød") > 2, "what stands before the match tells what it is about"


def snapshot(**fields: object) -> dict[str, object]:
    return {
        "offers": [{"name": {"da": "Frokost til møder"}}, {"name": {"da": "Brød", "en": "Bread"}}],
        "description": {"da": "Vi bager om natten. Brød og frokost leveres på ladcykel.", "en": "We bake."},
        **fields,
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"brød": [(0, 1.0)]}, "<mark>Brød</mark>"),
        ({"bager": [(0, 1.0)]}, "Vi <mark>bager</mark> om natten."),
        (
            {"brød": [(0, 1.0)], "ladcykel": [(1, 1.0)]},
            "<mark>Brød</mark> og frokost leveres på <mark>ladcykel</mark>.",
        ),
        ({"bake": [(0, 1.0)]}, "We <mark>bake</mark>."),
    ],
)
def test_the_passage_that_answers_most_is_shown(
    words: dict[str, list[tuple[int, float]]], expected: str
) -> None:
    assert snippets.snippet(snippets.passages(snapshot()), Wanted(words)) == expected


def test_a_passage_is_in_the_readers_language_where_both_answer() -> None:
    both = Wanted({"bread": [(0, 1.0)], "brød": [(0, 1.0)]})
    for language in ("da", "en"):
        with override(language):
            shown = snippets.snippet(snippets.passages(snapshot()), both)
            assert shown is not None and shown.language == language and shown.attr == ""


def test_nothing_is_shown_where_nothing_answers() -> None:
    assert snippets.snippet(snippets.passages(snapshot()), Wanted({"ubåd": [(0, 1.0)]})) is None
    assert snippets.snippet(snippets.passages({"name": "Tom"}), Wanted({"ubåd": [(0, 1.0)]})) is None
