"""What a grant type is at the token endpoint. Other plugins add theirs with the hook ``register_grants``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from xenia.api import Context, Tenant
from xenia_oidc.client import Client
from xenia_oidc.parameters import Parameters
from xenia_oidc.provider import Provider


class TokenRequest(msgspec.Struct, frozen=True):
    """A request at the token endpoint, after the client has proven who it is and may use this grant type."""

    provider: Provider
    context: Context
    tenant: Tenant
    client: Client
    parameters: Parameters


class TokenGrant(Protocol):
    """One grant type. ``name`` is the value of ``grant_type``."""

    name: str

    async def answer(self, request: TokenRequest) -> Mapping[str, Any]:
        """The token response (RFC 6749 section 5.1). Raises ``OAuthError``."""
        ...
