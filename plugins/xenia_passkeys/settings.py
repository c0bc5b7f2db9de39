"""What a tenant may decide about passkeys: section ``[plugins.passkeys]`` of its document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Domain = Annotated[str, Meta(pattern=rf"^({_LABEL}(\.{_LABEL})*)?$", max_length=253)]
# A site, or an application of Android by the hash of its signing key.
Origin = Annotated[str, Meta(pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?|android:apk-key-hash:[\w-]{43})$")]
Aaguid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Days = Annotated[int, Meta(ge=1, le=365)]


class Verification(StrEnum):
    """Whether the authenticator must know its owner, by a finger, a face or a PIN."""

    REQUIRED = "required"
    PREFERRED = "preferred"


class Conveyance(StrEnum):
    """Whether an authenticator must prove its make."""

    NONE = "none"
    DIRECT = "direct"


class Clones(StrEnum):
    """What follows from a counter that did not grow: the key may have been copied."""

    REFUSE = "refuse"
    RECORD = "record"


class PasskeysSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may use which passkeys, and when people are led to them."""

    rp_id: Annotated[
        Domain,
        Meta(description="The domain that passkeys belong to. Empty: the issuer's. A change ends every passkey."),
    ] = ""
    related_origins: Annotated[
        tuple[Origin, ...],
        Meta(description="Other sites, or Android applications, that use the same passkeys; one each line."),
    ] = ()
    user_verification: Annotated[
        Verification, Meta(description="Whether a passkey that comes first must know its owner.")
    ] = Verification.REQUIRED
    after_password: Annotated[
        bool, Meta(description="Whether who added a passkey is asked for a second factor after a password.")
    ] = True
    autofill: Annotated[bool, Meta(description="Whether browsers offer passkeys in the e-mail field.")] = True
    upgrade: Annotated[bool, Meta(description="Whether people are offered a passkey after a password.")] = True
    snooze_days: Annotated[Days, Meta(description="Days until they are asked again.")] = 30
    clones: Annotated[Clones, Meta(description="What follows when a key seems to have been copied.")] = Clones.REFUSE
    attestation: Annotated[Conveyance, Meta(description="Whether a key must prove its make by certificates.")] = (
        Conveyance.NONE
    )
    attestation_roots: Annotated[
        tuple[str, ...], Meta(description="The certificates (PEM) that such a proof must lead to.")
    ] = ()
    aaguids: Annotated[
        tuple[Aaguid, ...], Meta(description="The makes that are allowed, by AAGUID; one each line. Empty: all.")
    ] = ()

    def __post_init__(self) -> None:
        if self.attestation is Conveyance.DIRECT and not self.roots():
            raise ValueError("attestation needs at least one root certificate")

    def roots(self) -> tuple[bytes, ...]:
        """Each certificate by itself, however the lines were cut."""
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        parts = "\n".join(self.attestation_roots).split(begin)[1:]
        return tuple(f"{begin}{part.partition(end)[0]}{end}\n".encode() for part in parts if end in part)
