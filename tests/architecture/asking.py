"""Requests as they stand on the wire: no client cleans the path before it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_FILLED = {"uuid": "01900000-0000-7000-8000-000000000000", "int": "1", "str": "nothing-of-that-name", "path": "a/b"}
_ALWAYS_NEW = {"request_id", "date", "content-length", "set-cookie"}


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> tuple[int, dict[str, str], Any]:
        """The answer without what is new in each: the request's id, and lengths that follow from it."""
        headers = {name: value for name, value in self.headers.items() if name not in _ALWAYS_NEW}
        return self.status, headers, _without_id(self.body)


async def ask(
    front: Any, method: str, raw_path: str, headers: Mapping[str, str] = BROWSER, *, query: str = "", body: bytes = b""
) -> Answer:
    """One request with exactly this path."""
    sent: list[dict[str, Any]] = []
    lines = {"host": "localhost:8000", "content-length": str(len(body)), **headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"), "raw_path": raw_path.encode(),
        "query_string": query.encode(), "root_path": "", "client": ("192.0.2.1", 4000), "server": ("localhost", 8000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in lines.items()],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await front(scope, receive, send)
    names = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], names, b"".join(part.get("body", b"") for part in sent[1:]))


def filled(path: str, **values: str) -> str:
    """A path with something in the place of each parameter."""
    return _PARAMETER.sub(lambda found: values.get(found[1], _FILLED.get(found[2], "nothing")), path)


def parameters(path: str) -> list[str]:
    """The names of a path's parameters."""
    return [name for name, _ in _PARAMETER.findall(path)]


def mutations(path: str) -> list[str]:
    """Spellings of a path that one parser might take for another."""
    head, _, last = path.rpartition("/")
    return [
        f"/{path}",
        path.replace("/", "//"),
        f"/%2e{path}",
        f"/.{path}",
        f"/x/%2e%2e{path}",
        f"/x/..{path}",
        f"{head}%2f{last}",
        f"{head}%5c{last}",
        f"{path};a=b",
        f"{head};a=b/{last}",
        path.upper(),
        path.title(),
        f"{path}.",
        f"{path}/",
        f"{path}//",
        f"{path}/.",
        f"{path}%00",
        f"{path}%20",
        f"{path}.json",
        "".join(f"%{ord(letter):02x}" if letter != "/" else "/" for letter in path),
    ]


def _without_id(body: bytes) -> Any:
    try:
        document = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return re.sub(rb"[0-9a-f]{16}", b"", body)
    return (
        {name: value for name, value in document.items() if name not in _ALWAYS_NEW}
        if isinstance(document, dict)
        else document
    )
