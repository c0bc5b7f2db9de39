"""Client authentication (RFC 6749 section 2.3; OpenID Connect Core section 9): exactly the registered method, exactly
one.
"""

from __future__ import annotations

import base64
import binascii
import math
from urllib.parse import unquote_plus

from xenia.api import log
from xenia_oidc import assertion
from xenia_oidc.calls import Call
from xenia_oidc.client import Client, ClientAuth
from xenia_oidc.errors import OAuthError
from xenia_oidc.provider import Provider

_CHALLENGE = ((b"www-authenticate", b'Basic realm="xenia"'),)


async def authenticate(provider: Provider, call: Call, *, allow_public: bool = True) -> Client:
    """The client that makes the call. Raises ``OAuthError`` ``invalid_client``, the same for whatever is wrong."""
    method, client_id, secret = _shown(call)
    client = await provider.client(call.context, client_id) if client_id else None
    if client is None or client.settings.token_endpoint_auth_method is not method:
        raise _refused(call)
    call.client = client
    if wait := provider.failures.wait(call.context.source.address):
        raise _too_many(wait)
    if not await _is_proven(provider, call, client, method, secret) or (client.is_public and not allow_public):
        log.warning("client_authentication_failed", tenant=call.tenant.id, application=client.id, method=method.value)
        raise _refused(call)
    provider.failures.give_back(call.context.source.address)
    return client


async def _is_proven(provider: Provider, call: Call, client: Client, method: ClientAuth, secret: str) -> bool:
    match method:
        case ClientAuth.NONE:
            return True
        case ClientAuth.KEY:
            return await assertion.is_valid(provider, call, client, secret)
        case _:
            return await provider.host.applications.check_secret(call.context, client.id, secret)


def _shown(call: Call) -> tuple[ClientAuth, str, str]:
    """The method that was used, whom it names, and the secret or assertion. More than one method is refused."""
    parameters = call.parameters
    used = [
        name
        for name, present in (
            (ClientAuth.BASIC, bool(call.header(b"authorization"))),
            (ClientAuth.POST, bool(parameters.get("client_secret"))),
            (ClientAuth.KEY, bool(parameters.get("client_assertion"))),
        )
        if present
    ]
    if len(used) > 1:
        raise OAuthError("invalid_request", "more than one way of client authentication was used")
    method = used[0] if used else ClientAuth.NONE
    named = parameters.get("client_id")
    match method:
        case ClientAuth.BASIC:
            client_id, secret = _basic(call)
        case ClientAuth.KEY:
            secret = _assertion(call)
            client_id = assertion.claimed_client(secret)
        case _:
            client_id, secret = named, parameters.get("client_secret")
    if named and named != client_id:
        raise _refused(call)
    return method, client_id, secret


def _assertion(call: Call) -> str:
    if call.parameters.get("client_assertion_type") != assertion.TYPE:
        raise OAuthError("invalid_request", "client_assertion_type is missing or unknown")
    return call.parameters.get("client_assertion")


def _basic(call: Call) -> tuple[str, str]:
    """Name and secret, each form-encoded before they were joined (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = call.header(b"authorization").partition(" ")
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        if scheme.lower() != "basic" or not colon:
            raise _refused(call)
        return unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as problem:
        raise _refused(call) from problem


def _too_many(seconds: float) -> OAuthError:
    """429, whoever it was this time (RFC 6585 section 4)."""
    headers = ((b"retry-after", str(math.ceil(seconds)).encode()),)
    return OAuthError("invalid_client", "too many failed attempts", status=429, headers=headers)


def _refused(call: Call) -> OAuthError:
    """401 always, and a challenge, as section 5.2 wants it where the ``Authorization`` header was used."""
    headers = _CHALLENGE if call.header(b"authorization") else ()
    return OAuthError("invalid_client", "client authentication failed", status=401, headers=headers)
