"""The words of a catalogue: compounds, beginnings and near misses, learnt from nothing but the words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from directory.search.lexicon import IN_THE_MIDDLE, IS_A, IS_FOR, Lexicon

short_words = st.text("abcæ", max_size=6)
WRITTEN = [
    "cykel cykler værksted værkstedet cykelværkstedet reparation",
    "cykel værksted reparation rengøring kantinedrift kantine",
    "rengøringsfirma vinduespudsning vindue pudsning drift",
    "hundepasning hund pasning murer mur maler kaffe kaffebar",
    "hjemmehjælp hjem hjælp kaffe bager bageri",
    "andersen anders teater cafeteria fodboldtræning bold fod træning",
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return learnt(*WRITTEN)


def learnt(*listings: str) -> Lexicon:
    found = Lexicon()
    for words in listings:
        found.add(words.split())
    return found


@pytest.mark.parametrize(
    ("part", "compound", "share"),
    [
        ("værksted", "cykelværkstedet", IS_A),
        ("værkstederne", "cykelværkstedet", IS_A),
        ("cykel", "cykelværkstedet", IS_FOR),
        ("drift", "kantinedrift", IS_A),
        ("rengøring", "rengøringsfirma", IS_FOR),
        ("pudsning", "vinduespudsning", IS_A),
        ("pasning", "hundepasning", IS_A),
        ("hund", "hundepasning", IS_FOR),
        ("bold", "fodboldtræning", IN_THE_MIDDLE),
    ],
)
def test_a_part_finds_the_compound(lexicon: Lexicon, part: str, compound: str, share: float) -> None:
    assert lexicon.compounds_of(part).get(compound) == share


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("anders", "andersen"),  # a name, and the rest of it no word
        ("sen", "andersen"),
        ("teater", "cafeteria"),
        ("kaffe", "kaffebar"),  # bar is nowhere a word of its own
        ("mur", "murer"),
        ("ing", "rengøring"),
        ("ing", "pasning"),
        ("te", "teater"),
    ],
)
def test_no_part_where_there_is_no_compound(lexicon: Lexicon, part: str, other: str) -> None:
    assert other not in lexicon.compounds_of(part)


def test_a_compound_is_understood_when_its_other_part_becomes_known() -> None:
    learning = learnt("kaffe kaffebar")
    assert learning.compounds_of("kaffe") == {}
    learning.add(["bar"])
    assert learning.compounds_of("kaffe") == {"kaffebar": IS_FOR}


def test_inflections_know_their_compounds_alike(lexicon: Lexicon) -> None:
    assert lexicon.compounds_of("cykler") == lexicon.compounds_of("cykel") == {"cykelværkstedet": IS_FOR}


def test_every_process_finds_the_same_compounds() -> None:
    """Of many inflections only a few are looked up, and sets have another order in each process."""
    script = (
        "from directory.search.lexicon import Lexicon; lexicon = Lexicon();"
        "lexicon.add('fest festen festes festet sal festensal festessal festetsal'.split());"
        "print(sorted(lexicon.compounds_of('fest')))"
    )
    answers = {
        subprocess.check_output([sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in "1234"
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("cykelreparation", ("cykel", "reparation")),
        ("værkstedsreparation", ("værksteds", "reparation")),
        ("kaffecykler", ("kaffe", "cykler")),
        ("kaffereparation", ("kaffe", "reparation")),
        ("xyzreparation", ()),
        ("reparationxyz", ()),
        ("cykel", ()),
        ("", ()),
    ],
)
def test_unknown_compounds_are_split_into_common_words(
    lexicon: Lexicon, compound: str, parts: tuple[str, ...]
) -> None:
    assert lexicon.parts(compound) == parts


@pytest.mark.parametrize("compound", ["udereparation", "underværksted", "ninghjælp", "cykelrum"])
def test_never_split_on_parts_that_say_nothing(compound: str) -> None:
    lexicon = learnt(*["ude under ning rum cykel reparation værksted hjælp"] * 2)
    assert lexicon.parts(compound) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kafe", "kaffe"),
        ("kafi", None),  # in a short word no letter is another
        ("kaf", None),  # too short to say
        ("kaffek", "kaffe"),
        ("kasffe", None),  # one letter too many, and not one that is easily slipped in
        ("kaffeb", "kaffe"),
        ("værkstd", "værksted"),
        ("varksted", "værksted"),
        ("kaxxe", None),  # two slips in a short word
        ("ckyel", "cykel"),
        ("cykkel", "cykel"),
        ("renggøring", "rengøring"),
        ("reperation", "reparation"),
        ("reperasion", "reparation"),
        ("reperasionnn", None),
        ("qwertzuiop", None),
        ("xyzzyqq", None),
        ("cykel99", None),
    ],
)
def test_spellings_within_tolerance(lexicon: Lexicon, typed: str, meant: str | None) -> None:
    assert next(iter(lexicon.spellings(typed)), None) == meant


def test_the_commoner_of_two_spellings_is_meant() -> None:
    lexicon = learnt("moling", "moling", "muling")
    assert lexicon.spellings("meling") == ["moling", "muling"]


def test_words_of_the_synonyms_are_spellings_too() -> None:
    lexicon = learnt("kaffe")
    lexicon.other_words = frozenset({"advokat"})
    assert lexicon.spellings("avokat") == ["advokat"]
    assert not lexicon.knows("advokat")


def test_a_new_word_is_known_at_once() -> None:
    learning = learnt(*WRITTEN)
    assert (learning.spellings("ostemaler"), learning.beginning_with("oste")) == ([], [])
    learning.add(["ostemaker"])
    assert (learning.spellings("ostemaler"), learning.beginning_with("oste")) == (
        ["ostemaker"],
        ["ostemaker"],
    )


def test_beginnings_come_commonest_first() -> None:
    lexicon = learnt("kaffe kaffebar", "kaffebar kage", "kaffebar kaffe", "kafe tekaffe")
    assert lexicon.beginning_with("kaf") == ["kaffebar", "kaffe", "kafe"]
    assert lexicon.beginning_with("zz") == []


def test_the_beginnings_of_a_great_catalogue_are_bounded() -> None:
    lexicon = learnt(" ".join(f"ka{number}" for number in range(1000)))
    assert len(lexicon.beginning_with("ka")) == 40


@given(words=st.lists(st.text("abcdeæøås", min_size=1, max_size=9), max_size=12), asked=st.text(max_size=12))
@example(words=["aaaaaaa", "aaaa"], asked="aaaa")
@settings(deadline=None)
def test_any_words_can_be_learnt_and_asked_for(words: list[str], asked: str) -> None:
    one, other = learnt(" ".join(words)), learnt(" ".join(reversed(words)))
    for word in (asked, *words):
        assert one.compounds_of(word) == other.compounds_of(word)
        assert one.parts(word) == other.parts(word)
        assert one.spellings(word) == other.spellings(word)
        assert one.beginning_with(word) == other.beginning_with(word)
        assert set(one.spellings(word)) <= set(words)
