"""Workflows: what a tenant's rules do when something happened. Other plugins add actions by a hook that this one opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xenia.api import (
    Context,
    Event,
    EventType,
    Host,
    Job,
    Manifest,
    NewEvent,
    Object,
    Subscriber,
    hookimpl,
    hookspec,
    literal,
)

JOB = "workflows.run"
manifest = Manifest(name="workflows", title=literal("Workflows"), summary=literal("Rules of a tenant."))


class Specs:
    """The hooks that this plugin opens."""

    @staticmethod
    @hookspec
    async def run_action(host: Host, context: Context, action: str, event_type: str) -> bool | None:
        """Do one action of a workflow; ``True`` where it was mine. Limit 2 s; on failure: the job is tried again."""


class Trigger:
    """Queues the workflows of an event, once."""

    name = "workflows.trigger"
    types: tuple[str, ...] = ("user.*",)

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Queue; the event's id is the key, so that a repetition changes nothing."""
        await self._host.jobs.enqueue(context, JOB, {"type": event.type, "event": str(event.id)}, key=str(event.id))


class Runner:
    """Runs what was queued."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def run(self, context: Context, data: dict[str, Any]) -> None:
        """Ask the plugins, then tell."""
        given = {"action": "welcome", "event_type": data["type"]}
        done = [plugin async for plugin, mine in self._host.hooks.answers("run_action", context, **given) if mine]
        event = NewEvent(type="workflow.completed", object=Object("workflow", "welcome"), data={"by": done})
        await self._host.events.record(context, event)


@hookimpl
def register_hookspecs() -> Sequence[Any]:
    return (Specs,)


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EventType("workflow.completed", "A workflow ran to its end."),)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (Trigger(host),)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (Job(name=JOB, run=Runner(host).run),)
