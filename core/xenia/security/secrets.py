"""Secrets of 256 random bits, readable by kind and checked before anything is looked up.

A secret is ``x<kind>_`` + 43 base62 characters + 6 base62 characters of checksum, for example ``xrt_…``. The prefix
lets a scanner of repositories find a leak; the checksum (CRC-32 of all that precedes it) turns away typing errors,
cut and lengthened copies without a query. Only the SHA-256 of a secret is stored; things with less entropy are stored
under a key (``keyed_digest``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
# Octets fold onto the alphabet evenly once the last eight, which would favour its first characters, are dropped.
_FOLD = bytes(ord(_ALPHABET[octet % 62]) for octet in range(256))
_UNEVEN = bytes(range(248, 256))

_BODY = 43
_CHECKSUM = 6
_TAIL = _BODY + _CHECKSUM
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def new_secret(kind: str) -> str:
    """A fresh secret of 256 bits; ``kind`` is a short lower-case word, otherwise ``ValueError``."""
    text = _prefix(kind) + _body()
    return text + _checksum(text)


def check_secret(kind: str, text: str) -> bytes | None:
    """The digest under which ``text`` would be stored, or None if it can't be a secret of this kind."""
    prefix = _prefix(kind)
    if len(text) != len(prefix) + _TAIL or not text.startswith(prefix) or not text.isascii():
        return None
    return digest(text) if text[-_CHECKSUM:] == _checksum(text[:-_CHECKSUM]) else None


def digest(text: str) -> bytes:
    """SHA-256 of ``text``: how a secret of full entropy is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def keyed_digest(key: bytes, purpose: str, *parts: str) -> bytes:
    """HMAC-SHA-256 of ``parts`` for one purpose: how codes, identifiers and other guessable things are stored.

    Purpose and parts are length-prefixed, so that no two different calls feed the same bytes (RFC 2104).
    """
    return hmac.digest(key, joined(purpose, *parts), "sha256")


def joined(*parts: str) -> bytes:
    """One unambiguous byte string for several texts: each is preceded by its length in four bytes."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(one).to_bytes(4, "big") + one for one in encoded)


def same(a: bytes | str, b: bytes | str) -> bool:
    """Whether two values are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(_octets(a), _octets(b))


_SECRET = re.compile(r"(?<![A-Za-z0-9])(x[a-z][a-z0-9_-]{0,31}_)([0-9A-Za-z]{20,})")
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]*\.?[\w.-]*")
_AUTHORIZATION = re.compile(r"(?i)\b(bearer|basic|dpop)\s+[\w.~+/=-]{8,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def redact(text: str) -> str:
    """``text`` fit for a log: secrets as the start of their digest, tokens removed, control characters escaped."""
    text = _SECRET.sub(lambda found: f"{found[1]}[{digest(found[0]).hex()[:8]}]", text)
    text = _JWT.sub("[jwt]", text)
    text = _AUTHORIZATION.sub(lambda found: f"{found[1]} [removed]", text)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _octets(value: bytes | str) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _prefix(kind: str) -> str:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of secret: {kind!r}")
    return f"x{kind}_"


def _body() -> str:
    """43 characters of base62, each as likely as any other: 256 bits, and no division of a large number."""
    made = b""
    while len(made) < _BODY:
        made += secrets.token_bytes(64).translate(_FOLD, _UNEVEN)
    return made[:_BODY].decode("ascii")


def _checksum(text: str) -> str:
    rest, low = divmod(zlib.crc32(text.encode("ascii")), len(_PAIRS))
    high, middle = divmod(rest, len(_PAIRS))
    return _PAIRS[high] + _PAIRS[middle] + _PAIRS[low]
