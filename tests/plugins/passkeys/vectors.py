"""The test vectors of WebAuthn level 3, section 16, made as the section says: every random value is derived from one key by
HKDF-SHA-256, and signatures are deterministic. So they are computed here, and compared with what the section prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import count
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.plugins.passkeys.authenticator import Answer, base64url

ORIGIN = "https://example.org"
TOP_ORIGIN = "https://example.com"
RP_ID = "example.org"
_KEY = b"WebAuthn test vectors"
_MORE = "clientDataJSON may be extended with additional fields in the future, such as this: "
_UP, _UV, _BE, _BS, _AT = 0x01, 0x04, 0x08, 0x10, 0x40


def derived(info: str, salt: int, length: int) -> bytes:
    """One of the section's random values."""
    return HKDF(SHA256(), length, salt=bytes([salt]), info=info.encode()).derive(_KEY)


@dataclass(eq=False)
class Vector:
    """One example: a registration, and a sign-in with what was registered."""

    name: str
    alg: int = -7
    attested: str = "none"
    cross_origin: bool = False
    top_origin: str | None = None
    id_octets: int = 32

    def __post_init__(self) -> None:
        self._salts: Iterator[int] = count()
        self.challenge = self._next(32)
        self.private: Any = _mersenne() if self.alg == -257 else _scalar(self._next(32))
        self.client_data = self._client("webauthn.create", self.challenge)
        self.aaguid = self._next(16)
        self.id = self._next(self.id_octets)
        self.flags = _flags(self._next(1)[0])
        self.attestation = self._attestation()
        self.get_challenge = self._next(32)
        self.get_client_data = self._client("webauthn.get", self.get_challenge)
        get_flags = _flags(self._next(1)[0] & ~_BE | self.flags & _BE)
        self.authenticator_data = sha256(RP_ID.encode()).digest() + bytes([_UP | get_flags]) + bytes(4)
        self.signature = _signed(self.private, self.authenticator_data + sha256(self.get_client_data).digest())

    def _next(self, length: int) -> bytes:
        return derived(self.name, next(self._salts), length)

    def _client(self, type_: str, challenge: bytes) -> bytes:
        more = self._next(1)[0] & 1
        said: dict[str, Any] = {"type": type_, "challenge": base64url(challenge), "origin": ORIGIN}
        said["crossOrigin"] = self.cross_origin
        if self.top_origin:
            said["topOrigin"] = self.top_origin
        if more:
            said["extraData"] = _MORE + base64url(self._next(16))
        return json.dumps(said, separators=(",", ":")).encode()

    def _attestation(self) -> bytes:
        key = _cose(self.private.public_key(), self.alg)
        credential = self.aaguid + len(self.id).to_bytes(2, "big") + self.id + key
        data = sha256(RP_ID.encode()).digest() + bytes([_UP | _AT | self.flags]) + bytes(4) + credential
        signed = data + sha256(self.client_data).digest()
        statement: dict[str, Any] = {}
        if self.attested == "self":
            statement = {"alg": self.alg, "sig": _signed(self.private, signed)}
        if self.attested == "certified":
            private = _scalar(self._next(32))
            certificate = _certificate(private, "Authenticator Attestation", self._next(16))
            statement = {"alg": -7, "sig": _signed(private, signed)}
            statement["x5c"] = [certificate.public_bytes(Encoding.DER)]
        form = "none" if self.attested == "none" else "packed"
        return cbor2.dumps({"fmt": form, "attStmt": statement, "authData": data})

    @cached_property
    def creation(self) -> Answer:
        """What the browser posts after the registration."""
        response = {
            "clientDataJSON": base64url(self.client_data),
            "attestationObject": base64url(self.attestation),
        }
        return self._answer(response)

    @cached_property
    def assertion(self) -> Answer:
        """What the browser posts to sign in."""
        response = {
            "clientDataJSON": base64url(self.get_client_data),
            "authenticatorData": base64url(self.authenticator_data),
            "signature": base64url(self.signature),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> Answer:
        return {"id": base64url(self.id), "rawId": base64url(self.id), "type": "public-key", "response": response}


def authority() -> x509.Certificate:
    """Section 16.1: the root of all examples with attestation."""
    private = _scalar(derived("Attestation CA", 0, 32))
    return _certificate(private, "Authenticator Attestation CA", derived("Attestation CA", 1, 16), is_authority=True)


def _certificate(
    private: ec.EllipticCurvePrivateKey, unit: str, serial: bytes, *, is_authority: bool = False
) -> x509.Certificate:
    root = _scalar(derived("Attestation CA", 0, 32))
    usage = dict.fromkeys(_USAGES, False)
    usage |= {"key_cert_sign": True, "crl_sign": True} if is_authority else {"digital_signature": True}
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(unit))
        .issuer_name(_name("Authenticator Attestation CA"))
        .serial_number(int.from_bytes(serial, "big"))
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(3024, 1, 1, tzinfo=UTC))
        .public_key(private.public_key())
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    if not is_authority:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
        made = made.add_extension(issuer, critical=False)
    return made.sign(root, SHA256(), ecdsa_deterministic=True)


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _name(unit: str) -> x509.Name:
    parts = {
        NameOID.COMMON_NAME: "WebAuthn test vectors",
        NameOID.ORGANIZATION_NAME: "W3C",
        NameOID.ORGANIZATIONAL_UNIT_NAME: unit,
        NameOID.COUNTRY_NAME: "AA",
    }
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])


def _flags(random: int) -> int:
    """Of a random octet the bits that count; BS only beside BE."""
    flags = random & (_UV | _BE | _BS)
    return flags if flags & _BE else flags & ~_BS


def _scalar(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def _mersenne() -> rsa.RSAPrivateKey:
    """The section's RSA key, of the two smallest Mersenne primes above 2^1024."""
    p, q = 2**1279 - 1, 2**2203 - 1
    d = rsa.rsa_recover_private_exponent(65537, p, q)
    public = rsa.RSAPublicNumbers(65537, p * q)
    crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key()


def _signed(private: Any, data: bytes) -> bytes:
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(data, padding.PKCS1v15(), SHA256())
    return bytes(private.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))


def _cose(public: Any, alg: int) -> bytes:
    numbers = public.public_numbers()
    if alg == -257:
        n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return cbor2.dumps({1: 3, 3: alg, -1: n, -2: numbers.e.to_bytes(3, "big")})
    return cbor2.dumps({1: 2, 3: alg, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
