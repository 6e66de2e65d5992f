"""The words of the catalogue: their inflections, compounds, beginnings and near misses.

Everything is learnt from what is published. There is no dictionary, so nothing is found that is not
there, and a new trade is understood the moment somebody practises it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from rapidfuzz.distance import OSA

from directory.search import text

SHORTEST_PART = 3
SHORTEST_CORRECTED = 4
LONGEST_BEGINNING = 40
# Visitors type endless new words; so many answers are kept.
MOST_KEPT = 4_000
# Parts of words that are words too, but say nothing of what a compound is about.
NOT_PARTS = frozenset(
    "ind ude uden over under hoved for til fra med mod alt hver den det der man sig som ven ing ning hed ske"
    " ere ene ert ede ste sel ser ter tid del dan sen ler per rum".split()
)
# Stop words, so never counted, but many a compound ends in one.
KINDS_OF_ENTERPRISE = frozenset(
    map(text.stem, "bureau butik firma forretning mester selskab service tjeneste virksomhed".split())
)
# So long a word is no accident, even where it occurs but once.
LONG_PART = 6
LINKS = ("", "s", "e")
LONGEST_SHORT_WORD = 6
# letters that are not heard, and letters that sound alike
MUTE = "dehjv"
_SOUNDS = str.maketrans("eiouydbgfwm", "aaaaatpkvvn")
IS_A, IS_FOR, IN_THE_MIDDLE = 0.9, 0.75, 0.6
# How surely two words of one stem mean the same: a murer is not a mur.
KIN, LOOSE_KIN = 0.94, 0.45
# … but cykler are no trade: no trade's name has a cykl in it
_AGENT = re.compile(r"^(\w{2,4}?)(?<![bdfgkmpstv][lnr])(?:er|ere|eren|erne|erens|ernes)$")


class Lexicon:
    """Counts the listings each word occurs in. Answers are kept until a word comes or goes."""

    def __init__(self) -> None:
        self._other_words: frozenset[str] = frozenset()
        self.counts: dict[str, int] = {}
        # Tuples, because most are of one word and there are as many as words.
        self.forms: dict[str, tuple[str, ...]] = {}
        self.loose: dict[str, tuple[str, ...]] = {}
        # Kept as words come, so that no search waits for it; words that have gone stay in it.
        self._trigrams: defaultdict[str, list[str]] = defaultdict(list)
        self._in_trigrams: set[str] = set()
        self._forget()

    @property
    def other_words(self) -> frozenset[str]:
        """Words that are in no listing, but that a misspelt one may be meant to be."""
        return self._other_words

    @other_words.setter
    def other_words(self, words: frozenset[str]) -> None:
        self._other_words = words
        self._take_apart(words)
        self._forget()

    def _forget(self) -> None:
        self._ordered: list[str] | None = None
        self._joined = ""
        self._inflections: dict[str, dict[str, float]] = {}
        self._compounds: dict[str, dict[str, float]] = {}
        self._spellings: dict[str, list[str]] = {}

    def add(self, words: Iterable[str]) -> None:
        """Count each of the words of one listing, every word given once."""
        for word in words:
            if word not in self.counts:
                self.counts[word] = 0
                for known, key in self._keys(word):
                    known[key] = (*known.get(key, ()), word)
                self._take_apart((word,))
                self._forget()
            self.counts[word] += 1

    def remove(self, words: Iterable[str]) -> None:
        """Count each of the words of listings that have gone, one time for each listing."""
        for word in words:
            self.counts[word] -= 1
            if not self.counts[word]:
                del self.counts[word]
                for known, key in self._keys(word):
                    known[key] = tuple(other for other in known[key] if other != word)
                self._forget()

    def _keys(self, word: str) -> Iterator[tuple[dict[str, tuple[str, ...]], str]]:
        """Where a word is known beside its count."""
        yield self.forms, text.stem(word)
        yield self.loose, text.loose(word)

    def knows(self, word: str) -> bool:
        """Whether the word, in some inflection, occurs."""
        return bool(self.forms.get(text.stem(word)))

    # -- beginnings -------------------------------------------------------------------------------

    def beginning_with(self, beginning: str) -> list[str]:
        """Words that begin so, the commonest first."""
        ordered = self._in_order()
        start = bisect_left(ordered, beginning)
        found = []
        for word in ordered[start : start + 400]:
            if not word.startswith(beginning):
                break
            found.append(word)
        found.sort(key=lambda word: (-self.counts[word], word))
        return found[:LONGEST_BEGINNING]

    def _in_order(self) -> list[str]:
        if self._ordered is None:
            self._ordered = sorted(self.counts)
            self._joined = "\n" + "\n".join(self._ordered) + "\n"
        return self._ordered

    # -- inflections ------------------------------------------------------------------------------

    def inflections_of(self, word: str) -> dict[str, float]:
        """Known words with the same stem, each with how surely it means the same."""
        if word not in self._inflections:
            _make_room(self._inflections)
            forms = self.forms.get(text.stem(word), ())
            self._inflections[word] = {form: kinship(word, form) for form in forms}
        return self._inflections[word]

    # -- compounds --------------------------------------------------------------------------------

    def compounds_of(self, word: str) -> dict[str, float]:
        """The compounds the word is part of, each with how much of the compound it is.

        The last part says what a thing is (a cykelværksted is a værksted), the first what it is for.
        """
        if word not in self._compounds:
            _make_room(self._compounds)
            self._compounds[word] = self._find_compounds(word)
        return self._compounds[word]

    def _find_compounds(self, word: str) -> dict[str, float]:
        found: dict[str, float] = {}
        kin = [form for form, near in self.inflections_of(word).items() if near > LOOSE_KIN]
        for surface in sorted({word, *kin}, key=lambda form: (len(form), form))[:3]:
            if len(surface) < SHORTEST_PART or surface in NOT_PARTS:
                continue
            for compound in self._containing(surface):
                share = self._share(surface, compound)
                if share:
                    found[compound] = max(share, found.get(compound, 0.0))
        return found

    def _share(self, part: str, compound: str) -> float:
        before, _, after = compound.partition(part)
        if before and self._is_first(before) and text.stem(part + after) == text.stem(part):
            return IS_A
        if not before and self._is_last(after):
            return IS_FOR
        if before and after and self._is_first(before) and self._is_last(after):
            return IN_THE_MIDDLE
        return 0.0

    def _containing(self, piece: str) -> Iterator[str]:
        self._in_order()
        start = self._joined.find(piece)
        while start >= 0:
            left = self._joined.rfind("\n", 0, start) + 1
            right = self._joined.find("\n", start)
            word = self._joined[left:right]
            if len(word) >= len(piece) + SHORTEST_PART:
                yield word
            start = self._joined.find(piece, right)

    def _is_first(self, before: str) -> bool:
        """Whether this may stand before another word: a known word, with a linking s or e or without."""
        for link in LINKS:
            head = before.removesuffix(link) if link else before
            if link and head == before:
                continue
            if len(head) >= SHORTEST_PART and head not in NOT_PARTS and self.knows(head):
                return True
        return False

    def _is_last(self, after: str) -> bool:
        for link in LINKS:
            tail = after.removeprefix(link) if link else after
            if link and tail == after:
                continue
            if text.stem(tail) in KINDS_OF_ENTERPRISE:
                return True
            if len(tail) >= SHORTEST_PART and tail not in NOT_PARTS and self.knows(tail):
                return True
        return False

    def parts(self, word: str) -> tuple[str, ...]:
        """An unknown compound as two known words, the longer last part preferred; () where there are none.

        Of a rengøringsfirma only the first says anything.
        """
        cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART)
        kinds = [cut for cut in cuts if text.stem(word[cut:]) in KINDS_OF_ENTERPRISE]
        for cut in [*kinds, *(cut for cut in cuts if self._is_common(word[cut:], 4))]:
            before, after = word[:cut], word[cut:]
            for link in LINKS:
                head = before.removesuffix(link)
                if (not link or head != before) and self._is_common(head, SHORTEST_PART):
                    return (head,) if cut in kinds else (head, after)
        return ()

    def _is_common(self, part: str, shortest: int) -> bool:
        if len(part) < shortest or part in NOT_PARTS:
            return False
        enough = 1 if len(part) >= LONG_PART else 2
        if sum(self.counts[form] for form in self.forms.get(text.stem(part), ())) >= enough:
            return True
        return len(part) >= 4 and part in self.other_words

    # -- spelling ---------------------------------------------------------------------------------

    def spellings(self, word: str) -> list[str]:
        """Known words the unknown one may be meant to be, the likeliest first. Empty for nonsense."""
        if word not in self._spellings:
            _make_room(self._spellings)
            self._spellings[word] = self._nearest(word)
        return self._spellings[word]

    def _nearest(self, word: str) -> list[str]:
        limit = _tolerance(word)
        if not limit:
            return []
        plain = text.loose(word)
        found = []
        for candidate in self._sharing_trigrams(word):
            if abs(len(candidate) - len(word)) > limit:
                continue
            meant = text.loose(candidate)
            away = OSA.distance(plain, meant, score_cutoff=limit)
            if away <= limit and (len(word) > LONGEST_SHORT_WORD or _is_likely_slip(plain, meant)):
                count = self.counts.get(candidate, 0)
                found.append((away, candidate[0] != word[0], -count, candidate.isascii(), candidate))
        found.sort()
        return [candidate for *_rank, candidate in found[:3] if found[0][0] == _rank[0]]

    def _take_apart(self, words: Iterable[str]) -> None:
        for word in words:
            if len(word) >= SHORTEST_CORRECTED and not word.isdigit() and word not in self._in_trigrams:
                self._in_trigrams.add(word)
                for piece in trigrams(text.loose(word)):
                    self._trigrams[piece].append(word)

    def _sharing_trigrams(self, word: str) -> list[str]:
        shared: defaultdict[str, int] = defaultdict(int)
        for piece in trigrams(text.loose(word)):
            for known in self._trigrams.get(piece, ()):
                shared[known] += 1
        here = (known for known in shared if known in self.counts or known in self._other_words)
        return sorted(here, key=lambda known: (-shared[known], known))[:150]


def _make_room(kept: dict[str, Any]) -> None:
    """Forget the oldest answer of a full cache."""
    if len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)), None)


def kinship(word: str, other: str) -> float:
    """How surely two words with one stem mean the same."""
    if word == other:
        return 1.0
    one, two = _AGENT.match(word), _AGENT.match(other)
    return LOOSE_KIN if bool(one) != bool(two) else KIN


def trigrams(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 3] for i in range(len(framed) - 2)}


def _is_likely_slip(typed: str, meant: str) -> bool:
    """Whether two short words one slip apart are alike enough: so many others are as near."""
    if len(typed) < len(meant) or sorted(typed) == sorted(meant):
        return True
    if len(typed) > len(meant):
        # one letter too many: a doubled one, a mute one, or the first of what would come next
        extra = next((n for n, letter in enumerate(meant) if typed[n] != letter), len(meant))
        return extra == len(meant) or typed[extra] in MUTE or typed[extra] == typed[extra - 1]
    return len(typed) > SHORTEST_CORRECTED and typed.translate(_SOUNDS) == meant.translate(_SOUNDS)


def _tolerance(word: str) -> int:
    """How many slips of the finger a word may have and still be meant: none in short words."""
    if len(word) < SHORTEST_CORRECTED or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) < 8 else 2
