"""The few tags and filters the templates share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import houses, linked_data, texts
from enterprises.choices import Weekday

register = template.Library()

SAMPLE_WALL, SAMPLE_DARK = "#b98226", "#7f5714"


@register.filter
def number(value: int) -> str:
    """1234 as 1.234 in Danish and 1,234 in English."""
    return str(formats.number_format(value, force_grouping=True, use_l10n=True))


@register.filter
def kroner(amount: Any) -> str:
    """1234.6 as 1.235 kr. in Danish and DKK 1,235 in English."""
    return _("%(amount)s kr.") % {"amount": number(round(amount))}


@register.filter
def distance(kilometres: float) -> str:
    """0.84 as 850 m, 1.234 as 1,2 km in Danish and 1.2 km in English."""
    if kilometres < 0.975:
        return f"{max(50, round(kilometres * 20) * 50)} m"
    return f"{formats.number_format(kilometres, decimal_pos=1, use_l10n=True)} km"


@register.filter
def clock(value: str) -> str:
    """A snapshot's "17:00" as Danes write it, 17.00."""
    return value.replace(":", ".") if get_language() == "da" else value


@register.filter
def weekday(value: int) -> str:
    return str(Weekday(value).label)


@register.filter
def explanation(term: Any) -> str:
    """A term's text in the page's language."""
    return str(term.text_en if get_language() == "en" else term.text_da)


@register.filter
def one_line(ownership: Any) -> str:
    return str(ownership.short_en if get_language() == "en" else ownership.short_da)


@register.filter
def short(district: Any) -> str:
    return str(district.short_en if get_language() == "en" else district.short_da)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    return linked_data.script(data)


@register.simple_tag
def brand() -> SafeString:
    return SafeString(houses.brand())


@register.simple_tag
def foot() -> SafeString:
    """The same on every page in a language."""
    return _foot(get_language() or "da", settings.SITE_OWNER, settings.CONTACT_EMAIL)


@lru_cache(maxsize=16)
def _foot(_language: str, owner: str, email: str) -> SafeString:
    context = {"site_owner": texts.Text(owner, "da"), "contact_email": email}
    return SafeString(get_template("components/foot.html").render(context))


@register.simple_tag
def roof_of(ownership: Any) -> SafeString:
    """A sample house with the roof that stands for an ownership."""
    return _sample(ownership.slug, ownership.roof)


@lru_cache(maxsize=64)
def _sample(slug: str, roof: str) -> SafeString:
    return SafeString(houses.svg(houses.draw(slug, SAMPLE_WALL, SAMPLE_DARK, roof)))
