"""Two enterprises beside each other, in the reader's terms: what each says, and what of it differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from enterprises import merging, publishing, readable, sections, snapshots, words
from enterprises.choices import Take
from enterprises.merging import PARTS, Part
from enterprises.models import Enterprise
from enterprises.readable import Definition
from enterprises.words import Piece

# A reader sees the picture, and the map the point.
UNSAID = {*words.UNSAID, "digest"}
# Where both together are seldom what one wants.
ONE_OF_THEM = {"sectors", "places"}


@dataclass(frozen=True)
class Line:
    pieces: list[Piece]
    label: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Row:
    """What the first and the second say of one thing, and what is taken unless one chooses otherwise."""

    key: str
    label: str
    first: list[Line]
    second: list[Line]
    differs: bool
    options: list[Take]
    suggested: Take


def likelier(first: Enterprise, second: Enterprise) -> Take:
    """Whose address stays, unless one chooses otherwise: who is public, has editors, and came first."""

    def weight(one: Enterprise) -> tuple[bool, int]:
        return one.is_public, len(one.editorships.all())

    return Take.SECOND if weight(second) > weight(first) else Take.FIRST


def rows(first: Enterprise, second: Enterprise) -> list[Row]:
    one, other = sections.working(first), sections.working(second)
    differing = {part.key for part in merging.differing(one, other)}
    keep = likelier(first, second)
    return [
        _row(part, part.of(one), part.of(other), differs=part.key in differing, keep=keep)
        for part in PARTS
        if part.of(one) is not None or part.of(other) is not None
    ]


def _row(part: Part, one: Any, other: Any, *, differs: bool, keep: Take) -> Row:
    options = [Take.FIRST, Take.SECOND, *([Take.BOTH] if part.has_both else [])]
    suggested = keep
    if one is None or other is None:
        suggested = Take.SECOND if one is None else Take.FIRST
    elif part.has_both and part.key not in ONE_OF_THEM:
        suggested = Take.BOTH
    first, second = _lines(part.key, one, other)
    return Row(part.key, capfirst(part.label), first, second, differs, options, suggested)


def _lines(key: str, one: Any, other: Any) -> tuple[list[Line], list[Line]]:
    if isinstance(one or other, list):
        told = [_items(key, value or []) for value in (one, other)]
        first, second = (_unlike(told[n], told[1 - n]) for n in (0, 1))
        return first, second
    texts = [_texts(key, value) for value in (one, other)]
    found: tuple[list[Line], list[Line]] = ([], [])
    for label in dict.fromkeys(label for text in texts for label in text):
        before, after = (text.get(label, "") for text in texts)
        pieces = words.compared(before, after) if before != after else ([Piece(before, False)],) * 2
        for lines, own, text in zip(found, pieces, (before, after), strict=True):
            if text:
                lines.append(Line(own, label))
    return found


def _texts(key: str, value: Any) -> dict[str, str]:
    """A text by what it is called; one that stands alone is called nothing."""
    if value is None:
        return {}
    (definition,) = readable.definitions({key: value})
    if not definition.groups:
        return {"": definition.text}
    return {one.label: _flat([one], labelled=False) for group in definition.groups for one in group}


def _items(key: str, values: list[Any]) -> list[tuple[str, str]]:
    """Each of a list as text, with the address of its picture."""
    if not values or not isinstance(values[0], dict) or values[0].keys() == {"slug", "da", "en"}:
        return [(readable.definitions({key: [value]}, "")[0].text, "") for value in values]
    return [
        (_flat(readable.definitions(_said(value), key)), _address(value) if "digest" in value else "")
        for value in values
    ]


def _said(value: Any) -> Any:
    """A row's own names are short: both languages fit behind each other."""
    if isinstance(value, dict) and value.keys() <= {"da", "en"}:
        return " / ".join(value.values())
    if isinstance(value, dict):
        return {key: _said(inner) for key, inner in value.items() if key not in UNSAID}
    return value


def _flat(definitions: Iterable[Definition], *, labelled: bool = True) -> str:
    told = []
    for one in definitions:
        text = one.text or "; ".join(_flat(group) for group in one.groups)
        told.append(f"{one.label}: {text}" if labelled else text)
    return ", ".join(told)


def _unlike(mine: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> list[Line]:
    return [Line([Piece(text, (text, picture) not in theirs)], picture=picture) for text, picture in mine]


def _address(photo: dict[str, Any]) -> str:
    return reverse("photo", args=[photo["digest"], photo["widths"][0], "jpg"])


# -- what nobody has to choose about ----------------------------------------------------------------


def circumstances(first: Enterprise, second: Enterprise) -> list[tuple[str, str, str]]:
    told = [_circumstances(one) for one in (first, second)]
    return [(label, told[0][label], told[1][label]) for label in told[0]]


def _circumstances(one: Enterprise) -> dict[str, str]:
    editors = [str(editorship.user) for editorship in one.editorships.all()]
    standing = _("udgivet") if one.is_public else _("ikke udgivet")
    if merging.has_left(one):
        standing = _("trukket tilbage")
    elif one.is_public and publishing.has_changes(one):
        standing = _("udgivet, med ændringer, der venter")
    rsv = snapshots.take(one).get("rsv")
    return {
        _("Status"): standing,
        _("Hvem kan rette"): ", ".join(editors) or _("ingen"),
        _("RSV i CVR (følger CVR-nummeret)"): _flat(readable.definitions(rsv)) if rsv else "–",
        _("Bekræftet"): date_format(one.confirmed_on, "SHORT_DATE_FORMAT") if one.confirmed_on else "–",
        _("Oprettet"): date_format(one.created_at, "SHORT_DATE_FORMAT"),
    }
