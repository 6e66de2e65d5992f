"""What an editor copies from us to show elsewhere: addresses of pictures, and HTML for one's own site."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

LOOKS = ("light", "dark")


@dataclass(frozen=True)
class Signs:
    """All that is to be had in one language."""

    code: str
    language: str
    light: str
    dark: str
    downloads: list[tuple[str, str]]
    badge_html: str
    card: str
    card_html: str
    window: str


def made_for(slug: str, name: str) -> list[Signs]:
    return [_in_language(slug, name, code, str(language)) for code, language in settings.LANGUAGES]


def _in_language(slug: str, name: str, code: str, language: str) -> Signs:
    labels = {"light": _("lyst"), "dark": _("mørkt")}
    downloads = [
        (f"{labels[look]}, {suffix.upper()}", _badge(slug, code, look, suffix))
        for look in LOOKS
        for suffix in ("svg", "png")
    ]
    light, dark = (_badge(slug, code, look, "svg") for look in LOOKS)
    with override(code):
        profile, card = reverse("profile", args=[slug]), reverse("sign-card", args=[slug])
        window = reverse("window-sign", args=[slug])
        said = _("%(name)s i Den fælles by") % {"name": name}
    site = settings.SITE_URL
    badge_html = format_html(
        '<a href="{}{}"><picture><source media="(prefers-color-scheme: dark)" srcset="{}{}">'
        '<img src="{}{}" width="320" height="96" alt="{}"></picture></a>',
        *(site, profile, site, dark, site, light, said),
    )
    card_html = format_html(
        '<iframe src="{}{}" title="{}" width="420" height="230" loading="lazy" '
        'style="border: 0; max-width: 100%"></iframe>',
        *(site, card, said),
    )
    return Signs(code, language, light, dark, downloads, badge_html, card, card_html, window)


def _badge(slug: str, language: str, look: str, suffix: str) -> str:
    return reverse("badge", kwargs={"slug": slug, "language": language, "look": look, "suffix": suffix})
