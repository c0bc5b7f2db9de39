"""A policy that somebody works on: it decides nothing until it is put in force."""

from __future__ import annotations

import msgspec

from xenia.api import Context, Host
from xenia_risk import tables
from xenia_risk.settings import RiskSettings


class Drafts:
    """The draft of each tenant, of which there is one."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def get(self, context: Context) -> RiskSettings | None:
        """The draft, if there is one."""
        found = await self._host.tables(context).fetchval(tables.DRAFT, context.tenant)
        return msgspec.json.decode(found, type=RiskSettings) if found else None

    async def current(self, context: Context) -> RiskSettings:
        """The draft, else what is in force."""
        return await self.get(context) or await self._host.config.get(context, RiskSettings)

    async def keep(self, context: Context, policy: RiskSettings) -> None:
        """Work goes on with this."""
        await self._host.tables(context).execute(
            tables.KEEP_DRAFT, context.tenant, msgspec.json.encode(policy).decode()
        )

    async def drop(self, context: Context) -> None:
        """Back to what is in force."""
        await self._host.tables(context).execute(tables.DROP_DRAFT, context.tenant)

    async def put_in_force(self, context: Context) -> bool:
        """Rules and weights of the draft become the policy; whether there was one. What else was set meanwhile stays."""
        async with self._host.transaction():
            draft = await self.get(context)
            if draft is None:
                return False
            now = await self._host.config.get(context, RiskSettings)
            wanted = msgspec.structs.replace(now, rules=draft.rules, weights=draft.weights)
            await self._host.config.put(context, RiskSettings, wanted)
            await self.drop(context)
        return True
