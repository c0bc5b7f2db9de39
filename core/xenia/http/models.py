"""Routes and who may use them. Every route names exactly one guard; a route without one stops the start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import msgspec

from xenia.context import Context
from xenia.tenants.models import Tenant


class GuardKind(StrEnum):
    """How a route is guarded."""

    PUBLIC = "public"
    SESSION = "session"
    BEARER = "bearer"
    CONSOLE = "console"


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """Who may use a route. Made by :func:`public`, :func:`signed_in`, :func:`bearer` and :func:`console`."""

    kind: GuardKind
    reason: str = ""
    permission: str = ""
    max_age: int | None = None
    acr: str = ""
    cross_site: bool = False


def public(reason: str, *, cross_site: bool = False) -> Guard:
    """Anybody; ``reason`` says why that is right and stands in the generated list of public routes.

    ``cross_site`` lets other sites post here (a protocol's form_post): such a route may only store the message and
    answer 303.
    """
    return Guard(kind=GuardKind.PUBLIC, reason=reason, cross_site=cross_site)


def signed_in(*, max_age: int | None = None, acr: str = "") -> Guard:
    """Somebody with a session of this tenant, at most ``max_age`` seconds old and at least of ``acr``; others are
    sent to sign in.
    """
    return Guard(kind=GuardKind.SESSION, max_age=max_age, acr=acr)


def bearer(permission: str) -> Guard:
    """An application or person with an access token of this tenant whose scope holds ``permission`` and who may use
    it.
    """
    return Guard(kind=GuardKind.BEARER, permission=permission)


def console(permission: str) -> Guard:
    """An administrator in the console whose roles allow ``permission`` in the tenant that the path names."""
    return Guard(kind=GuardKind.CONSOLE, permission=permission)


class HotRequest(msgspec.Struct, frozen=True):
    """What a hot endpoint gets: no framework in the path. Header names are lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    context: Context
    tenant: Tenant


class HotAnswer(msgspec.Struct, frozen=True):
    """What a hot endpoint answers: a status, ready-made header tuples, and bytes."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class HotRoute(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is served before the framework, from a table by exact path: token, introspection, userinfo,
    keys, discovery.

    ``ready`` says that its answer to a plain GET follows from the tenant's configuration alone, whoever asks: the front
    then makes it once and sends the same bytes until configuration changes.
    """

    path: str
    methods: frozenset[str]
    handler: Callable[[HotRequest], Awaitable[HotAnswer]]
    guard: Guard
    ready: bool = False


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls the management API: an application, and the person it acts for, if any."""

    application: str
    user_id: UUID | None
    scope: frozenset[str]


class ConsoleSessions(Protocol):
    """How the ``console`` guard knows an administrator; contributed by the plugin that is the console."""

    async def administrator(self, request: Any) -> Context | None:
        """The context whose actor is the signed-in administrator, or ``None``."""
        ...

    async def sign_in(self, request: Any) -> Any:
        """The answer that leads to the console's sign-in and back to this page."""
        ...
