"""The drawn house of an enterprise: the same every time for the same enterprise.

Wall colour tells the sector, roof shape the ownership, a flag that all five grounds are verified; the
rest is chosen by a digest of the key. Each choice has its own digest, so that a new kind of detail
leaves every other detail of a house where it was.
"""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from directory.pictures import PAPER, card, icon
from directory.shapes import Circle, Drawing, Outline, Path, Rectangle, Shape
from directory.shapes import svg as svg
from enterprises.choices import Roof

HEIGHT = 136
MARGIN = 4
GROUND_FLOOR = 32
STOREY = 20
WINDOW_WIDTH, WINDOW_HEIGHT = 11, 13
WINDOW_SPACING = {2: 24, 3: 22}
WALL_WIDTH = {2: 61, 3: 77}  # odd, and so is a window: glazing bars fall on whole numbers
STRIPE = 6

GLASS = "#f4efe2"
LIGHT = "#f6d98b"
LEAVES = "#8dba6c"
INK = "#17231f"
FLAG_RED = "#c8102e"
WHITE = "#fff"


class Layer(IntEnum):
    """From the back to the front. Shapes of one layer share a fill and become one path."""

    ROOF = 0
    WALL = 1
    GLASS = 2
    LIGHT = 3
    FRAME = 4
    TRIM = 5
    STRIPES = 6
    LEAVES = 7
    FLAG = 8
    CROSS = 9
    BICYCLE = 10


Part = tuple[Layer, Outline]


@dataclass(frozen=True)
class _House:
    """What is decided about a house before anything is drawn."""

    key: str
    columns: int
    upper_floors: int
    door_left: bool

    @property
    def left(self) -> int:
        return MARGIN

    @property
    def wall_width(self) -> int:
        return WALL_WIDTH[self.columns]

    @property
    def right(self) -> int:
        return self.left + self.wall_width

    @property
    def centre(self) -> float:
        return self.left + self.wall_width / 2

    @property
    def top(self) -> int:
        return HEIGHT - GROUND_FLOOR - STOREY * self.upper_floors

    @property
    def column_centres(self) -> list[float]:
        spacing = WINDOW_SPACING[self.columns]
        return [self.centre + spacing * (column - (self.columns - 1) / 2) for column in range(self.columns)]

    def pick(self, what: str, options: int) -> int:
        return _pick(self.key, what, options)


