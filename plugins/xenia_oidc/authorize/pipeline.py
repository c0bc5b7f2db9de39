"""The checks of an authorization request, in order. Until the redirect URI is known a refusal is a page; after it, a
redirect.

The same list runs again when a journey comes back, so that nothing the client may no longer do survives the sign-in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from xenia_oidc.authorize.claims import check_claims
from xenia_oidc.authorize.client import check_client
from xenia_oidc.authorize.id_token_hint import check_id_token_hint
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.authorize.parameters import check_parameters
from xenia_oidc.authorize.pkce import check_pkce
from xenia_oidc.authorize.prompt import check_prompt
from xenia_oidc.authorize.redirect_uri import check_redirect_uri
from xenia_oidc.authorize.request_object import check_request_object
from xenia_oidc.authorize.resource import check_resource
from xenia_oidc.authorize.response_mode import check_response_mode
from xenia_oidc.authorize.response_type import check_response_type
from xenia_oidc.authorize.scope import check_scope
from xenia_oidc.errors import AuthorizationError, OAuthError

Check = Callable[[Inquiry], Awaitable[None]]

CHECKS: tuple[Check, ...] = (
    check_client,
    check_redirect_uri,
    check_response_mode,
    check_parameters,
    check_response_type,
    check_request_object,
    check_scope,
    check_resource,
    check_pkce,
    check_prompt,
    check_claims,
    check_id_token_hint,
)


async def run(inquiry: Inquiry) -> None:
    """Every check. Raises ``BadRequest`` for a page, ``AuthorizationError`` for the application."""
    for check in CHECKS:
        try:
            await check(inquiry)
        except AuthorizationError:
            raise
        except OAuthError as problem:
            raise AuthorizationError(problem.code, problem.description) from problem
