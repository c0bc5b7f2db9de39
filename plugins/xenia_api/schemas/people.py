"""People, and what belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

import xenia.api as core
from xenia.api import Answer, Input
from xenia_api.schemas.base import Line, Locale, Name, Value


class Identifier(Answer, frozen=True, kw_only=True):
    """What a person can be found by."""

    kind: core.IdentifierKind
    value: str
    verified_at: datetime | None
    primary: bool


class User(Answer, frozen=True, kw_only=True):
    """A person."""

    id: UUID
    pool: str
    status: core.UserStatus
    attributes: dict[str, Any]
    roles: tuple[str, ...]
    locale: str | None
    identifiers: tuple[Identifier, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: core.User) -> User:
        """The person as stored."""
        return cls.like(user, identifiers=tuple(Identifier.like(one) for one in user.identifiers))


class UserList(Answer, frozen=True, kw_only=True):
    """Users, newest first."""

    items: tuple[User, ...]
    next: str | None


class UserQuery(core.PageQuery, frozen=True, kw_only=True):
    """Which users. `search` is a prefix of an identifier or a name."""

    search: Line = ""
    status: core.UserStatus | None = None


class NewIdentifier(Input, frozen=True, kw_only=True):
    """An identifier to be added. `verified` says that you saw the proof."""

    kind: core.IdentifierKind
    value: Value
    verified: bool = False


class IdentifierQuery(Input, frozen=True, kw_only=True):
    """Which identifier of the user."""

    kind: core.IdentifierKind
    value: Value


class NewUser(Input, frozen=True, kw_only=True):
    """A person to be created."""

    identifiers: Annotated[tuple[NewIdentifier, ...], Meta(min_length=1, max_length=10)]
    attributes: dict[str, Any] = {}
    roles: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    locale: Locale | None = None


class UserChanges(Input, frozen=True, kw_only=True):
    """What to change of a person; what isn't named stays. An attribute that is `null` is removed. `id`, where given, must be the path's."""

    id: UUID | UnsetType = UNSET
    attributes: dict[str, Any] | UnsetType = UNSET
    status: Literal["active", "disabled"] | UnsetType = UNSET
    roles: Annotated[tuple[Name, ...], Meta(max_length=50)] | UnsetType = UNSET
    locale: Locale | UnsetType | None = UNSET


class Grant(Answer, frozen=True, kw_only=True):
    """What an application may do for a person."""

    id: UUID
    application: str
    session_id: UUID | None
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    offline: bool
    created_at: datetime
    ends_at: datetime | None


class GrantList(Answer, frozen=True, kw_only=True):
    """The live grants of a person, newest first."""

    items: tuple[Grant, ...]


class Credential(Answer, frozen=True, kw_only=True):
    """That a credential exists; what it is stays with its plugin."""

    id: UUID
    plugin: str
    kind: str
    label: str
    second: bool
    created_at: datetime
    used_at: datetime | None


class CredentialList(Answer, frozen=True, kw_only=True):
    """What a person has enrolled."""

    items: tuple[Credential, ...]


class Session(Answer, frozen=True, kw_only=True):
    """A browser that is signed in."""

    id: UUID
    user_id: UUID
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


class SessionList(Answer, frozen=True, kw_only=True):
    """The live sessions of a person, last seen first."""

    items: tuple[Session, ...]


class Ended(Answer, frozen=True, kw_only=True):
    """How many were ended."""

    ended: int
