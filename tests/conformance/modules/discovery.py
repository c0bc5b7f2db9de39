"""What a provider says of itself (OpenID Connect Discovery section 3; RFC 7517)."""

from __future__ import annotations

from typing import Any

from joserfc.jwk import KeySet, RSAKey

from tests.conformance.expect import expect
from tests.conformance.registry import Plan, Run, module

_REQUIRED = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "scopes_supported",
    "claims_supported",
)
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}
_LEAST_RSA_BITS = 2048


@module("oidcc-discovery-endpoint-verification", Plan.CONFIG)
async def discovery_endpoint_verification(run: Run) -> None:
    """The metadata is complete and true to itself; the keys are public, strong and told apart"""
    metadata = await run.rp.metadata()
    expect(metadata.get("issuer") == run.provider.issuer, "issuer isn't where the document stands")
    for name in _REQUIRED:
        expect(metadata.get(name), f"{name} is missing")
    for name, value in metadata.items():
        if name.endswith(("_endpoint", "_uri")):
            expect(_is_safe(value), f"{name} isn't https, nor on this machine")
    _offers(metadata, "response_types_supported", "code")
    _offers(metadata, "scopes_supported", "openid")
    _offers(metadata, "id_token_signing_alg_values_supported", "RS256")
    expect(set(metadata["subject_types_supported"]) <= {"public", "pairwise"}, "an unknown subject type")
    _check_keys(await run.rp.document(metadata["jwks_uri"]))


@module("oidcc-rp-initiated-logout-discovery-endpoint-verification", Plan.RP_LOGOUT)
async def rp_initiated_logout_discovery(run: Run) -> None:
    """The metadata names the end_session_endpoint"""
    expect(_is_safe((await run.rp.metadata()).get("end_session_endpoint")), "end_session_endpoint is missing")


@module("oidcc-backchannel-logout-discovery-endpoint-verification", Plan.BACK_CHANNEL)
async def back_channel_logout_discovery(run: Run) -> None:
    """The metadata announces back-channel logout, with sid"""
    metadata = await run.rp.metadata()
    for name in ("backchannel_logout_supported", "backchannel_logout_session_supported"):
        expect(metadata.get(name) is True, f"{name} isn't true")


def _offers(metadata: dict[str, Any], name: str, value: str) -> None:
    expect(value in metadata[name], f"{name} lacks {value}")


def _is_safe(address: Any) -> bool:
    """https, as the plan demands; here providers run on this machine, where http does."""
    return str(address).startswith(("https://", "http://localhost:"))


def _check_keys(document: dict[str, Any]) -> None:
    keys = document.get("keys", [])
    expect(keys, "no key is published")
    expect(not any(_PRIVATE & set(key) for key in keys), "a private key is published")
    names = [key.get("kid") for key in keys]
    expect(len(set(names)) == len(names), "two keys have one kid")
    rsa = [key for key in KeySet.import_key_set(document).keys if isinstance(key, RSAKey)]  # type: ignore[arg-type]
    expect(rsa, "there is no key for RS256")
    expect(all(key.public_key.key_size >= _LEAST_RSA_BITS for key in rsa), "an RSA key is too short")
