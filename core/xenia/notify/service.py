"""Sending: a message is queued with the change that causes it, and handed to a channel after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from xenia.clock import Clock
from xenia.context import Context
from xenia.errors import Unavailable, Undeliverable
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.ids import new_id
from xenia.jobs.contracts import Jobs
from xenia.jobs.models import Job
from xenia.log import log
from xenia.messages import Catalogue
from xenia.notify.contracts import Channel, Notifier
from xenia.notify.models import ChannelKind, NoticeLink, Outgoing
from xenia.notify.rendering import EmailRenderer, render
from xenia.tenants.contracts import Tenants
from xenia.users.contracts import Users
from xenia.users.models import IdentifierKind, UserStatus

JOB = "notify.send"
IF_KNOWN = "notify.send_if_known"
ATTEMPTS = 16
"""With the queue's back-off this outlives a mail server that is down for an hour."""

LATER = timedelta(milliseconds=1)
"""Work that is due later wakes no worker when the request commits, so that it isn't done beside the answer, which would take longer by it."""

Links = Callable[[Context, UUID, Outgoing], Awaitable[Sequence[NoticeLink]]]
"""More links for a message that tells a person of a change."""

Channels = Callable[[Context], Awaitable[Sequence[Channel]]]
"""The channels that are on for a context's tenant."""


IDENTIFIED = {
    ChannelKind.EMAIL: IdentifierKind.EMAIL,
    ChannelKind.SMS: IdentifierKind.PHONE,
    ChannelKind.VOICE: IdentifierKind.PHONE,
}
"""Which identifier a channel reaches people by."""


class Queued(msgspec.Struct, frozen=True):
    """A message as it waits, with the identifier that it keeps over every retry."""

    id: UUID
    message: Outgoing


class Wanted(msgspec.Struct, frozen=True):
    """A message to whoever turns out to be there."""

    user: UUID | None
    address: str
    message: Outgoing


class NotifyService:
    """Queues messages and delivers them. ``renderer`` is ``None`` in an install without pages."""

    def __init__(
        self,
        jobs: Jobs,
        events: Events,
        catalogue: Catalogue,
        clock: Clock,
        tenants: Tenants,
        users: Users,
        channels: Channels,
        renderer: EmailRenderer | None = None,
        links: Links | None = None,
    ) -> None:
        self._jobs, self._events = jobs, events
        self._catalogue, self._clock = catalogue, clock
        self._tenants, self._users, self._channels = tenants, users, channels
        self.renderer = renderer
        self._links = links

    async def send(self, context: Context, message: Outgoing) -> None:
        """Put the message into the running transaction's queue."""
        handed_over = msgspec.structs.replace(message, at=message.at or self._clock.now())
        await self._jobs.enqueue(context, JOB, msgspec.to_builtins(Queued(new_id(), handed_over)))

    async def send_if_known(self, context: Context, user_id: UUID | None, wanted: str, message: Outgoing) -> None:
        """Send to a verified address of somebody, if there is anybody; found out apart from the request."""
        data = msgspec.to_builtins(Wanted(user_id, wanted, message))
        await self._jobs.enqueue(context, IF_KNOWN, data, delay=LATER)

    async def can(self, context: Context, kind: ChannelKind) -> bool:
        """Whether the context's tenant has a channel of this kind."""
        return await self._channel(context, kind) is not None

    def jobs(self) -> tuple[Job, ...]:
        """The job that delivers, and the one that finds out to whom."""
        return (
            Job(name=JOB, run=self.deliver, attempts=ATTEMPTS),
            Job(name=IF_KNOWN, run=self.find, attempts=ATTEMPTS),
        )

    async def find(self, context: Context, data: dict[str, Any]) -> None:
        """Queue the message for the person's verified address; nothing for anybody else."""
        found = msgspec.convert(data, Wanted)
        user = await self._users.get(context, found.user) if found.user else None
        if user is None or user.status is not UserStatus.ACTIVE:
            return
        if (address := user.verified(IDENTIFIED[found.message.channel], found.address)) is None:
            return
        locale = user.locale or found.message.locale
        await self.send(context, msgspec.structs.replace(found.message, to=address, locale=locale))

    async def deliver(self, context: Context, data: dict[str, Any]) -> None:
        """Hand one queued message to the tenant's channel. Raises ``Unavailable`` to be tried again."""
        queued = msgspec.convert(data, Queued)
        message = queued.message
        if message.expires_at is not None and message.expires_at <= self._clock.now():
            await self._record(context, "notify.expired", queued, "")
            return
        channel = await self._channel(context, message.channel)
        tenant = await self._tenants.get(context.tenant)
        if channel is None or tenant is None:
            raise Unavailable(f"{context.tenant} has no channel for {message.channel}")
        frame = msgspec.structs.replace(context, locale=message.locale)
        said, drawn, more = self._catalogue, self.renderer, await self._more(frame, message)
        rendered = render(said, drawn, frame, message, tenant=tenant, message_id=str(queued.id), more=more)
        try:
            await channel.send(frame, rendered)
        except Undeliverable as problem:
            log.warning("message_refused", tenant=context.tenant, channel=channel.name, problem=problem.detail)
            await self._record(context, "notify.refused", queued, channel.name)
        else:
            await self._record(context, "notify.sent", queued, channel.name)

    async def _more(self, context: Context, message: Outgoing) -> Sequence[NoticeLink]:
        """Asked when the message goes out: what a link is good for lasts from then, and no secret waits in the queue."""
        if message.concerns is None or self._links is None:
            return ()
        return await self._links(context, message.concerns, message)

    async def _channel(self, context: Context, kind: ChannelKind) -> Channel | None:
        return next((channel for channel in await self._channels(context) if channel.kind is kind), None)

    async def _record(self, context: Context, type_: str, queued: Queued, channel: str) -> None:
        """Which sentence went out by which channel; neither to whom nor with which code."""
        data = {"kind": queued.message.channel.value, "subject": queued.message.subject.id, "channel": channel}
        await self._events.record(context, NewEvent(type=type_, object=Object("message", str(queued.id)), data=data))


if TYPE_CHECKING:
    _: type[Notifier] = NotifyService
