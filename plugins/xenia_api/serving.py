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

from xenia.api import Host
from xenia_api.arguments import arguments
from xenia_api.call import Call
from xenia_api.operations import BASE, Operation


def routes(host: Host, operations: Iterable[Operation]) -> list[HTTPRouteHandler]:
    """One guarded route for each operation."""
    return [_route(host, operation) for operation in operations]


def _route(host: Host, operation: Operation) -> HTTPRouteHandler:
    async def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
        call = Call(host, request, operation.permission)
        answer = await operation.function(call, **await arguments(request, operation))
        return answered(operation, call, answer)

    serve.__name__ = operation.function.__name__
    path = BASE + re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)
    method, opt = HttpMethod(operation.method), {"guard": operation.guard}
    return HTTPRouteHandler(path, http_method=method, status_code=200, opt=opt)(serve)


def answered(operation: Operation, call: Call, answer: Any) -> Response[bytes]:
    """The answer as JSON, or as nothing."""
    body = b"" if operation.gives is None else msgspec.json.encode(answer)
    return Response(body, status_code=operation.status, media_type="application/json", headers=call.headers)
