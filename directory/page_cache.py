"""Whole pages for readers without cookies, kept in the process while nothing they show has changed.

A wrapper around Django's WSGI application. Which views may be kept is said in urls.py by `kept`; every
other answer passes through untouched. The generation is asked of the database whenever a page is made or
shown again, so what is published or withdrawn shows at the next request in every process; what goes by the
clock (open until …) or the calendar is kept no longer than it is true.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, wraps
from operator import itemgetter
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from directory import catalogue as catalogues
from directory.facets import FACETS
from directory.opening_hours import midnight
from directory.replica import READING, Reading, for_request, reading
from enterprises import counting

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
View = Callable[..., HttpResponse]

# An empty one of these says no more than its absence.
SINGLE_KEYS = frozenset({"q", "exact", "sort", "page", "near", "open"})
OF_FRAMES = {"theme", "colour", "count"}
OF_THE_INTERFACE = {"limit", "cursor", "fields", "changed_since"}
KNOWN_KEYS = SINGLE_KEYS | FACETS.keys() | OF_FRAMES | OF_THE_INTERFACE | {"bbox", "zoom"}
LONGEST_QUERY = 500
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
KEEP_OUT = frozenset({"no-store", "private"})
DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
REVALIDATE = "public, max-age=0, must-revalidate"
# What the headers and the entry itself weigh, about.
OVERHEAD = 2_000


@dataclass(frozen=True)
class Kept:
    """Says of an answer that it may be kept: of which generation it is, and until when it holds."""

    generation: int
    until: datetime


def kept(view: View) -> View:
    """Let the view's pages be read from the replica, and kept.

    One that shows the time of day sets `fresh_until` on its answer; one that counts how often it is shown
    sets `count_again`, which is called with the request's environment when it is shown without the view.
    """

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = for_request(request)
        if READING in request.META:
            # All the cookie there may be is a shortlist's, and only whether it is there may show.
            request.COOKIES = dict.fromkeys(request.COOKIES, "")
        with reading(chosen):
            # Before the view: a page begun today and done tomorrow is one of today, and one whose rows
            # are read before a publication is one of before.
            day_ends, generation = midnight(), chosen.generation if chosen else None
            response = view(request, *args, **kwargs)
            response.is_public = response.status_code == 200  # type: ignore[attr-defined]
            until = min(day_ends, getattr(response, "fresh_until", day_ends))
            is_asked_for = READING in request.META and response.status_code == 200 and until > timezone.now()
            if is_asked_for and not _keeps_out(response) and catalogues.of(request).generation == generation:
                response.kept = Kept(generation, until)  # type: ignore[attr-defined]
        return response

    return keeping


def _keeps_out(response: HttpResponse) -> bool:
    told = response.get("Cache-Control", "").lower().split(",")
    return not KEEP_OUT.isdisjoint(directive.partition("=")[0].strip() for directive in told)


def is_kept(response: Any) -> bool:
    return isinstance(getattr(response, "kept", None), Kept)


@dataclass
class Page:
    status: str
    headers: list[tuple[str, str]]
    etag: str
    made: int
    until: float
    count_again: Callable[[dict[str, Any]], None] | None
    copies: dict[str, bytes] = field(default_factory=dict)
    # What of its weight the cache has added up.
    counted: int = 0

    @property
    def weight(self) -> int:
        return OVERHEAD + sum(map(len, list(self.copies.values())))

    def copy(self, coding: str) -> bytes:
        found = self.copies.get(coding)
        if found is None:
            plain = self.copies.get("") or self._decompressed()
            found = COMPRESS[coding](plain) if coding else plain
            # Few ask for the page as it is, and it weighs more than all its compressed copies.
            self.copies = {**self.copies, coding: found} if coding else self.copies
            self.copies = {kept: copy for kept, copy in self.copies.items() if kept}
        return found

    def _decompressed(self) -> bytes:
        coding, copy = next(iter(self.copies.items()))
        return DECOMPRESS[coding](copy)

    def is_known_to(self, environ: dict[str, Any]) -> bool:
        """Whether the reader has this page already (RFC 9110, 13.1)."""
        if "HTTP_IF_NONE_MATCH" in environ:
            known = parse_etags(environ["HTTP_IF_NONE_MATCH"])
            return "*" in known or self.etag in known or self.etag.removeprefix("W/") in known
        since = parse_http_date_safe(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
        return since is not None and self.made <= since


class PageCache:
    def __init__(self, application: Application, most_bytes: int) -> None:
        self.application = application
        self.most_bytes = most_bytes
        self._pages: OrderedDict[Any, Page] = OrderedDict()
        self._generation = -1
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        counting.write_waiting_if_due()
        key = _key(environ) if self.most_bytes else None
        if key is None:
            return self.application(environ, start_response)
        present = Reading()
        page = self._find(key, present)
        if page is None:
            # Django makes the whole page; of HEAD's answer the body is left out below.
            asked = {**environ, "REQUEST_METHOD": "GET", READING: present}
            started: list[Any] = []
            response: Any = self.application(asked, lambda *arguments: started.extend(arguments))
            if not is_kept(response) or response.cookies or response.streaming:
                start_response(*started)
                if environ["REQUEST_METHOD"] != "HEAD":
                    return response  # type: ignore[no-any-return]
                response.close()
                return []
            page = _page(response, started[0])
            response.close()
            self._store(response.kept.generation, key, page)
        elif page.count_again:
            page.count_again(environ)
        return self._answer(key, page, environ, start_response)

    def _answer(self, key: Any, page: Page, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if page.is_known_to(environ):
            start_response("304 Not Modified", [h for h in page.headers if h[0] != "Content-Type"])
            return []
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = page.copy(coding)
        if page.weight != page.counted:
            with self._lock:
                self._weigh(key, page)
        headers = [*page.headers, ("Content-Length", str(len(body)))]
        if coding:
            headers.append(("Content-Encoding", coding))
        start_response(page.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _find(self, key: Any, present: Reading) -> Page | None:
        # Asked only about what may be here: neither static files nor monitors need the database.
        generation = present.generation if key in self._pages else None
        if generation is None:
            return None
        with self._lock:
            self._forget_all_but(generation)
            page = self._pages.get(key)
            if page is None or page.until <= timezone.now().timestamp():
                return None
            self._pages.move_to_end(key)
            return page

    def _store(self, generation: int, key: Any, page: Page) -> None:
        with self._lock:
            self._forget_all_but(generation)
            replaced = self._pages.pop(key, None)
            self._bytes -= replaced.counted if replaced else 0
            self._pages[key] = page
            self._weigh(key, page)

    def _weigh(self, key: Any, page: Page) -> None:
        """Count what a page weighs by now, unless it has gone meanwhile, and let go of what is too much."""
        if self._pages.get(key) is page:
            self._bytes += page.weight - page.counted
            page.counted = page.weight
        while self._bytes > self.most_bytes and self._pages:
            _key, oldest = self._pages.popitem(last=False)
            self._bytes -= oldest.counted

    def _forget_all_but(self, generation: int) -> None:
        if generation != self._generation:
            self._pages.clear()
            self._generation, self._bytes = generation, 0


def _key(environ: dict[str, Any]) -> Any:
    """What an anonymous reader's page depends on; None where the request is none that is kept."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    cookies = environ.get("HTTP_COOKIE")
    if (cookies and not _has_only_a_list(cookies)) or environ.get("HTTP_AUTHORIZATION"):
        return None
    query = environ.get("QUERY_STRING", "")
    if not query.isascii():  # WSGI hands raw bytes on as Latin-1, so that two queries could look like one
        return None
    pairs = parse_qsl(query, keep_blank_values=True) if query else []
    if len(query) > LONGEST_QUERY or not KNOWN_KEYS.issuperset(key for key, _value in pairs):
        return None
    told = {key for key, value in pairs if value}
    return (
        environ.get("HTTP_HOST"),
        _scheme(environ),
        environ.get("PATH_INFO"),
        bool(cookies),
        # In one order; several values of one key mean what they mean in theirs.
        tuple(sorted((p for p in pairs if p[0] in told or p[0] not in SINGLE_KEYS), key=itemgetter(0))),
    )


