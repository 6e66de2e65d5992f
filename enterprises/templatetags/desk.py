"""What the desk's own templates need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def labelled(cells: list[SafeString], headers: list[dict[str, Any]]) -> Iterator[SafeString]:
    """A row's cells, each with its column's name, which a phone shows where there is no row of headings."""
    for cell, header in zip(cells, headers, strict=False):
        if "action-checkbox" in str(header.get("class_attrib", "")):
            yield cell
        else:
            label = format_html(' data-label="{}"', str(header["text"]).capitalize())
            # Each cell begins with its tag, <td or <th, as Django has made it.
            yield mark_safe(cell[:3] + label + cell[3:])  # noqa: S308
