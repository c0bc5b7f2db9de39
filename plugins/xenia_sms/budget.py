"""What a tenant's messages may cost: taken before anything is sent, by one statement, so that no race and no restart goes past it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from xenia.api import Context, EventType, Host, NewEvent, Object, log
from xenia_sms import tables
from xenia_sms.settings import NEW_SHARE, SmsSettings

LOW = 80
"""Per cent of a budget after which somebody is told."""

DAY = timedelta(days=1)
SEEN = "sms.exhausted"
BUDGET_LOW = EventType(
    "sms.budget_low", "Text messages have cost four fifths of what they may within an hour or a day."
)
BUDGET_EXHAUSTED = EventType("sms.budget_exhausted", "A text message was not sent, since it would have cost too much.")


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Units that messages have cost in the windows that run, and when those end; ``None``: none runs."""

    hour: int = 0
    hour_ends: datetime | None = None
    day: int = 0
    day_ends: datetime | None = None


class Budget:
    """The budgets of all tenants. A provider is paid in ``units``, whose worth the tenant's prices define."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def spend(self, context: Context, settings: SmsSettings, units: int, *, whole: bool = True) -> bool:
        """Take ``units`` for one message; ``False`` where they are not left, which takes nothing.

        Without the ``whole`` half of the budget may be taken, so that whoever has messages sent to numbers of their own can't
        take the second factor away from everybody else.
        """
        share = 1 if whole else NEW_SHARE
        most = {"hour": settings.hour_budget // share, "day": settings.day_budget // share}
        if units > min(most.values()):
            row = None
        else:
            taken = (context.tenant, units, most["hour"], most["day"])
            row = await self._host.tables(context).fetchrow(tables.SPEND, *taken)
        if row is None:
            await self._exhausted(context, units, most, whole=whole)
            return False
        for period, budget in (("hour", settings.hour_budget), ("day", settings.day_budget)):
            await self._watch(context, period, row[f"{period}_spent"], units, budget)
        return True

    async def spent(self, context: Context) -> Spent:
        """What the running hour and the running day have cost."""
        row = await self._host.tables(context).fetchrow(tables.SPENT, context.tenant)
        return Spent(**row) if row else Spent()

    async def _watch(self, context: Context, period: str, spent: int, units: int, budget: int) -> None:
        """Tell once in each window: only one message takes the sum over the mark."""
        if (spent - units) * 100 < budget * LOW <= spent * 100:
            await self._tell(context, BUDGET_LOW, {"period": period, "spent": spent, "budget": budget})

    async def _exhausted(self, context: Context, units: int, most: dict[str, int], *, whole: bool) -> None:
        """Tell of the first message that a window refuses."""
        row = await self._host.tables(context).fetchrow(tables.FULL, context.tenant, units, most["hour"])
        period = "hour" if row and row["is_hour"] else "day"
        ends: datetime | None = row[f"{period}_ends"] if row else None
        seen = f"{period} {ends} {whole}"
        if await self._host.one_time.claim(context.tenant, SEEN, seen, DAY):
            log.warning("sms_budget_exhausted", tenant=context.tenant, period=period)
            data = {"period": period, "budget": most[period], "half": not whole}
            await self._tell(context, BUDGET_EXHAUSTED, data)

    async def _tell(self, context: Context, type_: EventType, data: dict[str, Any]) -> None:
        event = NewEvent(type=type_.name, object=Object("tenant", context.tenant), data=data)
        async with self._host.transaction():
            await self._host.events.record(context, event)
