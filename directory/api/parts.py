"""Records as JSON, each made once and kept with the catalogue while it holds, as cards are.

A record is forgotten with the listing's change and with every change of the terms; and it leaves out
openings by the day, so it holds until the day ends. Kept is the JSON of each field, so that an answer
with some of the fields is put together as one with all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from directory.api import records
from directory.catalogue import Catalogue
from directory.fragments import MOST_KEPT, make_room


@dataclass(slots=True, frozen=True)
class Parts:
    pk: int
    # the JSON of each of records.FIELDS
    values: tuple[bytes, ...]
    # what holds on this day
    day: date


KIND = "record"
_KEYS = {name: f'"{name}":'.encode() for name in records.FIELDS}
# Most of these are had by many: one of each is enough.
_SHARED = {text: text for text in (b"null", b"[]", b"true", b"false", b'{"da":null,"en":null}')}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def of_listings(
    ids: Iterable[int], catalogue: Catalogue, fields: Iterable[str], more: Mapping[int, bytes]
) -> list[bytes]:
    """The records in the order of their ids, with all fields or those named; `more` comes after them.

    One query, or none where all are kept.
    """
    wanted = list(ids)
    known = _parts(wanted, catalogue)
    chosen = [(at, _KEYS[name]) for at, name in enumerate(records.FIELDS) if not fields or name in fields]
    return [
        b"{%b}"
        % b",".join([*(key + known[pk].values[at] for at, key in chosen), *filter(None, [more.get(pk)])])
        for pk in wanted
        if pk in known
    ]


def _parts(wanted: list[int], catalogue: Catalogue) -> dict[int, Parts]:
    kept, today = catalogue.fragments, timezone.localdate()
    found: list[Parts] = [kept[pk, KIND] for pk in wanted if (pk, KIND) in kept]
    known = {parts.pk: parts for parts in found if parts.day == today}
    lacking = [pk for pk in wanted if pk not in known]
    if lacking:
        made = [_made(record, today) for record in _records(lacking, catalogue, today)]
        make_room(kept, MOST_KEPT)
        kept.update({(parts.pk, KIND): parts for parts in made})
        known |= {parts.pk: parts for parts in made}
    return known


def _records(ids: list[int], catalogue: Catalogue, today: date) -> Iterator[records.Json]:
    return (records.record(row, catalogue, today) for row in records.rows(ids))


def _made(record: records.Json, today: date) -> Parts:
    texts = (encoded(record[name]) for name in records.FIELDS)
    return Parts(record["id"], tuple(_SHARED.get(text, text) for text in texts), today)
