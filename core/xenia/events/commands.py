"""``xenia audit verify`` and ``xenia audit export``: plain functions that answer an exit code and say one clear line."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path
from typing import Protocol

from xenia.context import Context, system_actor
from xenia.db import Database
from xenia.errors import SetupError
from xenia.events.logs import DatabaseLog, ExportedLog, lines
from xenia.events.verify import Chain, Checkpoint, Keys, verify

OK, WRONG = 0, 1


class AuditPublicKeys(Protocol):
    """The public halves of a tenant's audit keys, retired ones too."""

    async def public_keys(self, context: Context, *, use: str) -> Mapping[str, bytes]:
        """``kid`` -> the 32 bytes of an Ed25519 key."""
        ...


async def verify_database(database: Database, keys: AuditPublicKeys, tenant: str, *, checkpoint: str = "") -> int:
    """Verify a tenant's audit log in the database; 0 = all is as it was sealed."""
    return await _verified(DatabaseLog(database, tenant), tenant, await _public(keys, tenant), checkpoint)


async def verify_export(path: Path, *, checkpoint: str = "", trusted: Collection[str] = ()) -> int:
    """Verify an export, without a database. ``trusted`` are the ids of keys known from elsewhere; without, those in the file are believed."""
    exported = ExportedLog(path)
    keys = {kid: public for kid, public in exported.keys.items() if not trusted or kid in trusted}
    return await _verified(exported, exported.tenant, keys, checkpoint)


async def export(database: Database, keys: AuditPublicKeys, tenant: str, path: Path) -> int:
    """Write a tenant's audit log to ``path`` as JSON lines, and say the checkpoint to keep elsewhere."""
    written = lines(DatabaseLog(database, tenant), tenant, await _public(keys, tenant))
    await _write(path, written)
    exported = ExportedLog(path)
    chain = Chain(tenant, exported.keys)
    found = await verify(exported, chain)
    _say(f"{path}: {chain.rows} events of {tenant}, {_checkpoint_of(chain)}" if not found else f"{path}: {found}")
    return WRONG if found else OK


async def _write(path: Path, written: AsyncIterator[bytes]) -> None:
    try:
        with path.open("wb") as file:
            async for line in written:
                file.write(line)
    except OSError as problem:
        raise SetupError(f"{path} can't be written: {problem.strerror}") from problem


async def _public(keys: AuditPublicKeys, tenant: str) -> Keys:
    return await keys.public_keys(Context(tenant=tenant, actor=system_actor("audit")), use="audit")


async def _verified(log: DatabaseLog | ExportedLog, tenant: str, keys: Keys, checkpoint: str) -> int:
    chain = Chain(tenant, keys, _parse(tenant, checkpoint))
    found = await verify(log, chain)
    _say(
        f"{tenant}: {found}"
        if found
        else f"{tenant}: {chain.rows} events are as they were sealed, {_checkpoint_of(chain)}"
    )
    return WRONG if found else OK


def _checkpoint_of(chain: Chain) -> str:
    return f"checkpoint {chain.last.last_position}:{chain.last.hash.hex()}" if chain.last else "nothing is sealed yet"


def _parse(tenant: str, checkpoint: str) -> Checkpoint | None:
    if not checkpoint:
        return None
    position, _, hash_ = checkpoint.partition(":")
    try:
        return Checkpoint(tenant, int(position), bytes.fromhex(hash_))
    except ValueError as problem:
        raise SetupError("a checkpoint is POSITION:HASH, as `xenia audit export` says it") from problem


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
