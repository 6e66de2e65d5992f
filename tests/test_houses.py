"""The drawn house of an enterprise, its link picture and the site's icons."""

import io
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from directory import houses, lettering, shapes
from enterprises.choices import Roof

WALL, DARK = "#c2584a", "#8a3c31"
LONG_NAME = "Foreningen for Nordvests Fælles Værksteder og Grønne Gårdmiljøer"
STREET = [str(number) for number in range(150)]


def drawn(key="bageri", roof=Roof.GABLE, flag=False):
    return houses.draw(key, WALL, DARK, roof, flag=flag)


def card(title="Trådværk", subtitle="Systue på Nørrebro", **house):
    return Image.open(io.BytesIO(houses.png(drawn(**house), title=title, subtitle=subtitle)))


def test_a_house_looks_the_same_in_another_process():
    command = (
        f"from directory import houses; print(houses.svg(houses.draw('bageri', '{WALL}', '{DARK}', 'gable')))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert elsewhere.stdout.strip() == houses.svg(drawn())


def test_a_house_looks_as_it_did_last_year():
    """Pins the choices behind one house: a change here redraws every house of the city."""
    door_left = [houses._pick(key, "door", 2) for key in STREET[:12]]
    assert door_left == [0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("roof", Roof)
def test_neighbours_with_the_same_roof_differ(roof):
    assert len({houses.svg(drawn(key, roof)) for key in STREET}) > len(STREET) * 0.9


def test_each_ownership_has_its_own_roof():
    assert len({houses.svg(drawn(roof=roof)) for roof in Roof}) == len(Roof)


def test_the_wall_has_the_colour_of_the_sector():
    assert f'fill="{WALL}"' in houses.svg(drawn()) and f'fill="{DARK}"' in houses.svg(drawn())


@pytest.mark.parametrize("roof", Roof)
def test_only_verified_houses_fly_the_flag(roof):
    assert houses.FLAG_RED in houses.svg(drawn(roof=roof, flag=True))
    assert houses.FLAG_RED not in houses.svg(drawn(roof=roof))


def test_a_flag_leaves_the_rest_of_the_house_alone():
    without = set(drawn().shapes)
    assert without < set(drawn(flag=True).shapes)


@pytest.mark.parametrize("roof", Roof)
@pytest.mark.parametrize("flag", [True, False])
def test_houses_are_light_enough_to_be_in_every_card(roof, flag):
    sizes = [len(houses.svg(drawn(key, roof, flag))) for key in STREET]
    assert max(sizes) <= 1200


def test_a_street_of_houses_weighs_900_bytes_a_house():
    sizes = [
        len(houses.svg(drawn(key, roof, flag))) for key in STREET for roof in Roof for flag in (True, False)
    ]
    assert sum(sizes) / len(sizes) <= 900


@pytest.mark.parametrize("roof", Roof)
def test_markup_is_hidden_from_screen_readers_and_passes_the_content_policy(roof):
    root = ElementTree.fromstring(houses.svg(drawn(roof=roof, flag=True)))
    assert root.attrib.keys() == {"class", "viewBox", "aria-hidden", "focusable"}
    assert root.get("class") == "house" and root.get("aria-hidden") == "true"
    assert all(element.tag == "path" and element.attrib.keys() == {"fill", "d"} for element in root)


@pytest.mark.parametrize("roof", Roof)
def test_nothing_sticks_out_of_the_picture(roof):
    for key in STREET:
        house = drawn(key, roof, flag=True)
        for x, y in corners(house):
            assert 0 <= x <= house.width and 0 <= y <= house.height, (key, x, y)


@pytest.mark.parametrize("roof", Roof)
def test_outlines_run_clockwise_so_that_overlaps_stay_filled(roof):
    for shape in [*drawn("1", roof).shapes, *drawn("2", roof).shapes, *drawn("3", roof).shapes]:
        if isinstance(shape.outline, shapes.Path):
            points = list(shapes.flattened(shape.outline))
            pairs = zip(points, points[1:] + points[:1], strict=True)
            assert sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) > 0, shape


def corners(drawing):
    for shape in drawing.shapes:
        outline = shape.outline
        if isinstance(outline, shapes.Path):
            yield from shapes.flattened(outline)
        elif isinstance(outline, shapes.Circle):
            yield outline.x - outline.radius, outline.y - outline.radius
            yield outline.x + outline.radius, outline.y + outline.radius
        else:
            yield outline.x, outline.y
            yield outline.x + outline.width, outline.y + outline.height


@given(st.lists(st.floats(-200, 200), min_size=1, max_size=6))
def test_written_numbers_read_back(values):
    written = shapes._numbers(*values)
    read = [float(number) for number in re.findall(r"-?\d*\.?\d+", written)]
    assert read == pytest.approx(values, abs=0.051)


def test_the_link_picture_has_the_size_previews_ask_for():
    assert card().size == (1200, 630)


def test_the_link_picture_shows_the_house_on_the_pavement():
    colours = {colour for _, colour in card(flag=True).convert("RGB").getcolors(1 << 20)}
    assert {(0xC2, 0x58, 0x4A), (0xFB, 0xF8, 0xF2), (0x0F, 0x44, 0x38)} <= colours


@pytest.mark.parametrize(
    "name", ["Trådværk", LONG_NAME, "Menneskerettighedsarbejdsgruppeforeningen", "æ" * 90, LONG_NAME * 5]
)
def test_names_stay_clear_of_the_house_and_the_street(name):
    ink = card(title=name, subtitle="").convert("L").point(lambda level: 255 if level < 60 else 0)
    left, top, right, bottom = ink.crop((0, 0, 820, 440)).getbbox()
    assert left >= 60 and top >= 40 and right <= 790 and bottom <= 400


def test_the_link_picture_is_small_and_quick():
    houses.png(drawn(), title="æøå", subtitle="")
    started = time.perf_counter()
    picture = houses.png(drawn(flag=True), title=LONG_NAME, subtitle="Forening · Nordvest")
    assert len(picture) < 60_000
    assert time.perf_counter() - started < 0.6  # about 0.08 on an idle machine


@pytest.mark.parametrize(
    ("danish", "english"),
    [("æ", "ae"), ("ø", "o"), ("å", "a"), ("Æ", "AE"), ("Å", "A"), ("é", "e"), ("ü", "u")],
)
def test_danish_and_accented_letters_are_drawn_as_such(danish, english):
    assert lettering.writable(danish) == danish
    assert card(title=danish).tobytes() != card(title=english).tobytes()


@pytest.mark.parametrize(
    ("text", "written"),
    [("Kaffe – te", "Kaffe - te"), ("Straße", "Strasse"), ("A\u030a", "Å"), ("Vin 🍷 & øl", "Vin & øl")],
)
def test_letters_without_a_glyph_have_a_likeness_or_go(text, written):
    assert lettering.writable(text) == written


@given(st.text(max_size=40))
def test_any_name_can_be_measured_and_written(name):
    assert lettering.width(lettering.writable(name), 32) >= 0


def test_a_name_in_another_script_leaves_a_picture_without_title():
    assert card(title="合作社", subtitle="").size == (1200, 630)


def test_icons_in_the_repository_are_made_from_the_brand(tmp_path):
    houses.write_icons(tmp_path)
    shipped = Path(__file__).parent.parent / "static" / "img"
    assert (tmp_path / "favicon.svg").read_text() == (shipped / "favicon.svg").read_text()
    for name, size in (("favicon.ico", (32, 32)), ("apple-touch-icon.png", (180, 180))):
        with Image.open(tmp_path / name) as made, Image.open(shipped / name) as kept:
            assert kept.size == size and made.convert("RGBA").tobytes() == kept.convert("RGBA").tobytes()
