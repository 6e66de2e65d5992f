"""The badge an enterprise puts on its own site: its house, its name, and how it stands here today.

One layout with two renderers, as the houses have. The SVG is written in whatever font the reader has, so
lines leave room for wider letters than ours.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.utils.html import escape
from PIL import Image, ImageDraw

from directory import lettering
from directory.pictures import BOLD
from directory.shapes import Drawing, paint, paths

WIDTH, HEIGHT = 320, 96
SHARPNESS = 2  # pixels for each of CSS, for fine screens
SMOOTHING = 2
HOUSE_MIDDLE, HOUSE_FOOT, HOUSE_HEIGHT = 46, 84, 72
TEXT_LEFT, TEXT_WIDTH = 92, 212
# How much wider than ours the letters of the reader's font are, as a rule and at the most.
WIDER, WIDEST = 1.12, 1.4
FONTS = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Look:
    paper: str
    line: str
    ink: str
    muted: str
    accent: str
    pavement: str


# As in tokens.css, which no picture can read.
LOOKS = {
    "light": Look("#ffffff", "#8b8677", "#17231f", "#566159", "#1b6654", "#cfd9cf"),
    "dark": Look("#1a2521", "#71807a", "#f0ede4", "#a9b5ae", "#7fcbb3", "#314039"),
}


@dataclass(frozen=True)
class Badge:
    drawing: Drawing
    name: str
    belongs: str
    state: str


@dataclass(frozen=True)
class _Line:
    text: str
    size: int
    baseline: int
    fill: str
    bold: bool = False


def _lines(badge: Badge, look: Look) -> list[_Line]:
    return [
        _Line(badge.name, 17, 36, look.ink, bold=True),
        _Line(badge.belongs, 14, 57, look.muted),
        _Line(badge.state, 14, 78, look.accent, bold=True),
    ]


def _scale(drawing: Drawing) -> float:
    return HOUSE_HEIGHT / drawing.height


def _shortened(text: str, size: int) -> str:
    """The text as far as it has room, in letters that can be drawn."""
    shown = whole = lettering.writable(text)
    while shown and lettering.width(shown, size) * WIDER > TEXT_WIDTH:
        whole = whole[:-1]
        shown = whole.rstrip() + "…"
    return shown


def svg(badge: Badge, look: Look) -> str:
    """A picture of its own, which says in words what it shows."""
    said = escape(f"{badge.name} {badge.belongs}. {badge.state}.")
    scale = _scale(badge.drawing)
    x, y = HOUSE_MIDDLE - badge.drawing.width * scale / 2, HOUSE_FOOT - HOUSE_HEIGHT
    texts = "".join(map(_text, _lines(badge, look)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{said}</title>'
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="10"'
        f' fill="{look.paper}" stroke="{look.line}"/>'
        f'<rect x="12" y="{HOUSE_FOOT}" width="68" height="3" fill="{look.pavement}"/>'
        f'<g transform="translate({x:.1f} {y}) scale({scale:.3f})">{paths(badge.drawing)}</g>'
        f'<g font-family="{FONTS}">{texts}</g></svg>'
    )


def _text(line: _Line) -> str:
    weight = ' font-weight="700"' if line.bold else ""
    text = _shortened(line.text, line.size)
    width, fitted = lettering.width(text, line.size), ""
    if width * WIDEST > TEXT_WIDTH:  # into its room, whatever the font
        fitted = f' textLength="{width * WIDER:.0f}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text x="{TEXT_LEFT}" y="{line.baseline}" font-size="{line.size}"{weight}{fitted}'
        f' fill="{line.fill}">{escape(text)}</text>'
    )


def png(badge: Badge, look: Look) -> bytes:
    large = SHARPNESS * SMOOTHING
    image = Image.new("RGBA", (WIDTH * large, HEIGHT * large), "#00000000")
    canvas = ImageDraw.Draw(image)
    frame = (0, 0, WIDTH * large - 1, HEIGHT * large - 1)
    canvas.rounded_rectangle(frame, 10 * large, look.paper, look.line, large)
    canvas.rectangle((12 * large, HOUSE_FOOT * large, 80 * large, (HOUSE_FOOT + 3) * large), look.pavement)
    scale = _scale(badge.drawing)
    left = HOUSE_MIDDLE - badge.drawing.width * scale / 2
    paint(canvas, badge.drawing, left * large, (HOUSE_FOOT - HOUSE_HEIGHT) * large, scale * large)
    for line in _lines(badge, look):
        at = (TEXT_LEFT * large, line.baseline * large)
        text = _shortened(line.text, line.size)
        lettering.write(canvas, at, text, line.size * large, line.fill, bold=BOLD if line.bold else 0)
    stream = io.BytesIO()
    image.reduce(SMOOTHING).save(stream, "PNG", optimize=True)
    return stream.getvalue()
