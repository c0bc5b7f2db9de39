"""Requests as a socket could bring them, below what an HTTP client would send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xenia.testing.app import App

Headers = Sequence[tuple[bytes, bytes]]
USUAL: Headers = ((b"host", b"localhost:8000"),)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value."""
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == name.encode()), None)


async def ask(
    app: App,
    path: str,
    *,
    method: str = "GET",
    headers: Headers = USUAL,
    query: bytes = b"",
    chunks: Sequence[bytes] = (b"",),
    raw_path: bytes | None = None,
    peer: tuple[str, int] | None = ("192.0.2.1", 4000),
    receive: Callable[[], Awaitable[Any]] | None = None,
) -> Answer:
    """Send one request to the whole application; its body is ``chunks``, or what ``receive`` gives."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode() if raw_path is None else raw_path, "query_string": query,
        "root_path": "", "headers": list(headers), "client": peer, "server": ("localhost", 8000), "state": {},
    }  # fmt: skip
    left = list(chunks)
    sent: list[Any] = []

    async def chunked() -> Any:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app.front(scope, receive or chunked, send)  # type: ignore[arg-type]
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], tuple(start["headers"]), body)
