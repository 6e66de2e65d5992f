"""What staff and the taxonomies say about words, prepared for reading queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from directory.search import text
from directory.search.query import ALSO_TRANSLATED, IN_ENGLISH, SAME_THING, TRANSLATED, Vocabulary, Words
from enterprises.choices import OpeningKind
from enterprises.models import District, Sector, SynonymGroup
from enterprises.models.synonyms import LONGEST_TERM

SHORTEST_CORRECTED = 5

# How people ask for the kinds of openings and for what buyers demand. "job" alone asks for any.
OPENINGS = {
    OpeningKind.JOB: "job, arbejde søges, stilling, vacancy, jobs",
    OpeningKind.FLEKSJOB: "fleksjob, flexjob, flex job",
    OpeningKind.MINI_FLEKSJOB: "minifleksjob, småfleksjob, fleksjob få timer",
    OpeningKind.SMAAJOB: "småjob, få timer, small job",
    OpeningKind.SKAANEJOB: "skånejob",
    OpeningKind.LOENTILSKUD: "løntilskud, wage subsidy",
    OpeningKind.PRAKTIK: "praktik, praktikplads, virksomhedspraktik, arbejdsprøvning, internship, placement",
    OpeningKind.LAERLING: "lærling, elev, læreplads, elevplads, lærlingeplads, voksenlærling, apprentice,"
    " apprenticeship, trainee",
    OpeningKind.FRITIDSJOB: "fritidsjob, ungdomsjob, after-school job",
    OpeningKind.STU: "stu",
    OpeningKind.BESKYTTET: "beskyttet beskæftigelse, beskyttet værksted, sheltered work",
    OpeningKind.IPS: "ips",
    OpeningKind.FRIVILLIG: "frivillig, frivilligt arbejde, frivillige, volunteer, volunteering",
}
BUYERS = {
    "public": "kommune, kommunen, offentlig, det offentlige, public sector, municipality",
    "e-invoice": "e-faktura, ean, nemhandel, peppol, e-invoice",
    "collective-agreement": "overenskomst, collective agreement",
}
ISLAND = {"amager": ("district:amager-oest", "district:amager-vest")}


def prepare(
    groups: Iterable[SynonymGroup], districts: Iterable[District], sectors: Iterable[Sector]
) -> tuple[Vocabulary, frozenset[str]]:
    """The vocabulary, and the words it speaks of that a misspelt word may be meant to be."""
    same: defaultdict[Words, list[tuple[int, list[tuple[Words, float]]]]] = defaultdict(list)
    spoken: set[str] = set()
    for number, group in enumerate(groups):
        (danish, sayings), (english, english_sayings) = _read(group.da), _read(group.en)
        near = _worth(danish, [SAME_THING]) + _worth(english, [IN_ENGLISH])
        # What is written is mostly Danish, so the Danish words are the ones meant.
        meant = _worth(danish, [TRANSLATED, ALSO_TRANSLATED]) + _worth(english, [SAME_THING])
        for written, said, worths in ((danish, sayings, near), (english, english_sayings, meant)):
            for key in (*map(_stems, written), *said):
                same[key].append((number, worths))
        spoken.update(word for term in danish + english for word in term)
    intended = _intents(districts)
    spoken.update(word for form in intended for word in form if len(form) == 1)
    intents = {_stems(form): facets for form, facets in intended.items()}
    wholes = {word for key in (*same, *intents) if len(key) == 1 for word in key}
    vocabulary = Vocabulary(dict(same), intents, _fields(sectors), frozenset(wholes), LONGEST_TERM)
    return vocabulary, frozenset(word for word in spoken if len(word) >= SHORTEST_CORRECTED)


def _read(terms: Iterable[str]) -> tuple[list[Words], list[Words]]:
    """The terms as words; and the stems of those that only all their words together make.

    Of "gå i stykker" little is left without the words that say nothing alone.
    """
    written: dict[Words, None] = {}
    sayings: list[Words] = []
    for term in terms:
        tokens = list(text.tokens(term))
        forms = _telling(tokens)
        if len(forms[0]) <= 1 < len(tokens):
            sayings.append((" ".join(text.stem(word) for word, _parts in tokens),))
        else:
            written |= dict.fromkeys(filter(None, forms))
    return list(written), sayings


def _worth(terms: list[Words], worths: list[float]) -> list[tuple[Words, float]]:
    """The terms with their worths in order, the last for all that remain."""
    return [(term, worths[min(n, len(worths) - 1)]) for n, term in enumerate(terms)]


def _intents(districts: Iterable[District]) -> dict[Words, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = dict(ISLAND)
    for district in districts:
        for name in (
            district.name_da,
            district.name_en,
            district.short_da,
            district.short_en,
            *district.aliases,
        ):
            named[name] = (f"district:{district.slug}",)
    for kind, terms in OPENINGS.items():
        named |= dict.fromkeys(terms.split(", "), (f"opening:{kind}",))
    for fact, terms in BUYERS.items():
        named |= dict.fromkeys(terms.split(", "), (f"buyer:{fact}",))
    return {form: facets for name, facets in named.items() for form in _forms(name) if form}


def _fields(sectors: Iterable[Sector]) -> dict[Words, tuple[str, ...]]:
    """What each sector is also called."""
    named: defaultdict[Words, tuple[str, ...]] = defaultdict(tuple)
    for sector in sectors:
        keys = {_stems(form) for name in sector.aliases for form in _forms(name) if form}
        for key in keys:
            named[key] += (f"sector:{sector.slug}",)
    return dict(named)


def _forms(term: str) -> list[Words]:
    return _telling(list(text.tokens(term)))


def _telling(tokens: list[tuple[str, list[str]]]) -> list[Words]:
    """A term's telling words: once with its hyphenated words whole, and once in parts."""
    whole = tuple(word for word, _parts in tokens if word not in text.STOP_WORDS)
    parts = tuple(p for word, parts in tokens for p in parts or [word] if p not in text.STOP_WORDS)
    return [whole] if whole == parts else [whole, parts]


def _stems(words: Words) -> Words:
    return tuple(map(text.stem, words))
