"""The OpenAPI 3.1 document, built once from the declarations that also serve the requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import get
from litestar.connection import Request
from litestar.response import Response

from xenia.api import public, tenant_of
from xenia_api import schemas as wire
from xenia_api.catalogue import NOUNS, OPERATIONS
from xenia_api.examples import example_of
from xenia_api.operations import BASE, Operation

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{name}"
_WHY_PUBLIC = "It describes the product, and holds nothing of any tenant but its address."


@get(f"{BASE}/openapi.json", opt={"guard": public(_WHY_PUBLIC)})
async def description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The document, for the tenant whose address was asked."""
    servers = [{"url": tenant_of(request).issuer + BASE}]
    return Response(msgspec.json.encode(document() | {"servers": servers}), media_type="application/json")


@cache
def document() -> dict[str, Any]:
    """The document (OpenAPI 3.1.1), without servers."""
    schemas, components = _schemas()
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Xenia management API",
            "version": version("xenia"),
            "summary": "Users, applications, sessions, plugins, keys and events of one tenant.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": noun.name, "description": noun.title} for noun in NOUNS],
        "paths": _paths(OPERATIONS, schemas),
        "components": {
            "schemas": components,
            "responses": {"Problem": _problem()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of the tenant whose audience is its issuer; each operation names its scope.",
                }
            },
        },
    }


def _schemas() -> tuple[Mapping[Any, Any], dict[str, Any]]:
    """What stands for each type, and the components that it refers to."""
    kinds: list[Any] = [wire.Problem]
    for operation in OPERATIONS:
        kinds += [
            kind for kind in (*operation.takes.values(), operation.gives) if kind is not None and kind not in kinds
        ]
    made, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    return dict(zip(kinds, made, strict=True)), {name: components[name] for name in sorted(components)}


def _paths(operations: Iterable[Operation], schemas: Mapping[Any, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, schemas)
    return paths


def _described(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    summary, _, _ = operation.description.partition(". ")
    found: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.noun],
        "summary": summary.rstrip("."),
        "description": operation.description,
        "security": [{"token": [operation.permission]}],
        "responses": _responses(operation, schemas),
    }
    if parameters := [*_path(operation, schemas), *_query(operation), *_if_match(operation)]:
        found["parameters"] = parameters
    if body := operation.takes.get("body"):
        found["requestBody"] = {"required": True, "content": _json(body, schemas)}
    return found


def _json(kind: Any, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schemas[kind], "example": example_of(kind)}}


# -- parameters


def _path(operation: Operation, schemas: Mapping[Any, Any]) -> Iterable[dict[str, Any]]:
    for name in operation.path_names:
        yield {"name": name, "in": "path", "required": True, "schema": schemas[operation.takes[name]]}


def _query(operation: Operation) -> Iterable[dict[str, Any]]:
    kind = operation.takes.get("query")
    if kind is None:
        return
    for field in msgspec.structs.fields(kind):
        schema = _inlined(field.type)
        described = {"description": schema.pop("description")} if "description" in schema else {}
        if not field.required and field.default not in ("", (), None):
            schema["default"] = field.default
        yield {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema} | described


def _inlined(kind: Any) -> dict[str, Any]:
    """A parameter's schema; those of enumerations refer to their component."""
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return schema


def _if_match(operation: Operation) -> Iterable[dict[str, Any]]:
    if "if_match" in operation.takes:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The `ETag` of the version that is replaced.",
            "schema": {"type": "string"},
            "example": '"3"',
        }


# -- responses


def _responses(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.gives is not None:
        success["content"] = _json(operation.gives, schemas)
    refused = {str(status): _refused(status) for status in sorted(refusals(operation))}
    return {str(operation.status): success} | refused | {"default": {"$ref": "#/components/responses/Problem"}}


def refusals(operation: Operation) -> set[int]:
    """The statuses with which an operation may refuse."""
    found = {400, 401, 403, 422, *operation.refusals}
    if operation.path_names:
        found.add(404)
    if "body" in operation.takes:
        found |= {413, 415}
    return found


def _refused(status: int) -> dict[str, Any]:
    return _problem() | {"description": HTTPStatus(status).phrase}


def _problem() -> dict[str, Any]:
    schema = {"$ref": _REF.format(name="Problem")}
    return {"description": "Refused", "content": {PROBLEM: {"schema": schema, "example": example_of(wire.Problem)}}}
