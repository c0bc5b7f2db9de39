"""Permissions and decisions. Default deny: somebody must allow, only what they registered, and any deny wins."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec

from xenia.events.models import Object


class Permission(msgspec.Struct, frozen=True):
    """Something that may be allowed: ``xenia:<noun>:<read|write>`` (also an API scope), and what it means in one
    sentence.
    """

    name: str
    title: str


class Decision(StrEnum):
    """One hook's answer; silence is ``None``."""

    ALLOW = "allow"
    DENY = "deny"


class ActionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to do what, to what, in which tenant (the context's)."""

    permission: str
    object: Object | None = None


class ScopeSet(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor may see, as a predicate that the database can run: everything, or these users and organisations."""

    everything: bool = False
    users: frozenset[UUID] = frozenset()
    organisations: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Nothing may be seen."""
        return not (self.everything or self.users or self.organisations)
