"""Who may already be here: enterprises that could be the same as one, each with the reasons.

By CVR number, website, phone and mail through indexes of what they come down to; by name among those
near by (an index of postcodes, one of positions) and among those whose addresses begin alike (the index of
slugs). So a question reads the names of one postcode at most: 300 ms where that holds 16,000 of 100,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from urllib.parse import urlsplit

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower
from rapidfuzz import fuzz

from enterprises import danish
from enterprises.choices import Likeness
from enterprises.models import Enterprise
from enterprises.models.enterprise import DOMAIN_OF_WEBSITE, END_OF_PHONE

# How alike names must be, of 100: those next door less so than those who only share a postcode.
ALIKE_AT_THE_SAME_ADDRESS, ALIKE_NEAR_BY, ALIKE_ANYWHERE = 60, 86, 92
# One name within another, as of a branch: “Tre Gryder” and “Tre Gryder Valby”.
ALIKE_WITHIN = 90
NEAR_METRES = 400
METRES_PER_DEGREE = 111_320
MOST, MOST_READ = 8, 200
# With fewer digits or letters than this, a number or a name says nothing.
SHORTEST_PHONE, SHORTEST_START = 8, 4

# What says how one is registered, not who one is. Folded, the longest first.
LEGAL_WORDS = (
    "registreret socialoekonomisk virksomhed",
    "den erhvervsdrivende fond",
    "erhvervsdrivende fond",
    "andelsselskab med begraenset ansvar",
    "andelsselskabet",
    "andelsselskab",
    "andelsforeningen",
    "andelsforening",
    "den selvejende institution",
    "selvejende institution",
    "foreningen",
    "forening",
    "fonden",
    "fond",
    "interessentskabet",
    "interessentskab",
    "anpartsselskabet",
    "anpartsselskab",
    "aktieselskabet",
    "aktieselskab",
    "med begraenset ansvar",
    "under stiftelse",
    "a m b a",
    "f m b a",
    "s m b a",
    "amba",
    "fmba",
    "smba",
    "m b a",
    "aps",
    "a s",
    "i s",
    "k s",
    "p s",
    "ivs",
    "pmv",
    "rsv",
    "s i",
    "fbf",
    "sce",
)
_LEGAL = re.compile(rf"\b(?:{'|'.join(LEGAL_WORDS)})\b")
# Where many have a page each, the host says nothing about whose it is.
SHARED_HOSTS = frozenset(
    {"facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "sites.google.com", "google.com",
     "youtube.com", "tiktok.com", "x.com", "twitter.com", "business.site", "mobilepay.dk"}
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of the one who may be here already."""

    name: str = ""
    cvr: str = ""
    website: str = ""
    phone: str = ""
    email: str = ""
    # Street and postcode of each place, and the positions that are known.
    addresses: tuple[tuple[str, str], ...] = ()
    positions: tuple[tuple[float, float], ...] = ()
    # Its own key, where it is in the register itself.
    pk: int | None = None


@dataclass(frozen=True)
class Candidate:
    enterprise: Enterprise
    reasons: tuple[Likeness, ...]
    # How alike the names are, of 100.
    likeness: int

    @property
    def is_certain(self) -> bool:
        """No two have the same CVR number."""
        return Likeness.CVR in self.reasons


def facts_of(enterprise: Enterprise) -> Facts:
    places = list(enterprise.places.all())
    return Facts(
        name=enterprise.name,
        cvr=enterprise.cvr or "",
        website=enterprise.website,
        phone=enterprise.phone,
        email=enterprise.email,
        addresses=tuple((place.street, place.postcode) for place in places),
        positions=tuple((p.latitude, p.longitude) for p in places if p.latitude and p.longitude),
        pk=enterprise.pk,
    )


def candidates(facts: Facts, among: QuerySet[Enterprise] | None = None) -> list[Candidate]:
    """The likeliest first; at most a handful. `among` are those that may be told of: all, unless given."""
    among = Enterprise.objects.all() if among is None else among
    if facts.pk is not None:
        among = among.exclude(pk=facts.pk)
    by_name = _by_name(facts, among)
    reasons = {pk: {reason} for pk, reason in by_name.items()}
    for pk, reason in _by_what_is_theirs_alone(facts, among):
        reasons.setdefault(pk, set()).add(reason)
    found = Enterprise.objects.select_related("current").in_bulk(reasons)
    mine = bare_name(facts.name)
    made = (
        Candidate(
            enterprise,
            tuple(reason for reason in Likeness if reason in reasons[pk]),
            alike(mine, bare_name(enterprise.name)),
        )
        for pk, enterprise in found.items()
    )
    return sorted(made, key=_likeliest_first)[:MOST]


