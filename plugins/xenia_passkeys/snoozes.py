"""Who doesn't want to be asked now, or ever."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from xenia.api import Context, Host
from xenia_passkeys import tables


class Snoozes:
    """One answer of each person, the last one."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def sleeps(self, context: Context, user_id: UUID) -> bool:
        """Whether the person is not to be asked now."""
        async with self._host.store(context) as store:
            return bool(await store.fetchval(tables.SLEEPS, context.tenant, user_id))

    async def put_off(self, context: Context, user_id: UUID, days: int) -> None:
        """Ask again after so many days."""
        async with self._host.store(context) as store:
            await store.execute(tables.PUT_OFF, context.tenant, user_id, timedelta(days=days))

    async def never(self, context: Context, user_id: UUID) -> None:
        """Don't ask again."""
        async with self._host.store(context) as store:
            await store.execute(tables.NEVER, context.tenant, user_id)

    async def said(self, context: Context, user_id: UUID) -> str | None:
        """Until when, as the person may see it: a moment, ``never`` where it is for ever, or nothing."""
        async with self._host.store(context) as store:
            row = await store.fetchrow(tables.SAID, context.tenant, user_id)
        if row is None:
            return None
        return "never" if row["for_ever"] else str(row["until"].isoformat())

    async def forget(self, context: Context, user_id: UUID) -> None:
        """Forget the answer."""
        async with self._host.store(context) as store:
            await store.execute(tables.FORGET, context.tenant, user_id)
