"""``/oauth/keys``: the tenant's public keys (RFC 7517), as the core keeps them ready."""

from __future__ import annotations

from xenia.api import HotAnswer
from xenia_oidc.calls import Call, answer
from xenia_oidc.provider import Provider

# Short, so that a key that had to be withdrawn is gone within a minute.
_CACHED = ((b"cache-control", b"public, max-age=60"),)


class KeySet:
    """The key set, next keys included, so that nobody is surprised by a rotation."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """The set's bytes."""
        return answer(await self._provider.host.keys.jwks(call.context), b"application/jwk-set+json", headers=_CACHED)
