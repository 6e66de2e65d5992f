"""The nightly file of everything, its checksum, and the description of the data set."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from itertools import chain

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from directory import dumps
from directory.api import archive, dataset, linked, rdf, streams
from directory.api.endpoint import UNAVAILABLE, endpoint
from directory.api.problems import Problem
from directory.api.rdf import Json
from directory.api.views import FILE_COST
from directory.models import Dump, Listing
from directory.replica import public


@public
@endpoint(cost=FILE_COST)
def everything(request: HttpRequest) -> StreamingHttpResponse:
    dump = _latest()
    headers = {
        "ETag": f'"{dump.sha256}"',
        "Last-Modified": http_date(dump.made_at.timestamp()),
        "Cache-Control": "no-cache",
        "Content-Length": str(dump.size),
        "Content-Disposition": f'attachment; filename="{archive.NAME}"',
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(dump.sha256)).decode()}:",
    }
    return StreamingHttpResponse(_parts(dump), content_type="application/zip", headers=headers)


def _parts(dump: Dump) -> Iterator[bytes]:
    """A store that is silent is noticed before anything is promised."""
    parts = dumps.content(dump)
    try:
        first = next(parts)
    except OSError as error:
        raise UNAVAILABLE from error
    return chain([first], _with_signs_of_life(parts))


def _with_signs_of_life(parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        streams.alive()
        yield part


@public
@endpoint()
def checksum(request: HttpRequest) -> HttpResponse:
    return HttpResponse(dumps.checksum(_latest().sha256), content_type="text/plain; charset=utf-8")


def _latest() -> Dump:
    dump = Dump.latest()
    if dump is None:
        raise Problem(404, _("Den samlede fil bliver lavet i nat. Indtil da fås det hele som csv og NDJSON."))
    return dump


@public
@endpoint()
def dataset_jsonld(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rdf.as_jsonld(_dataset()), content_type=linked.CONTENT_TYPE)


@public
@endpoint()
def dataset_turtle(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rdf.as_turtle(_dataset()), content_type=rdf.TURTLE)


def _dataset() -> list[Json]:
    modified = Listing.objects.aggregate(latest=Max("published_at"))["latest"]
    return dataset.nodes(Dump.latest(), modified)
