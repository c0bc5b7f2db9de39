"""The request's body under a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from litestar.types import HTTPReceiveMessage, Receive

from xenia.errors import BadRequest, TooLarge

SECONDS = 30.0
_DIGITS = 18  # of a length; thousands of them are no number to Python


class TooSlow(BadRequest):
    """The body takes longer than anybody waits (RFC 9110 section 15.5.9)."""

    status = 408


class Body:
    """Reads a body, never more than ``limit`` bytes of it (by its declared length, and again while it arrives), and for no
    longer than ``SECONDS``.
    """

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0
        self._until: float | None = asyncio.get_running_loop().time() + SECONDS
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit():
            raise BadRequest("content-length is no number")
        if len(declared) > _DIGITS or int(declared) > limit:
            raise TooLarge("more bytes are declared than may come")

    async def receive(self) -> HTTPReceiveMessage:
        """The next message, counted."""
        message = await self._in_time()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > self._limit:
                raise TooLarge(f"more than {self._limit} bytes")
            if not message.get("more_body"):
                self._until = None  # whoever waits for the browser to go away waits as long as it takes
        return message

    async def _in_time(self) -> HTTPReceiveMessage:
        try:
            async with asyncio.timeout_at(self._until):
                return cast("HTTPReceiveMessage", await self._receive())
        except TimeoutError as problem:
            raise TooSlow(f"no whole body in {SECONDS} s") from problem

    async def read(self) -> bytes:
        """The whole body."""
        parts: list[bytes] = []
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                raise BadRequest("the client went away")
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)
