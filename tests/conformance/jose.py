"""Tokens that nobody may believe."""

from __future__ import annotations

import base64
import json


def unsigned(token: str) -> str:
    """The same claims with ``alg=none``."""
    return f"{_b64({'alg': 'none'})}.{token.split('.')[1]}."


def unsigned_of(claims: object) -> str:
    """Claims with ``alg=none``."""
    return f"{_b64({'alg': 'none'})}.{_b64(claims)}."


def broken(token: str) -> str:
    """The same token, one character of its signature changed."""
    head, _, signature = token.rpartition(".")
    return f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def _b64(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
