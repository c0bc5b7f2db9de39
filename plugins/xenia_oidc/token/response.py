"""The token response: an access token, and where they belong an ID token and a refresh token (RFC 6749 section 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from xenia.api import Grant
from xenia_oidc import id_token
from xenia_oidc.authorize.code import claims_of
from xenia_oidc.claims import released
from xenia_oidc.errors import OAuthError
from xenia_oidc.token.grants import TokenRequest

USERINFO_CLAIMS = "userinfo_claims"
"""The access token's note of single claims asked for at UserInfo: names only, so that UserInfo reads no grant."""


async def token_response(
    request: TokenRequest,
    grant: Grant,
    scope: Sequence[str],
    *,
    nonce: str = "",
    with_auth_time: bool = False,
    first: bool = False,
    refresh_token: str = "",
) -> dict[str, Any]:
    """Tokens for ``scope``, less what the client may no longer have. ``first`` begins a refresh family where there is
    to be one.
    """
    granted = _still_allowed(request, scope)
    access = await request.provider.host.tokens.issue_access(
        request.context,
        grant,
        scope=granted,
        audience=audience(request, grant, granted),
        lifetime=timedelta(seconds=(await request.provider.settings(request.context)).access_token_seconds),
        format=request.client.settings.access_token_format,
        extra=_extra(grant),
    )
    document: dict[str, Any] = {
        "access_token": access.value,
        "token_type": "Bearer",
        "expires_in": access.lifetime,
        "scope": " ".join(granted),
    }
    if "openid" in granted and grant.user_id is not None:
        document["id_token"] = await id_token.issue(
            request.provider,
            request.context,
            request.tenant,
            request.client,
            grant,
            access_token=access.value,
            nonce=nonce,
            with_auth_time=with_auth_time,
            more=await _claims(request, grant),
        )
    if first and request.client.may_refresh(granted):
        refresh_token = await request.provider.host.tokens.issue_refresh(request.context, grant, scope=granted)
    return {**document, **({"refresh_token": refresh_token} if refresh_token else {})}


def _still_allowed(request: TokenRequest, scope: Sequence[str]) -> tuple[str, ...]:
    """The client's registration may have become narrower since the grant."""
    allowed = frozenset(request.client.settings.scopes)
    granted = tuple(name for name in scope if name in allowed)
    if scope and not granted:
        raise OAuthError("invalid_grant", "nothing of this grant is allowed any more")
    return granted


def audience(request: TokenRequest, grant: Grant, scope: Sequence[str]) -> tuple[str, ...]:
    """For whom the access token is: the resources asked for, and ourselves where it opens something of ours (RFC 8707
    section 2.2).
    """
    granted, registered = grant.resources, request.client.settings.resources
    asked = tuple(dict.fromkeys(request.parameters.resources))
    if not set(asked) <= set(granted if grant.user_id is not None and granted else registered):
        raise OAuthError("invalid_target", "a resource that was not granted")
    resources = tuple(uri for uri in asked or granted or registered if uri in registered)
    ours = not resources or "openid" in scope or any(name.startswith("xenia:") for name in scope)
    return (*resources, request.tenant.issuer) if ours else resources


def _extra(grant: Grant) -> dict[str, Any] | None:
    names = claims_of(grant, "userinfo")
    return {USERINFO_CLAIMS: sorted(names)} if names else None


async def _claims(request: TokenRequest, grant: Grant) -> dict[str, Any]:
    """Claims asked for in the ID token itself; those of the scope are UserInfo's (OpenID Connect Core section 5.4)."""
    names = claims_of(grant, "id_token")
    if not names or grant.user_id is None:
        return {}
    return await released(request.provider, request.context, grant.user_id, names) or {}
