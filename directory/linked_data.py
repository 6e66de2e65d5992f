"""What search engines read: schema.org as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from directory import identities
from directory.profiles import Place, Profile
from enterprises.choices import Weekday

SCHEMA_DAYS = dict(
    zip(Weekday, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def script(data: dict[str, Any]) -> SafeString:
    """A JSON-LD element. Data, not code: a strict CSP lets it through; < and & cannot end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return SafeString(f'<script type="application/ld+json">{text}</script>')


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def breadcrumbs(trail: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": absolute(path)}
            for number, (name, path) in enumerate(trail, 1)
        ],
    }


def organisation(profile: Profile) -> dict[str, Any]:
    """LocalBusiness where there is an address one can go to, else Organization."""
    visited = [place for place in profile.places if place.street]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness" if visited and not profile.is_organisation else "Organization",
        "@id": identities.enterprise(profile.listing.pk),
        "name": profile.name,
        "url": profile.contact.get("website") or absolute(reverse("profile", args=[profile.slug])),
        "description": profile.tagline,
        "logo": absolute(profile.logo.widest) if profile.logo else "",
        "image": [absolute(photo.widest) for photo in profile.photos]
        or absolute(reverse("house-image", args=[profile.slug])),
        "telephone": profile.dialled if profile.contact.get("phone") else "",
        "email": profile.contact.get("email", ""),
        "vatID": f"DK{profile.cvr}" if profile.cvr else "",
        "foundingDate": str(profile.founded or ""),
        "keywords": ", ".join(map(str, (*profile.sectors, *profile.missions))),
    }
    if visited:
        data |= _location(visited[0])
    employees = profile.snapshot.get("figures", {}).get("employees", {}).get("value")
    if employees is not None:
        data["numberOfEmployees"] = {"@type": "QuantitativeValue", "value": employees}
    if profile.offers:
        data["makesOffer"] = [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": offer["name"]}}
            for offer in profile.offers
        ]
    return {key: value for key, value in data.items() if value not in ("", None)}


def _location(place: Place) -> dict[str, Any]:
    data: dict[str, Any] = {
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.street,
            "postalCode": place.postcode,
            "addressLocality": place.city,
            "addressCountry": "DK",
        }
    }
    if place.position:
        latitude, longitude = place.position
        data["geo"] = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    if place.week:
        data["openingHoursSpecification"] = [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": [SCHEMA_DAYS[Weekday(day)] for day in range(first, last + 1)],
                "opens": opens,
                "closes": closes,
            }
            for first, last, intervals in place.week.rows
            for opens, closes in intervals
        ]
    return data