def _likeliest_first(candidate: Candidate) -> tuple[bool, int, int, int]:
    reasons = len(candidate.reasons)
    return (not candidate.is_certain, -reasons, -candidate.likeness, candidate.enterprise.pk)


def _by_what_is_theirs_alone(facts: Facts, among: QuerySet[Enterprise]) -> Iterator[tuple[int, Likeness]]:
    asked = (
        (Likeness.CVR, F("cvr"), facts.cvr),
        (Likeness.WEBSITE, DOMAIN_OF_WEBSITE, domain(facts.website)),
        (Likeness.PHONE, END_OF_PHONE, end_of_phone(facts.phone)),
        (Likeness.MAIL, Lower("email"), facts.email.strip().lower()),
    )
    # Each by itself: joined by OR they would use no index.
    parts = [
        among.order_by().alias(told=told).filter(told=value).values_list("pk", Value(reason.value))[:MOST]
        for reason, told, value in asked
        if value
    ]
    found = parts[0].union(*parts[1:], all=True) if parts else ()
    for pk, reason in found:
        yield pk, Likeness(reason)


def _by_name(facts: Facts, among: QuerySet[Enterprise]) -> dict[int, Likeness]:
    """Those with a name alike, each with the strongest reason to think of it."""
    found: dict[int, Likeness] = {}
    mine = bare_name(facts.name)
    streets = {(danish.fold(street), postcode) for street, postcode in facts.addresses if street}
    for pk, name in _beginning_alike(mine, among):
        if alike(mine, bare_name(name)) >= ALIKE_ANYWHERE:
            found[pk] = Likeness.NAME
    for pk, name, street, postcode in _near(facts, among) if mine else ():
        likeness = alike(mine, bare_name(name))
        if likeness >= ALIKE_AT_THE_SAME_ADDRESS and (danish.fold(street), postcode) in streets:
            found[pk] = Likeness.NAME_AND_ADDRESS
        elif likeness >= ALIKE_NEAR_BY and found.get(pk) != Likeness.NAME_AND_ADDRESS:
            found[pk] = Likeness.NAME_NEAR_BY
    return found


def _near(facts: Facts, among: QuerySet[Enterprise]) -> Iterable[tuple[int, str, str, str]]:
    postcodes = {postcode for _street, postcode in facts.addresses if postcode}
    if not postcodes and not facts.positions:
        return ()
    near = Q(places__postcode__in=postcodes)
    for latitude, longitude in facts.positions:
        north = NEAR_METRES / METRES_PER_DEGREE
        east = north / cos(radians(latitude))
        near |= Q(
            places__latitude__range=(latitude - north, latitude + north),
            places__longitude__range=(longitude - east, longitude + east),
        )
    return among.filter(near).order_by().values_list("pk", "name", "places__street", "places__postcode")


def _beginning_alike(mine: str, among: QuerySet[Enterprise]) -> Iterable[tuple[int, str]]:
    start = mine.replace(" ", "-")[:60].strip("-")
    if len(start) < SHORTEST_START:
        return ()
    return among.filter(slug__startswith=start).order_by("slug").values_list("pk", "name")[:MOST_READ]


def alike(mine: str, theirs: str) -> int:
    """Of 100, whatever the order of the words, whether they are joined, and with what behind them."""
    if not (mine and theirs):
        return 0
    joined = fuzz.ratio(mine.replace(" ", ""), theirs.replace(" ", ""))
    fewer, more = sorted((set(mine.split()), set(theirs.split())), key=len)
    within = ALIKE_WITHIN if len(fewer) > 1 and fewer <= more else 0
    return round(max(joined, fuzz.token_sort_ratio(mine, theirs), within))


# -- what things come down to ---------------------------------------------------------------------


def bare_name(name: str) -> str:
    """The name folded and without the words for how one is registered, unless nothing else is left."""
    folded = danish.fold(name)
    return " ".join(_LEGAL.sub(" ", folded).split()) or folded


def domain(website: str) -> str:
    """The host of an address, as the index has it; nothing where many share the host."""
    try:
        host = urlsplit(website.strip().lower()).hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    return "" if any(host == shared or host.endswith(f".{shared}") for shared in SHARED_HOSTS) else host


def end_of_phone(phone: str) -> str:
    """The last eight digits, so that it does not matter who writes +45."""
    digits = re.sub(r"\D", "", phone)
    return digits[-8:] if len(digits) >= SHORTEST_PHONE else ""
