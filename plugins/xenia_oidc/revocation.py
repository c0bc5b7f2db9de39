"""``POST /oauth/revoke`` (RFC 7009): the client gives a token back."""

from __future__ import annotations

from xenia.api import HotAnswer
from xenia_oidc.calls import Call, answer
from xenia_oidc.client_auth import authenticate
from xenia_oidc.provider import Provider


class Revocation:
    """Ends a token of the calling client; a refresh token with its whole grant."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """200 whether the token was known or not (section 2.2); where it can't be stored, the failure is passed on as
        it is.
        """
        client = await authenticate(self._provider, call)
        await self._provider.host.tokens.revoke(call.context, call.parameters.required("token"), client.id)
        return answer(b"", b"application/json")
