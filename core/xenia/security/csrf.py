"""Requests forged on other sites: refused by where they come from, then by a token bound to session or journey."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping

from xenia.security.secrets import keyed_digest, same

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SIZE = 32


def check_origin(method: str, headers: Mapping[str, str], own_origin: str, *, token_valid: bool = False) -> bool:
    """Whether a request may have come from a page of ours.

    ``headers`` are looked up by lower-case name; ``own_origin`` is ``scheme://host[:port]``. Safe methods always pass.
    ``Sec-Fetch-Site`` must be ``same-origin`` or ``none``, and an ``Origin`` must be ours; where a browser gives
    neither, only a valid token (``Csrf``) decides. A contradiction between the two is refused (Fetch Metadata).
    """
    if method.upper() in _SAFE:
        return True
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    # Our pages say `no-referrer`, for which browsers send `Origin: null` with a form of the same origin: no evidence.
    if origin not in (None, "null") and origin != own_origin:
        return False
    if site is not None:
        return site in ("same-origin", "none")
    return origin == own_origin or token_valid


class Csrf:
    """Tokens bound to a session or journey by HMAC-SHA-256; they need no storage."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, bound_to: str) -> str:
        """A token for the form of one response; masked afresh each time, so that compression leaks nothing (BREACH)."""
        mask = secrets.token_bytes(_SIZE)
        return base64.urlsafe_b64encode(mask + _xor(mask, self._proof(bound_to))).rstrip(b"=").decode()

    def valid(self, bound_to: str, token: str | None) -> bool:
        """Whether ``token`` was made for ``bound_to``; never raises."""
        octets = _decoded(token or "")
        if len(octets) != 2 * _SIZE:
            return False
        return same(_xor(octets[:_SIZE], octets[_SIZE:]), self._proof(bound_to))

    def _proof(self, bound_to: str) -> bytes:
        return keyed_digest(self._key, "csrf", bound_to)


def _decoded(token: str) -> bytes:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
