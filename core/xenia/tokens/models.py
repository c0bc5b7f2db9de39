"""Tokens: what applications hold. Secrets are stored as SHA-256 only; signed tokens carry their grant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from xenia.grants.models import Grant


class TokenFormat(StrEnum):
    """How an access token looks."""

    JWT = "jwt"
    OPAQUE = "opaque"


class KeyState(StrEnum):
    """The life of a signing key: published before it signs, still trusted after."""

    NEXT = "next"
    ACTIVE = "active"
    PASSIVE = "passive"
    RETIRED = "retired"


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A signing key as others may see it. ``kid`` is the RFC 7638 thumbprint of ``jwk`` (the public part)."""

    tenant: str
    kid: str
    alg: str
    use: str
    state: KeyState
    jwk: dict[str, Any]
    created_at: datetime


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token just issued. ``lifetime`` is in whole seconds."""

    value: str
    lifetime: int
    id: str


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What a valid access token of ours says. ``id`` is its ``jti``."""

    tenant: str
    id: str
    grant_id: UUID
    application: str
    subject: str
    user_id: UUID | None
    session_id: UUID | None
    scope: tuple[str, ...]
    audience: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    acr: str = ""
    amr: tuple[str, ...] = ()
    auth_time: datetime | None = None
    actor: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class CodeState(StrEnum):
    """What became of a code that was shown."""

    REDEEMED = "redeemed"
    REUSED = "reused"
    UNKNOWN = "unknown"


class CodeRedemption(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of redeeming an authorization code; ``grant`` and ``data`` only when it was redeemed by this call."""

    state: CodeState
    grant: Grant | None = None
    data: bytes = b""


class RefreshState(StrEnum):
    """What became of a refresh token that was shown."""

    ROTATED = "rotated"
    REPEATED = "repeated"
    REUSED = "reused"
    UNKNOWN = "unknown"


class RefreshRotation(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a refresh.

    ``successor`` is the next token: the same one again where a lost response is repeated within the grace.
    """

    state: RefreshState
    grant: Grant | None = None
    successor: str = ""
    scope: tuple[str, ...] = ()


class RefreshInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What introspection says of a live refresh token."""

    grant: Grant
    issued_at: datetime
    expires_at: datetime
