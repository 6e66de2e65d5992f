"""What is suggested while somebody types: names, sectors and offers with a word that begins so.

Made once for each catalogue and kept with it. A word's texts are numbers in the order they are to be
suggested in, so the best of a beginning are the first few of each of its words.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import chain

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from directory import texts
from directory.models import Listing
from directory.plates import Plates
from directory.search import text
from enterprises.models import Sector

MOST = 8
SHORTEST, LONGEST = 2, 200
ENTERPRISE, SECTOR, OFFER = "enterprise", "sector", "offer"
# How many of each kind while there are others to show.
SHARES = {ENTERPRISE: 4, SECTOR: 2, OFFER: 2}
_AFTER_ALL_LETTERS = "\uffff"
_WRITTEN_WORD = re.compile(r"[^\W_]+(?:[-/'’.][^\W_]+)*")
_WRITTEN_PART = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Suggestion:
    kind: str
    # A slug, or of an offer what to search for.
    key: str
    label: str
    html: SafeString


class Suggestions:
    def __init__(self, sectors: Iterable[Sector], plates: Plates, by_name: Sequence[int]) -> None:
        """`by_name` has the positions of what is listed, in the order of the names."""
        self._plates, self._by_name = plates, by_name
        self._names = Texts(plates.name(position) for position in by_name)
        self._sectors = [
            (sector, form) for sector in sectors for form in (sector.name_da, sector.name_en, *sector.aliases)
        ]
        self._sector_forms = Texts(form for _sector, form in self._sectors)
        offers: dict[str, Counter[str]] = {language: Counter() for language in texts.LANGUAGES}
        # Of the snapshot nothing but the offers leaves the database, and of those each text stays once.
        found = Listing.objects.order_by().values_list("publication__snapshot__offers", flat=True)
        for offer in chain.from_iterable(filter(None, found.iterator())):
            for language, written in offer["name"].items():
                offers[language][written] += 1
        ordered = {language: _commonest_first(counts) for language, counts in offers.items()}
        self._offers = {language: (written, Texts(written)) for language, written in ordered.items()}

    def find(self, typed: str) -> list[Suggestion]:
        """At most MOST, grouped by kind, for a reader of the present language."""
        beginnings = _keys(typed[:LONGEST])
        if len(typed.strip()) < SHORTEST or not beginnings:
            return []
        found = [
            list(self._found_names(beginnings)),
            list(self._found_sectors(beginnings)),
            list(self._found_offers(beginnings)),
        ]
        spare = MOST - sum(len(of_kind[: SHARES[of_kind[0].kind]]) for of_kind in found if of_kind)
        shown: list[Suggestion] = []
        for of_kind in filter(None, found):
            share = SHARES[of_kind[0].kind]
            shown += of_kind[: share + spare]
            spare -= max(0, min(len(of_kind) - share, spare))
        return shown

    def _found_names(self, beginnings: list[str]) -> Iterator[Suggestion]:
        for number in self._names.find(beginnings, MOST):
            position = self._by_name[number]
            name = self._plates.name(position)
            yield Suggestion(ENTERPRISE, self._plates.slug(position), name, marked(name, beginnings))

    def _found_sectors(self, beginnings: list[str]) -> Iterator[Suggestion]:
        """Each sector once: first those whose name fits, then the others with the alias that does."""
        forms: dict[Sector, list[str]] = {}
        for number in self._sector_forms.find(beginnings, len(self._sectors)):
            sector, form = self._sectors[number]
            forms.setdefault(sector, []).append(form)
        for sector in sorted(forms, key=lambda sector: str(sector) not in forms[sector]):
            label = str(sector) if str(sector) in forms[sector] else f"{sector} ({forms[sector][0]})"
            yield Suggestion(SECTOR, sector.slug, label, marked(label, beginnings))

    def _found_offers(self, beginnings: list[str]) -> Iterator[Suggestion]:
        """Those in the reader's language first."""
        for language in sorted(self._offers, key=lambda language: language != get_language()):
            written, offers = self._offers[language]
            for number in offers.find(beginnings, MOST):
                offer = texts.Text(written[number], language)
                html = marked(offer, beginnings)
                if offer.attr:
                    html = format_html("<span{}>{}</span>", offer.attr, html)
                yield Suggestion(OFFER, offer, offer, html)


