"""``/.well-known/openid-configuration`` and ``/.well-known/oauth-authorization-server``: what is offered, and nothing
else.

OpenID Connect Discovery section 3; RFC 8414 section 2. The bytes are made once for each version of a tenant.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import msgspec

from xenia.api import HotAnswer, Tenant
from xenia_oidc.calls import Call, answer
from xenia_oidc.claims import SCOPE_OF
from xenia_oidc.client import ALGORITHMS, OIDC_SCOPES, RESPONSE_MODES, ClientAuth
from xenia_oidc.provider import Provider

ACR_VALUES = ("aal1", "aal2", "aal3")
_REMEMBERED = 10_000
_PUBLIC = ((b"cache-control", b"public, max-age=300"),)


class Discovery:
    """The metadata of each tenant."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._made: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def __call__(self, call: Call) -> HotAnswer:
        """The document, as it was made for this version of the tenant."""
        place = (call.tenant.id, call.tenant.version)
        if place not in self._made:
            grants = self._provider.grants(call.tenant.plugins)
            self._made[place] = msgspec.json.encode(metadata(call.tenant, grants))
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return answer(self._made[place], b"application/json", headers=_PUBLIC)


def metadata(tenant: Tenant, grant_types: Iterable[str]) -> dict[str, Any]:
    """The document itself."""
    return {**_addresses(tenant.issuer), **_abilities(sorted(grant_types))}


def _addresses(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "jwks_uri": f"{issuer}/oauth/keys",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "end_session_endpoint": f"{issuer}/oauth/logout",
    }


def _abilities(grant_types: list[str]) -> dict[str, Any]:
    methods = [method.value for method in ClientAuth]
    with_credentials = [method for method in methods if method != ClientAuth.NONE]
    return {
        "scopes_supported": list(OIDC_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": grant_types,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "userinfo_signing_alg_values_supported": list(ALGORITHMS),
        "acr_values_supported": list(ACR_VALUES),
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "acr",
            "amr",
            "at_hash",
            "sid",
            *SCOPE_OF,
        ],
        "claim_types_supported": ["normal"],
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "display_values_supported": ["page"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": with_credentials,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
