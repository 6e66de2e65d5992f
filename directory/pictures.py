"""Drawings as pixels: the card of a shared link and the icons. Drawn large, then scaled down."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from directory import lettering
from directory.shapes import Drawing, faded, paint

PAPER, INK, MUTED, PAVEMENT = "#fbf8f2", "#17231f", "#4d5a54", "#0f4438"
CARD_NAME = "Den fælles by"
WIDTH, HEIGHT = 1200, 630
PAVEMENT_TOP = 546
TEXT_LEFT, TEXT_TOP, TEXT_WIDTH, TEXT_HEIGHT = 72, 64, 700, 310
TITLE_SIZES = range(84, 27, -4)
SUBTITLE_SIZE, SUBTITLE_LINES = 32, 2
GAP = 20
LEADING = 1.18
BOLD = 0.016
HOUSE_MIDDLE, HOUSE_SCALE, NEIGHBOUR_SCALE = 975, 3.5, 1.15
SMOOTHING = 2
PALETTE = 128  # half the bytes of full colour, and every flat colour stays exact


def card(house: Drawing, neighbours: Sequence[Drawing], mark: Drawing, title: str, subtitle: str) -> bytes:
    """1200 × 630, the size that link previews ask for."""
    image = Image.new("RGB", (WIDTH * SMOOTHING, HEIGHT * SMOOTHING), PAPER)
    canvas = ImageDraw.Draw(image)
    _paint_street(canvas, house, neighbours)
    _paint_text(canvas, lettering.writable(title), lettering.writable(subtitle))
    _paint_name(canvas, mark)
    return _compressed(image.reduce(SMOOTHING))


def icon(drawing: Drawing, size: int, scale: float, background: str | None = None) -> Image.Image:
    """A square icon with the drawing in the middle, transparent unless it has a background."""
    large = size * 8
    image = Image.new("RGBA", (large, large), background or "#00000000")
    start = (large - drawing.width * scale * 8) / 2
    paint(ImageDraw.Draw(image), drawing, start, start, scale * 8)
    return image.reduce(8)


def _paint_street(canvas: ImageDraw.ImageDraw, house: Drawing, neighbours: Sequence[Drawing]) -> None:
    x, count = 20.0, 0
    while x < WIDTH:
        neighbour = neighbours[count % len(neighbours)]
        _stand(canvas, faded(neighbour, 0.2, PAPER), x, NEIGHBOUR_SCALE)
        x, count = x + neighbour.width * NEIGHBOUR_SCALE, count + 1
    _stand(canvas, house, HOUSE_MIDDLE - house.width * HOUSE_SCALE / 2, HOUSE_SCALE)
    canvas.rectangle((0, PAVEMENT_TOP * SMOOTHING, WIDTH * SMOOTHING, HEIGHT * SMOOTHING), fill=PAVEMENT)


def _stand(canvas: ImageDraw.ImageDraw, house: Drawing, x: float, scale: float) -> None:
    y = PAVEMENT_TOP - house.height * scale
    paint(canvas, house, x * SMOOTHING, y * SMOOTHING, scale * SMOOTHING)


def _paint_text(canvas: ImageDraw.ImageDraw, title: str, subtitle: str) -> None:
    below = _cut(_wrapped(subtitle, SUBTITLE_SIZE), SUBTITLE_LINES, SUBTITLE_SIZE)
    height_below = len(below) * SUBTITLE_SIZE * LEADING + GAP
    size, lines = _fitted(title, TEXT_HEIGHT - height_below)
    y = TEXT_TOP + (TEXT_HEIGHT - height_below - len(lines) * size * LEADING) / 2
    for line in lines:
        y += size * LEADING
        _write(canvas, y, line, size, INK, BOLD)
    y += GAP
    for line in below:
        y += SUBTITLE_SIZE * LEADING
        _write(canvas, y, line, SUBTITLE_SIZE, MUTED)


def _write(canvas: ImageDraw.ImageDraw, y: float, text: str, size: int, fill: str, bold: float = 0) -> None:
    at = (TEXT_LEFT * SMOOTHING, y * SMOOTHING)
    lettering.write(canvas, at, text, size * SMOOTHING, fill, bold=bold)


def _fitted(text: str, height: float) -> tuple[int, list[str]]:
    """The largest size at which all of the text has room; at the smallest, what has."""
    for size in TITLE_SIZES:
        lines, room = _wrapped(text, size), int(height / (size * LEADING))
        if len(lines) <= room and all(lettering.width(line, size) <= TEXT_WIDTH for line in lines):
            break
    return size, _cut(lines, room, size)


def _cut(lines: list[str], room: int, size: int) -> list[str]:
    kept = lines[:room]
    if len(lines) > room:
        kept[-1] += " …"
    return [_shortened(line, size) for line in kept]


def _shortened(line: str, size: int) -> str:
    shorter = line
    while lettering.width(shorter, size) > TEXT_WIDTH:
        line = line[:-1]
        shorter = line + "…"
    return shorter


def _wrapped(text: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and lettering.width(f"{lines[-1]} {word}", size) <= TEXT_WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _paint_name(canvas: ImageDraw.ImageDraw, mark: Drawing) -> None:
    """On a tile of paper, because the mark's green house would vanish on the green pavement."""
    middle = (PAVEMENT_TOP + HEIGHT) / 2 * SMOOTHING
    left, half = TEXT_LEFT * SMOOTHING, 28 * SMOOTHING
    canvas.rounded_rectangle((left, middle - half, left + 2 * half, middle + half), 8 * SMOOTHING, PAPER)
    scale = 1.4 * SMOOTHING
    inset = half - mark.width * scale / 2
    paint(canvas, mark, left + inset, middle - mark.height * scale / 2 - scale, scale)
    at = (left + 2 * half + 18 * SMOOTHING, middle + 11 * SMOOTHING)
    lettering.write(canvas, at, CARD_NAME, 32 * SMOOTHING, PAPER, bold=BOLD)


def _compressed(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(stream, "PNG")
    return stream.getvalue()
