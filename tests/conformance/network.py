"""The way between applications and provider, and somebody on it who may change what passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2

Send = Callable[[httpx2.Request], Awaitable[httpx2.Response]]
Meddler = Callable[[httpx2.Request, Send], Awaitable[httpx2.Response]]


class Network(httpx2.AsyncBaseTransport):
    """Passes requests to the provider; with a ``meddler`` through its hands. One provider may be seen through several."""

    def __init__(self, honest: httpx2.AsyncBaseTransport, meddler: Meddler | None = None) -> None:
        self._honest = honest
        self._meddler = meddler

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request, there and back."""
        if self._meddler is None:
            return await self._honest.handle_async_request(request)
        await request.aread()
        return await self._meddler(request, self._send)

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._honest.handle_async_request(request)
        await response.aread()
        return response
