"""The request's body under a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from litestar.types import HTTPReceiveMessage, Receive

from xenia.errors import BadRequest, TooLarge

_DIGITS = 18  # of a length; thousands of them are no number to Python


class Body:
    """Reads a body, never more than ``limit`` bytes of it: by its declared length, and again while it arrives."""

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit():
            raise BadRequest("content-length is no number")
        if len(declared) > _DIGITS or int(declared) > limit:
            raise TooLarge("more bytes are declared than may come")

    async def receive(self) -> HTTPReceiveMessage:
        """The next message, counted."""
        message = cast("HTTPReceiveMessage", await self._receive())
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > self._limit:
                raise TooLarge(f"more than {self._limit} bytes")
        return message

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
