"""Credentials: opaque rows that belong to a plugin. The core never reads ``data`` and never lists the kinds that
exist.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """One credential of a user. ``data`` is the plugin's own (sealed at rest); ``second`` says that it counts as a
    second factor.
    """

    id: UUID
    user_id: UUID
    plugin: str
    kind: str
    label: str = ""
    second: bool = False
    counter: int = 0
    created_at: datetime
    used_at: datetime | None = None
    data: bytes = b""


class NewCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential to be stored.

    ``lookup`` (unique per tenant and kind) finds it without a user. ``replaces`` removes the user's other rows of this
    kind in the same statement, as a changed password does.
    """

    plugin: str
    kind: str
    data: bytes
    label: str = ""
    second: bool = False
    lookup: bytes | None = None
    counter: int = 0
    replaces: bool = False


class CredentialSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the core may know of a credential without opening it."""

    id: UUID
    plugin: str
    kind: str
    label: str
    second: bool
    created_at: datetime
    used_at: datetime | None


class KindInUse(msgspec.Struct, frozen=True, kw_only=True):
    """How many people have a kind of credential, and how many of them used one in the last thirty days."""

    plugin: str
    kind: str
    people: int
    recent: int


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """What people enrolled, counted over the newest ``people`` of a tenant; ``second`` of them have a second factor."""

    people: int
    second: int
    kinds: tuple[KindInUse, ...]


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials that were stamped as used: those that are still there, and whether any second factor is."""

    credentials: frozenset[UUID]
    has_second: bool
