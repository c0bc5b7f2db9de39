"""Users: people, each in a pool of a tenant, with identifiers and typed attributes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from xenia.context import DEFAULT_POOL


class UserStatus(StrEnum):
    """Whether a user may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"
    ERASED = "erased"


class IdentifierKind(StrEnum):
    """What a person can be found by."""

    EMAIL = "email"
    PHONE = "phone"
    USERNAME = "username"


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """One name of a user, unique per tenant, pool, kind and normalised value."""

    kind: IdentifierKind
    value: str
    normalised: str
    verified_at: datetime | None = None
    primary: bool = False


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user as stored. ``epoch`` rises whenever everything that hangs on the user must end."""

    tenant: str
    id: UUID
    pool: str = DEFAULT_POOL
    status: UserStatus = UserStatus.ACTIVE
    attributes: dict[str, Any] = {}
    roles: tuple[str, ...] = ()
    locale: str | None = None
    epoch: int = 0
    created_at: datetime
    updated_at: datetime
    identifiers: tuple[Identifier, ...] = ()

    def identifier(self, kind: IdentifierKind) -> Identifier | None:
        """The primary identifier of a kind, else the first."""
        mine = [known for known in self.identifiers if known.kind is kind]
        return next((known for known in mine if known.primary), mine[0] if mine else None)

    @property
    def email(self) -> str | None:
        """The primary e-mail address as the person wrote it."""
        found = self.identifier(IdentifierKind.EMAIL)
        return found.value if found else None

    def verified(self, kind: IdentifierKind, wanted: str = "") -> str | None:
        """Where the person is surely reached: the verified identifier that was ``wanted``, as it is stored, else the primary
        one, else any.
        """
        mine = [known for known in self.identifiers if known.kind is kind and known.verified_at is not None]
        asked = wanted.strip().casefold()
        ranked = sorted(
            mine, key=lambda known: (asked not in (known.value.casefold(), known.normalised), not known.primary)
        )
        return ranked[0].value if ranked else None

    @property
    def name(self) -> str:
        """What to call the person on a page: their name, else an identifier."""
        spoken = self.attributes.get("name") or " ".join(
            str(self.attributes[key]) for key in ("given_name", "family_name") if self.attributes.get(key)
        )
        return str(spoken) or self.email or (self.identifiers[0].value if self.identifiers else str(self.id))


class NewIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier to be added; ``verified`` only where this process saw the proof."""

    kind: IdentifierKind
    value: str
    verified: bool = False


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user to be created."""

    identifiers: tuple[NewIdentifier, ...]
    attributes: dict[str, Any] = {}
    roles: tuple[str, ...] = ()
    locale: str | None = None
    pool: str = DEFAULT_POOL


class UserQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A page of users: ``search`` is a prefix of an identifier or name, ``after`` the cursor of the page before.

    ``among`` are the only ones that may be seen (``None`` = no such limit): a caller's
    :class:`~xenia.access.models.ScopeSet`.
    """

    search: str = ""
    status: UserStatus | None = None
    among: frozenset[UUID] | None = None
    after: str = ""
    limit: int = 50


class UserPage(msgspec.Struct, frozen=True):
    """Users in creation order, newest first, and the cursor of the next page (empty at the end)."""

    users: tuple[User, ...]
    next: str = ""


class MergePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What merging two accounts would do: identifiers that go over, attributes that are filled in, and in how many places
    applications would see another ``sub`` than before, since they know both accounts.
    """

    identifiers: tuple[Identifier, ...]
    attributes: tuple[str, ...]
    changed_subjects: int
