"""Builds what most tests begin with: complete enterprises, and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP

from enterprises import choices, claims, publishing, roles
from enterprises.choices import ClaimWay
from enterprises.models import (
    District,
    Editorship,
    Enterprise,
    Evidence,
    LegalForm,
    Mission,
    Offer,
    OpeningHours,
    Ownership,
    Place,
    Sector,
    SectorOf,
    User,
)

PASSWORD = "en lang sætning om brød"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WORKDAYS = tuple((weekday, "09:00", "17:00") for weekday in range(5))
ADDRESS = {
    "street": "Blågårdsgade 12",
    "postcode": "2200",
    "city": "København N",
    "latitude": 55.6867,
    "longitude": 12.5561,
}


def an_enterprise(
    name: str = "Brød & Broer",
    *,
    sectors: Iterable[str] = ("mad-catering",),
    missions: Iterable[str] = ("unge",),
    ownership: str | None = "medarbejderejet",
    legal_form: str | None = "amba",
    district: str | None = "noerrebro",
    hours: Iterable[tuple[int, str, str]] = WORKDAYS,
    hidden: bool = False,
    offers: Iterable[str] = ("Frokost til møder",),
    criteria: Iterable[str] = choices.Criterion.values,
    **fields: Any,
) -> Enterprise:
    """A working copy that may be published: with place, hours, offer and all criteria confirmed.

    Terms are given by slug; `district=None` leaves the place out. `fields` are the enterprise's own.
    """
    enterprise = Enterprise.objects.create(
        **{
            "name": name,
            "slug": publishing.free_slug(name),
            "ownership": Ownership.objects.get(slug=ownership) if ownership else None,
            "legal_form": LegalForm.objects.get(slug=legal_form) if legal_form else None,
            "tagline_da": "Frokost og brød til møder",
            "tagline_en": "Lunch and bread for meetings",
            "description_da": "Vi bager om natten og leverer på ladcykel.",
            "description_en": "We bake at night and deliver by cargo bike.",
            "phone": "00 00 12 34",
            "email": "hej@broed.example",
            "website": "https://broed.example",
            **fields,
        }
    )
    for rank, slug in enumerate(sectors, 1):
        SectorOf.objects.create(enterprise=enterprise, sector=Sector.objects.get(slug=slug), rank=rank)
    enterprise.missions.set(Mission.objects.filter(slug__in=list(missions)))
    if district:
        a_place(enterprise, district=district, hours=hours, hidden=hidden)
    for position, offer in enumerate(offers):
        Offer.objects.create(
            enterprise=enterprise,
            position=position,
            name_da=offer,
            audiences=[choices.Audience.COMPANIES, choices.Audience.PUBLIC],
        )
    for criterion in criteria:
        a_proof(enterprise, criterion)
    return enterprise


def published(name: str = "Brød & Broer", **fields: Any) -> Enterprise:
    """An enterprise the public can see. Takes what an_enterprise takes."""
    enterprise = an_enterprise(name, **fields)
    publishing.publish(enterprise)
    enterprise.refresh_from_db()
    return enterprise


def republished(enterprise: Enterprise, **fields: Any) -> Enterprise:
    """The enterprise with some of its own fields changed and published again."""
    for field, value in fields.items():
        setattr(enterprise, field, value)
    enterprise.save()
    publishing.publish(enterprise)
    enterprise.refresh_from_db()
    return enterprise


def a_place(
    enterprise: Enterprise,
    *,
    district: str | None = "noerrebro",
    hours: Iterable[tuple[int, str, str]] = WORKDAYS,
    **fields: Any,
) -> Place:
    """A place of the enterprise. `hours` are (weekday from Monday = 0, opens, closes)."""
    place = Place.objects.create(
        enterprise=enterprise,
        district=District.objects.get(slug=district) if district else None,
        **ADDRESS | {"position": enterprise.places.count()} | fields,
    )
    for weekday, opens, closes in hours:
        OpeningHours.objects.create(
            place=place, weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
        )
    return place


def a_proof(enterprise: Enterprise, criterion: str = "purpose", **fields: Any) -> Evidence:
    """A proof of one criterion, checked and not expired unless the fields say otherwise."""
    return Evidence.objects.create(
        **{
            "enterprise": enterprise,
            "criterion": criterion,
            "proof": choices.Proof.STATUTES,
            "wording_da": "Formålet står i vedtægterne.",
            "source": "Vedtægter",
            "checked_on": date(2026, 10, 1),
            "expires_on": date(2036, 10, 1),
            **fields,
        }
    )


def a_user(email: str = "ida@example.dk", password: str | None = PASSWORD, **fields: Any) -> User:
    """Somebody whose address is confirmed."""
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def let_in(user: User, enterprise: Enterprise) -> Editorship:
    """An editor, of whom nobody is mailed."""
    return claims.give(enterprise, user, way=ClaimWay.DEMO)


def with_second_step(user: User) -> User:
    """Staff need one to get to the desk."""
    TOTP.activate(user, SECRET)
    return user


def in_role(role: roles.Role, email: str = "kim@example.dk", **fields: Any) -> User:
    """One of the council's people, who still lacks a second step."""
    user = a_user(email, **{"name": str(role.name), **fields})
    roles.give(user, role)
    return user
