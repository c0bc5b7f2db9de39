"""Credential records at rest: a row of the core for each, found by the digest of its id."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import msgspec

from xenia.api import Context, Credential, Host
from xenia_passkeys.models import KINDS, Stored

Record = tuple[Credential, Stored]


class Records:
    """The passkeys and security keys of all tenants."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def has_one(self, context: Context, user_id: UUID | None, *kinds: str) -> bool:
        """Whether the person has one of these kinds. Opens nothing."""
        if user_id is None:
            return False
        return any(one.kind in kinds for one in await self._host.credentials.summaries(context, user_id))

    async def of_user(self, context: Context, user_id: UUID | None, *kinds: str) -> tuple[Record, ...]:
        """The person's own, oldest first."""
        if user_id is None:
            return ()
        rows = [await self._host.credentials.of_user(context, user_id, kind) for kind in kinds]
        return tuple((row, opened(row)) for some in rows for row in some)

    async def find(self, context: Context, kind: str, id_: bytes) -> Record | None:
        """The record of a credential id, whoever's it is."""
        row = await self._host.credentials.by_lookup(context, kind, lookup_of(id_))
        return (row, opened(row)) if row else None

    async def is_taken(self, context: Context, id_: bytes) -> bool:
        """Whether anybody has registered it, as whichever kind (section 7.1 step 26)."""
        return any([await self.find(context, kind, id_) for kind in KINDS])


def lookup_of(id_: bytes) -> bytes:
    """What a record is found by: ids may be a thousand octets long."""
    return sha256(id_).digest()


def opened(row: Credential) -> Stored:
    """What a row holds."""
    return msgspec.json.decode(row.data, type=Stored)


def encoded(stored: Stored) -> bytes:
    """What a row is to hold."""
    return msgspec.json.encode(stored)
