"""Journeys at rest: one row each, found by the hash of its handle, sealed, changed by conditional statements only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from xenia.context import Context
from xenia.db import Database, Row
from xenia.journeys.models import Journey
from xenia.plugin.host import Sealing
from xenia.security.secrets import check_secret, digest, new_secret

HANDLE = "jh"
_PURPOSE = "journey"

_INSERT = """
    INSERT INTO journeys (tenant_id, id, handle, browser, state, expires_at) VALUES ($1, $2, $3, $4, $5, now() +
    $6::interval)"""
_FIND = """
    SELECT id, version, state, browser, handle = $2 AS current, done_at IS NOT NULL AS done FROM journeys
    WHERE tenant_id = $1 AND (handle = $2 OR previous = $2) AND expires_at > now()
    AND (done_at IS NULL OR done_at > now() - interval '30 seconds')"""
_FIND_BY_ID = """
    SELECT id, version, state, browser, true AS current, done_at IS NOT NULL AS done FROM journeys
    WHERE tenant_id = $1 AND id = $2 AND expires_at > now()
    AND (done_at IS NULL OR done_at > now() - interval '30 seconds')"""
_SAVE = """
    UPDATE journeys SET state = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3 AND done_at IS NULL"""
_SAVE_ROTATED = """
    UPDATE journeys SET state = $4, version = version + 1, previous = handle, handle = $5
    WHERE tenant_id = $1 AND id = $2 AND version = $3 AND done_at IS NULL"""
_FINISH = """
    UPDATE journeys SET done_at = now(), state = $4
    WHERE tenant_id = $1 AND id = $2 AND version = $3 AND done_at IS NULL AND expires_at > now()"""


class Found(msgspec.Struct, frozen=True):
    """A journey. ``current`` is false where the handle is the one before: the form was sent twice. ``done`` says that
    it ended a moment ago, so that whoever sent its last form twice can be led on too.
    """

    journey: Journey
    version: int
    browser: bytes
    current: bool = True
    done: bool = False


class JourneyStore:
    """Reads and writes journeys of one tenant at a time."""

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    async def create(self, context: Context, journey: Journey, browser: str, lifetime: timedelta) -> str:
        """Store a new journey, bound to the browser's secret; its handle."""
        handle = new_secret(HANDLE)
        state = await self._seal(context, msgspec.structs.replace(journey, handle=handle))
        await self._database.execute(
            _INSERT, context.tenant, journey.id, digest(handle), digest(browser), state, lifetime
        )
        return handle

    async def find(self, context: Context, handle: str) -> Found | None:
        """The journey behind a handle, live or done a moment ago, or ``None``."""
        if (hashed := check_secret(HANDLE, handle)) is None:
            return None
        return await self._opened(context, await self._database.fetchrow(_FIND, context.tenant, hashed))

    async def by_id(self, context: Context, journey_id: UUID) -> Found | None:
        """The journey of an id, at its address of now. An id is no secret: whoever asks checks the browser."""
        return await self._opened(context, await self._database.fetchrow(_FIND_BY_ID, context.tenant, journey_id))

    async def _opened(self, context: Context, row: Row | None) -> Found | None:
        if row is None:
            return None
        opened = await self._sealing.open(context, _PURPOSE, str(row["id"]), row["state"])
        return Found(
            msgspec.json.decode(opened, type=Journey), row["version"], row["browser"], row["current"], row["done"]
        )

    async def save(self, context: Context, journey: Journey, version: int, *, rotate: bool) -> str | None:
        """One transition: the new handle where it rotates, ``""`` where not, ``None`` where another request was
        first.
        """
        if not rotate:
            state = await self._seal(context, journey)
            changed = await self._database.changed(_SAVE, context.tenant, journey.id, version, state)
            return "" if changed else None
        handle = new_secret(HANDLE)
        state = await self._seal(context, msgspec.structs.replace(journey, handle=handle))
        changed = await self._database.changed(
            _SAVE_ROTATED, context.tenant, journey.id, version, state, digest(handle)
        )
        return handle if changed else None

    async def finish(self, context: Context, journey: Journey, version: int) -> bool:
        """End it as it is now: ``True`` for exactly one caller, in whose transaction the session begins."""
        state = await self._seal(context, journey)
        return bool(await self._database.changed(_FINISH, context.tenant, journey.id, version, state))

    async def _seal(self, context: Context, journey: Journey) -> bytes:
        return await self._sealing.seal(context, _PURPOSE, str(journey.id), msgspec.json.encode(journey))
