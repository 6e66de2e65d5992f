"""A chart drawn on the server. What it shows stands in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, BASE, TOP = 360, 150, 126, 18
BAR = 0.66


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
