"""HTTP/1.1 by uvicorn, with an end to the head of a request: nobody fills the memory or holds a connection with half of one."""

from __future__ import annotations

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_BYTES = 65_536
SECONDS = 20.0
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """A head has ``MOST_BYTES`` and ``SECONDS``, from the connection's beginning or from the last answer on. What still
    comes in after an answer (the rest of a body that nobody wanted) counts as the next head.
    """

    _limit: asyncio.TimerHandle | None = None
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The first head is awaited from now."""
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head; a body is counted by whoever reads it."""
        if self._limit is None and self._is_idle:
            self._begin_head()
        super().data_received(data)
        if self._limit is not None:
            self._bytes += len(data)
            if self._bytes > MOST_BYTES:
                self._refuse(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._end_head()
        super().on_headers_complete()

    @property
    def _is_idle(self) -> bool:
        """Whether nothing is being answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # there is none before the first request
        return cycle is None or cycle.response_complete

    def _begin_head(self) -> None:
        self._bytes = 0
        self._limit = self.loop.call_later(SECONDS, self._refuse, _TOO_SLOW)

    def _end_head(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _refuse(self, answer: bytes) -> None:
        """Say why where nothing else is being said, and hang up."""
        self._end_head()
        if self.transport.is_closing():
            return
        if self._is_idle:
            self.transport.write(answer)
        self.transport.close()
