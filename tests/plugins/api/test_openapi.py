"""The document describes what is served: no more, no less, and in a form that programs can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.plugins.api.conftest import EVERY_SCOPE, Api
from xenia_api import register_routes
from xenia_api.catalogue import NOUNS, OPERATIONS
from xenia_api.examples import EXAMPLES
from xenia_api.openapi import document
from xenia_api.serving import BASE

CAMEL = re.compile(r"[a-z]+([A-Z][a-z]+)*")


def described() -> dict[str, dict[str, Any]]:
    """The operations of the document, by id."""
    plain = msgspec.json.decode(msgspec.json.encode(document(NOUNS)))
    return {one["operationId"]: one for methods in plain["paths"].values() for one in methods.values()}


def references(value: Any) -> Iterator[str]:
    """Every ``$ref`` in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_the_document_is_open_and_names_its_tenants_address(api: Api) -> None:
    answer = await api.call("GET", "/openapi.json", tenant="other")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert found["openapi"].startswith("3.1.")
    assert found["servers"] == [{"url": "http://localhost:8000/t/other/api/v1"}]


async def test_the_document_describes_exactly_the_routes_that_are_served(api: Api) -> None:
    served = {
        (str(method), re.sub(r":str\}", "}", path.removeprefix(BASE)))
        for route in register_routes(host=api.kernel)
        for path in route.paths
        for method in route.http_methods
    }
    told = {(method.upper(), path) for path, methods in document(NOUNS)["paths"].items() for method in methods}
    assert served - told == {("GET", "/openapi.json")}
    assert told <= served


def test_operation_ids_are_unique_and_stable() -> None:
    ids = [operation.id for operation in OPERATIONS]
    assert len(ids) == len(set(ids)) == len(described())
    assert all(CAMEL.fullmatch(one) for one in ids)
    assert {"listUsers", "createUser", "getUser", "changeUser", "eraseUser", "replaceApplication"} <= set(ids)


def test_every_reference_leads_somewhere() -> None:
    plain = msgspec.json.decode(msgspec.json.encode(document(NOUNS)))
    for reference in references(plain):
        found: Any = plain
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert isinstance(found, dict)


def test_every_operation_says_what_it_takes_needs_and_answers() -> None:
    for operation in OPERATIONS:
        told = described()[operation.id]
        assert told["summary"]
        assert told["tags"] == [operation.noun]
        assert told["security"] == [{"token": [operation.permission]}]
        assert {"400", "401", "403", "default"} <= told["responses"].keys()
        path = {one["name"] for one in told.get("parameters", ()) if one["in"] == "path"}
        assert path == set(operation.path_names)
        assert ("requestBody" in told) == ("body" in operation.takes)
        success = told["responses"][str(operation.status)]
        assert ("content" in success) == (operation.gives is not None)


def test_errors_are_problem_documents() -> None:
    for told in described().values():
        for status, response in told["responses"].items():
            if status.startswith("4"):
                assert list(response["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: type(one).__name__)
def test_an_example_is_what_it_is_an_example_of(example: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(example), type=type(example)) == example


def test_every_tag_and_permission_is_told() -> None:
    assert [tag["name"] for tag in document(NOUNS)["tags"]] == [noun.name for noun in NOUNS]
    asked = {one["security"][0]["token"][0] for one in described().values()}
    assert asked <= set(EVERY_SCOPE)
