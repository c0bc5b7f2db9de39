"""What a browser posts: the JSON of ``PublicKeyCredential.toJSON()`` (WebAuthn level 3 section 5.1), read strictly."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, TypeVar

import msgspec

from xenia_passkeys.errors import NotAccepted

LONGEST = 64 * 1024
LONGEST_ID = 1023


class CreationResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``AuthenticatorAttestationResponseJSON``, as far as it is read."""

    client_data: str = msgspec.field(name="clientDataJSON")
    attestation_object: str
    transports: tuple[str, ...] = ()


class AssertionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``AuthenticatorAssertionResponseJSON``."""

    client_data: str = msgspec.field(name="clientDataJSON")
    authenticator_data: str
    signature: str
    user_handle: str | None = None


class Creation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``RegistrationResponseJSON``."""

    id: str
    raw_id: str
    type: str
    response: CreationResponse


class Assertion(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``AuthenticationResponseJSON``."""

    id: str
    raw_id: str
    type: str
    response: AssertionResponse


class ClientData(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``CollectedClientData`` (section 5.8.1), as far as it is judged."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool = False
    top_origin: str | None = None


A = TypeVar("A", Creation, Assertion)


def read(posted: str, kind: type[A]) -> A:
    """The answer that was posted. Raises :class:`NotAccepted`."""
    if len(posted) > LONGEST:
        raise NotAccepted("too_long")
    try:
        answer = msgspec.json.decode(posted.encode("utf-8", "strict"), type=kind)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as problem:
        raise NotAccepted("malformed") from problem
    if answer.type != "public-key" or answer.id != answer.raw_id:
        raise NotAccepted("malformed")
    if not 1 <= len(octets(answer.id)) <= LONGEST_ID:
        raise NotAccepted("id_length")
    return answer


def client_data(answer: Creation | Assertion) -> ClientData:
    """What the browser says of the ceremony. Raises :class:`NotAccepted`."""
    try:
        return msgspec.json.decode(octets(answer.response.client_data), type=ClientData)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise NotAccepted("malformed") from problem


def octets(encoded: str) -> bytes:
    """Base64url without padding (RFC 4648 section 5), in its one canonical spelling. Raises :class:`NotAccepted`."""
    try:
        decoded = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as problem:
        raise NotAccepted("malformed") from problem
    if base64url(decoded) != encoded:
        raise NotAccepted("malformed")
    return decoded


def base64url(data: bytes) -> str:
    """The same, the other way."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def as_json(answer: Creation | Assertion) -> dict[str, Any]:
    """The answer as it came, for the library."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain
