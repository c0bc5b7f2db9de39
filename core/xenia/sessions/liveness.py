"""Holding a session or a user in place for the length of a transaction, for whoever opens something beneath them."""

from __future__ import annotations

from uuid import UUID

from xenia.db import Database
from xenia.sessions.tables import HOLD, HOLD_USER


async def hold(database: Database, tenant: str, user_id: UUID, session_id: UUID | None) -> bool:
    """Whether the user is active (and that session of theirs lives), true until the running transaction ends.

    One statement.
    """
    if session_id is None:
        return bool(await database.fetchval(HOLD_USER, tenant, user_id))
    return bool(await database.fetchval(HOLD, tenant, user_id, session_id))
