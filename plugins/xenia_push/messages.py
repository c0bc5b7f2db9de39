"""What devices sign: a compact JWS (RFC 7515) whose type says what it is for (RFC 8725 section 3.11), by ES256 or Ed25519.

A header has ``alg``, ``typ``, and either ``kid`` (the device) or ``jwk`` (a key that introduces itself), and nothing else: whatever more a header
may say (``crit``, ``jku``, ``x5c``, ``b64``) is not of this protocol. The algorithm follows from the key, never from the header.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from xenia_push.errors import NotTheDevice, NotUnderstood
from xenia_push.models import Claims

LONGEST = 8192
ALGORITHMS = {("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "Ed25519"}
_MEMBERS = {"EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}
_WRONG = (ValueError, KeyError, TypeError, RecursionError)

C = TypeVar("C", bound=Claims)


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of what a header may say."""

    alg: str
    typ: str
    kid: UUID | None = None
    jwk: dict[str, Any] | None = None


class Message(msgspec.Struct, frozen=True):
    """A message taken apart and not yet believed."""

    compact: str
    header: Header

    def signed_by(self, jwk: dict[str, str], kind: type[C]) -> C:
        """What it claims, if this key signed it. Raises :class:`NotTheDevice`, or :class:`NotUnderstood` for other claims."""
        return _decoded(_verified(self.compact, jwk, self.header.alg), kind)

    def introduced(self, kind: type[C]) -> tuple[C, dict[str, str]]:
        """What it claims, and the key that it brings along and was signed by."""
        jwk = public_key(self.header.jwk)
        return self.signed_by(jwk, kind), jwk


def read(body: bytes | str, typ: str) -> Message:
    """Take a message of one type apart. Raises :class:`NotUnderstood`."""
    try:
        compact = body if isinstance(body, str) else body.decode("ascii")
        if len(compact) > LONGEST or compact.count(".") != 2:
            raise ValueError
        header = msgspec.json.decode(_segment(compact.partition(".")[0]), type=Header)
    except _WRONG as problem:
        raise NotUnderstood("not a compact JWS with our header") from problem
    if header.typ != typ or (header.kid is None) == (header.jwk is None):
        raise NotUnderstood(f"not of the type {typ}")
    return Message(compact, header)


def public_key(given: dict[str, Any] | None) -> dict[str, str]:
    """The members of a public key that we take (RFC 7518 section 6.2, RFC 8037). Raises :class:`NotUnderstood`."""
    jwk = given or {}
    kty, crv = str(jwk.get("kty")), str(jwk.get("crv"))
    if (kty, crv) not in ALGORITHMS:
        raise NotUnderstood("a key of another kind")
    if "d" in jwk:
        raise NotUnderstood("a private key must never leave its device")
    key = {name: str(jwk.get(name)) for name in _MEMBERS[kty]}
    thumbprint(key)
    return key


def thumbprint(jwk: dict[str, str]) -> str:
    """A key's name (RFC 7638). Raises :class:`NotUnderstood` for what is no point of its curve."""
    try:
        key = _key(jwk)
        _ = key.public_key
        return str(key.thumbprint())
    except Exception as problem:
        raise NotUnderstood("not a key") from problem


def _verified(compact: str, jwk: dict[str, str], alg: str) -> bytes:
    from joserfc import jws  # late, like every library that few requests want
    from joserfc.errors import JoseError

    wanted = ALGORITHMS[jwk["kty"], jwk["crv"]]
    try:
        if alg == wanted:
            return jws.deserialize_compact(compact, _key(jwk), algorithms=[wanted]).payload
    except (JoseError, *_WRONG) as problem:
        raise NotTheDevice("a wrong signature") from problem
    raise NotTheDevice("signed by another algorithm than its key's")


def _key(jwk: dict[str, str]) -> Any:
    from joserfc.jwk import ECKey, OKPKey

    return (ECKey if jwk["kty"] == "EC" else OKPKey).import_key(dict(jwk))


def _decoded(payload: bytes, kind: type[C]) -> C:
    try:
        return msgspec.json.decode(payload, type=kind)
    except _WRONG as problem:
        raise NotUnderstood("other claims than this message has") from problem


def _segment(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as problem:
        raise ValueError("not base64url") from problem
