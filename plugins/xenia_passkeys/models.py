"""Passkeys as data: what is stored, what an authenticator answers, and what was verified about it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

OFFER = "passkeys.upgrade"
PLUGIN = "passkeys"
PASSKEY = "passkey"
SECURITY_KEY = "security_key"
KINDS = (PASSKEY, SECURITY_KEY)

# Ed25519, P-256 and RSA, best first: what section 5.4 advises to offer at least.
ALGORITHMS = (-8, -7, -257)
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A credential record (WebAuthn level 3 section 4), sealed by the core. Its counter is the row's.

    ``handle`` is the user handle that it was made with; ``eligible`` and ``backed_up`` are the flags BE and BS.
    ``copied``: its counter once did not grow, so somebody else may hold the key.
    """

    id: bytes
    public_key: bytes
    handle: bytes
    aaguid: str
    transports: tuple[str, ...] = ()
    verified: bool = False
    eligible: bool = False
    backed_up: bool = False
    rp_id: str = ""
    copied: bool = False


class Purpose(StrEnum):
    """What a challenge may be answered with."""

    CREATE = "create"
    GET = "get"


class Ceremony(msgspec.Struct, frozen=True, kw_only=True):
    """What a challenge was issued for. It is judged by this, never by what the answer says of itself.

    ``allow`` are the ids that were offered (none = any discoverable one). ``presence`` is false for a passkey that the
    browser may make by itself, after a password was typed.
    """

    purpose: Purpose
    kind: str
    journey: UUID
    verification: bool
    presence: bool = True
    allow: tuple[bytes, ...] = ()
    handle: bytes = b""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer is compared with."""

    challenge: bytes
    rp_id: str
    origins: frozenset[str]
    presence: bool = True
    verification: bool = True


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that was registered rightly."""

    id: bytes
    public_key: bytes
    counter: int
    aaguid: str
    transports: tuple[str, ...]
    verified: bool
    eligible: bool
    backed_up: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An assertion that was signed rightly."""

    counter: int
    verified: bool
    eligible: bool
    backed_up: bool


class Attestation(msgspec.Struct, frozen=True):
    """What is asked of an authenticator's make: nothing, or a chain to one of ``roots`` (PEM), or one of ``aaguids``."""

    direct: bool = False
    roots: tuple[bytes, ...] = ()
    aaguids: frozenset[str] = frozenset()
