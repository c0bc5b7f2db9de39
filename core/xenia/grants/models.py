"""Grants: the standing permission above codes, tokens and refresh families. Ending one kills everything beneath it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one application may do, for a person (``user_id``, ``subject``) or for itself (both empty).

    ``subject`` is the ``sub`` the application sees. ``data`` is the protocol plugin's own (requested claims, nonce).
    ``session_id`` ties it to the sign-on session; an ``offline`` grant survives a sign-out.
    """

    tenant: str
    id: UUID
    application: str
    user_id: UUID | None = None
    subject: str = ""
    session_id: UUID | None = None
    scope: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    acr: str = ""
    amr: tuple[str, ...] = ()
    auth_time: datetime | None = None
    offline: bool = False
    actor: dict[str, Any] = {}
    data: dict[str, Any] = {}
    parent: UUID | None = None
    created_at: datetime
    ends_at: datetime | None = None


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant to be opened."""

    application: str
    user_id: UUID | None = None
    subject: str = ""
    session_id: UUID | None = None
    scope: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    acr: str = ""
    amr: tuple[str, ...] = ()
    auth_time: datetime | None = None
    offline: bool = False
    data: dict[str, Any] = {}
    parent: UUID | None = None
    lifetime: timedelta | None = None
