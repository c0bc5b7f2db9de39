"""What a browser is asked for, as JSON (WebAuthn level 3 sections 5.4 and 5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia_passkeys.answers import base64url
from xenia_passkeys.challenges import LIFETIME
from xenia_passkeys.models import ALGORITHMS, PASSKEY, Stored
from xenia_passkeys.relying_party import RelyingParty

TIMEOUT = int(LIFETIME.total_seconds() * 1000)
Options = dict[str, Any]


def creation_options(
    party: RelyingParty,
    kind: str,
    challenge: bytes,
    *,
    handle: bytes,
    name: str,
    display_name: str,
    known: Iterable[Stored],
    verification: str,
    attestation: str,
) -> Options:
    """``PublicKeyCredentialCreationOptionsJSON``. A passkey is found by the authenticator itself, a security key needn't be."""
    selection = {"residentKey": "required", "requireResidentKey": True, "userVerification": verification}
    if kind != PASSKEY:
        selection = {"residentKey": "discouraged", "requireResidentKey": False, "userVerification": verification}
        selection |= {"authenticatorAttachment": "cross-platform"}
    return {
        "rp": {"id": party.id, "name": party.name},
        "user": {"id": base64url(handle), "name": name, "displayName": display_name},
        "challenge": base64url(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": TIMEOUT,
        "excludeCredentials": [descriptor(one.id, one.transports) for one in known],
        "authenticatorSelection": selection,
        "hints": [] if kind == PASSKEY else ["security-key"],
        "attestation": attestation,
        "extensions": {"credProps": True},
    }


def request_options(
    party: RelyingParty, challenge: bytes, *, allow: Iterable[Mapping[str, Any]], verification: str
) -> Options:
    """``PublicKeyCredentialRequestOptionsJSON``."""
    return {
        "challenge": base64url(challenge),
        "timeout": TIMEOUT,
        "rpId": party.id,
        "allowCredentials": list(allow),
        "userVerification": verification,
    }


def descriptor(id_: bytes, transports: tuple[str, ...] = ()) -> Options:
    """``PublicKeyCredentialDescriptorJSON``."""
    found: Options = {"type": "public-key", "id": base64url(id_)}
    return found | ({"transports": list(transports)} if transports else {})
