"""CVR's public distribution of the tests' own: the same protocol, entries of recorded shape, and bad days."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from stdnum.dk import cvr as cvr_number

SAMPLES = Path(__file__).parent / "cvr"
COOPERATIVE, DISSOLVED, SOLE_TRADER = "30001001", "30002008", "30003004"
PROTECTED, ASSOCIATION = "30004000", "30005007"


def sample(name: str) -> dict[str, Any]:
    """The entry of a company as the register has it, owners and all. The caller may change it."""
    hit: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    entry: dict[str, Any] = hit["_source"]["Vrvirksomhed"]
    return entry


def numbered(name: str, number: str) -> dict[str, Any]:
    return sample(name) | {"cvrNummer": int(number)}


def free_numbers() -> Iterator[str]:
    """CVR numbers that nobody has here."""
    return (f"{number:08}" for number in range(31_000_000, 32_000_000) if cvr_number.is_valid(f"{number:08}"))


class Register:
    def __init__(self) -> None:
        self.entries = [sample(file.stem) for file in sorted(SAMPLES.glob("*.json"))]
        self.questions: list[dict[str, Any]] = []
        # Answers that come before the true ones: a status, headers and a body.
        self.bad_answers: list[tuple[int, dict[str, str], bytes]] = []
        # Questions after so many are not answered at all.
        self.silent_after: int | None = None
        self.is_asked_in_vain = Event()
        self.closing = Event()
        self.url = ""

    def entry(self, number: str) -> dict[str, Any]:
        """The entry with a number, to be changed."""
        return next(entry for entry in self.entries if entry["cvrNummer"] == int(number))

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        numbers = question["query"]["terms"]["Vrvirksomhed.cvrNummer"]
        entries = [entry for entry in self.entries if entry["cvrNummer"] in numbers]
        hits = [
            {"_index": "cvr-v-20220630", "_type": "_doc", "_source": _only(entry, question["_source"])}
            for entry in entries[: question["size"]]
        ]
        shards = {"total": 6, "successful": 6, "skipped": 0, "failed": 0}
        return {
            "took": 3,
            "timed_out": False,
            "_shards": shards,
            "hits": {"total": len(entries), "max_score": 1.0, "hits": hits},
        }

    @property
    def asked_for(self) -> list[list[str]]:
        asked = [question["query"]["terms"]["Vrvirksomhed.cvrNummer"] for question in self.questions]
        return [[f"{number:08}" for number in numbers] for numbers in asked]


def _only(entry: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """What Elasticsearch leaves of a document when `_source` names fields."""
    kept: dict[str, Any] = {}
    for path in paths:
        source, target = {"Vrvirksomhed": entry}, kept
        *parents, last = path.split(".")
        for parent in parents:
            source, target = source.get(parent) or {}, target.setdefault(parent, {})
        if last in source:
            target[last] = deepcopy(source[last])
    return kept


@contextmanager
def register_service() -> Iterator[Register]:
    register = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            register.questions.append(json.loads(body))
            if register.silent_after is not None and len(register.questions) > register.silent_after:
                register.is_asked_in_vain.set()
                register.closing.wait()
                return
            self.reply(*self.said(json.loads(body)))

        def said(self, question: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if register.bad_answers:
                return register.bad_answers.pop(0)
            who = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            if (self.path, who) != ("/cvr-permanent/virksomhed/_search", "byen:hemmelig"):
                return 401, {}, b"Unauthorized"
            return 200, {}, json.dumps(register.answer(question)).encode()

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json; charset=UTF-8"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    register.url = f"http://127.0.0.1:{server.server_port}/cvr-permanent"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield register
    finally:
        register.closing.set()
        server.shutdown()
        server.server_close()
