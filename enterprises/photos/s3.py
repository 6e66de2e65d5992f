"""Just as much of S3 as pictures need: five requests, signed by AWS Signature Version 4.

A client library for all of S3 would weigh more in every process than the rest of the site.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlencode

from defusedxml import ElementTree

SECONDS = 20


class StoreError(OSError):
    """The bucket does not answer, or something else than it should."""


@dataclass(frozen=True)
class Bucket:
    scheme: str
    host: str
    bucket: str
    region: str
    key: str
    secret: str = field(repr=False)

    def read(self, name: str) -> bytes:
        status, content = self._ask("GET", name)
        if status == 404:
            raise FileNotFoundError(name)
        return self._expect(status, content, "read", name)

    def write(self, name: str, content: bytes) -> None:
        status, answer = self._ask("PUT", name, content=content)
        self._expect(status, answer, "write", name)

    def has(self, name: str) -> bool:
        status, answer = self._ask("HEAD", name)
        if status != 404:
            self._expect(status, answer, "look up", name)
        return status != 404

    def delete(self, name: str) -> None:
        status, answer = self._ask("DELETE", name)
        if status != 404:
            self._expect(status, answer, "delete", name)

    def names(self, folder: str) -> list[str]:
        found: list[str] = []
        query = {"list-type": "2", "prefix": f"{folder}/"}
        while True:
            status, answer = self._ask("GET", "", query=query)
            page = ElementTree.fromstring(self._expect(status, answer, "list", folder))
            space = page.tag.removesuffix("ListBucketResult")
            found += [key.text or "" for key in page.iter(f"{space}Key")]
            rest = page.findtext(f"{space}NextContinuationToken")
            if not rest:
                return found
            query["continuation-token"] = rest

    def _expect(self, status: int, answer: bytes, verb: str, name: str) -> bytes:
        if status not in (200, 204):
            raise StoreError(f"Cannot {verb} {name} in bucket {self.bucket}: {status} {answer[:200]!r}")
        return answer

    def _ask(
        self, method: str, name: str, *, query: Mapping[str, str] | None = None, content: bytes = b""
    ) -> tuple[int, bytes]:
        path = quote(f"/{self.bucket}/{name}" if name else f"/{self.bucket}")
        asked = urlencode(sorted((query or {}).items()), quote_via=quote, safe="")
        headers = {
            "host": self.host,
            "x-amz-content-sha256": hashlib.sha256(content).hexdigest(),
            "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        }
        headers["authorization"] = authorization(
            method, path, asked, headers, region=self.region, key=self.key, secret=self.secret
        )
        connect = HTTPSConnection if self.scheme == "https" else HTTPConnection
        connection = connect(self.host, timeout=SECONDS)
        try:
            connection.request(method, f"{path}?{asked}" if asked else path, content or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except HTTPException as error:
            raise StoreError(f"Bucket {self.bucket} breaks off: {error!r}") from error
        finally:
            connection.close()


def authorization(
    method: str, path: str, query: str, headers: Mapping[str, str], *, region: str, key: str, secret: str
) -> str:
    """The header that signs a request; path and query are quoted, the names of headers in small letters."""
    moment, signed = headers["x-amz-date"], ";".join(sorted(headers))
    told = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join([method, path, query, told, signed, headers["x-amz-content-sha256"]])
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    signing = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, digest])
    signature = hmac.digest(signing, to_sign.encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential={key}/{scope},SignedHeaders={signed},Signature={signature}"
