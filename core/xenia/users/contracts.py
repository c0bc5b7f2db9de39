"""What others may ask of users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from xenia.context import Context
from xenia.users.models import (
    IdentifierKind,
    MergePreview,
    NewIdentifier,
    NewUser,
    User,
    UserPage,
    UserQuery,
    UserStatus,
)


class Users(Protocol):
    """The users of the context's tenant. Every change writes its event in the same transaction."""

    async def get(self, context: Context, user_id: UUID) -> User | None:
        """The user, or ``None``: another tenant's id is as unknown as a random one."""
        ...

    async def find(self, context: Context, kind: IdentifierKind, value: str) -> User | None:
        """The user of the context's pool that has this identifier, compared in its normalised form."""
        ...

    async def list(self, context: Context, query: UserQuery) -> UserPage:
        """A keyset page of users."""
        ...

    async def count(self, context: Context, *, most: int = 10_000) -> int:
        """How many people the tenant has; counting ends at ``most``."""
        ...

    async def create(self, context: Context, new: NewUser) -> User:
        """Create a user. Raises ``Conflict`` where an identifier is taken, ``Invalid`` by field."""
        ...

    async def set_attributes(self, context: Context, user_id: UUID, changes: Mapping[str, Any]) -> User:
        """Change attributes; a value of ``None`` removes one. Raises ``NotFound`` or ``Invalid``."""
        ...

    async def set_status(self, context: Context, user_id: UUID, status: UserStatus) -> User:
        """Enable or disable. Disabling ends every session, grant and token at that moment."""
        ...

    async def set_roles(self, context: Context, user_id: UUID, roles: tuple[str, ...]) -> User:
        """Replace the user's roles. They act at the next request."""
        ...

    async def set_locale(self, context: Context, user_id: UUID, locale: str | None) -> None:
        """The language the person chose."""
        ...

    async def add_identifier(self, context: Context, user_id: UUID, new: NewIdentifier) -> User:
        """Add an identifier. Raises ``Conflict`` where it is taken."""
        ...

    async def verify_identifier(self, context: Context, user_id: UUID, kind: IdentifierKind, value: str) -> bool:
        """Mark as verified; ``False`` where the user has no such identifier."""
        ...

    async def remove_identifier(self, context: Context, user_id: UUID, kind: IdentifierKind, value: str) -> bool:
        """Remove it. Raises ``Conflict`` for the last one."""
        ...

    async def erase(self, context: Context, user_id: UUID) -> bool:
        """Erase the person: sessions and grants end, identifiers and attributes go, their event key is destroyed."""
        ...


class Merges(Protocol):
    """Makes two accounts of one person one, and parts them again within thirty days. Roles never go over."""

    async def preview(self, context: Context, source: UUID, target: UUID) -> MergePreview:
        """What a merge would do. Raises as :meth:`merge`."""
        ...

    async def merge(self, context: Context, source: UUID, target: UUID) -> UUID:
        """Empty and disable ``source`` in favour of ``target``; the merge's id. What applications know either as stays.

        Raises ``NotFound``, or ``Conflict`` where they can't be one.
        """
        ...

    async def undo(self, context: Context, merge_id: UUID) -> bool:
        """Part them, once; ``False`` where that can't be done any more. Raises ``Conflict`` where a plugin that moved
        something is gone.
        """
        ...
