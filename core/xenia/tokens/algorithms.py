"""The signature algorithms of our own keys (RFC 7518 section 3.

RFC 8037): making, signing, verifying, and the public JWK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from xenia.tokens.jws import b64url, from_b64url

Private: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Public: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_RSA_BITS = 3072
_COORDINATE = 32
_PSS = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
_PKCS1 = padding.PKCS1v15()
_ECDSA = ec.ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm: how a key of it is made, how it signs, and whether a signature is good."""

    name: str
    make: Callable[[], Private]
    sign: Callable[[Any, bytes], bytes]
    verify: Callable[[Any, bytes, bytes], None]
    slow_to_make: bool = False


def _sign_es256(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """The two numbers side by side (RFC 7518 section 3.4), not DER."""
    r, s = decode_dss_signature(key.sign(data, _ECDSA))
    return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")


def _verify_es256(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    if len(signature) != 2 * _COORDINATE:
        raise InvalidSignature
    r, s = (int.from_bytes(half, "big") for half in (signature[:_COORDINATE], signature[_COORDINATE:]))
    key.verify(encode_dss_signature(r, s), data, _ECDSA)


def _make_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)


ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("ES256", lambda: ec.generate_private_key(ec.SECP256R1()), _sign_es256, _verify_es256),
        Algorithm(
            "RS256",
            _make_rsa,
            lambda key, data: cast("bytes", key.sign(data, _PKCS1, SHA256())),
            lambda key, signature, data: key.verify(signature, data, _PKCS1, SHA256()),
            slow_to_make=True,
        ),
        Algorithm(
            "PS256",
            _make_rsa,
            lambda key, data: cast("bytes", key.sign(data, _PSS, SHA256())),
            lambda key, signature, data: key.verify(signature, data, _PSS, SHA256()),
            slow_to_make=True,
        ),
        Algorithm(
            "EdDSA",
            ed25519.Ed25519PrivateKey.generate,
            lambda key, data: cast("bytes", key.sign(data)),
            lambda key, signature, data: key.verify(signature, data),
        ),
    )
}
"""By the name that a header's ``alg`` has."""


def is_good(algorithm: Algorithm, key: Public, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` over ``data`` is the key's."""
    try:
        algorithm.verify(key, signature, data)
    except InvalidSignature:
        return False
    return True


def private_bytes(key: Private) -> bytes:
    """The private key as PKCS #8 (RFC 5958), to be sealed."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_private(data: bytes) -> Private:
    """The private key that :func:`private_bytes` wrote. It was sealed by us, so RSA's slow self-check is spared."""
    return cast("Private", load_der_private_key(data, password=None, unsafe_skip_rsa_key_validation=True))


def public_jwk(key: Public) -> dict[str, str]:
    """The public key's own members of a JWK (RFC 7518 section 6; RFC 8037 section 2)."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _number(point.x, _COORDINATE), "y": _number(point.y, _COORDINATE)}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url(key.public_bytes_raw()).decode()}


def public_key(jwk: dict[str, Any]) -> Public:
    """The key in a JWK that :func:`public_jwk` wrote."""
    if jwk["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(_integer(jwk["x"]), _integer(jwk["y"]), ec.SECP256R1()).public_key()
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(_integer(jwk["e"]), _integer(jwk["n"])).public_key()
    return ed25519.Ed25519PublicKey.from_public_bytes(raw_public(jwk))


def raw_public(jwk: dict[str, Any]) -> bytes:
    """The 32 bytes of an Ed25519 public key (RFC 8037 section 2)."""
    return _octets(jwk["x"])


def _number(value: int, width: int = 0) -> str:
    return b64url(value.to_bytes(width or (value.bit_length() + 7) // 8, "big")).decode()


def _octets(text: str) -> bytes:
    data = from_b64url(text.encode())
    if data is None:
        raise ValueError("not base64url")
    return data


def _integer(text: str) -> int:
    return int.from_bytes(_octets(text), "big")