def _pick(key: str, what: str, options: int) -> int:
    digest = hashlib.blake2b(f"{what}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % options


def draw(key: str, wall: str, dark: str, roof: str, *, flag: bool = False) -> Drawing:
    """Width follows the number of window columns, height is always HEIGHT: give it a height in CSS."""
    lowest = 2 if roof == Roof.FLAT else 1  # a low house without a roof looks like a shed
    house = _House(
        key=key,
        columns=2 + _pick(key, "columns", 2),
        upper_floors=lowest + _pick(key, "floors", 4 - lowest),
        door_left=bool(_pick(key, "door", 2)),
    )
    parts = [
        (Layer.WALL, Rectangle(house.left, house.top, house.wall_width, HEIGHT - house.top)),
        *_ROOFS[Roof(roof)](house),
        *_windows(house),
        *_ground_floor(house),
        *_extra(house),
        *(_flag(*_flagpole_foot(house, Roof(roof))) if flag else ()),
    ]
    fills = _fills(wall, dark)
    parts.sort(key=lambda part: part[0])
    return Drawing(
        house.wall_width + 2 * MARGIN, HEIGHT, tuple(Shape(fills[layer], outline) for layer, outline in parts)
    )


def _fills(wall: str, dark: str) -> dict[Layer, str]:
    return {
        Layer.ROOF: dark,
        Layer.WALL: wall,
        Layer.GLASS: GLASS,
        Layer.LIGHT: LIGHT,
        Layer.FRAME: wall,
        Layer.TRIM: dark,
        Layer.STRIPES: GLASS,
        Layer.LEAVES: LEAVES,
        Layer.FLAG: FLAG_RED,
        Layer.CROSS: WHITE,
        Layer.BICYCLE: INK,
    }


def _mirrored(x: float, y: float, *half: tuple[float, ...]) -> Path:
    """A symmetrical outline from its left half, given from the foot to the middle."""
    back = tuple(
        (step[2] - step[0], step[1] - step[3], step[2], -step[3]) if len(step) == 4 else (step[0], -step[1])
        for step in reversed(half)
    )
    return Path(x, y, half + back)


# Roofs


def _gable(house: _House) -> Iterator[Part]:
    reach = house.wall_width / 2
    yield Layer.ROOF, _mirrored(house.left - 4, house.top + 2, (reach + 4, -29))
    yield Layer.WALL, _mirrored(house.left + 2, house.top + 1, (reach - 2, -22))
    yield Layer.GLASS, Circle(house.centre, house.top - 8, 4)
    yield from _chimney(house, house.top - 24)


def _step(house: _House) -> Iterator[Part]:
    run = 10 if house.columns == 3 else 8
    plateau = house.wall_width / 2 - 3 * run
    climb = ((run, 0), (0, -7), (run, 0), (0, -7), (run, 0), (0, -7))
    yield Layer.ROOF, _mirrored(house.left - 1, house.top, (0, -5), *climb, (plateau + 1, 0))
    yield Layer.WALL, _mirrored(house.left, house.top, (0, -3), *climb, (plateau, 0))
    yield Layer.GLASS, Circle(house.centre, house.top - 9, 4)


def _saddle(house: _House) -> Iterator[Part]:
    yield (
        Layer.ROOF,
        _mirrored(house.left - 3, house.top + 1, (7, -23), (house.wall_width / 2 - 4, 0)),
    )
    for side in (-1, 1):
        x = house.centre + side * (house.wall_width // 4)
        yield Layer.WALL, _mirrored(x - 7.5, house.top, (0, -11), (7.5, -7))
        yield _glass(house, f"dormer{side}"), Rectangle(x - 3.5, house.top - 11, 7, 9)
    yield from _chimney(house, house.top - 29)


def _bell(house: _House) -> Iterator[Part]:
    reach = house.wall_width / 2
    yield (
        Layer.ROOF,
        _mirrored(
            house.left - 3, house.top + 1, (0, -4), (reach - 12, 0, reach - 12, -14), (2, -11, 15, -11)
        ),
    )
    yield (
        Layer.WALL,
        _mirrored(house.left, house.top + 1, (0, -1), (reach - 11, -1, reach - 11, -15), (2, -9, 11, -9)),
    )
    yield Layer.GLASS, Circle(house.centre, house.top - 9, 4)


def _mansard(house: _House) -> Iterator[Part]:
    reach = house.wall_width / 2
    yield Layer.ROOF, _mirrored(house.left - 3, house.top + 1, (6, -20), (10, -7), (reach - 13, 0))
    for number, x in enumerate(house.column_centres):
        yield Layer.WALL, Path(x - 5.5, house.top, ((0, -13), (5.5, -4, 11, 0), (0, 13)))
        yield _glass(house, f"dormer{number}"), Rectangle(x - 3.5, house.top - 12, 7, 10)
    yield from _chimney(house, house.top - 30)


def _dome(house: _House) -> Iterator[Part]:
    reach = 25 if house.columns == 3 else 21
    yield Layer.ROOF, Rectangle(house.centre - 1.5, house.top - 30, 3, 6)
    yield Layer.ROOF, _mirrored(house.centre - reach, house.top - 8, (1, -17, reach, -17))
    yield Layer.WALL, Rectangle(house.centre - reach + 2, house.top - 8, 2 * reach - 4, 8)
    for x in (-12, 0, 12):
        yield Layer.GLASS, Rectangle(house.centre + x - 2.5, house.top - 7, 5, 5)
    yield Layer.TRIM, Rectangle(house.left - 2, house.top - 1, house.wall_width + 4, 3)


def _flat(house: _House) -> Iterator[Part]:
    """A roof terrace: stairs up, a railing, something green."""
    hut = house.right - 22 if house.door_left else house.left + 6
    yield Layer.WALL, Rectangle(hut, house.top - 15, 16, 15)
    yield Layer.TRIM, Rectangle(hut - 2, house.top - 17, 20, 3)
    yield Layer.TRIM, Rectangle(house.left - 2, house.top - 2, house.wall_width + 4, 4)
    length = house.wall_width - 26
    rail = house.left + 2 if house.door_left else house.right - 2 - length
    yield Layer.WALL, Rectangle(rail, house.top - 10, length, 1)
    for post in range(0, length, (length - 1) // 3):
        yield Layer.WALL, Rectangle(rail + post, house.top - 10, 1, 8)
    yield Layer.LEAVES, Circle(rail + length / 2 + 0.5, house.top - 5, 4)


_ROOFS: dict[Roof, Callable[[_House], Iterator[Part]]] = {
    Roof.GABLE: _gable,
    Roof.STEP: _step,
    Roof.SADDLE: _saddle,
    Roof.BELL: _bell,
    Roof.MANSARD: _mansard,
    Roof.DOME: _dome,
    Roof.FLAT: _flat,
}


def _chimney(house: _House, y: float) -> Iterator[Part]:
    if house.pick("chimney", 3):
        side = 1 if house.pick("chimney side", 2) else -1
        x = house.centre + side * (house.wall_width // 4)
        yield Layer.ROOF, Rectangle(x - 3.5, y, 7, 14)


# Walls


def _glass(house: _House, window: str) -> Layer:
    return Layer.LIGHT if house.pick(window, 3) == 0 else Layer.GLASS


def _windows(house: _House) -> Iterator[Part]:
    always_lit = house.pick("lit", house.upper_floors * house.columns)
    for number in range(house.upper_floors * house.columns):
        floor, column = divmod(number, house.columns)
        layer = Layer.LIGHT if number == always_lit else _glass(house, f"window{number}")
        x, y = house.column_centres[column] - WINDOW_WIDTH / 2, _window_top(house, floor)
        yield layer, Rectangle(x, y, WINDOW_WIDTH, WINDOW_HEIGHT)
    yield from _glazing_bars(house)


def _window_top(house: _House, floor: int) -> int:
    return house.top + 6 + STOREY * floor


def _glazing_bars(house: _House) -> Iterator[Part]:
    """One bar runs through a whole row of windows: on the wall between them it does not show."""
    first, last = house.column_centres[0], house.column_centres[-1]
    height = STOREY * (house.upper_floors - 1) + WINDOW_HEIGHT
    for x in house.column_centres:
        yield Layer.FRAME, Rectangle(x - 0.5, _window_top(house, 0), 1, height)
    for floor in range(house.upper_floors):
        yield Layer.FRAME, Rectangle(first - 6, _window_top(house, floor) + 4, last - first + 12, 1)


def _ground_floor(house: _House) -> Iterator[Part]:
    door = house.left + 8 if house.door_left else house.right - 20
    shop = door + 18 if house.door_left else house.left + 8
    width = STRIPE * (7 if house.columns == 3 else 5)
    shop += (house.wall_width - 34 - width) // 2 if house.door_left else 0
    yield Layer.TRIM, Path(door, HEIGHT, ((0, -18), (6, -9, 12, 0), (0, 18)))
    yield Layer.STRIPES, Rectangle(door + 3, HEIGHT - 18, 6, 5)
    awning = house.pick("awning", 3) > 0
    lit = awning or house.pick("shop lit", 2)  # pale stripes before pale glass look like battlements
    yield Layer.LIGHT if lit else Layer.GLASS, Rectangle(shop, HEIGHT - 25, width, 19)
    yield Layer.FRAME, Rectangle(shop + width / 2 - 0.5, HEIGHT - 25, 1, 19)
    if awning:
        yield from _awning(shop, HEIGHT - 27, width)
    else:
        yield Layer.TRIM, Rectangle(shop - 2, HEIGHT - 29, width + 4, 6)


def _awning(x: float, y: float, width: int) -> Iterator[Part]:
    count = width // STRIPE
    scallop = (-STRIPE / 2, 5, -STRIPE, 0)
    yield Layer.TRIM, Path(x, y, ((width, 0), (0, 7), *[scallop] * count))
    for stripe in range(1, count, 2):
        yield Layer.STRIPES, Path(x + stripe * STRIPE, y, ((STRIPE, 0), (0, 7), scallop))


# What stands about


def _extra(house: _House) -> Iterator[Part]:
    match house.pick("extra", 5):
        case 0 | 1:
            yield from _window_boxes(house)
        case 2:
            yield from _laurel(house)
        case 3:
            yield from _bicycle(house)


def _window_boxes(house: _House) -> Iterator[Part]:
    for x in house.column_centres:
        yield Layer.LEAVES, Rectangle(x - 6.5, _window_top(house, house.upper_floors - 1) + 11, 13, 3)


def _laurel(house: _House) -> Iterator[Part]:
    x = house.left + 4 if house.door_left else house.right - 4
    yield Layer.LEAVES, Circle(x, HEIGHT - 10, 4)
    yield Layer.TRIM, Rectangle(x - 3, HEIGHT - 6, 6, 6)


# Round the outside, then back round the hole.
_FRAME = ((4, -7), (7, 0), (-4, 7), (-7, 0), (2, -1), (4, 0), (3, -5), (-4, 0), (-3, 5))


def _bicycle(house: _House) -> Iterator[Part]:
    x = house.right - 26 if house.door_left else house.left + 12
    y = HEIGHT - 5
    for wheel in (x, x + 14):
        yield Layer.BICYCLE, Circle(wheel, y, 5, 4)
    yield Layer.BICYCLE, Path(x, y, _FRAME)
    yield Layer.BICYCLE, Path(x + 7, y - 11, ((3, 0), (4, 11), (-5, -10), (-2, 0)))
    yield Layer.BICYCLE, Rectangle(x + 2, y - 9, 4, 2)


def _flagpole_foot(house: _House, roof: Roof) -> tuple[float, float]:
    rise = {Roof.SADDLE: 22, Roof.FLAT: 17, Roof.MANSARD: 26, Roof.GABLE: 27, Roof.STEP: 26, Roof.BELL: 27}
    x = house.centre
    if roof == Roof.FLAT:
        x = house.right - 13.5 if house.door_left else house.left + 13.5
    return x, house.top - rise.get(roof, 29)


def _flag(x: float, foot: float) -> Iterator[Part]:
    yield Layer.TRIM, Rectangle(x - 0.5, foot - 14, 1, 15)
    yield Layer.FLAG, Rectangle(x + 0.5, foot - 14, 12, 8)
    yield Layer.CROSS, Rectangle(x + 3.5, foot - 14, 2, 8)
    yield Layer.CROSS, Rectangle(x + 0.5, foot - 11, 12, 2)


# The brand and its pictures


def brand() -> str:
    """The logo: three houses wall to wall."""
    return svg(BRAND, css_class="brand")


_STEPS = ((0, -19), (2, 0), (0, -3), (2, 0), (0, -3), (2, 0), (0, 3), (2, 0), (0, 3), (2, 0), (0, 19))
BRAND = Drawing(
    32,
    32,
    (
        Shape("#a8402b", Path(1, 30, ((0, -17), (5, -6), (5, 6), (0, 17)))),
        Shape("#1b6654", Path(11, 30, _STEPS)),
        Shape("#d99a1f", Path(21, 30, ((0, -16), (0, -6, 5, -6), (5, 0, 5, 6), (0, 16)))),
        Shape(LIGHT, Rectangle(4, 16, 4, 4)),
        Shape(LIGHT, Rectangle(14, 24, 4, 6)),
        Shape(LIGHT, Rectangle(24, 15, 4, 4)),
    ),
)

_QUIET_STREET = (
    draw("1", "#c2584a", "#8a3c31", Roof.MANSARD),
    draw("2", "#2a779f", "#184f6c", Roof.STEP),
    draw("3", "#d9a345", "#a3762c", Roof.BELL),
    draw("4", "#5a8b5b", "#446847", Roof.SADDLE),
    draw("5", "#75608a", "#4d3d5b", Roof.GABLE),
    draw("6", "#369591", "#2f6f6d", Roof.DOME),
)


def png(house: Drawing, *neighbours: Drawing, title: str, subtitle: str) -> bytes:
    """The picture that goes with a shared link; its neighbours stand faded behind the house."""
    return card(house, neighbours or _QUIET_STREET, BRAND, title, subtitle)


def write_icons(folder: pathlib.Path) -> None:
    """The site's icons, made from the brand. Run once after changing it."""
    standalone = brand().replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    (folder / "favicon.svg").write_text(standalone + "\n")
    icon(BRAND, 32, scale=1).save(folder / "favicon.ico", sizes=[(32, 32)])
    icon(BRAND, 180, scale=4.5, background=PAPER).save(folder / "apple-touch-icon.png", optimize=True)


def write_share_picture(folder: pathlib.Path) -> None:
    """The picture of the site itself, for links to pages that are nobody's own. Run with the icons."""
    picture = png(_QUIET_STREET[0], title="Den fælles by", subtitle="København har flere ejere, end du tror")
    (folder / "share.png").write_bytes(picture)


if __name__ == "__main__":
    write_share_picture(pathlib.Path("static/img"))
    write_icons(pathlib.Path("static/img"))
