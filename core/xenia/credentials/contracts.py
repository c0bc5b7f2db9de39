"""What plugins may ask of credentials."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable
from uuid import UUID

from xenia.context import Context
from xenia.credentials.models import Adoption, Credential, CredentialSummary, NewCredential
from xenia.messages import Text


class Credentials(Protocol):
    """Rows of (user, plugin, kind, data) of the context's tenant; every change is an event in the same transaction."""

    async def of_user(self, context: Context, user_id: UUID, kind: str) -> tuple[Credential, ...]:
        """The user's credentials of a kind, opened, oldest first."""
        ...

    async def summaries(self, context: Context, user_id: UUID) -> tuple[CredentialSummary, ...]:
        """Everything the user has enrolled, unopened."""
        ...

    async def by_lookup(self, context: Context, kind: str, lookup: bytes) -> Credential | None:
        """The credential found without knowing the user."""
        ...

    async def count_users(self, context: Context, plugin: str) -> int:
        """How many people have a credential of a plugin: whom switching it off affects."""
        ...

    async def adoption(self, context: Context, *, most: int = 10_000) -> Adoption:
        """Who enrolled what, the commonest kind first, among the newest ``most`` people."""
        ...

    async def add(self, context: Context, user_id: UUID, new: NewCredential) -> UUID:
        """Store one. Raises ``Conflict`` where the lookup is taken."""
        ...

    async def set_data(self, context: Context, credential_id: UUID, data: bytes) -> bool:
        """Replace the data (a rehashed password); ``False`` where it is gone."""
        ...

    async def rename(self, context: Context, user_id: UUID, credential_id: UUID, label: str) -> bool:
        """Give it another label."""
        ...

    async def advance(self, context: Context, credential_id: UUID, counter: int) -> bool:
        """Raise the counter and stamp the use: ``True`` only if it was lower before. One conditional statement, so of
        many only one wins.
        """
        ...

    async def consume(self, context: Context, credential_id: UUID) -> bool:
        """Spend it: ``True`` for exactly one of any number of callers."""
        ...

    async def touch(self, context: Context, credential_id: UUID) -> None:
        """Stamp a use that spends nothing. What a proof names is stamped by the core, where its session begins."""
        ...

    async def remove(
        self, context: Context, user_id: UUID, credential_id: UUID, *, keep_one_of: Collection[str] = ()
    ) -> bool:
        """Remove one of the user's credentials; not the last one of the kinds in ``keep_one_of``, if it is one of them."""
        ...

    async def remove_kind(self, context: Context, user_id: UUID, kind: str) -> int:
        """Remove all of a kind; the number removed."""
        ...

    async def move(self, context: Context, user_id: UUID, to: UUID, credential_ids: Collection[UUID]) -> int:
        """Give credentials of a person to another, as they are: of two accounts that become one. The number that was still there."""
        ...


class PasswordCheck(Protocol):
    """Judges a new password: is it common, leaked, made of the person's own name?

    Asked with the password as it will be hashed and with ``words`` that belong to the context: names of the tenant,
    the application and the person. It may ask the network; where that is away, the password passes.
    """

    name: str

    async def check(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
        """What is wrong with it, or ``None``."""
        ...


@runtime_checkable
class PasswordWatch(PasswordCheck, Protocol):
    """A check that also looks at passwords which are used: one that was good when it was chosen may have leaked since.

    Asked after a right password, before the sign-in goes on, for two seconds at most; a failure keeps nobody out.
    """

    async def at_sign_in(self, context: Context, password: str) -> Text | None:
        """Why this password must be changed before the sign-in goes on, told to the person; ``None`` = it needn't."""
        ...
