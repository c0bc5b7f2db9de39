"""What happened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

import xenia.api as core
from xenia.api import Answer, PageQuery
from xenia_api.schemas.base import Line


class Actor(Answer, frozen=True, kw_only=True):
    """Who acted."""

    kind: core.ActorKind
    id: str
    tenant: str
    on_behalf_of: Actor | None

    @classmethod
    def of(cls, actor: core.Actor) -> Actor:
        """The actor, and for whom."""
        behalf = cls.of(actor.on_behalf_of) if actor.on_behalf_of else None
        return cls.like(actor, on_behalf_of=behalf)


class Object(Answer, frozen=True, kw_only=True):
    """What an event is about."""

    kind: str
    id: str


class Event(Answer, frozen=True, kw_only=True):
    """What happened. `position` is its place in the sealed order (0 = not sealed yet)."""

    id: UUID
    position: int
    type: str
    at: datetime
    actor: Actor
    object: Object
    application: str
    person: UUID | None
    result: str
    request_id: str
    data: dict[str, Any]
    personal: dict[str, Any]

    @classmethod
    def of(cls, event: core.Event) -> Event:
        """The event with its personal part, where the person's key still exists."""
        return cls.like(event, actor=Actor.of(event.actor), object=Object.like(event.object))


class EventList(Answer, frozen=True, kw_only=True):
    """Events, newest first."""

    items: tuple[Event, ...]
    next: str | None


Pattern = Annotated[str, Meta(max_length=100, pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?$")]


class EventQuery(PageQuery, frozen=True, kw_only=True):
    """Which events. `type` may be repeated and matches exactly or as `noun.*`; `object_kind` and `object_id` go together."""

    type: Annotated[tuple[Pattern, ...], Meta(max_length=20)] = ()
    object_kind: Line = ""
    object_id: Line = ""
    person: UUID | None = None
