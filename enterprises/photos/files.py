"""What the files of a picture are called, and how each is encoded.

The master is written once, from what was sent in, and all widths are made from it. Every name begins
with the digest of the master, so what a name holds never changes and may be cached for ever.
"""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image

from enterprises import choices
from enterprises.photos.store import Store

# In the order a browser should prefer them.
FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
WIDTHS = {choices.PhotoKind.PHOTO: (480, 960, 1600), choices.PhotoKind.LOGO: (160, 320)}
# The longest side of a master: more than any width needs, so that wider ones can be made later.
LONGEST = {choices.PhotoKind.PHOTO: 2400, choices.PhotoKind.LOGO: 800}
ENCODED: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 50, "speed": 7, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 76, "method": 4},
    "jpg": {"format": "JPEG", "quality": 78, "optimize": True, "progressive": True},
}
# The folders of a store.
SHARDS = tuple(f"{number:02x}" for number in range(256))


def store() -> Store:
    found: Store = settings.PICTURES
    return found


def master_name(digest: str) -> str:
    return f"{digest[:2]}/{digest}.webp"


def width_name(digest: str, width: int, extension: str) -> str:
    return f"{digest[:2]}/{digest}-{width}.{extension}"


def digest_in(name: str) -> str:
    """The digest a file's name begins with; empty for a file that is none of ours."""
    found = re.fullmatch(r"\w\w/([0-9a-f]{32})(-\d+)?\.\w+", name)
    return found[1] if found else ""


def digest_of(master: bytes) -> str:
    return hashlib.sha256(master).hexdigest()[:32]


def widths(kind: str, width: int) -> list[int]:
    """How wide a picture of the width is offered: never wider than it is."""
    wanted = WIDTHS[choices.PhotoKind(kind)]
    return [narrower for narrower in wanted if narrower < width] + [min(width, wanted[-1])] * (
        width <= wanted[-1]
    )


def master(picture: Image.Image, kind: str) -> bytes:
    """A logo keeps its sharp edges and may be transparent; a photo is a photo."""
    how: dict[str, Any] = (
        {"lossless": True, "method": 2} if kind == choices.PhotoKind.LOGO else {"quality": 92}
    )
    return _written(picture, {"format": "WEBP", **how})


def narrowed(picture: Image.Image, width: int, extension: str) -> bytes:
    height = max(1, round(picture.height * width / picture.width))
    small = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
    if extension == "jpg" and small.mode == "RGBA":
        small = on_white(small)
    return _written(small, ENCODED[extension])


def on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _written(picture: Image.Image, how: dict[str, Any]) -> bytes:
    # Pillow copies colour profiles and remarks from here into what it writes.
    picture.info.clear()
    to = BytesIO()
    picture.save(to, **how)
    return to.getvalue()
