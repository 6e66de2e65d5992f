"""How much a profile tells, and what would help it most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Section
from enterprises.snapshots import Snapshot


@dataclass(frozen=True)
class Step:
    section: Section
    text: str | Promise
    is_done: Callable[[Snapshot], Any]


# The most useful first: what a reader looks for, then what a buyer filters by, then what persuades.
STEPS = (
    Step(
        Section.WHO,
        _("Skriv én linje om, hvad man kan købe eller få."),
        lambda s: s.get("tagline", {}).get("da"),
    ),
    Step(Section.WHO, _("Fortæl, hvem I er."), lambda s: s.get("description", {}).get("da")),
    Step(Section.WHO, _("Vælg jeres branche."), lambda s: s.get("sectors")),
    Step(
        Section.CONTACT,
        _("Skriv et telefonnummer eller en mailadresse, så man kan få fat i jer."),
        lambda s: s.get("contact", {}).keys() & {"phone", "email"},
    ),
    Step(Section.PLACES, _("Skriv, hvor man finder jer."), lambda s: s.get("places")),
    Step(Section.OFFERS, _("Skriv mindst én ting, man kan købe."), lambda s: s.get("offers")),
    Step(
        Section.HOURS,
        _("Skriv jeres åbningstider, så kommer I med blandt dem, der har åbent nu."),
        lambda s: any(place.get("hours") for place in s.get("places", [])),
    ),
    Step(Section.OWNERSHIP, _("Vælg, hvem der ejer jer."), lambda s: s.get("ownership")),
    Step(
        Section.WHO,
        _("Skriv den ene linje på engelsk også."),
        lambda s: s.get("tagline", {}).get("en"),
    ),
    Step(
        Section.BUYER,
        _("Sig, om I sender e-faktura. Kommunen må ikke købe uden."),
        lambda s: "e_invoice" in s.get("buyer", {}),
    ),
    Step(Section.WHO, _("Fortæl, hvilken forskel I gør."), lambda s: s.get("impact", {}).get("da")),
    Step(Section.WHO, _("Oversæt beskrivelsen til engelsk."), lambda s: s.get("description", {}).get("en")),
    Step(
        Section.OWNERSHIP, _("Skriv, hvor mange ansatte I er."), lambda s: "employees" in s.get("figures", {})
    ),
    Step(Section.CONTACT, _("Tilføj jeres hjemmeside."), lambda s: s.get("contact", {}).get("website")),
    Step(
        Section.BUYER,
        _("Skriv, hvor I leverer."),
        lambda s: s.get("buyer", {}).keys() & {"delivers_to"} or s.get("buyer", {}).get("city_wide"),
    ),
    Step(
        Section.PLACES,
        _("Skriv om trin, lift og toilet, så alle ved, om de kan komme ind."),
        lambda s: any(place.get("accessibility") for place in s.get("places", [])),
    ),
    Step(Section.PHOTOS, _("Vis et billede af jer, stedet eller det, I laver."), lambda s: s.get("photos")),
)
MOST_USEFUL = 3


@dataclass(frozen=True)
class Completeness:
    done: int
    total: int
    next_steps: list[Step]


def of(snapshot: Snapshot) -> Completeness:
    left = [step for step in STEPS if not step.is_done(snapshot)]
    return Completeness(len(STEPS) - len(left), len(STEPS), left[:MOST_USEFUL])
