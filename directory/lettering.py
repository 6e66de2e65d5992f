"""Text on generated pictures, in the font that comes with Pillow.

That font knows the letters of English only. The Danish and accented ones are put together here from its
own letters and a few strokes, so that no font file has to be shipped. Measures are shares of the size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

from directory.shapes import Point

LIKENESSES = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "„": '"', "€": "EUR", "×": "x", "ß": "ss", "ð": "d", "đ": "d", "þ": "th"}
    | {"ł": "l", "Ł": "L", "ı": "i", "œ": "oe", "Œ": "OE"}
)
OVERLAP = {"æ": 0.1, "Æ": 0.35}
SLASHED = {"ø": "o", "Ø": "O"}
# Accents as lines through points, from the middle of the letter and upwards from its top.
ACCENTS: dict[str, list[list[Point]]] = {
    "\u0300": [[(-0.11, 0.2), (0.06, 0.07)]],
    "\u0301": [[(-0.06, 0.07), (0.11, 0.2)]],
    "\u0302": [[(-0.13, 0.07), (0.0, 0.19), (0.13, 0.07)]],
    "\u030c": [[(-0.13, 0.19), (0.0, 0.07), (0.13, 0.19)]],
    "\u0303": [[(-0.14, 0.09), (-0.05, 0.15), (0.05, 0.1), (0.14, 0.16)]],
    "\u0308": [[(-0.15, 0.13), (-0.08, 0.13)], [(0.08, 0.13), (0.15, 0.13)]],
}
RING = "\u030a"


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


@lru_cache(maxsize=512)
def _in_font(letter: str) -> bool:
    mask, missing = _font(20).getmask(letter), _font(20).getmask("\uffff")
    return letter == " " or (mask.size, bytes(mask)) != (missing.size, bytes(missing))


def writable(text: str) -> str:
    """The text in letters that can be drawn; what has no likeness here (emoji, other scripts) is left out."""
    text = unicodedata.normalize("NFC", text).translate(LIKENESSES)
    return " ".join("".join(map(_writable_letter, text)).split())


def _writable_letter(letter: str) -> str:
    if letter.isspace():
        return " "
    if letter in OVERLAP or letter in SLASHED or _in_font(letter) or _accented(letter):
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if _in_font(part))


def _accented(letter: str) -> tuple[str, str] | None:
    base, accent = (*unicodedata.normalize("NFD", letter), "", "")[:2]
    known = accent == RING or accent in ACCENTS
    return (base, accent) if known and _in_font(base) and len(letter) == 1 else None


def width(text: str, size: int) -> float:
    return sum(_advance(run, size) for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    """Stretches that the font can write, and single letters that it cannot."""
    for in_font, group in groupby(text, key=_in_font):
        letters = list(group)
        yield from ["".join(letters)] if in_font else letters


def _advance(run: str, size: int) -> float:
    font = _font(size)
    if run in OVERLAP:
        first, second = _halves(run)
        return font.getlength(first) + font.getlength(second) - OVERLAP[run] * size
    accented = _accented(run)
    return font.getlength(SLASHED.get(run, accented[0] if accented else run))


def _halves(letter: str) -> tuple[str, str]:
    return ("a", "e") if letter == "æ" else ("A", "E")


def write(
    canvas: ImageDraw.ImageDraw, at: Point, text: str, size: int, fill: str, *, bold: float = 0
) -> None:
    """One line of writable text from its left end on the baseline; `bold` thickens every stroke."""
    pen = _Pen(canvas, size, fill, bold * size)
    x, y = at
    for run in _runs(text):
        pen.letter(x, y, run)
        x += _advance(run, size)


class _Pen:
    def __init__(self, canvas: ImageDraw.ImageDraw, size: int, fill: str, bold: float) -> None:
        self.canvas, self.size, self.fill, self.bold = canvas, size, fill, bold
        self.stem = 0.075 * size + 2 * bold

    def letter(self, x: float, y: float, run: str) -> None:
        if run in OVERLAP:
            self._ligature(x, y, run)
        elif run in SLASHED:
            self._slashed(x, y, SLASHED[run])
        elif not _in_font(run) and (accented := _accented(run)):
            self._accented(x, y, *accented)
        else:
            self._text(x, y, run)

    def _text(self, x: float, y: float, text: str) -> None:
        font = _font(self.size)
        self.canvas.text((x, y), text, self.fill, font, anchor="ls", stroke_width=self.bold)

    def _stroke(self, points: list[Point], thickness: float) -> None:
        self.canvas.line(points, self.fill, round(thickness), joint="curve")

    def _ligature(self, x: float, y: float, letter: str) -> None:
        first, second = _halves(letter)
        join = x + _font(self.size).getlength(first) - OVERLAP[letter] * self.size
        self._text(join, y, second)
        if letter == "æ":
            self._text(x, y, first)
        else:
            self._leaning_half_of_a(x, y, join + 0.08 * self.size)

    def _leaning_half_of_a(self, x: float, y: float, stem: float) -> None:
        """Æ has no right leg: a whole A would cross the E."""
        size, top = self.size, y - 0.7 * self.size - self.bold
        foot, half = x + 0.02 * size, self.stem * 0.55
        left, right = foot - self.bold, foot + 2 * half
        bottom = y + self.bold
        self.canvas.polygon(
            [(left, bottom), (right, bottom), (stem + half, top), (stem - half, top)], self.fill
        )
        self._stroke([(x + 0.16 * size, y - 0.2 * size), (stem, y - 0.2 * size)], self.stem)
        edge = top + self.stem / 2
        self._stroke([(stem - half, edge), (stem + self.stem, edge)], self.stem)

    def _slashed(self, x: float, y: float, base: str) -> None:
        self._text(x, y, base)
        reach = _font(self.size).getlength(base)
        top = (0.7 if base.isupper() else 0.56) * self.size
        inset = 0.07 * self.size
        start, end = (x + inset, y + 0.04 * self.size), (x + reach - inset, y - top - 0.03 * self.size)
        self._stroke([start, end], 0.8 * self.stem)

    def _accented(self, x: float, y: float, base: str, accent: str) -> None:
        self._text(x, y, base)
        middle = x + _font(self.size).getlength(base) / 2
        tall = base.isupper() or base in "bdfhklt"
        top = y - (0.7 if tall else 0.55) * self.size - self.bold
        if accent == RING:
            radius = 0.105 * self.size + self.bold
            centre = (middle, top - radius - (0 if tall else 0.035 * self.size))
            self.canvas.circle(centre, radius, outline=self.fill, width=round(0.8 * self.stem))
        for line in ACCENTS.get(accent, ()):
            self._stroke(
                [(middle + dx * self.size, top - dy * self.size) for dx, dy in line], 0.9 * self.stem
            )
