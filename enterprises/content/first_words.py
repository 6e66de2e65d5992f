"""For migrations: what pages said on their first day. From then on staff keep them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"


def fill(apps: Any, keys: Iterable[str], on: datetime) -> None:
    """Give pages that have none their first version."""
    page_model, version_model = (apps.get_model("enterprises", m) for m in ("PageText", "PageTextVersion"))
    for key in keys:
        page, created = page_model.objects.get_or_create(key=key)
        if created:
            told = _read(key, "da") | _read(key, "en")
            version_model.objects.create(page=page, number=1, published_at=on, **told)


def renew(apps: Any, keys: Iterable[str], on: datetime) -> None:
    """Give pages that nobody has written in since their first words as they are now."""
    version_model = apps.get_model("enterprises", "PageTextVersion")
    for key in keys:
        told = _read(key, "da") | _read(key, "en")
        last = version_model.objects.filter(page__key=key).order_by("-number").first()
        untouched = last is not None and not (last.published_by_id or last.note)
        if untouched and any(getattr(last, name) != value for name, value in told.items()):
            version_model.objects.create(
                page_id=last.page_id, number=last.number + 1, published_at=on, **told
            )


def _read(key: str, language: str) -> dict[str, str]:
    """A file has the title, a line for search engines, an empty line, and the text."""
    title, description, body = (TEXTS / f"{key}.{language}.md").read_text(encoding="utf-8").split("\n", 2)
    told = {"title": title, "description": description, "body": body.strip()}
    return {f"{name}_{language}": value for name, value in told.items()}
