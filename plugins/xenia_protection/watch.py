"""Attacks: what detectors find becomes one row and one event, however many requests it has, and what the tenant wants follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from xenia.api import Context, Host, NewEvent, Object, new_id
from xenia_protection import tables
from xenia_protection.blocks import Blocks
from xenia_protection.counts import Counts
from xenia_protection.detectors import DETECTORS, MINUTES
from xenia_protection.models import Attack, Finding
from xenia_protection.networks import WHOLE
from xenia_protection.sessions import AttackedSessions
from xenia_protection.settings import ProtectionSettings

BEGAN, ENDED = "protection.attack_began", "protection.attack_ended"
MOST = 100


class Watch:
    """Looks, begins and ends attacks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._counts, self._blocks, self._sessions = Counts(host), Blocks(host), AttackedSessions(host)

    async def look(self, context: Context, networks: Collection[str]) -> None:
        """See what the guesses of the last minutes are, now that there are more from these networks."""
        settings = await self._host.config.get(context, ProtectionSettings)
        for seen in await self._counts.seen(context, {WHOLE, *networks}, MINUTES):
            for detector in DETECTORS:
                if found := detector.find(seen, settings):
                    await self._runs(context, settings, found)

    async def _runs(self, context: Context, settings: ProtectionSettings, found: Finding) -> None:
        """It begins, or goes on. A block that ran out while it goes on is renewed."""
        async with self._host.transaction():
            began = await self._begins(context, found)
            if settings.block and found.network != WHOLE:
                await self._blocks.block(context, found, settings.block_minutes)
        if began and settings.end_sessions and found.network != WHOLE:
            await self._sessions.end(context, found.network, MINUTES)

    async def _begins(self, context: Context, found: Finding) -> bool:
        id_, reasons = new_id(), msgspec.json.encode(found.reasons).decode()
        row = await self._host.tables(context).fetchrow(
            tables.RUNS, context.tenant, id_, found.detector, found.network, reasons
        )
        if row is None or row["id"] != id_:
            return False
        await self._tell(context, BEGAN, str(id_), found)
        return True

    async def end_quiet(self, context: Context) -> None:
        """End what was quiet for long enough."""
        settings = await self._host.config.get(context, ProtectionSettings)
        async with self._host.transaction():
            rows = await self._host.tables(context).fetch(tables.ENDS, context.tenant, settings.quiet_minutes)
            for one in map(attack_of, rows):
                found = Finding(detector=one.detector, network=one.network, reasons=one.reasons)
                await self._tell(context, ENDED, str(one.id), found)

    async def running(self, context: Context) -> Sequence[Attack]:
        """The attacks that run now, the newest first."""
        rows = await self._host.tables(context).fetch(tables.RUNNING, context.tenant, MOST)
        return [attack_of(row) for row in rows]

    async def is_running(self, context: Context, network: str) -> bool:
        """Whether the whole tenant is attacked, or somebody attacks from this network."""
        return bool(await self._host.tables(context).fetchval(tables.IS_RUNNING, context.tenant, [WHOLE, network]))

    async def _tell(self, context: Context, type_: str, id_: str, found: Finding) -> None:
        data: dict[str, Any] = {"detector": found.detector, "network": found.network, **found.reasons}
        await self._host.events.record(context, NewEvent(type=type_, object=Object("attack", id_), data=data))


def attack_of(row: Mapping[str, Any]) -> Attack:
    """An attack as it is stored."""
    return Attack(**{**dict(row), "reasons": msgspec.json.decode(row["reasons"], type=dict[str, int])})
