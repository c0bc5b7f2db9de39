"""Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of thirty seconds, what every app understands."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest

import pyotp

DIGITS = 6
STEP_SECONDS = 30
# RFC 6238 section 5.2: one step back for the way here, one ahead for a clock that is fast.
WINDOW = 1
SECRET_BYTES = 20


def new_secret() -> str:
    """A fresh seed of 160 bits in base 32, as RFC 4226 section 4 advises."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_of(now: datetime) -> int:
    """The number of whole steps since 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    return pyotp.HOTP(secret, digits=DIGITS).at(step)


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """The step near ``now`` whose code was typed, the latest if several; every one is compared, in constant time."""
    code, here = clean(typed), step_of(now)
    matches = [
        step
        for step in range(max(0, here - WINDOW), here + WINDOW + 1)
        if compare_digest(code_at(secret, step).encode(), code.encode())
    ]
    return matches[-1] if matches else None


def clean(typed: str) -> str:
    """The digits of what was typed, in whichever script, without the spaces that apps show; ``""`` if it is no code."""
    code = "".join(typed.split())
    if len(code) != DIGITS or not code.isdecimal():
        return ""
    return "".join(str(unicodedata.decimal(digit)) for digit in code)


def address(secret: str, *, issuer: str, account: str) -> str:
    """The ``otpauth`` address that an app reads from the picture."""
    # The colon parts issuer from account, and nobody may move that border.
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=account.replace(":", " "), issuer_name=issuer.replace(":", " ")
    )


def grouped(secret: str) -> str:
    """The seed in groups of four, for typing."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
