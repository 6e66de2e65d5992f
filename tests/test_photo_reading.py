"""What becomes of files people send in: good ones turn out right, bad ones leave nothing but a sentence."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from enterprises.photos import files, reading
from tests import images

SECRETS = (b"Hemmelig", b"hemmelig", b"Exif", b"xmpmeta", b"GPS")


def colour(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = picture.getpixel((int(x * (picture.width - 1)), int(y * (picture.height - 1))))
    assert isinstance(found, tuple)
    return found


def is_like(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_reads_what_people_have(kind: str) -> None:
    picture = reading.read(images.encoded(kind=kind), "photo")
    assert (picture.mode, picture.size) == ("RGB", (1200, 800))
    assert is_like(colour(picture, 0.9, 0.1), images.RED) and is_like(colour(picture, 0.5, 0.9), images.BLUE)


@pytest.mark.parametrize(
    ("orientation", "red_at"), [(1, (0.5, 0.1)), (3, (0.5, 0.9)), (6, (0.9, 0.5)), (8, (0.1, 0.5))]
)
def test_turns_a_picture_upright(orientation: int, red_at: tuple[float, float]) -> None:
    picture = reading.read(images.from_a_phone(orientation), "photo")
    assert picture.size == ((800, 1200) if orientation > 4 else (1200, 800))
    assert is_like(colour(picture, *red_at), images.RED)


def test_keeps_nothing_but_what_one_sees() -> None:
    sent = images.from_a_phone()
    assert all(secret in sent for secret in (b"Hemmelig", b"Exif", b"xmpmeta"))
    picture = reading.read(sent, "photo")
    written = [files.master(picture, "photo"), *(files.narrowed(picture, 480, e) for e in files.FORMATS)]
    for content in written:
        assert not any(secret in content for secret in SECRETS)
        again = Image.open(BytesIO(content))
        assert not again.getexif()
        assert not again.info.keys() & {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"}


def test_what_hangs_on_behind_a_picture_is_gone() -> None:
    picture = reading.read(images.encoded() + b"PK\x03\x04<script>alert(1)</script>", "photo")
    assert b"<script>" not in files.master(picture, "photo")


def test_a_script_in_a_remark_is_gone() -> None:
    picture = reading.read(images.encoded(comment=b"<script>alert(1)</script>"), "photo")
    assert b"<script>" not in files.master(picture, "photo")


def test_colours_stay_as_the_profile_means_them() -> None:
    picture = reading.read(images.with_profile(), "photo")
    assert is_like(colour(picture, 0.9, 0.1), images.RED)


def test_a_broken_profile_is_left_out() -> None:
    picture = reading.read(images.encoded(icc_profile=b"not a profile" * 20), "photo")
    assert is_like(colour(picture, 0.9, 0.1), images.RED)


def test_printers_inks_become_colours() -> None:
    picture = reading.read(images.encoded(images.picture(mode="CMYK")), "photo")
    assert picture.mode == "RGB"
    assert is_like(colour(picture, 0.5, 0.9), images.BLUE)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA"])
def test_reads_grey_and_few_colours(mode: str) -> None:
    picture = reading.read(images.encoded(images.picture(mode=mode), "PNG"), "photo")
    assert picture.mode == "RGB"


def test_sixteen_bits_of_grey_do_not_burn_out() -> None:
    assert is_like(colour(reading.read(images.sixteen_bit_grey(), "photo"), 0.5, 0.5), (128, 128, 128))


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_logo_stays_transparent_and_a_photo_does_not(mode: str) -> None:
    logo = reading.read(images.see_through(mode), "logo")
    assert colour(logo, 0.05, 0.05)[3] == 0
    assert is_like(colour(logo, 0.5, 0.5), (*images.BLUE, 255))
    photo = reading.read(images.see_through(mode), "photo")
    assert colour(photo, 0.05, 0.05) == images.WHITE


def test_a_logo_without_transparency_is_white_as_jpeg() -> None:
    logo = reading.read(images.see_through(), "logo")
    jpeg = Image.open(BytesIO(files.narrowed(logo, 160, "jpg")))
    assert is_like(colour(jpeg, 0.05, 0.05), images.WHITE)


def test_large_pictures_are_kept_smaller() -> None:
    assert reading.read(images.encoded(images.picture(6000, 4000)), "photo").size == (2400, 1600)
    assert reading.read(images.encoded(images.picture(6000, 4000)), "logo").size == (800, 533)


@pytest.mark.parametrize(
    ("width", "widths"),
    [(2400, [480, 960, 1600]), (1600, [480, 960, 1600]), (1000, [480, 960, 1000]), (200, [200])],
)
def test_no_width_is_wider_than_the_picture(width: int, widths: list[int]) -> None:
    assert files.widths("photo", width) == widths


HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(2000)
BAD = {
    "not a picture": (b"Dette er en tekst, der er omd\xc3\xb8bt til billede.jpg", "kan ikke læses"),
    "an empty file": (b"", "kan ikke læses"),
    "a program": (b"MZ" + bytes(3000), "kan ikke læses"),
    "a web page": (b"<html><script>alert(1)</script></html>", "kan ikke læses"),
    "HEIC": (HEIC, "Mest kompatibelt"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
    "SVG after a declaration": (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "SVG"),
    "GIF": (images.encoded(kind="GIF"), "kan ikke læses"),
    "TIFF": (images.encoded(kind="TIFF"), "kan ikke læses"),
    "a truncated JPEG": (images.encoded()[:4000], "kan ikke læses"),
    "a truncated PNG": (images.encoded(kind="PNG")[:-400], "kan ikke læses"),
    "a truncated WebP": (images.encoded(kind="WEBP")[:-400], "kan ikke læses"),
    "only a header": (images.encoded()[:200], "kan ikke læses"),
    "a bomb": (images.bomb(), "mange punkter"),
    "a smaller bomb": (images.bomb(10_000, 10_000), "mange punkter"),
    "just too many pixels": (images.bomb(10_000, 5_001), "mange punkter"),
    "a header that promises more than there is": (images.bomb(5_000, 5_000), "kan ikke læses"),
    "much hidden text": (images.with_much_hidden_text(), "kan ikke læses"),
    "a scan over and over": (images.many_scans(), "usædvanlig måde"),
    "too many bytes": (images.encoded() + bytes(reading.MOST_BYTES), "fylder for meget"),
    "an animated PNG": (images.animated("PNG"), "bevæger sig"),
    "an animated WebP": (images.animated("WEBP"), "bevæger sig"),
    "a stamp": (images.encoded(images.picture(90, 90)), "for lille"),
    "a thread": (images.encoded(images.picture(2000, 110)), "langt og smalt"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_refuses_in_a_sentence(bad: str) -> None:
    content, sentence = BAD[bad]
    with pytest.raises(reading.RefusedError, match=sentence):
        reading.read(content, "photo")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_anywhere_a_file_is_read_or_refused(kind: str) -> None:
    whole = images.encoded(images.picture(300, 200), kind)
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            reading.read(broken, "photo")
        except reading.RefusedError as error:
            assert str(error).endswith(".")
