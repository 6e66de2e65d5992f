"""The pictures of a publication as its profile shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from directory import texts
from enterprises import choices
from enterprises.photos import files


@dataclass(frozen=True)
class ShownPhoto:
    digest: str
    width: int
    height: int
    widths: list[int]
    alt: texts.Text
    credit: str
    is_logo: bool

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(content type, srcset) of the formats that not every browser shows, the smallest first."""
        return [(files.FORMATS[extension], self.srcset(extension)) for extension in ("avif", "webp")]

    @property
    def jpeg_srcset(self) -> str:
        return self.srcset("jpg")

    def srcset(self, extension: str) -> str:
        return ", ".join(f"{self.address(width, extension)} {width}w" for width in self.widths)

    def address(self, width: int, extension: str = "jpg") -> str:
        return reverse("photo", args=[self.digest, width, extension])

    @property
    def narrowest(self) -> str:
        return self.address(self.widths[0])

    @property
    def widest(self) -> str:
        return self.address(self.widths[-1])


def of(stated: Iterable[dict[str, Any]]) -> list[ShownPhoto]:
    """From what a snapshot says."""
    return [
        ShownPhoto(
            digest=photo["digest"],
            width=photo["width"],
            height=photo["height"],
            widths=photo["widths"],
            alt=texts.pick(photo["alt"]),
            credit=photo.get("credit", ""),
            is_logo=photo["kind"] == choices.PhotoKind.LOGO,
        )
        for photo in stated
    ]
