"""Picture files, good and bad, made when a test asks for them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw

from enterprises.models import Enterprise, Photo
from enterprises.photos import chores, keeping

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


def picture(width: int = 1200, height: int = 800, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Red above and blue below, so that one sees which way it is turned. The seed makes it another."""
    drawn = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(drawn).rectangle((0, height // 2, width, height), fill=BLUE)
    drawn.putpixel((0, 0), (seed % 256, seed // 256, 0))
    ImageDraw.Draw(drawn).rectangle((0, 0, 40 + 10 * seed, 40), fill=GREEN)
    return drawn.convert(mode)


def encoded(image: Image.Image | None = None, kind: str = "JPEG", **options: Any) -> bytes:
    to = BytesIO()
    (image or picture()).save(to, kind, **options)
    return to.getvalue()


def a_photo(enterprise: Enterprise, *, kind: str = "photo", seed: int = 0, **fields: Any) -> Photo:
    """A picture of the enterprise whose widths are made."""
    words = {"alt_da": "To bagere ved ovnen"} | fields
    photo = keeping.add(enterprise, encoded(picture(seed=seed)), kind=kind, **words)
    chores.make_widths(photo.pk)
    photo.refresh_from_db()
    return photo


def from_a_phone(orientation: int = 6) -> bytes:
    """Taken on its side, with where and by what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Hemmelig Telefon"
    position = exif.get_ifd(0x8825)
    position[1], position[2] = "N", (55.0, 41.0, 12.0)
    position[3], position[4] = "E", (12.0, 33.0, 21.0)
    return encoded(exif=exif, comment=b"Hemmelig bem\xe6rkning", xmp=b"<x:xmpmeta>hemmeligt</x:xmpmeta>")


def with_profile() -> bytes:
    return encoded(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG that says it is enormous, and is a few hundred bytes."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(10_000))),
            (b"IEND", b""),
        )
    )


def with_much_hidden_text() -> bytes:
    """A PNG with a remark of fifty million letters, packed small."""
    whole = encoded(kind="PNG")
    remark = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))
    return whole[:33] + remark + whole[33:]


def many_scans() -> bytes:
    """A progressive JPEG whose last scan comes over and over: little to send, much to work through."""
    whole = encoded(progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 200 + b"\xff\xd9"


def animated(kind: str) -> bytes:
    return encoded(kind=kind, save_all=True, append_images=[picture(seed=9)], duration=100)


def sixteen_bit_grey() -> bytes:
    """Half as light as light gets."""
    return encoded(Image.new("I;16", (400, 300), 32_768), "PNG")


def see_through(mode: str = "RGBA") -> bytes:
    """Nothing but a blue square in the middle."""
    drawn = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).rectangle((100, 100, 300, 300), fill=(*BLUE, 255))
    return encoded(drawn.quantize() if mode == "P" else drawn, "PNG")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
