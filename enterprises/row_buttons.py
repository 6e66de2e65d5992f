"""Buttons that add, remove and move rows of a form without a script: they submit the page.

A button's value says what to do: "add:offers", "remove:offers:2", "up:offers:2", "down:offers:2".
"""

from __future__ import annotations

from django.http import QueryDict

from enterprises.forms.page import MOST_ROWS, row_count

Row = dict[str, list[str]]


def press(data: QueryDict, button: str) -> str | None:
    """Change the data as the button says. Returns the id of the row to look at; None if it is no button."""
    what, _colon, where = button.partition(":")
    prefix, _colon, number = where.partition(":")
    if f"{prefix}-TOTAL_FORMS" not in data:
        return None
    rows = [_row(data, prefix, index) for index in range(row_count(data, prefix))]
    before = len(rows)
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if what == "add" and before < MOST_ROWS:
        rows.append({})
        place = before
    elif what == "remove" and 0 <= place < before:
        del rows[place]
        place -= 1
    elif what == "up" and 0 < place < before:
        rows[place - 1 : place + 1] = rows[place], rows[place - 1]
        place -= 1
    elif what == "down" and 0 <= place < before - 1:
        rows[place : place + 2] = rows[place + 1], rows[place]
        place += 1
    _write(data, prefix, rows, before)
    return f"{prefix}-{place}" if place >= 0 else f"{prefix}-rows"


def _row(data: QueryDict, prefix: str, number: int) -> Row:
    start = f"{prefix}-{number}-"
    return {name.removeprefix(start): data.getlist(name) for name in data if name.startswith(start)}


def _write(data: QueryDict, prefix: str, rows: list[Row], before: int) -> None:
    for number in range(before):
        for name in _row(data, prefix, number):
            del data[f"{prefix}-{number}-{name}"]
    for number, row in enumerate(rows):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
    data[f"{prefix}-INITIAL_FORMS"] = "0"
