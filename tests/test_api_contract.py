"""openapi.json is valid, true, and says all there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as within
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from directory.api import records
from enterprises import publishing
from enterprises.models import Enterprise
from tests.builders import published, republished

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Django closes old connections around a request; the tests' transaction lives in this one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(visitor: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(visitor.get("/api/v1/openapi.json").content)
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document, cls=OpenAPIV31SpecValidator)


def test_the_document_has_every_address(document: dict[str, Any]) -> None:
    (api,) = (each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/")
    routes = {f"/api/v1/{each.pattern}".replace("<slug:slug>", "{slug}") for each in api.url_patterns}
    assert set(document["paths"]) == routes - {"/api/v1/", "/api/v1/<path:rest>"}


def test_the_document_has_every_field_and_no_other(
    visitor: Client, document: dict[str, Any], city: list[Enterprise]
) -> None:
    assert list(document["components"]["schemas"]["Enterprise"]["properties"]) == list(records.FIELDS)
    for path, schema in (
        ("enterprises?near=2200&limit=100&changed_since=2026-01-01", "List"),
        ("places", "FeatureCollection"),
        ("statistics", "Statistics"),
        ("taxonomies", "Taxonomies"),
    ):
        answer = visitor.get(f"/api/v1/{path}")
        _closed(document, schema).validate(json.loads(answer.getvalue()))
    for line in visitor.get("/api/v1/enterprises.ndjson").getvalue().splitlines():
        _closed(document, "Enterprise").validate(json.loads(line))


def _closed(document: dict[str, Any], name: str) -> Draft202012Validator:
    """A schema of the document in which every object may hold only what is named."""
    schemas = json.loads(json.dumps(document["components"]["schemas"]))
    for each in _objects(schemas):
        each.setdefault("additionalProperties", False)
    components = {"components": {"schemas": schemas}}
    return Draft202012Validator(
        {**components, "$ref": f"#/components/schemas/{name}"},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") in ("object", ["object", "null"]) and "properties" in node:
            yield node
        for inner in node.values():
            yield from _objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _objects(inner)


def test_every_address_keeps_what_the_document_promises(bakery: Enterprise, settings: Any) -> None:
    """Addresses made up by the document's own schemas; slugs that were, are and never were public too."""
    republished(bakery, slug="broed-og-broer")
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.API_PER_MINUTE = 0
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    for found in schema.get_all_operations():
        _try(found.ok())


def _try(operation: Any) -> None:
    @given(case=operation.as_strategy())
    @within(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_promised(case: Any) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, checks=CHECKS)

    answers_as_promised()


@pytest.mark.parametrize(
    ("slug", "status"),
    [("broed-broer", 301), ("broed-og-broer", 200), ("lukket", 410), ("nobody", 404), ("%00", 404)],
)
def test_one_address_has_each_of_its_answers(
    visitor: Client, bakery: Enterprise, document: dict[str, Any], slug: str, status: int
) -> None:
    republished(bakery, slug="broed-og-broer")
    publishing.withdraw(published("Lukket"), reason="Lukket")
    answer = visitor.get(f"/api/v1/enterprises/{slug}")
    assert answer.status_code == status
    assert str(status) in document["paths"]["/api/v1/enterprises/{slug}"]["get"]["responses"]
    if status == 301:
        assert answer["Location"] == "/api/v1/enterprises/broed-og-broer"
    elif status != 200:
        assert json.loads(answer.content)["status"] == status
