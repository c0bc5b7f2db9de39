"""Requests to do without a lost second factor: asked for once, waited for, told to everybody, cancelled or used by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from xenia.api import Context, Host, Journey, Limit, NewEvent, Object, Reservation, User, UserStatus, new_id
from xenia_recovery import tables
from xenia_recovery.models import Request, Ticket
from xenia_recovery.notices import Notice, addresses
from xenia_recovery.settings import RecoverySettings

KIND = "lost"
REMIND = "recovery.remind"
REQUESTED, CANCELLED = "recovery.requested", "recovery.cancelled"
SHORTENED, USED = "recovery.shortened", "recovery.used"
PER_PERSON = Limit("recovery.person", 3, timedelta(days=30))
MOST_SHOWN = 200
_DAY = timedelta(days=1)


class Requests:
    """The requests of every tenant."""

    def __init__(self, host: Host) -> None:
        self._host = host

    # -- what is lost, and who can be told

    async def lost(self, context: Context, journey: Journey) -> tuple[UUID, ...]:
        """Everything the person enrolled beyond what may only come first, such as a password, and what this journey has seen."""
        if journey.user_id is None:
            return ()
        first = {it.kind for it in await self._host.enrolments(context) if it.sign_up and not it.second}
        seen = {proof.credential for proof in journey.proofs}
        found = await self._host.credentials.summaries(context, journey.user_id)
        return tuple(one.id for one in found if one.kind not in first and one.id not in seen)

    async def reachable(self, context: Context, user_id: UUID) -> User | None:
        """The person, if there is anywhere to warn them."""
        user = await self._host.users.get(context, user_id)
        if user is None or user.status is not UserStatus.ACTIVE:
            return None
        return user if await addresses(self._host, context, user) else None

    # -- asking

    async def open(self, context: Context, user_id: UUID) -> Request | None:
        """The person's request, if one is open."""
        return _request(await self._host.tables(context).fetchrow(tables.OPEN, context.tenant, user_id))

    async def all_open(self, context: Context) -> Sequence[Request]:
        """What an administrator sees, the next to end first."""
        rows = await self._host.tables(context).fetch(tables.ALL_OPEN, context.tenant, MOST_SHOWN)
        return [msgspec.convert(dict(row), Request) for row in rows]

    async def ask(self, context: Context, user: User, lost: Sequence[UUID]) -> Request | None:
        """Begin to wait, with a notice to everywhere; ``None`` where one is open already, or too many were asked for."""
        settings = await self._host.config.get(context, RecoverySettings)
        place = await self._host.limits.reserve(context.tenant, PER_PERSON, str(user.id))
        if not isinstance(place, Reservation):
            return None
        wait, after = timedelta(hours=settings.wait_hours), timedelta(days=settings.usable_days)
        async with self._host.transaction():
            made = await self._one(context, tables.ASK, user.id, new_id(), list(lost), wait, after)
            if made is not None:
                await self._tell(context, REQUESTED, made, {"hours": settings.wait_hours, "lost": len(lost)})
                await self._notify(context, user, Notice.ASKED, made, wait + after)
                await self._remind_later(context, made, wait)
        if made is None:
            await self._host.limits.give_back(context.tenant, PER_PERSON, str(user.id))
        return made

    # -- telling

    async def _notify(
        self, context: Context, user: User, notice: Notice, request: Request, lifetime: timedelta | None = None
    ) -> None:
        """To every address; with a link of its own that cancels, where there is something to cancel."""
        for channel, address in await addresses(self._host, context, user):
            link = ""
            if lifetime is not None:
                data = msgspec.json.encode(Ticket(request.user_id, request.id))
                secret = await self._host.one_time.issue(context.tenant, KIND, data, lifetime)
                link = f"/recovery/cancel/{secret}"
            locale = user.locale or context.locale
            await self._host.notify.send(context, notice.message(channel, address, locale, request.hours, link))

    async def _remind_later(self, context: Context, request: Request, wait: timedelta) -> None:
        data = {"user": str(request.user_id), "request": str(request.id), "locale": context.locale}
        lead = min(_DAY, wait / 4)
        await self._host.jobs.enqueue(context, REMIND, data, delay=wait - lead)

    async def remind(self, context: Context, data: dict[str, Any]) -> None:
        """The job: say once more, shortly before the end, that the waiting time ends."""
        user = await self._host.users.get(context, UUID(data["user"]))
        settings = await self._host.config.get(context, RecoverySettings)
        if user is None or user.status is not UserStatus.ACTIVE:
            return
        told = msgspec.structs.replace(context, locale=str(data["locale"]))
        async with self._host.transaction():
            due = await self._one(context, tables.REMIND, user.id, UUID(data["request"]))
            if due is not None:
                lifetime = timedelta(hours=due.hours, days=settings.usable_days)
                await self._notify(told, user, Notice.ENDING, due, lifetime)

    # -- the end of a request

    async def ticket(self, context: Context, secret: str) -> Ticket | None:
        """What a link could cancel now. Spends nothing, however often it is opened."""
        found = await self._host.one_time.peek(context.tenant, KIND, secret)
        ticket = msgspec.json.decode(found, type=Ticket) if found else None
        mine = await self.open(context, ticket.user) if ticket else None
        return ticket if mine is not None and ticket is not None and mine.id == ticket.request else None

    async def cancel_by_link(self, context: Context, secret: str) -> bool:
        """Cancel, for exactly one caller with this link."""
        async with self._host.transaction():
            found = await self._host.one_time.consume(context.tenant, KIND, secret)
            if not found:
                return False
            ticket = msgspec.json.decode(found, type=Ticket)
            return await self.cancel(context, ticket.user, ticket.request, by="link")

    async def cancel(
        self,
        context: Context,
        user_id: UUID,
        request: UUID,
        *,
        by: str,
        reason: str = "",
        notice: Notice = Notice.CANCELLED,
    ) -> bool:
        """End it: ``True`` for exactly one of all who cancel or use it. Everybody is told, by ``notice``."""
        async with self._host.transaction():
            gone = await self._one(context, tables.CANCEL, user_id, request)
            if gone is None:
                return False
            await self._tell(context, CANCELLED, gone, {"by": by, "reason": reason} if reason else {"by": by})
            user = await self._host.users.get(context, user_id)
            if user is not None:
                await self._notify(context, user, notice, gone)
        return True

    async def shorten(self, context: Context, user: User, request: UUID, hours: int, reason: str) -> bool:
        """Let it end earlier, and tell everybody at once; never later than it would, and not in less than an hour."""
        settings = await self._host.config.get(context, RecoverySettings)
        wait, after = timedelta(hours=max(hours, 1)), timedelta(days=settings.usable_days)
        async with self._host.transaction():
            sooner = await self._one(context, tables.SHORTEN, user.id, request, wait, after)
            if sooner is None:
                return False
            await self._tell(context, SHORTENED, sooner, {"hours": sooner.hours, "reason": reason})
            await self._notify(context, user, Notice.SHORTENED, sooner, wait + after)
            await self._remind_later(context, sooner, wait)
        return True

    async def use(self, context: Context, user_id: UUID, journey: UUID) -> tuple[UUID, ...]:
        """The credentials that this journey, and no other, may do without; nothing where the request isn't ripe, or is over."""
        async with self._host.transaction():
            async with self._host.store(context) as store:
                row = await store.fetchrow(tables.USE, context.tenant, user_id, journey)
            if row is None:
                return ()
            about = Object("user", str(user_id))
            await self._host.events.record(context, NewEvent(type=USED, object=about, person=user_id))
        return tuple(row["lost"])

    async def _one(self, context: Context, statement: str, *values: Any) -> Request | None:
        async with self._host.store(context) as store:
            return _request(await store.fetchrow(statement, context.tenant, *values))

    async def _tell(self, context: Context, type_: str, request: Request, data: dict[str, Any]) -> None:
        about, person = Object("user", str(request.user_id)), request.user_id
        await self._host.events.record(context, NewEvent(type=type_, object=about, person=person, data=data))


def _request(row: Mapping[str, Any] | None) -> Request | None:
    return msgspec.convert(dict(row), Request) if row is not None else None
