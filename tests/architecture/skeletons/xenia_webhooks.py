"""Webhooks: events are posted to an address of the tenant's, through the guarded dialer, again and again until they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from xenia.api import Context, Event, Host, Job, Manifest, Secret, Subscriber, Unavailable, hookimpl, literal

JOB = "webhooks.post"


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where to; the secret signs what is sent."""

    url: str = ""
    secret: Secret = Secret()


manifest = Manifest(
    name="webhooks", title=literal("Webhooks"), summary=literal("Tells other systems."), settings=WebhookSettings
)


class Teller:
    """Queues one message for each event: the network is never waited for while events wait."""

    name = "webhooks.teller"
    types: tuple[str, ...] = ("user.*", "session.*")

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Queue it, once."""
        if (await self._host.config.get(context, WebhookSettings)).url:
            await self._host.jobs.enqueue(context, JOB, {"type": event.type, "id": str(event.id)}, key=str(event.id))

    async def post(self, context: Context, data: dict[str, Any]) -> None:
        """Post it. Whatever isn't taken is tried again."""
        settings = await self._host.config.get(context, WebhookSettings)
        async with self._host.dialer.http_client() as client:
            answer = await client.request("POST", settings.url, content=msgspec.json.encode(data))
        if not 200 <= answer.status_code < 300:
            raise Unavailable(f"the receiver answered {answer.status_code}")


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (Teller(host),)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (Job(name=JOB, run=Teller(host).post),)
