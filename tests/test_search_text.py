"""Danish words: which are one word inflected, which are not, and how they may be spelt."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from directory.search import lexicon, text

typed = st.text(max_size=60) | st.text("aeoæøåAEÅé -/'.’rn\u0301\u030a\x00\u202e1", max_size=20)
danish_words = st.text("abdefgiklmnoprstuvyæøå", min_size=1, max_size=14)
DIGRAPHS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
# Not told apart spelt out: what ends like firmaer, and vowels that meet (poesi, aå and åa).
AMBIGUOUS = re.compile(r"[a-zæøå][^bv]ær(ne)?s?$|aa|aå|åa|aæ|ae|oe")

FAMILIES = """
cykel cykler cyklen cyklerne
køkken køkkenet køkkener køkkenets
værksted værkstedet værksteder værkstederne
rengøring rengøringen rengøringens
maler malere maleren malerne
bager bagere bageren bagerens
have haven haver haverne
møde mødet møder møderne
frokost frokosten frokoster
bog bogen bøger bøgerne
barn barnet børn børnene børns
kursus kurset kurser kurserne
træ træet træer træerne
butik butikken butikker butikkerne
hotel hotellet hoteller
møbel møbler møblet møblerne
computer computere computeren
lokale lokaler lokalet lokalerne
reparation reparationer reparationen
flytning flytninger flytningen
forening foreninger foreningens
tømrer tømrere tømreren
vaskeri vaskeriet vaskerier
plante planter planten planterne
grøn grønne grønt
økologisk økologiske
gammel gamle
billig billige billigt billigere
hånd hånden hænder
firma firmaer firmaet firmaerne firmaets
projekt projekter projektet
bus busser bussen busserne
teater teatret teatre teatrene
museum museet museer museerne
by byen byer byerne
is isen
kop kopper koppen
kartoffel kartofler kartoflerne
kørsel kørslen kørsler
kvinde kvinder kvinden kvinders
oversættelse oversættelser oversættelsen
skole skoler skolen skolerne
loppemarked loppemarkedet loppemarkeder
lærling lærlinge lærlingen lærlingene
"""
FALSE_FRIENDS = """
bil billig billede
kop kopi
mus musik
vand vandre
spil spild
sang sand
bane bank
kunst kunde
hus husk
sten stem
glas glad
lys lyst
film filt
have havn
plads plast
plan plante
salat sal
skov skovl
sol solo
bud budget
tand tandem
person personale
mark marked
konto kontor
hest høst
ost øst
ur urt
sko skole
vin vind
bar barn
test tekst
gartner gartneri
forening for
"""


def lines(written: str) -> list[list[str]]:
    return [line.split() for line in written.strip().splitlines()]


@pytest.mark.parametrize("family", lines(FAMILIES), ids=lambda family: family[0])
def test_inflections_share_a_stem(family: list[str]) -> None:
    assert len({text.stem(word) for word in family}) == 1


@pytest.mark.parametrize("friends", lines(FALSE_FRIENDS), ids=lambda friends: friends[0])
def test_false_friends_share_none(friends: list[str]) -> None:
    assert len({text.stem(word) for word in friends}) == len(friends)


@pytest.mark.parametrize(("trade", "thing"), [("murer", "mur"), ("maler", "mal"), ("bager", "bag")])
def test_a_trade_is_hardly_kin_of_the_thing(trade: str, thing: str) -> None:
    plural = trade + "e"
    assert lexicon.kinship(trade, thing) == lexicon.kinship(thing, trade) == lexicon.LOOSE_KIN
    assert lexicon.kinship(trade, plural) == lexicon.KIN
    assert lexicon.kinship(trade, trade) == 1.0


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Smørrebrød & kaffe!", ["smørrebrød", "kaffe"]),
        ("e-faktura", ["efaktura", "e", "faktura"]),
        ("it-hjælp/support", ["ithjælpsupport", "it", "hjælp", "support"]),
        ("Rock’n’roll", ["rocknroll", "rock", "n", "roll"]),
        ("A.M.B.A.", ["amba"]),
        ("a.m.b.a og v.v.s.", ["amba", "og", "vvs"]),
        ("Slut. Start", ["slut", "start"]),
        ("24 kopper", ["24", "kopper"]),
        ("CAFÉ Über Straße", ["cafe", "yber", "strasse"]),
        ("soap\x00opera\u202ekør", ["soap", "opera", "kør"]),
        ("🥖 … %", []),
    ],
)
def test_words_of_a_text(written: str, words: list[str]) -> None:
    assert list(text.words(written)) == words


@pytest.mark.parametrize(
    ("foreign", "danish"),
    [
        ("smoerrebroed", "smørrebrød"),
        ("noerrebro", "nørrebro"),
        ("vaerksted", "værksted"),
        ("blaagaard", "blågård"),
        ("aaen", "åen"),
        ("graaere", "gråere"),
        ("jordbaer", "jordbær"),
        ("samvaer", "samvær"),
        ("laeger", "læger"),
        ("Ärlig Öl", "ærlig øl"),
    ],
)
def test_danish_letters_from_a_foreign_keyboard(foreign: str, danish: str) -> None:
    assert text.plain(foreign) == text.plain(danish)


@pytest.mark.parametrize("plural", ["firmaer", "firmaerne", "firmaers", "kameraer", "pizzaerne"])
def test_the_plural_of_firma_has_no_æ(plural: str) -> None:
    assert text.plain(plural) == plural


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("norrebro", "nørrebro"), ("varksted", "værksted"), ("gard", "gård"), ("kykel", "cykel")],
)
def test_loosely_typed_words(typed: str, meant: str) -> None:
    assert text.loose(typed) != meant
    assert text.loose(typed) == text.loose(meant)


@given(word=danish_words)
@example(word="blåbær")
@example(word="øen")
def test_a_word_equals_itself_spelt_out(word: str) -> None:
    assume(not AMBIGUOUS.search(word))
    assert text.plain(word.translate(DIGRAPHS)) == text.plain(word)


@given(written=typed)
@example(written="x\u0301y")
@example(written="\ud7ff\x00")
@example(written="A.B.C.D")
@example(written="ﷺ" * 20)
def test_any_text_has_a_bounded_number_of_plain_words(written: str) -> None:
    words = list(text.words(written))
    assert words == list(text.words(written))
    assert sum(map(len, words)) <= 2 * len(text.plain(written))
    assert all(re.fullmatch("[a-z0-9æøå]+", word) for word in words)


@given(written=typed)
@example(written="nerne ernes")
def test_a_stem_is_never_empty_and_hardly_longer(written: str) -> None:
    for word in text.words(written):
        assert 0 < len(text.stem(word)) <= len(word) + 2
        assert text.loose(word) == text.loose(text.loose(word))
