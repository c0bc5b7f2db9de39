"""Devices, what they sign, and the requests that they answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

PLUGIN = "push"
KIND = "push_device"
NUMBERS = (10, 99)
"""What a person compares has two digits, the first of them no zero."""

Jti = Annotated[str, Meta(min_length=1, max_length=128)]
Moment = Annotated[int, Meta(ge=0, le=1 << 40)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Platform = Annotated[str, Meta(pattern=r"\A[a-z0-9._-]{1,32}\Z")]
PushToken = Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{0,2000}\Z")]
Short = Annotated[str, Meta(max_length=200)]


class Decision(StrEnum):
    """What a person says to a request."""

    APPROVE = "approve"
    DENY = "deny"


class Outcome(StrEnum):
    """What became of a request; one that nobody answered has none."""

    APPROVED = "approved"
    DENIED = "denied"
    REPORTED = "reported"
    WRONG = "wrong"
    TAKEN = "taken"


# -- what a device signs


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What every message says (RFC 7519 section 4.1): for whom it is, when it was made, and a name that it is told by."""

    aud: Short
    iat: Moment
    jti: Jti


class Registration(Claims, frozen=True, kw_only=True):
    """A new device: the token of the picture, what to call it, and how to wake it."""

    token: Short
    name: Name
    platform: Platform
    push_token: PushToken = ""


class Answer(Claims, frozen=True, kw_only=True):
    """What the person said. ``number`` is what they typed; the app doesn't know the right one."""

    challenge: UUID
    nonce: Short
    decision: Decision
    number: Annotated[str, Meta(max_length=8)] = ""
    report: bool = False


class Change(Claims, frozen=True, kw_only=True):
    """Another way to wake the device, or another key: ``key`` is a message signed by the new one."""

    push_token: PushToken | None = None
    key: Annotated[str, Meta(max_length=4000)] = ""


class NewKey(Claims, frozen=True, kw_only=True):
    """What a new key signs: which device it is for."""

    device: UUID


# -- what is kept


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A device at rest, sealed: its id, its public key (RFC 7517), and how it is woken."""

    device: UUID
    jwk: dict[str, str]
    platform: str
    push_token: str = ""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A device that scanned the picture and isn't confirmed yet. Sealed at rest."""

    name: str
    stored: Stored


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a device shows of a sign-in: where to, from where, with what, when. Sealed at rest."""

    application: str
    network: str
    browser: str
    at: datetime


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An open request, as its device reads it."""

    id: UUID
    nonce: str
    about: About
    expires_in: int

    def shown(self) -> dict[str, Any]:
        """The request in the protocol's form."""
        about = msgspec.to_builtins(self.about)
        return {"id": str(self.id), "nonce": self.nonce, "expires_in": self.expires_in, **about}


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking: the request and the number that its page shows, or seconds to wait."""

    wait: int = 0
    challenge: str = ""
    number: int = 0
