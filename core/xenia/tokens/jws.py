"""JSON Web Signature, compact form (RFC 7515), for tokens of our own; what comes from others is read by a library.

A token of ours begins with exactly the header that we would write for that key and type. It is compared, not
interpreted: whatever else a header may say (``alg`` of another kind, ``none``, ``crit``, ``jwk``, ``jku``, ``x5c``) is
simply not one of ours.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

LONGEST = 16 * 1024
"""How many characters a token may have."""

_SHAPE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}


def b64url(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def from_b64url(text: bytes) -> bytes | None:
    """The bytes that ``text`` spells; ``None`` unless it is their one canonical spelling."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError:
        return None
    return data if b64url(data) == text else None


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638; RFC 8037 for ``OKP``)."""
    members = {name: jwk[name] for name in _THUMBPRINT_MEMBERS[jwk["kty"]]}
    canonical = msgspec.json.encode(members, order="sorted")
    return b64url(hashlib.sha256(canonical).digest()).decode()


def header(alg: str, kid: str, typ: str) -> bytes:
    """The encoded header of a token of ours; no ``typ`` where it is empty."""
    members = {"alg": alg, "kid": kid, "typ": typ} if typ else {"alg": alg, "kid": kid}
    return b64url(msgspec.json.encode(members))


def signing_input(head: bytes, claims: Mapping[str, Any]) -> bytes:
    """What is signed (RFC 7515 section 5.1)."""
    return head + b"." + b64url(msgspec.json.encode(claims))


class Parts(msgspec.Struct, frozen=True):
    """A token taken apart and not yet believed."""

    header: bytes
    signed: bytes
    payload: bytes
    signature: bytes


def split(token: str) -> Parts | None:
    """The three parts of a compact JWS, each in its canonical spelling; ``None`` for anything else."""
    if len(token) > LONGEST or not (found := _SHAPE.fullmatch(token)):
        return None
    head, body, signature = (part.encode() for part in found.groups())
    decoded, raw = from_b64url(body), from_b64url(signature)
    return Parts(head, head + b"." + body, decoded, raw) if decoded is not None and raw is not None else None


def read_claims(payload: bytes) -> dict[str, Any] | None:
    """The claims in a payload whose signature was found good; ``None`` if it is no JSON object."""
    try:
        return msgspec.json.decode(payload, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
