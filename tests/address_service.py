"""A public address service of the tests' own, which speaks the Adressevælger's protocol and can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class AddressService:
    """Knows a few houses of Jagtvej."""

    # By id: the title, and the way in by EPSG:25832.
    HOUSES = {
        "jagtvej-69": ("Jagtvej 69, 2200 København N", 722_912.0, 6_178_074.0),
        "jagtvej-69a": ("Jagtvej 69A, 2200 København N", 722_930.0, 6_178_090.0),
        "jagtvej-7": ("Jagtvej 7, 8000 Aarhus C", 575_000.0, 6_223_000.0),
        "off-the-map": ("Fejlvej 1, 2200 København N", 7.0, 9e99),
    }

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        # Instead of what was asked for: an HTTP status and what is sent with it.
        self.answer: tuple[int, bytes] | None = None
        self.is_silent = False
        self.moved_to = ""
        self.url = ""
        self.closing = Event()

    def found(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        house = path.removeprefix("/husnumre/")
        if house in self.HOUSES:
            _title, x, y = self.HOUSES[house]
            return {"status": "ok", "husnummer": {"adgangspunkt": {"koordinater": {"x": x, "y": y}}}}
        text, found = query.get("tekst", "").casefold(), []
        if "jagtvej".startswith(text):
            found.append(
                {"type": "navngivenvejpostnummer", "id": "jagtvej", "titel": "Jagtvej, 2200 København N"}
            )
        for key, (title, _x, _y) in self.HOUSES.items():
            is_here = query.get("kommuneKode") != "0101" or "Aarhus" not in title
            if is_here and title.casefold().startswith(text):
                found.append({"type": "husnummer", "id": key, "titel": title})
        return {"status": "ok", "beskrivelse": "", "fund": found}


@contextmanager
def address_service() -> Iterator[AddressService]:
    service = AddressService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(asked.query).items()}
            service.asked.append((asked.path, query))
            if service.is_silent:
                service.closing.wait()
                return
            status, body = service.answer or (200, json.dumps(service.found(asked.path, query)).encode())
            self.send_response(302 if service.moved_to else status)
            if service.moved_to:
                self.send_header("Location", service.moved_to)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
