"""The master key: made where there is nothing to open yet, never replaced, and checked against the database it belongs to."""

from __future__ import annotations

from contextlib import suppress

from xenia.db import Database
from xenia.errors import SetupError, Unavailable
from xenia.security.sealing import MasterKey
from xenia.serving.standing import NOT_OURS, probing
from xenia.settings import Settings

_HOLDS_DATA = "SELECT EXISTS (SELECT FROM data_keys) OR EXISTS (SELECT FROM tenants WHERE id <> 'system')"
_SEALED_UNDER = "SELECT encode(substring(wrapped from 2 for 4), 'hex') FROM data_keys LIMIT 1"


async def master_key(settings: Settings, address: str) -> MasterKey:
    """The key of this installation; made, with mode 0600, where neither it nor anything sealed under it exists.

    Raises ``SetupError`` where a database with data has no key or another one.
    """
    path = settings.master_key_file
    if path.exists() or path.is_symlink():
        key = MasterKey.load(path)
        with suppress(Unavailable):  # asked again as soon as the database is there
            await check_key(key, settings, address)
        return key
    if await _holds_data(settings, address):
        raise SetupError(
            f"the master key {path} is missing, and this database was sealed with it: put the key back, or set master_key_file"
        )
    return _made(settings)


async def check_key(key: MasterKey, settings: Settings, address: str) -> None:
    """Raises ``SetupError`` where the database was sealed under another key, ``Unavailable`` where it can't be asked."""
    async with probing(address) as database:
        sealed_under = await _asked(database, _SEALED_UNDER)
    if sealed_under not in (None, key.id):
        raise SetupError(
            f"{settings.master_key_file} is not the key that this database was sealed with: put that one back, or set database_url"
        )


async def _holds_data(settings: Settings, address: str) -> bool:
    try:
        async with probing(address) as database:
            return bool(await _asked(database, _HOLDS_DATA))
    except Unavailable as problem:
        raise SetupError(
            f"there is no master key at {settings.master_key_file}, and whether one is to be made can't be told: {problem.detail}"
        ) from problem


async def _asked(database: Database, sql: str) -> object:
    """The answer, ``None`` for a database without our tables."""
    try:
        return await database.fetchval(sql)
    except NOT_OURS:
        return None


def _made(settings: Settings) -> MasterKey:
    path = settings.master_key_file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SetupError(
            f"{path.parent} can't be made ({problem.strerror}): set data_dir to a folder of yours"
        ) from problem
    try:
        return MasterKey.create(path)
    except SetupError:
        if path.exists():  # another process was first
            return MasterKey.load(path)
        raise
