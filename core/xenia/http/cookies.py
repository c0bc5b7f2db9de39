"""The cookies a browser gets: its own secret, the session's, and the language that was chosen.

``__Host-``, ``Lax``, ``HttpOnly`` and named by tenant. In development the prefix and ``Secure`` are dropped, since
ordinary clients don't send such cookies over http.
"""

from __future__ import annotations

from enum import StrEnum

from xenia.tenants.models import Tenant

BROWSER_SECONDS = 400 * 86400
LOCALE_SECONDS = 365 * 86400
MAX_HEADER = 8192


class Kind(StrEnum):
    """What a cookie is for."""

    BROWSER = "xenia-browser"
    SESSION = "xenia-session"
    LOCALE = "xenia-locale"


def cookie_name(kind: Kind, tenant: Tenant) -> str:
    """The name of a tenant's cookie."""
    return f"{'__Host-' if _secure(tenant) else ''}{kind}-{tenant.id}"


def read_cookie(header: bytes, kind: Kind, tenant: Tenant) -> str:
    """The cookie's value, or ``""``; a malformed header has none."""
    if not header or len(header) > MAX_HEADER:
        return ""
    name = cookie_name(kind, tenant)
    for pair in header.decode("latin-1").split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return value
    return ""


def set_cookie(kind: Kind, tenant: Tenant, value: str, *, seconds: int | None = None) -> str:
    """The ``Set-Cookie`` value; without ``seconds`` it lives as long as the browser's session, with an empty value it
    is dropped.
    """
    parts = [f"{cookie_name(kind, tenant)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if _secure(tenant):
        parts.append("Secure")
    if not value:
        parts.append("Max-Age=0")
    elif seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return "; ".join(parts)


def _secure(tenant: Tenant) -> bool:
    return tenant.issuer.startswith("https:")
