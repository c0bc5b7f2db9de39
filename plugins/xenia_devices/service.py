"""Which browsers a person is known to use. A device is its cookie *and* its kind of browser; for what costs others something, its network too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from xenia.api import Context, Host, NewEvent, Object, browser_family, look_anew, looked_at
from xenia_devices import tables
from xenia_devices.models import Device, Known
from xenia_devices.origins import network_of
from xenia_devices.settings import DevicesSettings

DEVICE_TRUSTED = "device.trusted"
DEVICE_FORGOTTEN = "device.forgotten"
ASK_AGAIN = timedelta(days=30)
LONGEST_AGENT = 300


class DeviceService:
    """Looks devices up, remembers and forgets them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def look(self, context: Context, user_id: UUID) -> Known:
        """What the browser of this request is to that person. A browser without our cookie is a stranger."""
        if not context.source.browser:
            return Known()
        # A sign-in asks three times: where to count the attempt, whether to spare a second factor, and how risky it is.
        return await looked_at(
            ("device", context.tenant, user_id, context.source.browser), lambda: self._look(context, user_id)
        )

    async def _look(self, context: Context, user_id: UUID) -> Known:
        source = context.source
        browser, family = bytes.fromhex(source.browser), browser_family(source.user_agent)
        row = await self._host.tables(context).fetchrow(
            tables.LOOK, context.tenant, user_id, browser, family, network_of(source.address)
        )
        return Known(**dict(row or {}))

    async def seen(self, context: Context, user_id: UUID, browser: str, agent: str, address: str, at: datetime) -> None:
        """A sign-in with this browser from this address. The same one twice changes nothing."""
        key = (context.tenant, user_id, bytes.fromhex(browser))
        async with self._host.transaction(), self._host.store(context) as store:
            await store.execute(tables.SEEN, *key, browser_family(agent), agent[:LONGEST_AGENT], at)
            await store.execute(tables.SEEN_AT, *key, network_of(address), at)
            await store.execute(tables.FEWER_NETWORKS, *key)

    async def trust_days(self, context: Context) -> int:
        """For how many days a device may be remembered; 0 = never."""
        return (await self._host.config.get(context, DevicesSettings)).trust_days

    async def is_trusted(self, context: Context, user_id: UUID) -> bool:
        """Whether no second factor need be asked for in this browser: the person said so, and the tenant still lets them."""
        return bool(await self.trust_days(context)) and (await self.look(context, user_id)).trusted

    async def trust(self, context: Context, user_id: UUID, days: int) -> None:
        """Ask for no second factor in this browser for so many days."""
        async with self._host.transaction():
            await self._note(context, user_id, tables.TRUST, timedelta(days=days))
            await self._tell(context, user_id, DEVICE_TRUSTED, {"days": days})

    async def decline(self, context: Context, user_id: UUID) -> None:
        """Don't ask about this browser again for a while."""
        await self._note(context, user_id, tables.DECLINE, ASK_AGAIN)

    async def _note(self, context: Context, user_id: UUID, statement: str, span: timedelta) -> None:
        source, agent = context.source, context.source.user_agent[:LONGEST_AGENT]
        await self._host.tables(context).execute(
            statement, context.tenant, user_id, bytes.fromhex(source.browser), browser_family(agent), agent, span
        )
        look_anew()

    async def end_trust(self, context: Context, user_id: UUID) -> None:
        """Every device of the person is asked for a second factor again."""
        await self._host.tables(context).execute(tables.TRUST_ENDS, context.tenant, user_id)
        look_anew()

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Device, ...]:
        """Their devices, last seen first."""
        rows = await self._host.tables(context).fetch(tables.OF_USER, context.tenant, user_id)
        return tuple(_device(row) for row in rows)

    async def forget(self, context: Context, user_id: UUID, device: str) -> bool:
        """Forget one of their devices; whether there was one."""
        async with self._host.transaction():
            gone = await self._host.tables(context).fetchval(
                tables.FORGET, context.tenant, user_id, bytes.fromhex(device)
            )
            look_anew()
            if gone:
                await self._tell(context, user_id, DEVICE_FORGOTTEN, {"count": 1})
        return bool(gone)

    async def forget_all(self, context: Context, user_id: UUID) -> int:
        """Forget all of their devices; how many there were."""
        async with self._host.transaction():
            gone = await self._host.tables(context).fetch(tables.FORGET_ALL, context.tenant, user_id)
            look_anew()
            if gone:
                await self._tell(context, user_id, DEVICE_FORGOTTEN, {"count": len(gone)})
        return len(gone)

    async def _tell(self, context: Context, user_id: UUID, type_: str, data: dict[str, int]) -> None:
        about = Object("user", str(user_id))
        await self._host.events.record(context, NewEvent(type=type_, object=about, person=user_id, data=data))


def _device(row: Mapping[str, Any]) -> Device:
    kept = {name: row[name] for name in ("user_agent", "first_seen", "last_seen", "trusted_until")}
    return Device(id=row["browser"].hex(), **kept)
