"""Who doesn't want to be asked something now, or ever: one answer of each person to each question, the last one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from xenia.context import Context
from xenia.db import Database

_PUT_OFF = """
    INSERT INTO snoozes (tenant_id, user_id, name, until) VALUES ($1, $2, $3, now() + $4::interval)
    ON CONFLICT (tenant_id, user_id, name) DO UPDATE SET until = excluded.until"""
_NEVER = """
    INSERT INTO snoozes (tenant_id, user_id, name, until) VALUES ($1, $2, $3, 'infinity')
    ON CONFLICT (tenant_id, user_id, name) DO UPDATE SET until = excluded.until"""
_SLEEPS = "SELECT until > now() FROM snoozes WHERE tenant_id = $1 AND user_id = $2 AND name = $3"
_SAID = "SELECT until, until = 'infinity' AS for_ever FROM snoozes WHERE tenant_id = $1 AND user_id = $2 AND name = $3"
_FORGET = "DELETE FROM snoozes WHERE tenant_id = $1 AND user_id = $2 AND name = $3"


class Snoozes(Protocol):
    """What offers on the way of a sign-in share. ``name`` is the question, and begins with the plugin's name; whoever asks it
    has it in its personal data, to show and to forget.
    """

    async def sleeps(self, context: Context, user_id: UUID, name: str) -> bool:
        """Whether the person is not to be asked now."""
        ...

    async def put_off(self, context: Context, user_id: UUID, name: str, days: int) -> None:
        """Ask again after so many days."""
        ...

    async def never(self, context: Context, user_id: UUID, name: str) -> None:
        """Don't ask again."""
        ...

    async def said(self, context: Context, user_id: UUID, name: str) -> str | None:
        """Until when, as the person may see it: a moment, ``never`` where it is for ever, or nothing."""
        ...

    async def forget(self, context: Context, user_id: UUID, name: str) -> None:
        """Forget the answer."""
        ...


class SnoozeService:
    """The answers of all tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sleeps(self, context: Context, user_id: UUID, name: str) -> bool:
        """Whether the person is not to be asked now."""
        return bool(await self._database.fetchval(_SLEEPS, context.tenant, user_id, name))

    async def put_off(self, context: Context, user_id: UUID, name: str, days: int) -> None:
        """Ask again after so many days."""
        await self._database.execute(_PUT_OFF, context.tenant, user_id, name, timedelta(days=days))

    async def never(self, context: Context, user_id: UUID, name: str) -> None:
        """Don't ask again."""
        await self._database.execute(_NEVER, context.tenant, user_id, name)

    async def said(self, context: Context, user_id: UUID, name: str) -> str | None:
        """Until when, as the person may see it."""
        row = await self._database.fetchrow(_SAID, context.tenant, user_id, name)
        if row is None:
            return None
        return "never" if row["for_ever"] else str(row["until"].isoformat())

    async def forget(self, context: Context, user_id: UUID, name: str) -> None:
        """Forget the answer."""
        await self._database.execute(_FORGET, context.tenant, user_id, name)


if TYPE_CHECKING:
    _: type[Snoozes] = SnoozeService
