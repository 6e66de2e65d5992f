"""Everything that is found as one file, made while it is sent and never held whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any

from django.utils import timezone

from directory.api import linked, records
from directory.api.records import Json
from directory.finding import Finding
from directory.replica import Reading, reading
from enterprises.cells import inert

# Told after each chunk that the process is alive: gunicorn gives a request as long as it gives a worker
# without a word, and puts its own function here; see gunicorn.py.
alive: Callable[[], None] = lambda: None  # noqa: E731 – a name to be replaced
Chunks = Iterable[list[Json]]
# So many are in memory at a time, of some 10 kB each.
CHUNK = 200
COLUMNS = (
    "id", "slug", "url", "kind", "name", "cvr", "legal_form", "ownership", "sectors", "missions",
    "districts", "tagline_da", "tagline_en", "description_da", "description_en", "products", "street",
    "postcode", "city", "latitude", "longitude", "website", "founded", "employees", "special_terms",
    "members", "volunteers", "openings", "marks", "rsv", "verified_until", "confirmed_on", "published_at",
    "demo", "licence", "attribution",
)  # fmt: skip


def all_read(from_where: Reading | None, parts: Iterator[str]) -> Iterator[str]:
    """A file's parts, which are made after their view has returned, all read where the view read."""
    while True:
        with reading(from_where):
            part = next(parts, None)
        if part is None:
            return
        yield part


def ndjson(chunks: Chunks) -> Iterator[str]:
    for chunk in chunks:
        yield "".join(f"{as_json(record)}\n" for record in chunk)


def csv_rows(chunks: Chunks) -> Iterator[str]:
    """RFC 4180 in UTF-8, a place's columns from the first with an address."""
    yield _csv([COLUMNS])
    for chunk in chunks:
        yield _csv(_row(record) for record in chunk)


def geojson(chunks: Chunks) -> Iterator[str]:
    """Every place with a public address. A place whose position nobody knows has no geometry."""
    terms = {"licence": records.LICENCE, "attribution": records.attribution()}
    features = ([feature for record in chunk for feature in _features(record)] for chunk in chunks)
    return _listed({"type": "FeatureCollection", **terms}, "features", features)


def jsonld(chunks: Chunks) -> Iterator[str]:
    organisations = ([linked.organisation(record) for record in chunk] for chunk in chunks)
    return _listed({"@context": linked.context_url()}, "@graph", organisations)


def _listed(head: Json, name: str, chunks: Chunks) -> Iterator[str]:
    """An object whose last value is a list, which is never there whole."""
    yield as_json(head).removesuffix("}") + f',"{name}":['
    before = ""
    for chunk in chunks:
        if chunk:
            yield before + ",".join(map(as_json, chunk))
            before = ","
    yield "]}"


def found_records(finding: Finding) -> Iterator[list[Json]]:
    today = timezone.localdate()
    for start in range(0, finding.total, CHUNK):
        rows = records.rows(finding.ids(start, start + CHUNK))
        alive()
        yield [records.record(row, finding.catalogue, today) for row in rows]


def as_json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _csv(rows: Any) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _row(record: Json) -> list[Any]:
    place: Json = next((each for each in record["places"] if each["street"]), {})
    figures = {name: (figure or {}).get("value") for name, figure in record["figures"].items()}
    districts = [each["district"] for each in record["places"] if each["district"]]
    row = record | figures | {key: place.get(key) for key in ("street", "postcode", "city")}
    row |= {
        "url": record["urls"]["da"],
        "legal_form": (record["legal_form"] or {}).get("slug"),
        "ownership": (record["ownership"] or {}).get("slug"),
        "sectors": _slugs(record["sectors"]),
        "missions": _slugs(record["missions"]),
        "districts": _slugs(districts),
        "tagline_da": record["tagline"]["da"],
        "tagline_en": record["tagline"]["en"],
        "description_da": record["description"]["da"],
        "description_en": record["description"]["en"],
        "products": ";".join(offer["name"]["da"] for offer in record["offers"]),
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
        "members": figures["owner_members"],
        "openings": ";".join(sorted({opening["kind"] for opening in record["openings"]})),
        "marks": _slugs(record["marks"]),
        "rsv": record["rsv"]["registered"],
        "published_at": record["publication"]["published_at"],
    }
    return [_cell(row[column]) for column in COLUMNS]


def _slugs(terms: list[Json]) -> str:
    return ";".join(dict.fromkeys(term["slug"] for term in terms))


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else inert(value)


def _features(record: Json) -> Iterator[Json]:
    for number, place in enumerate(record["places"], 1):
        if place["hidden"] or not (place["street"] or place["latitude"]):
            continue
        located = place["latitude"] is not None
        position = [place["longitude"], place["latitude"]]
        yield {
            "type": "Feature",
            "id": f"{record['id']}-{number}",
            "geometry": {"type": "Point", "coordinates": position} if located else None,
            "properties": {
                "enterprise": record["id"],
                "slug": record["slug"],
                "name": record["name"],
                "urls": record["urls"],
                "sectors": [sector["slug"] for sector in record["sectors"]],
                "ownership": record["ownership"] and record["ownership"]["slug"],
                **{key: place[key] for key in ("label", "street", "postcode", "city", "district")},
                "demo": record["demo"],
            },
        }
