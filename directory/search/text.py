"""Danish text as words and stems: pure functions, the same for what is written and what is asked.

Words are folded to one spelling of the Danish letters (ae oe aa become æ ø å, accents go), so that
nothing is lost; `loose` folds further, for those who type norrebro or varksted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LETTERS = {"ä": "æ", "ö": "ø", "ß": "ss", "ü": "y", "þ": "th", "ð": "d"}
# ae is æ, but not in the plural of firma; in jordbær and samvær it is.
_AE = re.compile(r"ae(?!(?<=[a-zæøå][^bv]ae)r(?:ne)?s?\b)")
_RARE = re.compile(r"[^ -~æøå]")
_LOOSE = str.maketrans("æøåcz", "aoaks")
# A.M.B.A. and v.v.s. are one word each; a hyphen joins a word that is also its parts.
_ABBREVIATION = re.compile(r"\b(?:[a-zæøå]\.){2,}(?:[a-zæøå]\b)?")
# Kbh. K and København N are quarters; of either word alone little is left.
_QUARTER = re.compile(r"\b(?:københavn|kbh|cph)\.? ([knsvø])\b")
_WORD = re.compile(r"[a-z0-9æøå]+(?:[-/'’][a-z0-9æøå]+)*")
_INSIDE = re.compile(r"[-/'’]")

STOP_WORDS = frozenset(
    """
    a af alle alt altid am an anbefale anbefaling and anden andet andre any anyone are as at bare be
    been begynde begynder behov behøver blandt blev bliver bor brug bruge but by både ca can
    companies company copenhagen could da dag dage de dem den denne der deres derfor det dette dig
    din dine disse dit do does du efter eller en end er et fik find finde findes firma flere folk
    for fra from få fået får før gennem gerne get gider give giver gjort gå gået går gør gøre ham
    han hans har havde hedder hej hele hello help hende her hjælp holde holder hos how hun hvad hvem
    hver hvert hvilken hvis hvor hvordan hvorfor hvornår håber i if ikke im in ind indenfor ingen
    intet into is ja jamen jeg jer jeres jo just kan kender kom komme kommer kommet kr kun kunne
    københavn lagt lave laver lavet lede leder leverandør leverandører lige like looking lægge man
    mange me med meget mellem men mennesker mere mest mig min mine mit mod mulig mulighed my må
    måned near nearby ned need nej netop nogen noget nogle nok nu når nær næsten of og også om
    omkring on op or os our over person personer please pr på really sammen samt se selv ser should
    sig sin sine sit skal skulle slå som some somebody someone starte starter sted steder stk stå
    står så sådan sætte søg søger søgte tage tager taget tak thanks that the their them there they
    this tid til tit to ud udbyder uden uge under us var ved vi vide vil ville virksomhed
    virksomheder vor vores være været want we what when where which who why will with would you your
    år års ønske ønsker ønskes
    """.split()
)

# Plurals and forms no suffix explains.
_IRREGULAR = {
    "bøger": "bog", "bøgerne": "bog", "børn": "barn", "børnene": "barn", "mænd": "mand", "hænder": "hånd",
    "fødder": "fod", "køer": "ko", "byer": "by", "træer": "træ", "træerne": "træ", "træet": "træ",
    "kræfter": "kraft", "tænder": "tand", "penge": "penge", "kurser": "kursus", "kurset": "kursus",
    "kurserne": "kursus", "kursus": "kursus", "people": "people", "women": "woman",
    "children": "child", "el": "el", "byen": "by", "byerne": "by", "isen": "is",
    "museet": "museum", "museer": "museum", "museerne": "museum", "teater": "teatr", "teatrene": "teatr",
    "plante": "plante", "planter": "plante", "planten": "plante", "planterne": "plante",
}  # fmt: skip
_INFLECTIONS = tuple("ernes erne enes ene eres erens eren ere ens ets ers en et er es e s".split())
_NOUN_OF_VERB = ("ning", "ing")
_SHORTEST_STEM = 3
_VOWELS = "aeiouyæøå"
_DOUBLED = re.compile(r"([bdfgklmnprst])\1$")
# køkken looks inflected, so what is left of køkkenet must lose as much
_DOUBLED_EN = re.compile(r"([bdfgklmnprst])\1en$")
_DROPPED_E = re.compile(r"(?<=[bdfgklmnprstv])e([lnr])$")
# kartofler has lost the second f of kartoffel too
_DOUBLED_BEFORE_L = re.compile(r"([bdfgkmnprst])\1l$")
_NEUTER_T = re.compile(r"(?<=[gkln])t$")


def plain(text: str) -> str:
    """Lower case, one spelling of the Danish letters, accents off; control characters become spaces."""
    text = _RARE.sub(_as_danes_write, unicodedata.normalize("NFKC", text).lower())
    text = text.replace("aa", "å").replace("oe", "ø")  # aa before ae: aaen is åen
    return _AE.sub("æ", text) if "ae" in text else text


def _as_danes_write(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in _LETTERS:
        return _LETTERS[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isprintable() else " "


def words(text: str) -> list[str]:
    """The words of a text, folded, in order. A hyphenated word comes whole and then in its parts."""
    found = []
    for written in _written(text):
        if written.isalnum():
            found.append(written)
        else:
            parts = _INSIDE.split(written)
            found += ["".join(parts), *parts]
    return found


def tokens(text: str) -> Iterator[tuple[str, list[str]]]:
    """The words of a text, folded, in order; of a hyphenated one also its parts."""
    for written in _written(text):
        parts = _INSIDE.split(written)
        yield "".join(parts), parts if len(parts) > 1 else []


def _written(text: str) -> list[str]:
    folded = plain(text)
    if "." in folded:
        folded = _ABBREVIATION.sub(lambda match: match.group().replace(".", "") + " ", folded)
    return _WORD.findall(_QUARTER.sub(r"kbh\1", folded))


def loose(word: str) -> str:
    """A folded word as somebody without Danish letters, or sure of their c and k, may type it."""
    return word.translate(_LOOSE)


# A catalogue has some ten thousands of words, and the telling ones come again and again.
@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """What the inflections of a folded word have in common. Light: it never crosses a compound."""
    irregular = _IRREGULAR.get(word) or _IRREGULAR.get(word.removesuffix("s"))
    if irregular:
        return irregular
    if len(word) <= _SHORTEST_STEM or word[0].isdigit():
        return word
    word = _DOUBLED_EN.sub(r"\1", _without(word, _INFLECTIONS))
    word = _without(word, _NOUN_OF_VERB)
    if len(word) > 4:
        word = _NEUTER_T.sub("", word)
    word = _DOUBLED.sub(r"\1", word)
    if len(word) > _SHORTEST_STEM:
        word = _DOUBLED_BEFORE_L.sub(r"\1l", _DROPPED_E.sub(r"\1", word))
    return word


def _without(word: str, suffixes: tuple[str, ...]) -> str:
    """The word without the first of the suffixes that leaves something like a stem."""
    for suffix in suffixes:
        rest = word.removesuffix(suffix)
        if rest == word or len(rest) < _SHORTEST_STEM or not any(vowel in rest for vowel in _VOWELS):
            continue
        # flytning is flyt, but forening is not for and cleaning is not clea
        if suffix == "ning" and (len(rest) == _SHORTEST_STEM or rest[-1] in _VOWELS):
            continue
        return rest
    return word


# Words that tell something, but of many a trade: in a sentence they must not outweigh what it is about.
WEAK_STEMS = frozenset(
    map(
        stem,
        """
        aftale aften ansat arbejdsplads bedre beskidt bestille billig bror brother cheap company
        datter daughter dejlig done drift egen eksempel enkel erfaring familie far fast father
        flot forening forslag friend frisk gamle gammel gang good gratis great grundig halv hire
        hjem hjemme hurtig hver hyre ide igen kende kollega kolleger koste kunde købe lang large
        let lidt lille local long løsning mangel medarbejder month mor morfar mormor mother much
        mulig måned new nice ny opgave ordentlig ordne pris privat private problem professionel
        projekt ret rigtig sag samme service services skaffe skrive small smart små snart social
        speciel stille stor svær syg søn søster tante team tilbud tilbyde travl vej ven vigtig
        virke voksen weekend working åben årlig
        """.split(),
    )
)
