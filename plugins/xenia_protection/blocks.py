"""Networks from which nobody guesses for a while, but on known devices."""

from __future__ import annotations

from collections.abc import Sequence

from xenia.api import Context, Host, NewEvent, Object
from xenia_protection import tables
from xenia_protection.models import Block, Finding

BLOCKED, UNBLOCKED = "protection.blocked", "protection.unblocked"
BY_HAND = "hand"
"""Stands where the name of a detector could."""

MOST = 200


class Blocks:
    """Reads and writes ``protection_blocks``."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def wait(self, context: Context, network: str) -> int:
        """For how many seconds a network is blocked; 0 = it isn't."""
        return int(await self._host.tables(context).fetchval(tables.WAIT, context.tenant, network) or 0)

    async def block(self, context: Context, finding: Finding, minutes: int) -> None:
        """Block the network of a finding, in the running transaction. One that is blocked stays so for as long as it was to be."""
        new = await self._host.tables(context).fetchval(
            tables.BLOCK, context.tenant, finding.network, finding.detector, minutes
        )
        if new:
            await self._tell(context, BLOCKED, finding.network, {"detector": finding.detector, "minutes": minutes})

    async def block_by_hand(self, context: Context, network: str, minutes: int, reason: str) -> bool:
        """Block a network as long as an administrator says, and why; ``False`` where it is blocked already, which changes nothing."""
        async with self._host.transaction():
            new = await self._host.tables(context).fetchval(tables.BLOCK, context.tenant, network, BY_HAND, minutes)
            if new:
                data: dict[str, str | int] = {"detector": BY_HAND, "minutes": minutes, "reason": reason}
                await self._tell(context, BLOCKED, network, data)
        return bool(new)

    async def unblock(self, context: Context, network: str) -> bool:
        """Let guesses from it through again; whether it was blocked."""
        async with self._host.transaction():
            gone = await self._host.tables(context).fetchval(tables.UNBLOCK, context.tenant, network)
            if gone:
                await self._tell(context, UNBLOCKED, network, {})
        return bool(gone)

    async def all(self, context: Context) -> Sequence[Block]:
        """Those that are blocked now, the longest first."""
        rows = await self._host.tables(context).fetch(tables.BLOCKS, context.tenant, MOST)
        return [Block(**dict(row)) for row in rows]

    async def _tell(self, context: Context, type_: str, network: str, data: dict[str, str | int]) -> None:
        about = Object("network", network)
        await self._host.events.record(context, NewEvent(type=type_, object=about, data=data))
