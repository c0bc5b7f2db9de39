"""Events: what happened, once, for the audit and for whoever reacts. A pseudonymous envelope and a personal part
under the person's key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from xenia.context import Actor


class EventType(msgspec.Struct, frozen=True):
    """A kind of event: ``noun.past_verb``, and what it tells in one sentence."""

    name: str
    title: str


class Object(msgspec.Struct, frozen=True):
    """What an event is about: a kind (``user``, ``session``, ``application``, ...) and its id."""

    kind: str
    id: str


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event to be recorded in the running transaction.

    ``data`` is pseudonymous and stays for ever; ``personal`` is sealed under the key of ``person``, so that erasure
    destroys a key and no row.
    Identifiers typed by strangers never go in: record their keyed hash.
    """

    type: str
    object: Object
    data: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    person: UUID | None = None
    result: str = "ok"


class Beside(NamedTuple):
    """A statement that writes, with its parameters: an event can be recorded with it in one statement, so that the two
    cost one round trip and one commit.
    """

    sql: str
    args: tuple[Any, ...]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it was recorded. ``position`` is its place in the tenant's sealed order (0 = not sealed yet)."""

    tenant: str
    id: UUID
    position: int
    type: str
    at: datetime
    actor: Actor
    object: Object
    application: str = ""
    data: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    person: UUID | None = None
    result: str = "ok"
    request_id: str = ""


class EventQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events, newest first. ``types`` match exactly or by a ``noun.*`` pattern."""

    types: tuple[str, ...] = ()
    object: Object | None = None
    person: UUID | None = None
    after: str = ""
    limit: int = 50


class EventPage(msgspec.Struct, frozen=True):
    """Events and the cursor of the next page (empty at the end)."""

    events: tuple[Event, ...]
    next: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Events that were given their positions together. ``hash`` covers everything above it, ``previous`` chains it to
    the batch before.
    """

    tenant: str
    number: int
    first_position: int
    last_position: int
    root: bytes
    previous: bytes
    at: datetime
    hash: bytes = b""
    kid: str = ""
    signature: bytes = b""
