"""What the records of the content leave out, the same every time.

A demo enterprise must not have the telephone, mail, CVR number or exact position of anybody real.
A city follows from its postcode, and does so for the council's members too.
"""

from __future__ import annotations

import math
from random import Random

from stdnum.dk import cvr as cvr_number

from enterprises.models import District, Enterprise


def give_contact(enterprise: Enterprise, random: Random, taken_numbers: set[str]) -> None:
    # No Danish subscriber's number begins with 00, and .example belongs to nobody (RFC 2606).
    enterprise.phone = f"00 00 {random.randrange(100):02d} {random.randrange(100):02d}"
    enterprise.email = f"hej@{enterprise.slug}.example"
    enterprise.website = f"https://{enterprise.slug}.example"
    if random.random() < 0.6:
        enterprise.cvr = _impossible_cvr(enterprise.slug, taken_numbers)
        taken_numbers.add(enterprise.cvr)


def _impossible_cvr(slug: str, taken: set[str]) -> str:
    """Eight digits that fail the check digit, so that they are no company's, and are not taken either."""
    random = Random(f"cvr {slug}")  # noqa: S311
    while True:
        number = f"{random.randrange(10_000_000, 100_000_000)}"
        if number not in taken and not cvr_number.is_valid(number):
            return number


def position(district: District, random: Random) -> tuple[float, float]:
    """A point within about 900 metres of the middle of the district."""
    angle, distance = random.random() * math.tau, math.sqrt(random.random()) * 0.008
    latitude, longitude = district.latitude or 55.676, district.longitude or 12.568
    return (
        round(latitude + math.sin(angle) * distance, 5),
        round(longitude + math.cos(angle) * distance * 1.7, 5),
    )


def city(postcode: str) -> str:
    names = {
        "1": "København K", "15": "København V", "16": "København V", "17": "København V",
        "18": "Frederiksberg C", "19": "Frederiksberg C", "2000": "Frederiksberg",
        "2100": "København Ø", "2150": "Nordhavn", "2200": "København N", "2300": "København S",
        "2400": "København NV", "2450": "København SV", "2500": "Valby", "2700": "Brønshøj",
        "2720": "Vanløse", "2770": "Kastrup",
    }  # fmt: skip
    return names.get(postcode) or names.get(postcode[:2]) or names.get(postcode[:1], "")
