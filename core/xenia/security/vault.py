"""The vault: seals what must be read back, under a key of the tenant or of one person.

A tenant's data keys are made when first needed, outside any running transaction, and stay in memory: sealing and
opening cost no statement. A person's key protects the personal part of events: it is looked up whenever something is
opened, so that erasure (deleting that one row) holds everywhere at once. The tenant ``""`` stands for the process.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.context import Context
from xenia.db import Database, apart
from xenia.security.sealing import Associated, DataKey, DataKeys, MasterKey, Sealer, SealError

_LOAD = "SELECT id, wrapped FROM data_keys WHERE tenant_id = $1"
_ADD = "INSERT INTO data_keys (tenant_id, id, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"

_PERSONS = "SELECT person, sealed FROM person_keys WHERE tenant_id = $1 AND person = ANY ($2)"
_ADD_PERSON = "INSERT INTO person_keys (tenant_id, person, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM person_keys WHERE tenant_id = $1 AND person = $2"

_KEY_BYTES = 32
_PERSON_KEY = b"pers"
_PERSONS_KEPT = 1024


class DataKeyRows:
    """The table ``data_keys``: a tenant's data keys, wrapped, by their generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, tenant: str) -> Sequence[tuple[int, bytes]]:
        """Generation and wrapped key of every data key of the tenant."""
        rows = await self._database.fetch(_LOAD, tenant)
        return [(int.from_bytes(row["id"], "big"), row["wrapped"]) for row in rows]

    async def add(self, tenant: str, generation: int, wrapped: bytes) -> bool:
        """Keep a new generation, apart from the running transaction.

        A key in memory must not vanish with a rollback.
        """
        number = generation.to_bytes(4, "big")
        return await apart(lambda: self._database.changed(_ADD, tenant, number, wrapped)) == 1


class Vault:
    """Seals and opens for tenants and for persons. Implements the host's ``Sealing``."""

    def __init__(self, database: Database, master_key: MasterKey, *, retired: Sequence[MasterKey] = ()) -> None:
        self._keys = DataKeys(master_key, DataKeyRows(database), retired=retired)
        self._database = database
        self._persons: OrderedDict[tuple[str, UUID], Sealer] = OrderedDict()
        self.is_current: Callable[[], bool] = lambda: True  # whether this process knows who was erased elsewhere

    # -- under the tenant's key

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """Seal for one purpose and row of the context's tenant; nothing else opens it."""
        return await self._keys.seal(plaintext, Associated(purpose, context.tenant, row))

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """Open. Raises ``SealError`` on anything that was moved or changed."""
        return await self._keys.open(sealed, Associated(purpose, context.tenant, row))

    async def rotate(self, context: Context) -> int:
        """Give the tenant a newer data key, which seals from now on; older ones still open. Returns its generation."""
        return await self._keys.rotate(context.tenant)

    # -- under a person's key

    async def person_seal(self, context: Context, person: UUID, row: str, plaintext: bytes) -> bytes:
        """Seal under the person's own key, made when first needed in the running transaction.

        ``row`` is where it will stand.
        """
        known = self._persons.get((context.tenant, person)) if self.is_current() else None
        sealer = known or await self._make_person(context, person)
        return sealer.seal(plaintext, _personal(context, row))

    async def person_open(self, context: Context, person: UUID, row: str, sealed: bytes) -> bytes | None:
        """Open; ``None`` when the person's key was destroyed.

        Raises ``SealError`` on anything that was moved or changed.
        """
        (opened,) = await self.person_open_many(context, [(person, row, sealed)])
        return opened

    async def person_open_many(self, context: Context, items: Sequence[tuple[UUID, str, bytes]]) -> list[bytes | None]:
        """Open several (person, row, sealed) by one statement, each as ``person_open`` would."""
        sealers = await self._load_persons(context, {person for person, _, _ in items})
        return [_open(sealers.get(person), _personal(context, row), sealed) for person, row, sealed in items]

    async def person_forget(self, context: Context, person: UUID) -> bool:
        """Destroy the person's key, in the running transaction: nothing sealed under it opens again.

        ``False`` if there was none.
        """
        forgotten = await self._database.changed(_FORGET, context.tenant, person) == 1
        self._database.after_commit(lambda: self._drop(context.tenant, person))
        return forgotten

    def drop(self, tenant: str, person: str) -> None:
        """Forget a key that another process destroyed."""
        self._drop(tenant, UUID(person))

    def _drop(self, tenant: str, person: UUID) -> None:
        self._persons.pop((tenant, person), None)

    async def _make_person(self, context: Context, person: UUID) -> Sealer:
        sealers = await self._load_persons(context, {person})
        if not sealers:
            wrapped = await self.seal(context, "person-key", str(person), secrets.token_bytes(_KEY_BYTES))
            # Whoever of several is first wins; all of them use what is then stored.
            await self._database.execute(_ADD_PERSON, context.tenant, person, wrapped)
            sealers = await self._load_persons(context, {person})
        if person not in sealers:
            raise SealError("the person's key was destroyed while it was made")
        self._database.after_commit(lambda: self._keep(context.tenant, person, sealers[person]))
        return sealers[person]

    def _keep(self, tenant: str, person: UUID, sealer: Sealer) -> None:
        self._persons[tenant, person] = sealer
        while len(self._persons) > _PERSONS_KEPT:
            self._persons.popitem(last=False)

    async def _load_persons(self, context: Context, persons: set[UUID]) -> dict[UUID, Sealer]:
        rows = await self._database.fetch(_PERSONS, context.tenant, list(persons)) if persons else []
        return {row["person"]: await self._unwrap(context, row["person"], row["sealed"]) for row in rows}

    async def _unwrap(self, context: Context, person: UUID, sealed: bytes) -> Sealer:
        return Sealer(DataKey(_PERSON_KEY, await self.open(context, "person-key", str(person), sealed)))


def _personal(context: Context, row: str) -> Associated:
    return Associated("personal", context.tenant, row)


def _open(sealer: Sealer | None, place: Associated, sealed: bytes) -> bytes | None:
    return sealer.open(sealed, place) if sealer else None


if TYPE_CHECKING:
    from xenia.plugin.host import Sealing

    def _vault_seals(vault: Vault) -> Sealing:
        return vault