class Texts:
    """The numbers of short texts by the beginnings of their words."""

    def __init__(self, written: Iterable[str]) -> None:
        self._anywhere, self._first = Words(), Words()
        for number, one in enumerate(written):
            for place, (whole, parts) in enumerate(_tokens(one)):
                for word in {whole, *parts}:
                    self._anywhere.add(word, number)
                for word in {whole, *parts[:1]} if not place else ():
                    self._first.add(word, number)

    def find(self, beginnings: list[str], most: int) -> list[int]:
        """The numbers of those with a word for each beginning; first those that begin with the first."""
        if len(beginnings) == 1:
            # As many again of each word, in case the first of them all begin with it.
            anywhere = set(self._anywhere.beginning(beginnings[0], 2 * most))
            at_first = set(self._first.beginning(beginnings[0], most))
        else:
            anywhere = self._anywhere.beginning_with_all(beginnings)
            at_first = anywhere.intersection(self._first.beginning(beginnings[0]))
        found = nsmallest(most, at_first)
        return found + nsmallest(most - len(found), anywhere.difference(at_first))


class Words:
    """The numbers of the texts each word occurs in, rising."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._ordered: list[str] = []

    def add(self, word: str, number: int) -> None:
        numbers = self._numbers[word]
        if not numbers or numbers[-1] != number:
            numbers.append(number)

    def beginning(self, beginning: str, enough: int | None = None) -> Iterator[int]:
        """The texts with a word that begins so; of each word only the first few, where those are enough."""
        return chain.from_iterable(self._numbers[word][:enough] for word in self._within(beginning))

    def beginning_with_all(self, beginnings: Iterable[str]) -> set[int]:
        """The rarest decides who comes into question, so no large set is made for the others."""
        rarest, *others = sorted(set(beginnings), key=self._frequency)
        found = set(self.beginning(rarest))
        for beginning in others:
            found.intersection_update(self.beginning(beginning))
        return found

    def _frequency(self, beginning: str) -> int:
        return sum(len(self._numbers[word]) for word in self._within(beginning))

    def _within(self, beginning: str) -> list[str]:
        if len(self._ordered) != len(self._numbers):
            self._ordered = sorted(self._numbers)
        start = bisect_left(self._ordered, beginning)
        return self._ordered[start : bisect_left(self._ordered, beginning + _AFTER_ALL_LETTERS, start)]


def marked(label: str, beginnings: Iterable[str]) -> SafeString:
    """The label as HTML, with what answers to the beginnings in <mark>."""
    label = unicodedata.normalize("NFC", label)
    pieces, done = [], 0
    for start, end in _matches(label, list(beginnings)):
        pieces.append(format_html("{}<mark>{}</mark>", label[done:start], label[start:end]))
        done = end
    return format_html_join("", "{}", [(piece,) for piece in (*pieces, label[done:])])


def _matches(label: str, beginnings: list[str]) -> Iterator[tuple[int, int]]:
    for word in _WRITTEN_WORD.finditer(label):
        done = word.start()
        for part in _WRITTEN_PART.finditer(label, *word.span()):
            if part.start() < done:
                continue
            ends = (_end(label, part.start(), word.end(), beginning) for beginning in beginnings)
            done = max(ends, default=0)
            if done > part.start():
                yield part.start(), done


def _end(label: str, start: int, end: int, beginning: str) -> int:
    """Where a beginning that the label has from `start` on is complete; 0 where it has it not."""
    if not _key(label[start:end]).startswith(beginning):
        return 0
    # Folding makes two letters one and one two, so they cannot be counted.
    return next(cut for cut in range(start + 1, end + 1) if _key(label[start:cut]).startswith(beginning))


def _key(written: str) -> str:
    return "".join(_keys(written))


def _keys(written: str) -> list[str]:
    return [whole for whole, _parts in _tokens(written)]


def _tokens(written: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for piece in written.split():
        yield from _tokens_of(piece)


# Names and offers have few different words, and the next catalogue has nearly the same.
@lru_cache(maxsize=1 << 15)
def _tokens_of(piece: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (text.loose(whole), tuple(text.loose(part) for part in parts)) for whole, parts in text.tokens(piece)
    )


def _commonest_first(written: Counter[str]) -> list[str]:
    """Each text once, whatever its case and punctuation."""
    counts: dict[str, int] = defaultdict(int)
    writings: dict[str, str] = {}
    for one, count in written.items():
        key = " ".join(_keys(one))
        counts[key] += count
        writings.setdefault(key, one)
    return [writings[key] for key in sorted(counts, key=lambda key: (-counts[key], key)) if key]
