"""Asks the public distribution service of CVR for companies, some at a time: Elasticsearch over HTTP.

What goes wrong for a moment (silence, overload, half an answer) is tried again, after longer and longer
waits. Nothing of what was asked or answered is logged.
"""

from __future__ import annotations

import json
import logging
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from enterprises.cvr import reading

log = logging.getLogger(__name__)

Found = dict[str, reading.Company | reading.CompanyError]

AT_ONCE = 50
# Seconds: without a word, for a whole answer, between two questions, and before each new attempt.
SILENCE, DEADLINE, PAUSE = 20.0, 90.0, 1.0
WAITS: tuple[float, ...] = (2, 10, 60)
LONGEST_WAIT = 120.0
# Fifty old companies with all their names and addresses are a few megabytes.
MOST_BYTES = 40_000_000


class NoAnswerError(Exception):
    """The register does not answer, or not as agreed, however often it is asked."""


class RefusedError(Exception):
    """The register does not know us: asking again is no use before somebody sets it right."""


class _AgainError(Exception):
    def __init__(self, why: str, wait: float = 0) -> None:
        super().__init__(why)
        self.wait = wait


def is_on() -> bool:
    return bool(settings.CVR_URL)


def wait(seconds: float) -> None:
    time.sleep(seconds)


def find(numbers: Sequence[str], on: date) -> Found:
    """What the register says of companies. Who is not in the result is not in the register."""
    for pause in (*WAITS, None):
        try:
            return _ask(numbers, on)
        except _AgainError as error:
            log.warning("The register gives no usable answer: %s", error)
            if pause is None:
                break
            wait(min(max(pause, error.wait), LONGEST_WAIT))
    raise NoAnswerError


def _ask(numbers: Sequence[str], on: date) -> Found:
    try:
        return reading.companies(json.loads(_read(_request(numbers))), numbers, on)
    except HTTPError as error:
        raise _of_status(error) from error
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise _AgainError(type(error).__name__) from error
    except reading.AnswerError as error:
        raise _AgainError(str(error)) from error


def _of_status(error: HTTPError) -> Exception:
    with error:
        if error.code in (401, 403):
            return RefusedError(f"HTTP {error.code}")
        if error.code == 429 or error.code >= 500:
            asked_for = error.headers.get("Retry-After", "")
            return _AgainError(f"HTTP {error.code}", float(asked_for) if asked_for.isdecimal() else 0)
        log.warning("The register refuses the question: HTTP %s", error.code)
        return NoAnswerError(f"HTTP {error.code}")


def _request(numbers: Sequence[str]) -> Request:
    question = {
        "query": {"terms": {"Vrvirksomhed.cvrNummer": [int(number) for number in numbers]}},
        "_source": list(reading.FIELDS),
        # Room to notice that a number is there twice.
        "size": 2 * len(numbers),
    }
    who = b64encode(f"{settings.CVR_USER}:{settings.CVR_PASSWORD}".encode()).decode()
    return Request(  # noqa: S310 – the settings allow http and https only
        f"{settings.CVR_URL}/virksomhed/_search",
        data=json.dumps(question).encode(),
        headers={
            "Authorization": f"Basic {who}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"den-faelles-by (+{settings.SITE_URL})",
        },
    )


class _NoRedirect(HTTPRedirectHandler):
    """Our password goes where the setting says, and nowhere the service may send us."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_open = build_opener(_NoRedirect).open


def _read(request: Request) -> bytes:
    """The whole answer, neither too late nor too much of it."""
    deadline, body = time.monotonic() + DEADLINE, bytearray()
    with _open(request, timeout=SILENCE) as answer:
        if answer.headers.get_content_type() != "application/json":
            raise ValueError("another type of content")
        while piece := answer.read1(65_536):
            body += piece
            if len(body) > MOST_BYTES or time.monotonic() > deadline:
                raise ValueError("too much, or too slowly")
    return bytes(body)
