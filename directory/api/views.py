"""The addresses under /api/v1/ that are answered from memory and from the publications of one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import catalogue as catalogues
from directory import former, replica
from directory.api import asking, changes, concepts, cursors, figures, linked, parts, rdf, records, streams
from directory.api.asking import Paging
from directory.api.cursors import WITHDRAWN, Cursor
from directory.api.endpoint import View, endpoint
from directory.api.problems import Problem
from directory.finding import Finding
from directory.models import Listing
from directory.opening_hours import midnight
from directory.replica import public

Json = dict[str, Any]

# A file of everything is worth so many plain requests.
FILE_COST = 500
JSON = "application/json"
# With near=, how far it is.
DISTANCE = "distance_km"
OWN = ("limit", "cursor", "fields", "changed_since")


@endpoint()
def enterprises(request: HttpRequest) -> HttpResponse:
    catalogue = catalogues.of(request)
    paging = asking.paging(request.GET, (*records.FIELDS, DISTANCE))
    finding = asking.finding(request.GET, catalogue, reverse("api-enterprises"), OWN)
    if paging.changed_since:
        changes.narrow(finding, paging.changed_since)
    start = _start(finding, paging)
    end = min(start + paging.limit, finding.total)
    told = {
        "total": finding.total,
        "order": finding.asked.order,
        "corrected": finding.corrected or None,
        "warnings": asking.warnings(finding, paging.unknown),
    }
    following = cursors.after(finding, end) if end < finding.total else None
    if paging.changed_since:
        told["withdrawn"], following = _withdrawn(paging, end - start, following)
    url = _next_url(finding, paging, request.GET, following)
    found = _records(finding, start, end, paging.fields)
    head = parts.encoded(told | {"next": url} | _terms_of_use())
    response = HttpResponse(b'%b,"enterprises":[%b]}' % (head[:-1], found), content_type=JSON)
    if url:
        response["Link"] = f'<{url}>; rel="next"'
    response.fresh_until = finding.holds_until(midnight())  # type: ignore[attr-defined]
    return response


def _start(finding: Finding, paging: Paging) -> int:
    cursor = paging.cursor
    if cursor is None:
        return 0
    if cursor.order == WITHDRAWN and paging.changed_since:
        return finding.total
    if cursor.order != finding.asked.order:
        raise Problem(400, _("cursor hører til en anden søgning eller en anden rækkefølge end den her."))
    return cursors.start(finding, cursor)


def _records(finding: Finding, start: int, end: int, fields: tuple[str, ...]) -> bytes:
    ids, asked, more = finding.ids(start, end), finding.asked, dict[int, bytes]()
    if asked.spot and (not fields or DISTANCE in fields):
        known = finding.catalogue.distances(ids, asked.spot)
        more = {pk: b'"%b":%b' % (DISTANCE.encode(), _rounded(known.get(pk))) for pk in ids}
    return b",".join(parts.of_listings(ids, finding.catalogue, fields, more))


def _rounded(kilometres: float | None) -> bytes:
    return parts.encoded(None if kilometres is None else round(kilometres, 2))


def _withdrawn(paging: Paging, shown: int, following: Cursor | None) -> tuple[list[Json], Cursor | None]:
    """Those taken back come after all that are public, in what room their page leaves."""
    if following or not paging.changed_since:
        return [], following
    after = paging.cursor.pk if paging.cursor and paging.cursor.order == WITHDRAWN else 0
    room = paging.limit - shown
    gone = changes.withdrawn(paging.changed_since, after, room + 1)
    if len(gone) > room:
        last = gone[room - 1][0] if room else after
        return [stone for _pk, stone in gone[:room]], Cursor(WITHDRAWN, last)
    return [stone for _pk, stone in gone], None


def _next_url(finding: Finding, paging: Paging, asked: Any, following: Cursor | None) -> str | None:
    if following is None:
        return None
    query = finding.query_string(
        limit=asked.get("limit", ""),
        fields=",".join(paging.fields),
        changed_since=paging.changed_since.isoformat() if paging.changed_since else "",
        cursor=str(following),
    )
    return f"{settings.SITE_URL}{finding.path}{query}"


def _terms_of_use() -> Json:
    return {"licence": records.LICENCE, "attribution": records.attribution()}


@endpoint()
def enterprise(request: HttpRequest, slug: str) -> HttpResponse:
    told = _record(request, slug)
    if told is None:
        return _elsewhere(slug, "api-enterprise")
    return answer(told | {"history": changes.history(told["id"])})


@endpoint()
def enterprise_jsonld(request: HttpRequest, slug: str) -> HttpResponse:
    told = _record(request, slug)
    if told is None:
        return _elsewhere(slug, "api-enterprise-jsonld")
    return answer(linked.document(told), linked.CONTENT_TYPE)


def _record(request: HttpRequest, slug: str) -> Json | None:
    listing = Listing.objects.for_profile().filter(slug=slug).first()
    return records.record(listing, catalogues.of(request), timezone.localdate()) if listing else None


def _elsewhere(slug: str, name: str) -> HttpResponse:
    if not former.is_known(slug):
        raise Problem(404, _("Ingen virksomhed har eller har haft den adresse."))
    present = former.present_slug(slug)
    if present is None:
        raise Problem(410, _("Virksomheden er trukket tilbage fra kataloget."))
    return HttpResponsePermanentRedirect(reverse(name, args=[present]), headers={"Cache-Control": "no-cache"})


@endpoint()
def taxonomies(request: HttpRequest) -> HttpResponse:
    return answer(figures.taxonomies(catalogues.of(request)) | _terms_of_use())


@endpoint()
def taxonomies_jsonld(request: HttpRequest) -> HttpResponse:
    nodes = concepts.nodes(catalogues.of(request))
    return HttpResponse(rdf.as_jsonld(nodes), content_type=linked.CONTENT_TYPE)


@endpoint()
def taxonomies_turtle(request: HttpRequest) -> HttpResponse:
    nodes = concepts.nodes(catalogues.of(request))
    return HttpResponse(rdf.as_turtle(nodes), content_type=rdf.TURTLE)


@endpoint()
def statistics(request: HttpRequest) -> HttpResponse:
    finding = asking.finding(request.GET, catalogues.of(request), reverse("api-statistics"))
    told = figures.statistics(finding) | {"warnings": asking.warnings(finding)}
    response = answer(told | _terms_of_use())
    response.fresh_until = finding.holds_until(midnight())  # type: ignore[attr-defined]
    return response


def _stream(made: Callable[[streams.Chunks], Iterator[str]], content_type: str, name: str) -> View:
    """A view that sends everything found as one file."""

    @public
    @endpoint(cost=FILE_COST)
    def sending(request: HttpRequest) -> StreamingHttpResponse:
        finding = asking.finding(request.GET, catalogues.of(request), request.path)
        return StreamingHttpResponse(
            streams.all_read(replica.present(), made(streams.found_records(finding))),
            content_type=content_type,
            headers={"Cache-Control": "no-cache", "Content-Disposition": f'inline; filename="{name}"'},
        )

    return sending


enterprises_csv = _stream(streams.csv_rows, "text/csv; charset=utf-8; header=present", "enterprises.csv")
enterprises_ndjson = _stream(streams.ndjson, "application/x-ndjson", "enterprises.ndjson")
enterprises_jsonld = _stream(streams.jsonld, linked.CONTENT_TYPE, "enterprises.jsonld")
places = _stream(streams.geojson, "application/geo+json", "places.geojson")


@endpoint()
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_openapi(), content_type=JSON)


@lru_cache
def _openapi() -> bytes:
    return (Path(__file__).parent / "openapi.json").read_bytes()


@endpoint()
def context(request: HttpRequest) -> HttpResponse:
    return HttpResponse(linked.context(), content_type=linked.CONTENT_TYPE)


@endpoint()
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    raise Problem(404, _("Den adresse findes ikke. Alle adresser står i /api/v1/openapi.json."))


def answer(told: Json, content_type: str = JSON) -> HttpResponse:
    return HttpResponse(parts.encoded(told), content_type=content_type)
