"""Answers that are the same for everybody until configuration changes: kept as they were sent, and sent again.

They are found by the request's host and path before anything is made for the request. Only what was once answered the
long way is kept, so every check of a request that its answer depends on was made; a request that brings more than a
plain GET does (a query, a body, a header twice) goes the long way again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from litestar.types import Send

from xenia.cache import ConfigCache
from xenia.http.models import HotAnswer

MOST = 10_000
_MORE_THAN_PLAIN = (b"content-length", b"transfer-encoding")

Key = tuple[bytes, bytes]
Headers = Mapping[bytes, bytes]


class ReadyAnswers:
    """What was answered at one generation of the configuration; forgotten as soon as anything in it changes."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache
        self._generation = cache.generation
        self._kept: OrderedDict[Key, tuple[Any, Any]] = OrderedDict()

    def key(self, scope: Any, headers: Headers) -> Key | None:
        """Under what the answer to this request may be kept; ``None`` where it is no plain GET."""
        if scope["method"] != "GET" or scope["query_string"] or len(headers) != len(scope["headers"]):
            return None
        host, path = headers.get(b"host"), scope.get("raw_path")
        if not host or not path or any(name in headers for name in _MORE_THAN_PLAIN):
            return None
        return host, path

    async def send(self, key: Key, send: Send) -> bool:
        """Send what is kept, if there is something and it is certain that it still holds."""
        if self._generation != self._cache.generation:
            self._kept.clear()
            self._generation = self._cache.generation
        messages = self._kept.get(key)
        if messages is None or not self._cache.is_fresh:
            return False
        for message in messages:
            await send(message)
        return True

    def keep(self, key: Key, generation: int, answer: HotAnswer, headers: list[tuple[bytes, bytes]]) -> None:
        """Keep what was made since ``generation``, unless the configuration has changed meanwhile."""
        if generation != self._cache.generation or answer.status != 200:
            return
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        self._kept[key] = start, {"type": "http.response.body", "body": answer.body, "more_body": False}
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
