"""An audit log over a real database, with keys in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from xenia.clock import FrozenClock
from xenia.context import Actor, ActorKind, Context, Source
from xenia.db import Database
from xenia.events.models import NewEvent, Object
from xenia.events.sealer import EventSealer
from xenia.events.service import EventService
from xenia.testing.fake_keys import FakeAuditKeys, FakePersonKeys

TYPES = {"user.created", "user.updated", "session.started"}
CONTEXT = Context(
    tenant="acme",
    actor=Actor(ActorKind.APPLICATION, "shop", "acme"),
    source=Source("192.0.2.7", "Mozilla/5.0", "request-1"),
)


def event(name: str = "one", type_: str = "user.created") -> NewEvent:
    """An event about a user called ``name``."""
    return NewEvent(type=type_, object=Object("user", name))


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the tests."""
    return FrozenClock(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))


@pytest.fixture
def person_keys() -> FakePersonKeys:
    """Keys of persons."""
    return FakePersonKeys()


@pytest.fixture
def audit_keys() -> FakeAuditKeys:
    """Keys of tenants."""
    return FakeAuditKeys()


@pytest.fixture
def events(database: Database, person_keys: FakePersonKeys) -> EventService:
    """The service under test."""
    return EventService(database, person_keys, TYPES)


@pytest.fixture
def sealer(database: Database, audit_keys: FakeAuditKeys, clock: FrozenClock) -> EventSealer:
    """A sealer that seals when told."""
    return EventSealer(database, audit_keys, clock)


@pytest.fixture
def seal(sealer: EventSealer, database: Database) -> Callable[[], Awaitable[None]]:
    """Seal until nothing waits. Transactions of other databases on the same server can delay it for a moment."""

    async def until_done() -> None:
        while await database.fetchval(
            "SELECT EXISTS (SELECT FROM events e WHERE NOT EXISTS (SELECT FROM event_positions p WHERE p.event_id = e.id))"
        ):
            await sealer.seal()

    return until_done
