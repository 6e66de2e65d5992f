"""The button that looks an address up while a place is being written, without a script too.

A button's value is "find:places-2", or "take:places-2:" with one of the addresses that were found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from enterprises import addresses, districts
from enterprises.forms.page import row_count
from enterprises.forms.places import signed_position

BUTTON = re.compile(r"(?:find|take):places-(\d{1,2})(?::(.{1,100}))?", re.ASCII)


@dataclass
class Help:
    row: int
    told: str = ""
    # Where an address may mean several.
    choices: list[str] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        return bool(self.told or self.choices)


def press(data: QueryDict, button: str) -> Help | None:
    """Change the data as far as the address is found. None if it is no such button."""
    pressed = BUTTON.fullmatch(button)
    row = int(pressed[1]) if pressed else 0
    if pressed is None or row >= row_count(data, "places"):
        return None
    start = f"places-{row}-"
    if written := addresses.parts(pressed[2] or data.get(f"{start}street", "")):
        _write(data, start, written)
    street, postcode = (data.get(start + name, "") for name in ("street", "postcode"))
    try:
        found = addresses.houses(street, postcode)
        if len(found) == 1:
            return Help(row, _filled(data, start, addresses.locate(found[0])))
    except addresses.NoAnswerError:
        return Help(row, _("Adressetjenesten svarer ikke lige nu. Skriv adressen selv; intet er gået tabt."))
    if not found:
        return Help(row, _("Vi kan ikke finde adressen. Se efter, eller behold den, som du har skrevet den."))
    return Help(row, choices=[house.title for house in found])


def _write(data: QueryDict, start: str, written: addresses.Parts) -> None:
    for name, value in written._asdict().items():
        data[start + name] = value


def _filled(data: QueryDict, start: str, found: addresses.Address) -> str:
    """Write what is known of an address into a row; says what is left to choose."""
    written = addresses.parts(found.title)
    if written is None:
        raise addresses.NoAnswerError
    _write(data, start, written)
    position = found.latitude, found.longitude
    data[f"{start}found_at"] = signed_position(written.street, written.postcode, position)
    likely = {str(district.pk): district for district in districts.likely(written.postcode, position)}
    if len(likely) == 1:
        data[f"{start}district"] = next(iter(likely))
    elif data.get(f"{start}district") not in likely:
        data[f"{start}district"] = ""
    if data[f"{start}district"]:
        return ""
    return _("Adressen er fundet. Vælg bydelen: den kan vi ikke se på postnummeret.")
