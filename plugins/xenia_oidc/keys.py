"""``/oauth/keys``: the tenant's public keys (RFC 7517), as the core keeps them ready."""

from __future__ import annotations

from xenia.api import HotAnswer
from xenia_oidc.calls import Call, answer
from xenia_oidc.provider import Provider

# Short, so that a key that had to be withdrawn is gone within a minute.
_CACHED = ((b"cache-control", b"public, max-age=60"),)
# What ID tokens (the default) and access tokens are signed with. Applications keep the set that they read at their start, and many don't look
# again at once for a key that they don't know: the first sign-in of a new tenant would fail there.
_PUBLISHED_FROM_THE_START = ("RS256", "ES256")


class KeySet:
    """The key set, next keys included, so that nobody is surprised by a rotation."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """The set's bytes; a tenant's first keys are made for the first who asks."""
        keys = self._provider.host.keys
        await keys.ensure(call.context, *_PUBLISHED_FROM_THE_START)
        return answer(await keys.jwks(call.context), b"application/jwk-set+json", headers=_CACHED)
