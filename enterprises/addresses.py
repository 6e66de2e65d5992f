"""Addresses from a public service that speaks the Adressevælger's protocol: titles to pick, and where one is.

The server asks it, so the service never meets a reader. Without ADDRESS_URL nothing is asked, and whatever
goes wrong there is answered with nothing, or with NoAnswerError where that is asked for.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, build_opener

import utm
from django.conf import settings

log = logging.getLogger(__name__)

TIMEOUT = 2.0
MOST_BYTES = 200_000
SHORTEST, LONGEST = 3, 73
MOST_SUGGESTED, LONGEST_TITLE = 5, 100
COPENHAGEN = "0101"
HOUSE = "husnummer"
STREETS = ("vejnavn", "vejnavnhusnummer", "navngivenvejpostnummer")


@dataclass(frozen=True)
class Suggested:
    kind: str
    title: str
    key: str

    @property
    def is_house(self) -> bool:
        return self.kind == HOUSE


class Parts(NamedTuple):
    """An address as its place has it."""

    street: str
    postcode: str
    city: str


@dataclass(frozen=True)
class Address:
    title: str
    latitude: float
    longitude: float


class NoAnswerError(Exception):
    """The service does not answer, or not as agreed."""


class Allowance:
    """How often the service may be asked: some at once, then so many a second."""

    def __init__(self, at_once: float, per_second: float) -> None:
        self.at_once, self.per_second = at_once, per_second
        self._left, self._counted = at_once, time.monotonic()
        self._lock = Lock()

    def take(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._left = min(self.at_once, self._left + (now - self._counted) * self.per_second)
            self._counted = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


# For each process, whoever asks: nobody's address need be noted to keep to it.
allowance = Allowance(at_once=30, per_second=10)


def is_on() -> bool:
    return bool(settings.ADDRESS_URL)


def suggest(text: str) -> list[Suggested]:
    """The first few streets and houses of Copenhagen that answer to the text."""
    try:
        return _search(text, kommuneKode=COPENHAGEN)[:MOST_SUGGESTED]
    except NoAnswerError:
        return []


def find(text: str) -> Address | None:
    """The one address that is written like this, in Copenhagen before elsewhere; None where it is unclear."""
    try:
        for within in ({"kommuneKode": COPENHAGEN}, {}):
            if house := _the_one(_search(text, **within), text):
                return locate(house)
    except NoAnswerError:
        pass
    return None


def parts(title: str) -> Parts | None:
    """What a whole address in one line, as the service titles them, consists of; None if it is none."""
    found = re.fullmatch(r"(.+?),\s*(\d{4})\s+(.+)", " ".join(title.split()), re.ASCII)
    return Parts(*found.groups()) if found else None


def houses(street: str, postcode: str = "") -> list[Suggested]:
    """The houses a street and number may mean, as well as they are told. Raises NoAnswerError.

    Without a postcode Copenhagen comes before elsewhere.
    """
    number = street.partition(",")[0]
    for within in [{"postnummer": postcode}] if postcode else [{"kommuneKode": COPENHAGEN}, {}]:
        found = [house for house in _search(number, **within) if _is_in(house, postcode)]
        exact = [house for house in found if _plain(house.title.partition(",")[0]) == _plain(number)]
        if found:
            return exact or found
    return []


def _is_in(house: Suggested, postcode: str) -> bool:
    written = parts(house.title) if house.is_house else None
    return written is not None and postcode in ("", written.postcode)


def at(street: str, postcode: str) -> Address | None:
    """The house with just this address; None where there is none. Raises NoAnswerError."""
    found = houses(street, postcode)
    is_sure = len(found) == 1 and _plain(found[0].title.partition(",")[0]) == _plain(street.partition(",")[0])
    return locate(found[0]) if is_sure else None


def _the_one(found: list[Suggested], text: str) -> Suggested | None:
    houses = [suggested for suggested in found if suggested.is_house]
    meant = _plain(text)
    for candidates in (
        [house for house in houses if _plain(house.title) == meant],
        [house for house in houses if _plain(house.title.partition(",")[0]) == meant],
        houses,
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _plain(title: str) -> str:
    return " ".join(title.replace(",", " ").casefold().split())


def _search(text: str, **within: str) -> list[Suggested]:
    text = " ".join(text.split())
    # Without a letter it is no address; the service takes no longer texts.
    if not is_on() or not SHORTEST <= len(text) <= LONGEST or not any(map(str.isalpha, text)):
        return []
    answer = _ask("husnumre/soeg", tekst=text, maksimum="10", **within)
    return list(_suggested(answer.get("fund")))


def _suggested(found: Any) -> Iterator[Suggested]:
    for entry in found if isinstance(found, list) else ():
        match entry:
            case {"type": str(kind), "titel": str(title)} if kind == HOUSE or kind in STREETS:
                if 0 < len(title) <= LONGEST_TITLE and title.isprintable():
                    yield Suggested(kind, title, str(entry.get("id", "")))


def locate(house: Suggested) -> Address:
    """Raises NoAnswerError."""
    match _ask(f"husnumre/{quote(house.key, safe='')}"):
        case {"husnummer": {"adgangspunkt": {"koordinater": {"x": x, "y": y}}}}:
            try:
                # EPSG:25832. What its datum differs from WGS 84 by is less than a doorstep.
                latitude, longitude = utm.to_latlon(float(x), float(y), 32, northern=True)
            except (TypeError, ValueError, utm.OutOfRangeError) as error:
                raise NoAnswerError from error
            if math.isfinite(latitude) and math.isfinite(longitude):
                return Address(house.title, float(latitude), float(longitude))
    raise NoAnswerError


class _NoRedirect(HTTPRedirectHandler):
    """The service is where the setting says, and nowhere it may send us."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_open = build_opener(_NoRedirect).open


def _ask(path: str, **parameters: str) -> dict[str, Any]:
    if not allowance.take():
        raise NoAnswerError
    if settings.ADDRESS_TOKEN:
        parameters["token"] = settings.ADDRESS_TOKEN
    try:
        answer = json.loads(_read(f"{settings.ADDRESS_URL}/{path}?{urlencode(parameters)}"))
    except (OSError, URLError, ValueError, RecursionError) as error:
        # Not what was asked: that may be where somebody lives.
        log.warning("The address service gives no answer: %s", type(error).__name__)
        raise NoAnswerError from error
    if not isinstance(answer, dict) or answer.get("status", "ok") != "ok":
        log.warning("The address service answers with something else than was agreed.")
        raise NoAnswerError
    return answer


def _read(url: str) -> bytes:
    """The whole answer, neither too late nor too much of it."""
    deadline, body = time.monotonic() + TIMEOUT, b""
    with _open(url, timeout=TIMEOUT) as answer:
        while piece := answer.read1(65_536):
            body += piece
            if len(body) > MOST_BYTES or time.monotonic() > deadline:
                raise ValueError("too much, or too slowly")
    return body
