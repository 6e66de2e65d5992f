"""A city of any size: fictional enterprises put together from the words in vocabulary.toml.

For tests of scale. The same seed gives the same city; sizes, shares and text lengths are those of the
hand-written demo city.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random
from typing import Any

from enterprises.choices import Criterion

Record = dict[str, Any]
Words = dict[str, Any]

LANGUAGES = ("da", "en")
# slug: (weight, how one says that something is there, postcodes)
DISTRICTS: dict[str, tuple[int, str, Sequence[str]]] = {
    "noerrebro": (18, "på Nørrebro", ("2200",)),
    "vesterbro-kongens-enghave": (17, "på Vesterbro", ("1620", "1665", "1720", "2450")),
    "indre-by": (14, "i Indre By", ("1120", "1165", "1208", "1263", "1306", "1401", "1432")),
    "oesterbro": (11, "på Østerbro", ("2100", "2100", "2150")),
    "bispebjerg": (10, "på Bispebjerg", ("2400",)),
    "amager-oest": (9, "på Amager", ("2300",)),
    "valby": (8, "i Valby", ("2500",)),
    "amager-vest": (8, "på Islands Brygge", ("2300",)),
    "broenshoej-husum": (5, "i Brønshøj", ("2700",)),
    "vanloese": (4, "i Vanløse", ("2720",)),
    "uden-for-koebenhavn": (3, "på Frederiksberg", ("2000",)),
}
MARKS = (("kooperationen", 0.22), ("kooperativt-koebenhavn", 0.16), ("selveje-danmark", 0.1))
LATEST_FOUNDING = 2025
# How far the inventing process may run ahead of the writing one, in chunks of so many records.
AHEAD, CHUNK = 8, 500


@cache
def _vocabulary() -> Words:
    text = Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def records(count: int, seed: int = 1, taken: Collection[str] = ()) -> Iterator[Record]:
    """The first enterprises of the seed's city whose names are not taken, in the form of the TOML files."""
    names = set(taken)
    number = 0
    while count:
        enterprise = _Invention(Random(f"{seed} {number}"))  # noqa: S311 – repeatable, nothing secret
        number += 1
        if enterprise.name not in names:
            names.add(enterprise.name)
            count -= 1
            yield enterprise.record()


def records_ahead(count: int, seed: int = 1, taken: Collection[str] = ()) -> Iterator[Record]:
    """The same, invented in a second process while the caller writes what came before."""
    context = get_context("spawn")
    queue: Queue[list[Record]] = context.Queue(maxsize=AHEAD)
    inventor = context.Process(target=_invent, args=(queue, count, seed, set(taken)), daemon=True)
    inventor.start()
    while chunk := queue.get():
        yield from chunk
    inventor.join()


def _invent(queue: Queue[list[Record]], count: int, seed: int, taken: set[str]) -> None:
    found = records(count, seed, taken)
    while chunk := list(islice(found, CHUNK)):
        queue.put(chunk)
    queue.put([])


