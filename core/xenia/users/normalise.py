"""Identifiers in the one form they are compared in, so that no two spellings of one name make two accounts.

E-mail addresses: syntax by RFC 5321 and RFC 6531 without quoted local parts; the domain as A-labels (RFC 5890), all in
lower case, under NFKC. Telephone numbers: E.164. User names: letters, digits and ``. _ -`` under NFKC and case folding,
as the PRECIS profile ``UsernameCaseMapped`` (RFC 8265 section 3.3) has it in the main.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from xenia.errors import Invalid
from xenia.messages import text
from xenia.users.models import IdentifierKind

MAX_TYPED = 320
_LONGEST_LOCAL_PART = 64
"""In octets: RFC 5321 section 4.5.3.1.1."""
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_NOISE = re.compile(r"[ ()./\u00a0-]")
_USERNAME_MARKS = "._-"
_USERNAME_LENGTHS = range(2, 65)

Normal = tuple[str, str]
"""A value as it is kept and shown, and as it is compared."""


def normalise(kind: IdentifierKind, typed: str) -> Normal:
    """Both forms of what somebody typed. Raises ``Invalid`` under the kind's name."""
    try:
        if len(typed) > MAX_TYPED:
            raise ValueError("longer than any identifier")
        return _NORMALISERS[kind](typed.strip())
    except ValueError as problem:
        raise Invalid({kind.value: text(f"user.{kind.value}")}, detail=f"not a {kind.value}") from problem


def guess(typed: str) -> IdentifierKind:
    """What kind of identifier somebody typed into a field that takes any."""
    words = typed.strip()
    if "@" in words:
        return IdentifierKind.EMAIL
    return IdentifierKind.PHONE if words.startswith(("+", "00")) else IdentifierKind.USERNAME


def _email(typed: str) -> Normal:
    from email_validator import EmailNotValidError, validate_email  # imported late: takes a tenth of a second

    if any(unicodedata.category(char)[0] in "CZ" for char in typed):
        raise ValueError("a control character or a blank")
    try:
        # Deliverable or not is told by a message to it, never by a look-up while somebody waits.
        found = validate_email(typed, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as problem:
        raise ValueError(str(problem)) from problem
    if "." not in found.ascii_domain or len(found.local_part.encode()) > _LONGEST_LOCAL_PART:
        raise ValueError("a domain without a dot, or too long")
    local = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", found.local_part).lower())
    return found.normalized, f"{local}@{found.ascii_domain.lower()}"


def _phone(typed: str) -> Normal:
    digits = _PHONE_NOISE.sub("", typed)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not _PHONE.fullmatch(digits):
        raise ValueError("not E.164")
    return digits, digits


def _username(typed: str) -> Normal:
    shown = unicodedata.normalize("NFKC", typed)
    folded = unicodedata.normalize("NFKC", shown.casefold())
    if len(folded) not in _USERNAME_LENGTHS or not all(_is_name_char(char) for char in folded):
        raise ValueError("not a user name")
    if folded[0] in _USERNAME_MARKS or folded[-1] in _USERNAME_MARKS:
        raise ValueError("a mark at an end")
    return shown, folded


def _is_name_char(char: str) -> bool:
    return char in _USERNAME_MARKS or unicodedata.category(char) in ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd")


_NORMALISERS: dict[IdentifierKind, Callable[[str], Normal]] = {
    IdentifierKind.EMAIL: _email,
    IdentifierKind.PHONE: _phone,
    IdentifierKind.USERNAME: _username,
}


def folded(typed: str) -> str:
    """Words as names are searched: one blank between words, NFKC, case folded, nothing that can't be stored."""
    words = unicodedata.normalize("NFKC", " ".join(typed.split())).casefold()
    return "".join(char for char in words if unicodedata.category(char) not in ("Cc", "Cs"))[:MAX_TYPED]
