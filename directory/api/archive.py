"""All open data as one zip file: the same records as csv, NDJSON, GeoJSON and JSON-LD, and what they mean.

Nothing is held whole, and neither is the catalogue: the records are read once, written down beside the
archive, and every other file is made from what is written there, so that all tell of the same moment.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from directory.api import concepts, figures, linked, rdf, records, streams
from directory.api.records import Json, Words
from directory.catalogue import TERMS
from directory.models import Listing

NAME = "den-faelles-by.zip"
LICENCE_NAME = "CC-BY-4.0"
MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "jsonld": linked.CONTENT_TYPE,
    "json": "application/json",
    "ttl": "text/turtle",
}


@dataclass(frozen=True)
class Terms:
    """The lists of words without the rest of the catalogue."""

    terms: dict[str, dict[str, Any]]

    def term(self, facet: str, slug: str | None) -> Any:
        return self.terms[facet].get(slug or "")

    @classmethod
    def read(cls) -> Terms:
        return cls(
            {
                facet: {term.slug: term for term in model._default_manager.all()}
                for facet, model in TERMS.items()
            }
        )


def write(to: IO[bytes], made_at: datetime) -> int:
    """Write the archive; returns how many enterprises are in it."""
    words = Terms.read()
    with tempfile.TemporaryFile() as beside, ZipFile(to, "w", ZIP_DEFLATED) as archive:
        count = _write_beside(beside, words)
        again = partial(_read_beside, beside)
        files = {
            "enterprises.csv": streams.csv_rows(again()),
            "enterprises.ndjson": streams.ndjson(again()),
            "enterprises.jsonld": streams.jsonld(again()),
            "places.geojson": streams.geojson(again()),
            "taxonomies.json": iter([streams.as_json(figures.taxonomies(words))]),
            "taxonomies.ttl": iter([rdf.as_turtle(concepts.nodes(words)).decode()]),
            "context.jsonld": iter([linked.context().decode()]),
        }
        written = partial(_written, archive, made_at)
        resources = [written(name, parts) for name, parts in files.items()]
        written("README.txt", _readme(made_at, count))
        written("datapackage.json", _datapackage(made_at, resources))
    return count


def _write_beside(beside: IO[bytes], words: Words) -> int:
    count, today = 0, timezone.localdate()
    keys = iter(list(Listing.objects.order_by("sort_key", "pk").values_list("pk", flat=True)))
    with gzip.open(beside, "wt", compresslevel=1, encoding="utf-8") as lines:
        while ids := list(islice(keys, streams.CHUNK)):
            for row in records.rows(ids):
                lines.write(f"{streams.as_json(records.record(row, words, today))}\n")
                count += 1
    return count


def _read_beside(beside: IO[bytes]) -> Iterator[list[Json]]:
    beside.seek(0)
    with gzip.open(beside, "rt", encoding="utf-8") as lines:
        while chunk := [json.loads(line) for line in islice(lines, streams.CHUNK)]:
            yield chunk


def _written(archive: ZipFile, made_at: datetime, name: str, parts: Iterable[str]) -> Json:
    """Write one file; returns what datapackage.json says about it."""
    size, digest = 0, hashlib.sha256()
    entry = ZipInfo(name, timezone.localtime(made_at).timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as file:
        for part in parts:
            content = part.encode()
            file.write(content)
            digest.update(content)
            size += len(content)
    stem, _dot, ending = name.rpartition(".")
    return {
        "name": f"{stem}-{ending}",
        "path": name,
        "format": ending,
        "mediatype": MEDIA_TYPES.get(ending, "text/plain"),
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
    }


def _readme(made_at: datetime, count: int) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with override(language):
            context = {
                "made_at": made_at,
                "count": count,
                "attribution": records.attribution(),
                "licence": records.LICENCE,
                "documentation": f"{settings.SITE_URL}{reverse('open-data-api')}",
            }
            yield render_to_string("machines/readme.txt", context)


def _datapackage(made_at: datetime, resources: list[Json]) -> Iterator[str]:
    """As the Data Package standard has it."""
    package = {
        "name": NAME.removesuffix(".zip"),
        "title": records.ATTRIBUTION,
        "homepage": f"{settings.SITE_URL}{reverse('open-data')}",
        "created": records.moment(made_at),
        "licenses": [{"name": LICENCE_NAME, "path": records.LICENCE}],
        "sources": [{"title": records.attribution(), "path": settings.SITE_URL}],
        "resources": resources,
    }
    yield json.dumps(package, ensure_ascii=False, indent=2) + "\n"
