"""Pages by declaration: each says its address, and the permission that it asks for. Routes and tests read the same declarations.

A page that changes something in the tenant of administrators is open only to those who may everything.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar.connection import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from xenia.api import Host, console
from xenia_admin.desk import Desk

Handler = Callable[[Desk], Awaitable[Response[Any]]]
BASE = "/console/{tenant}"
_NAME = re.compile(r"\{(\w+)\}")


class Declared(msgspec.Struct, frozen=True):
    """One page of the console, below a tenant."""

    method: HttpMethod
    path: str
    permission: str
    handler: Handler

    def route(self, host: Host) -> HTTPRouteHandler:
        """The guarded route."""

        async def serve(request: Request[Any, Any, Any]) -> Response[Any]:
            desk = Desk(host, request, self.permission)
            if self.method is not HttpMethod.GET:
                desk.check_chief()
            return await self.handler(desk)

        serve.__name__ = self.handler.__name__
        path = _NAME.sub(r"{\1:str}", BASE + self.path)
        return HTTPRouteHandler(
            path, http_method=self.method, status_code=200, opt={"guard": console(self.permission)}
        )(serve)


class Section:
    """The pages of one noun."""

    def __init__(self) -> None:
        self.pages: list[Declared] = []

    def get(self, path: str, permission: str = "") -> Callable[[Handler], Handler]:
        """Shows."""
        return self._page(HttpMethod.GET, path, permission)

    def post(self, path: str, permission: str) -> Callable[[Handler], Handler]:
        """Changes."""
        return self._page(HttpMethod.POST, path, permission)

    def _page(self, method: HttpMethod, path: str, permission: str) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.pages.append(Declared(method, path, permission, handler))
            return handler

        return declare
