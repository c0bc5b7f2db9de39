"""``POST /oauth/token``: authenticate the client, find the grant type, answer."""

from __future__ import annotations

from xenia.api import HotAnswer
from xenia_oidc.calls import Call, as_json
from xenia_oidc.client_auth import authenticate
from xenia_oidc.errors import OAuthError
from xenia_oidc.provider import Provider
from xenia_oidc.token.grants import TokenRequest


class TokenEndpoint:
    """Issues tokens."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """The token response. Raises ``OAuthError``."""
        client = await authenticate(self._provider, call)
        name = call.parameters.required("grant_type")
        grant = self._provider.grants(call.tenant.plugins).get(name)
        if grant is None:
            raise OAuthError("unsupported_grant_type", "there is no such grant type here")
        if not (
            name in client.settings.grant_types
            or (name == "refresh_token" and client.may_refresh(client.settings.scopes))
        ):
            raise OAuthError("unauthorized_client", "the application may not use this grant type")
        request = TokenRequest(self._provider, call.context, call.tenant, client, call.parameters)
        return as_json(await grant.answer(request))
