"""A profile as a vCard 4.0 (RFC 6350), for the visitor's own address book."""

from __future__ import annotations

from directory.linked_data import absolute
from directory.profiles import Profile

LONGEST_LINE = 75


def vcard(profile: Profile, path: str) -> str:
    contact = profile.contact
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:{_escaped(profile.name)}",
        f"ORG:{_escaped(profile.name)}",
        f"NOTE:{_escaped(profile.tagline)}",
    ]
    if contact.get("phone"):
        lines.append(f"TEL;VALUE=uri:tel:{profile.dialled}")
    if contact.get("email"):
        lines.append(f"EMAIL:{_escaped(contact['email'])}")
    if contact.get("website"):
        lines.append(f"URL:{contact['website']}")
    for place in profile.places:
        if place.street:
            parts = ("", "", place.street, place.city, "", place.postcode, "Danmark")
            lines.append(f"ADR:{';'.join(_escaped(part) for part in parts)}")
        if place.position and place.street:
            latitude, longitude = place.position
            lines.append(f"GEO:geo:{latitude},{longitude}")
    lines += [f"SOURCE:{absolute(path)}", f"REV:{profile.published_at:%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text.replace("\r", "")


def _folded(line: str) -> str:
    """Lines end within 75 bytes and go on after a space, never inside a character (RFC 6350, 3.2)."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST_LINE - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])
