"""A broker of MitID Erhverv to log in by, that can be told to answer wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
import jwt
import oidc_provider_mock
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from oidc_provider_mock._server import _threaded_server

STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed_by_a_stranger(token: str) -> str:
    return jwt.encode(_claims(token), STRANGER, "RS256", headers=_named(token))


def not_signed(token: str) -> str:
    return jwt.encode(_claims(token), None, "none", headers=_named(token))


def signed_by_the_secret(token: str) -> str:
    return jwt.encode(
        _claims(token), "shared-secret-that-is-long-enough-for-it", "HS256", headers=_named(token)
    )


def changed_after_signing(token: str) -> str:
    head, _body, signature = token.split(".")
    forged = jwt.encode(_claims(token) | {"cvr": "10000017"}, None, "none").split(".")[1]
    return f"{head}.{forged}.{signature}"


def _claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def _named(token: str) -> dict[str, Any]:
    return {k: v for k, v in jwt.get_unverified_header(token).items() if k == "kid"}


@dataclass
class Broker:
    url: str
    tamper: Callable[[str], str] = str
    token_requests: list[dict[str, str]] = field(default_factory=list)

    def knows(self, person: str, **claims: Any) -> None:
        requests.put(
            f"{self.url}/users/{person}", json={"sub": person, **claims}, timeout=60
        ).raise_for_status()

    def logs_in(self, address: str, person: str = "p1") -> str:
        """What the person's browser is sent back to."""
        answer = requests.post(address, data={"sub": person}, timeout=60, allow_redirects=False)
        return answer.headers["Location"]


@contextmanager
def running() -> Iterator[Broker]:
    app = oidc_provider_mock.app(require_nonce=True)
    broker = Broker("")

    @app.after_request
    def answer(response: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            broker.token_requests.append(flask.request.form.to_dict())
            told = response.get_json()
            response.set_data(json.dumps(told | {"id_token": broker.tamper(told["id_token"])}))
        return response

    with _threaded_server(app=app) as server:
        broker.url = f"http://localhost:{server.server_port}"
        yield broker
