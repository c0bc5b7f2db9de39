"""A software authenticator with its browser (WebAuthn level 3 sections 5 and 6): right by default, wrong where it is told to be."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

ORIGIN = "http://localhost:8000"
VIRTUAL = "01020304-0506-0708-0102-030405060708"
Options = Mapping[str, Any]
Answer = dict[str, Any]


@dataclass
class Key:
    """One credential that the authenticator keeps."""

    id: bytes
    private: Any
    alg: int
    rp_id: str
    handle: bytes
    counter: int = 0


@dataclass
class Authenticator:
    """Makes keys and signs with them. Each attribute is a knob."""

    origin: str = ORIGIN
    alg: int = -7
    aaguid: str = VIRTUAL
    present: bool = True
    verifies: bool = True
    eligible: bool = False
    backed_up: bool = False
    counts: bool = True
    id_octets: int = 32
    cross_origin: bool | None = False
    top_origin: str | None = None
    type: str = ""
    rp_id: str = ""
    challenge: bytes = b""
    transports: tuple[str, ...] = ("internal",)
    keys: list[Key] = field(default_factory=list)

    def but(self, **knobs: Any) -> Authenticator:
        """The same one, with the same keys, otherwise set."""
        return replace(self, **knobs)

    def create(self, options: Options) -> Answer:
        """``navigator.credentials.create``."""
        rp_id, handle = options["rp"]["id"], octets(options["user"]["id"])
        number = len(self.keys)
        id_ = (sha256(f"{self.aaguid} {number} {handle!r}".encode()).digest() * 32)[: self.id_octets]
        key = Key(id_, _private(self.alg), self.alg, rp_id, handle)
        self.keys.append(key)
        credential = bytes.fromhex(self.aaguid.replace("-", "")) + len(id_).to_bytes(2, "big") + id_ + _cose(key)
        data = self._data(rp_id, key, more=credential)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": base64url(self._client("webauthn.create", options)),
            "attestationObject": base64url(attestation),
            "transports": list(self.transports),
        }
        return _answer(id_, response)

    def get(self, options: Options, key: Key | None = None, *, handle: bytes | None = None) -> Answer:
        """``navigator.credentials.get``, with a key that was allowed, else the last one made."""
        key = key or self._chosen(options)
        key.counter += self.counts
        data = self._data(options["rpId"], key)
        client = self._client("webauthn.get", options)
        response = {
            "clientDataJSON": base64url(client),
            "authenticatorData": base64url(data),
            "signature": base64url(_signed(key, data + sha256(client).digest())),
            "userHandle": base64url(key.handle if handle is None else handle),
        }
        return _answer(key.id, response)

    def _chosen(self, options: Options) -> Key:
        allowed = {octets(one["id"]) for one in options["allowCredentials"]}
        return next(key for key in reversed(self.keys) if not allowed or key.id in allowed)

    def _client(self, type_: str, options: Options) -> bytes:
        said: dict[str, Any] = {
            "type": self.type or type_,
            "challenge": base64url(self.challenge or octets(options["challenge"])),
            "origin": self.origin,
        }
        if self.cross_origin is not None:
            said["crossOrigin"] = self.cross_origin
        if self.top_origin is not None:
            said["topOrigin"] = self.top_origin
        return json.dumps(said).encode()

    def _data(self, rp_id: str, key: Key, more: bytes = b"") -> bytes:
        """Authenticator data (section 6.1)."""
        flags = self.present | self.verifies << 2 | self.eligible << 3 | self.backed_up << 4 | bool(more) << 6
        digest = sha256((self.rp_id or rp_id).encode()).digest()
        return digest + bytes([flags]) + key.counter.to_bytes(4, "big") + more


def _private(alg: int) -> Any:
    if alg == -8:
        return ed25519.Ed25519PrivateKey.generate()
    if alg == -257:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP384R1() if alg == -35 else ec.SECP256R1())


def _cose(key: Key) -> bytes:
    """The public key (RFC 9053)."""
    public = key.private.public_key()
    if key.alg == -8:
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()})
    numbers = public.public_numbers()
    if key.alg == -257:
        return cbor2.dumps({1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")})
    size = 48 if key.alg == -35 else 32
    curve = 2 if key.alg == -35 else 1
    x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
    return cbor2.dumps({1: 2, 3: key.alg, -1: curve, -2: x, -3: y})


def _signed(key: Key, data: bytes) -> bytes:
    if key.alg == -8:
        return bytes(key.private.sign(data))
    if key.alg == -257:
        return bytes(key.private.sign(data, padding.PKCS1v15(), SHA256()))
    return bytes(key.private.sign(data, ec.ECDSA(SHA384() if key.alg == -35 else SHA256())))


def _answer(id_: bytes, response: dict[str, Any]) -> Answer:
    named = base64url(id_)
    return {"id": named, "rawId": named, "type": "public-key", "response": response, "clientExtensionResults": {}}


def octets(text: str) -> bytes:
    """Base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    """The same, the other way."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
