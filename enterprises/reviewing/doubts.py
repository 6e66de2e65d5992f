"""What a clerk should look at twice before the public sees it. Sentences, and nothing is refused for them.

Pure: all it needs is handed in. Only what is proposed is doubted, not what was public before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from rapidfuzz import fuzz
from stdnum.dk import cvr as cvr_number

from enterprises import danish, duplicates, readable
from enterprises.choices import LinkKind, RegisterField
from enterprises.cvr import comparing, words
from enterprises.snapshots import Snapshot

# How alike a domain must be to a name, of 100.
ALIKE = 70
# With fewer words than this nobody can tell a language.
SHORTEST = 8
# Words that are common in the one language and are not words in the other.
DANISH = frozenset(
    "og i er det der en et til af på med for vi jer de som har ikke den kan at eller fra om hos vores også "
    "bliver ved efter hvor alle men når man os jeres skal vil mange flere både gennem uden".split()
)
ENGLISH = frozenset(
    "and the of to is are with we you your our in for that this from on as by at have has it or not who "
    "which their they can be an will also all more through without people".split()
)


@dataclass(frozen=True)
class Known:
    """What CVR was last read to say; empty where it was not read, or says nothing."""

    cvr: str = ""
    read_on: date | None = None
    names: tuple[str, ...] = ()
    address: dict[str, Any] | None = None
    # What is open of earlier readings: the field, and what the register said.
    differences: tuple[tuple[str, Any], ...] = ()


def about(before: Snapshot, after: Snapshot, known: Known) -> list[str]:
    """An empty `before` stands for a profile that was never published."""
    return [
        *_number(after),
        *_register(after, known),
        *_links(before, after),
        *_languages(before, after),
    ]


# -- the register ---------------------------------------------------------------------------------


def _number(after: Snapshot) -> Iterator[str]:
    number = after.get("cvr")
    if number and not after.get("demo") and not cvr_number.is_valid(number):
        yield _("CVR-nummer %(number)s kan ikke passe: kontrolcifferet er forkert.") % {"number": number}


def _register(after: Snapshot, known: Known) -> Iterator[str]:
    """The name and the address as they are proposed, beside the last reading."""
    if known.read_on is None or known.cvr != after.get("cvr"):
        return
    told = {"day": date_format(known.read_on)}
    for field, theirs in known.differences:
        if field in (RegisterField.NUMBER, RegisterField.STATUS):
            yield _("CVR, læst %(day)s: %(said)s.") % (told | {"said": words.theirs(field, theirs)})
    if known.names and not comparing.is_called(known.names, after["name"], after.get("aliases", [])):
        yield _("Navnet er et andet end i CVR, læst %(day)s: %(said)s.") % (told | {"said": known.names[0]})
    if known.address and not _is_there(after.get("places", []), known.address):
        said = words.address(known.address)
        yield _("Adressen er en anden end i CVR, læst %(day)s: %(said)s.") % (told | {"said": said})


def _is_there(places: Iterable[Snapshot], address: dict[str, Any]) -> bool:
    """At the same door; where the register keeps it to itself, or we do, anywhere."""
    if "street" not in address:
        return True
    return any(
        place.get("hidden")
        or comparing.is_same_door(
            (place.get("street", ""), place.get("postcode", "")), (address["street"], address["postcode"])
        )
        for place in places
    )


# -- links ----------------------------------------------------------------------------------------


def _links(before: Snapshot, after: Snapshot) -> Iterator[str]:
    known = {*_addresses(before)}
    for address in dict.fromkeys(_addresses(after)):
        host = duplicates.domain(address)
        if address not in known and host and not _is_theirs(host, after):
            yield _("Linket til %(host)s ligner ikke navnet eller mailadressen.") % {"host": host}


def _addresses(snapshot: Snapshot) -> Iterator[str]:
    if website := snapshot.get("contact", {}).get("website"):
        yield website
    for link in snapshot.get("links", []):
        if link["kind"] in (LinkKind.WEBSHOP, LinkKind.OTHER):
            yield link["url"]


def _is_theirs(host: str, snapshot: Snapshot) -> bool:
    contact = snapshot.get("contact", {})
    mail = contact.get("email", "").rpartition("@")[2].lower()
    website = duplicates.domain(contact.get("website", ""))
    own = {_registered(mail)} | ({_registered(website)} if website != host else set())
    if _registered(host) in own:
        return True
    label = _registered(host).partition(".")[0].replace("-", "")
    return any(_sounds_like(label, name) for name in (snapshot["name"], *snapshot.get("aliases", [])))


def _registered(host: str) -> str:
    """The two last labels: shop.broed.dk is of broed.dk."""
    return ".".join(host.split(".")[-2:])


def _sounds_like(label: str, name: str) -> bool:
    bare = duplicates.bare_name(name)
    joined = bare.replace(" ", "")
    initials = "".join(word[0] for word in bare.split())
    # Domains have ø as oe, as o and as ø.
    plain = {joined, joined.replace("oe", "o").replace("aa", "a").replace("ae", "a")}
    label = danish.fold(_decoded(label)).replace(" ", "")
    return (len(initials) > 1 and label.startswith(initials) and len(label) <= len(initials) + 2) or any(
        fuzz.partial_ratio(label, one) >= ALIKE for one in plain if min(len(label), len(one)) >= 3
    )


def _decoded(label: str) -> str:
    try:
        return label.encode().decode("idna")
    except UnicodeError:
        return label


# -- languages ------------------------------------------------------------------------------------


def _languages(before: Snapshot, after: Snapshot) -> Iterator[str]:
    known = {text for _label, _language, text in _texts(before)}
    for label, language, text in _texts(after):
        if text in known or language_of(text) in (None, language):
            continue
        told = {"what": label}
        if language == "en":
            yield _("%(what)s på engelsk ser ud til at være skrevet på dansk.") % told
        else:
            yield _("%(what)s på dansk ser ud til at være skrevet på engelsk.") % told


def language_of(text: str) -> str | None:
    """The language most of its small words are of; None where that cannot be told."""
    found = re.findall(r"[^\W\d_]+", text.lower())
    if len(found) < SHORTEST:
        return None
    danish_words, english = (sum(word in those for word in found) for those in (DANISH, ENGLISH))
    if max(danish_words, english) < len(found) / 10 or danish_words == english:
        return None
    fewer, more = sorted((danish_words, english))
    if more < 2 * fewer:
        return None
    return "da" if danish_words > english else "en"


def texts_of(snapshot: Snapshot) -> list[str]:
    """What it says in whole sentences."""
    return [text for key in ("description", "impact") for text in snapshot.get(key, {}).values()]


def _texts(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """What is said in both languages: what it is, the language it is meant to be in, and the text."""
    for key in ("tagline", "description", "impact"):
        for language, text in snapshot.get(key, {}).items():
            yield str(readable.LABELS[key]).capitalize(), language, text
    for key, name, inner in (("offers", "name", "text"), ("openings", "title", "text")):
        for row in snapshot.get(key, []):
            for language, text in row.get(inner, {}).items():
                yield f"“{row[name].get('da', '')}”", language, text