def _has_only_a_list(cookies: str) -> bool:
    """Whether its shortlist is all the browser tells. Of that a kept page shows no more than that it is."""
    return cookies.partition("=")[0] == settings.SHORTLIST_COOKIE_NAME and ";" not in cookies


def _scheme(environ: dict[str, Any]) -> str | None:
    """http or https as Django will see it: a proxy's word counts only where the settings trust it."""
    header, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    if header in environ:
        return "https" if environ[header].partition(",")[0].strip() == secure else "http"
    return environ.get("wsgi.url_scheme")


def _page(response: Any, status: str) -> Page:
    body: bytes = response.content
    made = int(timezone.now().timestamp())
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    response.headers.pop("Content-Length", None)
    response.headers.setdefault("Cache-Control", REVALIDATE)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(made)
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    until, count_again = response.kept.until.timestamp(), getattr(response, "count_again", None)
    return Page(status, list(response.items()), etag, made, until, count_again, {"": body})


@lru_cache(maxsize=500)
def coding_for(accepted: str) -> str:
    """The coding the reader likes best of ours (RFC 9110, 12.5.3), the smaller of equals; empty for none."""
    weights = dict(map(_weighed, accepted.lower().split(",")))
    others = weights.get("*", 0.0)
    best = max(COMPRESS, key=lambda coding: weights.get(coding, others))
    weight = weights.get(best, others)
    return best if weight and weight >= weights.get("identity", 0.0) else ""


def _weighed(part: str) -> tuple[str, float]:
    name, _, parameter = "".join(part.split()).partition(";")
    if not parameter:
        return name, 1.0
    weight = _WEIGHT.fullmatch(parameter)
    return name, float(weight[1]) if weight else 0.0


_WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
