"""From the bytes somebody sent in to a picture of ours, or to a sentence that says why not.

What the file says of itself (its name, its type) counts for nothing. Nothing of it is kept but the
pixels: no position, no camera, no hidden text, nothing that hangs on behind.
"""

from __future__ import annotations

from io import BytesIO
from threading import Lock

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from enterprises import choices
from enterprises.photos import files

MOST_BYTES = 12_000_000
# What the phones with the largest ordinary pictures make.
MOST_PIXELS = 50_000_000
SHORTEST_SIDE = 100
MOST_OBLONG = 8
# An ordinary progressive JPEG has ten. Each costs a walk over all pixels, however little is in it.
MOST_SCANS = 100
KINDS = ("JPEG", "PNG", "WEBP")
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


# Large pictures take hundreds of megabytes while they are read.
_one_at_a_time = Lock()


class RefusedError(Exception):
    """The message is a sentence for whoever sent the file."""


def read(content: bytes, kind: str) -> Image.Image:
    """The picture upright, in sRGB and no larger than we keep it. Raises RefusedError."""
    _refuse_by_content(content)
    try:
        with _one_at_a_time, Image.open(BytesIO(content), formats=KINDS) as picture:
            _refuse_by_header(picture)
            # A JPEG much larger than we keep is not even decoded to its full size.
            picture.draft("RGB", (files.LONGEST[choices.PhotoKind(kind)],) * 2)
            return _ours(picture, kind)
    except RefusedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(_too_many_pixels()) from error
    except Exception as error:  # a decoder may trip over broken files in any way
        raise RefusedError(
            _("Filen kan ikke læses som et billede: den er i stykker eller noget andet, end den ser ud til. "
              "Prøv at gemme billedet igen som JPEG eller PNG.")
        ) from error  # fmt: skip


def _refuse_by_content(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise RefusedError(too_large())
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise RefusedError(
            _("Det er et HEIC-billede fra en iPhone, og det kan ikke alle se. Gem det som JPEG: vælg "
              "Indstillinger → Kamera → Formater → Mest kompatibelt, før du tager billedet, eller åbn "
              "billedet på telefonen, del det, og vælg JPEG under Valg.")
        )  # fmt: skip
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise RefusedError(_("SVG kan indeholde programmer og tages ikke imod. Gem logoet som PNG."))
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise RefusedError(_("Billedet er gemt på en usædvanlig måde. Gem det igen som JPEG eller PNG."))


def _refuse_by_header(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise RefusedError(_too_many_pixels())
    if min(width, height) < SHORTEST_SIDE:
        raise RefusedError(
            _("Billedet er for lille: det er %(width)s × %(height)s punkter og skal være mindst %(least)s "
              "på hver led.") % {"width": width, "height": height, "least": SHORTEST_SIDE}
        )  # fmt: skip
    if max(width, height) > MOST_OBLONG * min(width, height):
        raise RefusedError(_("Billedet er for langt og smalt. Beskær det, og prøv igen."))
    if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        raise RefusedError(_("Billedet bevæger sig. Vælg et, der står stille."))


def _ours(picture: Image.Image, kind: str) -> Image.Image:
    longest = files.LONGEST[choices.PhotoKind(kind)]
    profile = picture.info.get("icc_profile")
    ours = _in_few_modes(picture, keep_ink=bool(profile))
    # First smaller, then the rest: of a large picture every copy weighs much.
    ours.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    ours = _in_srgb(ImageOps.exif_transpose(ours), profile)
    if ours.mode == "RGBA" and kind == choices.PhotoKind.PHOTO:
        ours = files.on_white(ours)
    return ours


def _in_few_modes(picture: Image.Image, *, keep_ink: bool) -> Image.Image:
    """RGB, RGBA where anything shows through, or CMYK where a profile says what its inks look like."""
    if picture.mode == "CMYK" and keep_ink:
        return picture
    if picture.mode.startswith("I"):
        # Sixteen bits of grey; Pillow would cut off all but the darkest.
        picture = picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            source, ours = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, ours, outputMode=mode) or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that makes no sense, or one for other colours than these
    return picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")


def too_large() -> str:
    return _("Billedet fylder for meget. Det må højst fylde %(most)s MB; gem det i en mindre størrelse.") % {
        "most": MOST_BYTES // 1_000_000
    }


def _too_many_pixels() -> str:
    return _("Billedet har for mange punkter. Det må højst have %(most)s millioner.") % {
        "most": MOST_PIXELS // 1_000_000
    }
