"""Key sets of clients, fetched from their ``jwks_uri`` and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import msgspec

from xenia.api import Clock, Host, Unavailable

_KEEP_SECONDS = 60.0
_MOST = 1000
_TIMEOUT = 5.0


class KeySets:
    """A small cache in front of the guarded dialer. A client that rotates its keys is followed within a minute."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()

    async def get(self, uri: str) -> dict[str, Any]:
        """The set at ``uri``. Raises ``ValueError`` where it can't be had."""
        now = self._clock.monotonic()
        known = self._known.get(uri)
        if known is None or now - known[0] > _KEEP_SECONDS:
            known = (now, await self._fetch(uri))
            self._known[uri] = known
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return known[1]

    @property
    def _clock(self) -> Clock:
        return self._host.clock

    async def _fetch(self, uri: str) -> dict[str, Any]:
        try:
            async with self._host.dialer.http_client(timeout=_TIMEOUT) as client:
                answer = await client.get(uri, headers={"accept": "application/jwk-set+json, application/json"})
        except Unavailable as problem:
            raise ValueError("the key set's address can't be reached") from problem
        if answer.status_code != 200:
            raise ValueError(f"the key set's address answered {answer.status_code}")
        return msgspec.json.decode(answer.content, type=dict[str, Any])
