"""Sending: a message is queued with the change that causes it, and handed to a channel after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from xenia.clock import Clock
from xenia.context import Context
from xenia.errors import Unavailable
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.ids import new_id
from xenia.jobs.contracts import Jobs
from xenia.jobs.models import Job
from xenia.messages import Catalogue
from xenia.notify.contracts import Channel, Notifier
from xenia.notify.models import ChannelKind, Outgoing
from xenia.notify.rendering import EmailRenderer, render
from xenia.tenants.contracts import Tenants

JOB = "notify.send"
ATTEMPTS = 16
"""With the queue's back-off this outlives a mail server that is down for an hour."""

Channels = Callable[[Context], Awaitable[Sequence[Channel]]]
"""The channels that are on for a context's tenant."""


class Queued(msgspec.Struct, frozen=True):
    """A message as it waits, with the identifier that it keeps over every retry."""

    id: UUID
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
        channels: Channels,
        renderer: EmailRenderer | None = None,
    ) -> None:
        self._jobs, self._events = jobs, events
        self._catalogue, self._clock = catalogue, clock
        self._tenants, self._channels = tenants, channels
        self.renderer = renderer

    async def send(self, context: Context, message: Outgoing) -> None:
        """Put the message into the running transaction's queue."""
        await self._jobs.enqueue(context, JOB, msgspec.to_builtins(Queued(new_id(), message)))

    async def can(self, context: Context, kind: ChannelKind) -> bool:
        """Whether the context's tenant has a channel of this kind."""
        return await self._channel(context, kind) is not None

    def jobs(self) -> tuple[Job, ...]:
        """The job that delivers."""
        return (Job(name=JOB, run=self.deliver, attempts=ATTEMPTS),)

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
        rendered = render(self._catalogue, self.renderer, frame, message, tenant=tenant, message_id=str(queued.id))
        await channel.send(frame, rendered)
        await self._record(context, "notify.sent", queued, channel.name)

    async def _channel(self, context: Context, kind: ChannelKind) -> Channel | None:
        return next((channel for channel in await self._channels(context) if channel.kind is kind), None)

    async def _record(self, context: Context, type_: str, queued: Queued, channel: str) -> None:
        """Which sentence went out by which channel; neither to whom nor with which code."""
        data = {"kind": queued.message.channel.value, "subject": queued.message.subject.id, "channel": channel}
        await self._events.record(context, NewEvent(type=type_, object=Object("message", str(queued.id)), data=data))


if TYPE_CHECKING:
    _: type[Notifier] = NotifyService
