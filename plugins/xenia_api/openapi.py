"""The OpenAPI 3.1 document, built once from the declarations that also serve the requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import get
from litestar.connection import Request
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from xenia.api import Host, Noun, Operation, public, tenant_of
from xenia_api import schemas as wire
from xenia_api.examples import EXAMPLES, example_of
from xenia_api.serving import BASE

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{name}"
_WHY_PUBLIC = "It describes the product, and of the tenant its address and which plugins have paths there, as the paths themselves tell."


def description(host: Host) -> HTTPRouteHandler:
    """The route that serves the document."""

    @get(f"{BASE}/openapi.json", opt={"guard": public(_WHY_PUBLIC)})
    async def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The document, for the tenant whose address was asked: with what its plugins can do."""
        tenant = tenant_of(request)
        nouns = tuple(noun for plugin, noun in host.nouns if tenant.has(plugin))
        servers = [{"url": tenant.issuer + BASE}]
        return Response(msgspec.json.encode(document(nouns) | {"servers": servers}), media_type="application/json")

    return serve


@lru_cache(maxsize=32)
def document(nouns: tuple[Noun, ...]) -> dict[str, Any]:
    """The document (OpenAPI 3.1.1) of what these nouns can do, without servers."""
    operations = tuple(operation for noun in nouns for operation in noun.operations)
    schemas, components = _schemas(operations)
    shown = Shown(schemas, {type(one): one for one in (*EXAMPLES, *(one for noun in nouns for one in noun.examples))})
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Xenia management API",
            "version": version("xenia"),
            "summary": "Users, applications, sessions, plugins, keys and events of one tenant.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": noun.name, "description": noun.title} for noun in nouns],
        "paths": _paths(operations, shown),
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


class Shown(msgspec.Struct, frozen=True):
    """How types are shown: the schema of each, and the example of those that have one."""

    schemas: Mapping[Any, Any]
    examples: Mapping[Any, Any]

    def json(self, kind: Any) -> dict[str, Any]:
        """A body of this type."""
        found = {"schema": self.schemas[kind]}
        if kind in self.examples:
            found["example"] = msgspec.to_builtins(self.examples[kind])
        return {"application/json": found}


def _schemas(operations: Iterable[Operation]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    """What stands for each type, and the components that it refers to."""
    kinds: list[Any] = [wire.Problem]
    for operation in operations:
        kinds += [
            kind for kind in (*operation.takes.values(), operation.gives) if kind is not None and kind not in kinds
        ]
    made, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    return dict(zip(kinds, made, strict=True)), {name: components[name] for name in sorted(components)}


def _paths(operations: Iterable[Operation], shown: Shown) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, shown)
    return paths


def _described(operation: Operation, shown: Shown) -> dict[str, Any]:
    summary, _, _ = operation.description.partition(". ")
    found: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.noun],
        "summary": summary.rstrip("."),
        "description": operation.description,
        "security": [{"token": [operation.permission]}],
        "responses": _responses(operation, shown),
    }
    if parameters := [*_path(operation, shown), *_query(operation), *_if_match(operation)]:
        found["parameters"] = parameters
    if body := operation.takes.get("body"):
        found["requestBody"] = {"required": True, "content": shown.json(body)}
    return found


# -- parameters


def _path(operation: Operation, shown: Shown) -> Iterable[dict[str, Any]]:
    for name in operation.path_names:
        yield {"name": name, "in": "path", "required": True, "schema": shown.schemas[operation.takes[name]]}


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


def _responses(operation: Operation, shown: Shown) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.gives is not None:
        success["content"] = shown.json(operation.gives)
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
