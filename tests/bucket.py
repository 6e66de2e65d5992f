"""A bucket of the tests' own that speaks as much of S3 as a site needs, and can go wrong.

It checks every signature by the text of Signature Version 4, on its own: a request that is changed on
the way, or signed with another secret, is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET = "AKIATEST", "hemmelig/nøgle+1"
REGION, NAME = "eu-north-1", "billeder"


class TestBucket:
    __test__ = False
    PAGE = 2

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.url = ""
        # Instead of what was asked for: an HTTP status.
        self.answer: int | None = None

    def listed(self, query: dict[str, str]) -> bytes:
        """Two names at a time, as a bucket lists a thousand."""
        after = query.get("continuation-token", "")
        names = [name for name in sorted(self.files) if name.startswith(query["prefix"]) and name > after]
        page, rest = names[: self.PAGE], names[self.PAGE :]
        keys = "".join(f"<Contents><Key>{escape(name)}</Key></Contents>" for name in page)
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
        top = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        return f'<?xml version="1.0"?>{top}{keys}{token}</ListBucketResult>'.encode()


def is_signed(method: str, target: str, headers: dict[str, str], body: bytes) -> bool:
    claimed = dict(
        part.split("=", 1) for part in headers.get("authorization", "").partition(" ")[2].split(",")
    )
    if not claimed or hashlib.sha256(body).hexdigest() != headers["x-amz-content-sha256"]:
        return False
    path, _mark, query = target.partition("?")
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    names = claimed["SignedHeaders"].split(";")
    lines = [method, path, canonical, *(f"{name}:{headers[name].strip()}" for name in names), ""]
    lines += [claimed["SignedHeaders"], headers["x-amz-content-sha256"]]
    scope = f"{headers['x-amz-date'][:8]}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{digest}"
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return claimed["Credential"] == f"{KEY}/{scope}" and claimed["Signature"] == expected


@contextmanager
def a_bucket() -> Iterator[TestBucket]:
    bucket = TestBucket()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = self.found(headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815

        def found(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
            if bucket.answer:
                return bucket.answer, b"<Error/>"
            if not is_signed(self.command, self.path, headers, body):
                return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
            asked = urlsplit(self.path)
            name = unquote(asked.path).removeprefix(f"/{NAME}").removeprefix("/")
            if not name:
                return 200, bucket.listed(dict(parse_qsl(asked.query)))
            if self.command == "PUT":
                bucket.files[name] = body
            elif self.command == "DELETE":
                bucket.files.pop(name, None)
                return 204, b""
            elif name not in bucket.files:
                return 404, b"<Error><Code>NoSuchKey</Code></Error>"
            return 200, bucket.files[name]

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        secret = quote(SECRET, safe="")
        bucket.url = f"s3+http://{KEY}:{secret}@127.0.0.1:{server.server_port}/{NAME}?region={REGION}"
        try:
            yield bucket
        finally:
            server.shutdown()
