"""The console's two cookies: one for who is signed in, one that binds a sign-in under way to the browser that began it.

``__Host-``, ``Lax`` and ``HttpOnly``; in development the prefix and ``Secure`` are dropped, as ordinary clients don't send such cookies over http.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection

from xenia.api import Tenant, state_of, tenant_of

Connection = ASGIConnection[Any, Any, Any, Any]


class Cookie(StrEnum):
    """What a cookie is for."""

    SESSION = "xenia-console"
    ATTEMPT = "xenia-console-attempt"


def given(connection: Connection, cookie: Cookie) -> str:
    """The cookie's value, or ``""``."""
    return connection.cookies.get(_name(cookie, tenant_of(connection)), "")


def give(connection: Connection, cookie: Cookie, value: str) -> None:
    """Have the answer set the cookie for as long as the browser runs; an empty value drops it."""
    tenant = tenant_of(connection)
    parts = [f"{_name(cookie, tenant)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if _is_secure(tenant):
        parts.append("Secure")
    if not value:
        parts.append("Max-Age=0")
    state_of(connection)["cookies"].append("; ".join(parts))


def _name(cookie: Cookie, tenant: Tenant) -> str:
    return f"{'__Host-' if _is_secure(tenant) else ''}{cookie}-{tenant.id}"


def _is_secure(tenant: Tenant) -> bool:
    return tenant.issuer.startswith("https:")
