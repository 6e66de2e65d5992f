"""A chart drawn on the server. What it shows stands in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, BASE, TOP = 360, 150, 126, 18
BAR = 0.66
# Of a bar that lies: its height with its label, and the room for the number after the longest.
LINE, ROOM = 28, 40


def bars(values: Sequence[tuple[str, int]], said: str) -> SafeString:
    """One bar for each (label, value), with its value above; `said` is what screen readers hear."""
    step = WIDTH / len(values)
    highest = max(1, *(value for _label, value in values))
    drawn = []
    for number, (label, value) in enumerate(values):
        left, middle = step * (number + (1 - BAR) / 2), step * (number + 0.5)
        height = (BASE - TOP) * value / highest
        places = (left, BASE - height, step * BAR, height, middle, BASE - height - 4)
        drawn.append((*(f"{place:.1f}" for place in places), value or "", f"{middle:.1f}", BASE + 15, label))
    inside = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text>',
        drawn,
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="M0 {}h{}"/>{}</svg>',
        *(WIDTH, HEIGHT, said, BASE, WIDTH, inside),
    )


def lying(values: Sequence[tuple[str, int]], said: str) -> SafeString:
    """As `bars`, but one below the other, each under its label, however long that is."""
    highest = max(1, *(value for _label, value in values))
    drawn = []
    for number, (label, value) in enumerate(values):
        top, length = LINE * number, (WIDTH - ROOM) * value / highest
        drawn.append((top + 10, label, top + 14, f"{length:.1f}", f"{length + 5:.1f}", top + 22, value))
    inside = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><rect x="0" y="{}" width="{}" height="9"/><text x="{}" y="{}">{}</text>',
        drawn,
    )
    return format_html(
        '<svg class="chart lying" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(WIDTH, LINE * len(values), said, inside),
    )
