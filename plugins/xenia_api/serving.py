"""From operations to routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar.connection import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from xenia.api import Call, Host, NotFound, Noun, Operation
from xenia_api.arguments import arguments

BASE = "/api/v1"


def routes(host: Host, nouns: Iterable[tuple[str, Noun]]) -> list[HTTPRouteHandler]:
    """One guarded route for each operation of each plugin."""
    return [_route(host, plugin, operation) for plugin, noun in nouns for operation in noun.operations]


def _route(host: Host, plugin: str, operation: Operation) -> HTTPRouteHandler:
    async def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
        call = Call(host, request, operation.permission)
        if not call.tenant.has(plugin):  # another plugin's operation on the same path is on
            raise NotFound(f"the plugin {plugin} is off")
        answer = await operation.function(call, **await arguments(request, operation))
        return answered(operation, call, answer)

    serve.__name__ = operation.function.__name__
    path = BASE + re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)
    opt = {"guard": operation.guard, "for_plugin": plugin}
    return HTTPRouteHandler(path, http_method=HttpMethod(operation.method), status_code=200, opt=opt)(serve)


def answered(operation: Operation, call: Call, answer: Any) -> Response[bytes]:
    """The answer as JSON, or as nothing."""
    body = b"" if operation.gives is None else msgspec.json.encode(answer)
    return Response(body, status_code=operation.status, media_type="application/json", headers=call.headers)
