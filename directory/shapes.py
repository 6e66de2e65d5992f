"""Flat drawings: a list of filled shapes with two renderers, compact SVG and Pillow.

Outlines run clockwise: the SVG merges shapes of one fill into one path, and where two of them overlap
a shape running the other way would cut a hole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from PIL import ImageColor, ImageDraw

Point = tuple[float, float]
CURVE_STEPS = 8


@dataclass(frozen=True)
class Rectangle:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Circle:
    """A disc, or a ring where it has a hole."""

    x: float
    y: float
    radius: float
    hole: float = 0


@dataclass(frozen=True)
class Path:
    """A closed outline. Steps are relative: (dx, dy) a line, (cx, cy, dx, dy) a quadratic curve."""

    x: float
    y: float
    steps: tuple[tuple[float, ...], ...]


Outline = Rectangle | Circle | Path


@dataclass(frozen=True)
class Shape:
    fill: str
    outline: Outline


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    shapes: tuple[Shape, ...]


def faded(drawing: Drawing, strength: float, paper: str) -> Drawing:
    """The same drawing, mixed into the paper: 1 is as strong as before, 0 is gone."""
    shapes = (replace(shape, fill=_mixed(shape.fill, paper, strength)) for shape in drawing.shapes)
    return replace(drawing, shapes=tuple(shapes))


def _mixed(colour: str, paper: str, strength: float) -> str:
    pairs = zip(ImageColor.getrgb(colour), ImageColor.getrgb(paper), strict=True)
    return "#" + "".join(f"{round(above * strength + below * (1 - strength)):02x}" for above, below in pairs)


def svg(drawing: Drawing, css_class: str = "house") -> str:
    """Inline SVG for decoration: nothing but viewBox, paths and fills, hidden from screen readers."""
    return (
        f'<svg class="{css_class}" viewBox="0 0 {_numbers(drawing.width, drawing.height)}"'
        f' aria-hidden="true" focusable="false">{paths(drawing)}</svg>'
    )


def paths(drawing: Drawing) -> str:
    """What goes into an SVG: a path for each stretch of shapes with one fill."""
    return "".join(
        f'<path fill="{fill}" d="{"".join(_path_data(shape.outline) for shape in shapes)}"/>'
        for fill, shapes in groupby(drawing.shapes, key=lambda shape: shape.fill)
    )


def _path_data(outline: Outline) -> str:
    """Without closing commands: a fill closes its outline by itself."""
    match outline:
        case Rectangle(x, y, width, height):
            return f"M{_numbers(x, y)}h{_numbers(width)}v{_numbers(height)}H{_numbers(x)}"
        case Circle(x, y, radius, hole):
            return _arc(x, y, radius, 1) + (_arc(x, y, hole, 0) if hole else "")
        case Path(x, y, steps):
            return f"M{_numbers(x, y)}{_steps_data(steps)}"


def _arc(x: float, y: float, radius: float, sweep: int) -> str:
    """A circle as one arc from its lowest point that stops a hair's breadth short of it."""
    hair = 0.1 if sweep else -0.1
    return f"M{_numbers(x, y + radius)}a{_numbers(radius, radius)} 0 1{sweep}{_numbers(hair)} 0"


def _steps_data(steps: tuple[tuple[float, ...], ...]) -> str:
    data, previous = "", ""
    for step in steps:
        command, arguments = _command(step)
        separator = " " if command == previous and not arguments.startswith("-") else ""
        data += separator + arguments if command == previous else command + arguments
        previous = command
    return data


def _command(step: tuple[float, ...]) -> tuple[str, str]:
    if len(step) == 4:
        return "q", _numbers(*step)
    if step[0] == 0:
        return "v", _numbers(step[1])
    if step[1] == 0:
        return "h", _numbers(step[0])
    return "l", _numbers(*step)


def _numbers(*values: float) -> str:
    """At most one decimal, and a separator only where the sign does not separate already."""
    written = [
        f"{value:.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0" for value in values
    ]
    return " ".join(written).replace(" -", "-")


def paint(canvas: ImageDraw.ImageDraw, drawing: Drawing, x: float, y: float, scale: float) -> None:
    """Draw without smoothing, its upper left corner at (x, y): give it a larger canvas to scale down."""
    for shape in drawing.shapes:
        _paint_outline(canvas, shape.outline, shape.fill, (x, y), scale)


def _paint_outline(
    canvas: ImageDraw.ImageDraw, outline: Outline, fill: str, origin: Point, scale: float
) -> None:
    if isinstance(outline, Circle):
        x, y = origin[0] + outline.x * scale, origin[1] + outline.y * scale
        if outline.hole:
            thickness = round((outline.radius - outline.hole) * scale)
            canvas.circle((x, y), outline.radius * scale, outline=fill, width=thickness)
        else:
            canvas.circle((x, y), outline.radius * scale, fill=fill)
    elif isinstance(outline, Rectangle):
        left, top = round(origin[0] + outline.x * scale), round(origin[1] + outline.y * scale)
        right = round(origin[0] + (outline.x + outline.width) * scale)
        bottom = round(origin[1] + (outline.y + outline.height) * scale)
        canvas.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=fill)
    else:
        canvas.polygon(
            [(origin[0] + px * scale, origin[1] + py * scale) for px, py in flattened(outline)], fill
        )


def flattened(path: Path) -> Iterable[Point]:
    """The corners of a path whose curves have become short lines."""
    x, y = path.x, path.y
    yield x, y
    for step in path.steps:
        bend_x, bend_y, dx, dy = step if len(step) == 4 else (step[0] / 2, step[1] / 2, *step)
        for count in range(1, CURVE_STEPS + 1) if len(step) == 4 else (CURVE_STEPS,):
            t = count / CURVE_STEPS
            yield x + 2 * t * (1 - t) * bend_x + t * t * dx, y + 2 * t * (1 - t) * bend_y + t * t * dy
        x, y = x + dx, y + dy