class _Invention:
    """One enterprise; `random` alone decides everything about it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.all = _vocabulary()
        self.sector = self._weighted({slug: words["weight"] for slug, words in self.all["sector"].items()})
        self.trade = self.all["sector"][self.sector]
        self.place = self._one("place_starts") + self._one("place_ends")
        self.name = self._name()

    # -- drawing ----------------------------------------------------------------------------------

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    def _one(self, key: str) -> Any:
        return self.random.choice(self.all[key])

    def _weighted(self, weights: dict[str, Any]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _size(self, median: float, spread: float, most: int) -> int:
        """Most are small and few are big."""
        return min(most, 1 + int(median * self.random.lognormvariate(0, spread)))

    def _between(self, least: int, most: int) -> int:
        return least + int(self.random.random() * (most - least + 1))

    # -- words ------------------------------------------------------------------------------------

    def _name(self) -> str:
        house, line = self.random.choice(self.trade["houses"]), self.random.choice(self.trade["trades"])
        (thing, _), (other, things) = self.random.sample(self.trade["nouns"], 2)
        crowd = f"{self._one('numbers')[0]} {self._one('adjectives')} {things}"
        patterns = {
            f"{house} {self.place}": 22,
            f"{house} ved {self.place}": 12,
            f"{self.place}s {line}": 20,
            f"{house} {crowd}": 20,
            crowd: 12,
            f"{thing} & {other}": 4,
            f"{house} {thing}": 4,
            # Inexhaustible, and a long name now and then.
            f"{house} {crowd} ved {self.place}": 1,
        }
        return self._weighted(patterns)

    def _draw_words(self, founded: int) -> None:
        """What the sentences' braces hold, by language."""
        self.services = self.random.sample(self.trade["services"], 3)
        customers, people, touch = (
            self.random.choice(self.trade[key]) for key in ("customers", "people", "touches")
        )
        in_district, price = DISTRICTS[self.district][1], self._price(self.services[0])
        self.words: dict[str, Words] = {}
        for i, language in enumerate(LANGUAGES):
            service, other, third = (row[i] for row in self.services)
            self.words[language] = {
                "service": service,
                "Service": _capital(service),
                "other": other,
                "third": third,
                "customers": customers[i],
                "Customers": _capital(customers[i]),
                "people": people[i],
                "touch": touch[i],
                "district": in_district.split(" ", 1)[1],
                "in_district": in_district,
                "place": self.place,
                "price": price,
                "founded": founded,
            }

    def _price(self, service: Sequence[Any]) -> str:
        least, most = service[3:]
        step = 5 if most < 1000 else 50
        return f"{self._between(least, most) // step * step or least:,}".replace(",", ".")

    def _numbers(self) -> dict[str, int]:
        """Fresh for every sentence, the same in both languages."""
        return {
            "few": self._between(2, 9),
            "some": self._between(8, 30),
            "more": self._between(12, 80),
            "many": self._between(40, 400),
            "lots": self._between(120, 1900),
            "hour": self._between(5, 9),
            "percent": self._between(51, 99),
        }

    def _said(self, pair: Sequence[str]) -> list[str]:
        """The sentence in Danish, and in English where the enterprise writes English."""
        numbers = self._numbers()
        spoken = LANGUAGES if self.english else LANGUAGES[:1]
        return [
            text.format_map(self.words[language] | numbers)
            for language, text in zip(spoken, pair, strict=False)
        ]

    def _told(self, field: str, *paragraphs: Sequence[Sequence[str]]) -> Record:
        """A field's texts in paragraphs of sentences."""
        said = [[self._said(pair) for pair in paragraph] for paragraph in paragraphs]
        return {
            f"{field}_{language}": "\n\n".join(" ".join(pair[i] for pair in paragraph) for paragraph in said)
            for i, language in enumerate(LANGUAGES[: 1 + self.english])
        }

    # -- parts ------------------------------------------------------------------------------------

    def record(self) -> Record:
        self.english = self._happens(1 / 3)
        self.district = self._weighted({slug: weight for slug, (weight, _, _) in DISTRICTS.items()})
        self.ownership = self._weighted({slug: o["weight"] for slug, o in self.all["ownership"].items()})
        founded = max(1890, LATEST_FOUNDING - int(self.random.expovariate(1 / 15)))
        self._draw_words(founded)
        missions = self._missions()
        return {
            "name": self.name,
            "legal_form": self._weighted(dict(self.all["ownership"][self.ownership]["legal_forms"])),
            "ownership": self.ownership,
            "sectors": self._sectors(),
            "missions": missions,
            "founded": founded,
            "offers": self._offers(),
            **self._texts(missions),
            **self._figures(),
            **self._address(),
            **self._openings(),
            **self._grounds(),
            **self._buyer(missions),
        }

    def _sectors(self) -> list[str]:
        others = self.random.choices((0, 1, 2), (15, 65, 20))[0]
        return [self.sector, *self.random.sample(self.trade["also"], min(others, len(self.trade["also"])))]

    def _missions(self) -> list[str]:
        weights = {slug: words[0] for slug, words in self.all["mission"].items()}
        if self.ownership == "medarbejderejet":
            weights["demokratisk-arbejdsplads"] *= 4
        chosen = self.random.choices(list(weights), list(weights.values()), k=self._between(1, 3))
        return list(dict.fromkeys(chosen))

    def _texts(self, missions: Sequence[str]) -> Record:
        ownership = self.all["ownership"][self.ownership]
        details = self.random.sample(self.trade["details"], self._between(1, 3))
        middle = [*details, self.random.choice(ownership["lines"])]
        self.random.shuffle(middle)
        texts = self._told("tagline", [self._one("taglines")])
        texts |= self._told(
            "description",
            [self._one("openers"), self._one("sells")],
            middle,
            [self._one("prices"), *([self._one("closers")] if self._happens(0.7) else [])],
        )
        if self._happens(0.7):
            texts |= self._told("impact", [self.all["mission"][missions[0]][1:], self._one("impacts")])
        return texts

    def _figures(self) -> Record:
        employees = self._size(8, 1, 260)
        figures = {"employees": employees} if self._happens(0.97) else {}
        if figures and self._happens(0.5):
            figures["special_terms"] = self._between(1, max(1, employees * 2 // 3))
        if self.ownership == "medarbejderejet":
            figures["members"] = self._between(max(1, employees // 2), max(3, employees))
        elif self._happens(0.55):
            figures["members"] = self._size(90, 1.1, 5_000)
        if self._happens(0.42):
            figures["volunteers"] = self._size(10, 0.9, 200)
        return figures

    def _address(self) -> Record:
        street = f"{self._one('street_starts')}{self._one('street_ends')} {self._between(1, 90)}"
        floor = self._one("floors")
        address: Record = {
            "district": self.district,
            "street": f"{street}, {floor}" if floor else street,
            "postcode": self.random.choice(DISTRICTS[self.district][2]),
        }
        if self._happens(0.7):
            address["hours"] = self._one("hours")
        if self._happens(0.36):
            address |= self._told("accessibility", [self._one("accessibility")])
        return address

    def _offers(self) -> list[Record]:
        return [self._offer(service) for service in self.services[: self.random.choices((2, 3), (7, 3))[0]]]

    def _offer(self, service: Sequence[Any]) -> Record:
        price = self._price(service)
        said = self.words
        self.words = {
            language: words | {"service": service[i], "Service": _capital(service[i]), "price": price}
            for i, (language, words) in enumerate(said.items())
        }
        offer = self._told("name", [self._one("offer_names")]) | self._told("text", [self._one("offers")])
        self.words = said
        audiences, weights = zip(*self.all["audiences"], strict=True)
        offer["audiences"] = self.random.choices(audiences, weights)[0]
        if self._happens(0.8):
            offer["cpv"] = [service[2]]
        return offer

    def _openings(self) -> Record:
        kinds = self.all["opening"]
        found = []
        for _ in range(self.random.choices((0, 1, 2), (45, 42, 13))[0]):
            kind = self._weighted({slug: words[0] for slug, words in kinds.items()})
            _, title_da, title_en, text = kinds[kind]
            opening: Record = {"kind": kind} | self._told("title", [(title_da, title_en)])
            opening["text_da"] = self._said((text,))[0]
            if self._happens(0.6):
                opening["count"] = self._between(1, 4)
            found.append(opening)
        return {"openings": found} if found else {}

    def _grounds(self) -> Record:
        shown = self.random.choices((0, 2, 3, 4, 5), (20, 4, 23, 13, 40))[0]
        criteria = self.random.sample(Criterion.values, shown)
        grounds: Record = {}
        if criteria:
            grounds["evidence"] = {
                criterion: self._said((self.random.choice(self.all["evidence"][criterion]),))[0]
                for criterion in criteria
            }
        if self._happens(0.28):
            grounds["rsv"] = True
        marks = [mark for mark, share in MARKS if self._happens(share)]
        marks += [mark for mark in self.trade["marks"] if mark not in marks and self._happens(0.25)]
        return grounds | ({"marks": marks} if marks else {})

    def _buyer(self, missions: Sequence[str]) -> Record:
        if not self._happens(0.75):
            return {}
        buyer: Record = {"e_invoice": self._happens(0.95), **self._told("capacity", [self._one("capacity")])}
        if self._happens(0.72):
            buyer["city_wide"] = True
        else:
            buyer["delivers_to"] = self.random.sample(list(DISTRICTS)[:-1], self._between(1, 4))
        if self._happens(0.62):
            buyer |= self._told("insurance", [self._one("insurance")])
        if self._happens(0.6):
            buyer["collective_agreement"] = self._happens(0.9)
        if self._happens(0.45):
            buyer["consortium"] = self._happens(0.7)
        if "job-paa-kanten" in missions and self._happens(0.4):
            buyer["reserved"] = True
        return {"buyer": buyer}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
