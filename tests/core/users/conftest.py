"""Users on a real database, with events that can be looked at."""

from __future__ import annotations

from uuid import UUID

import pytest

from xenia.cache import ConfigCache
from xenia.context import Context, system_actor
from xenia.db import Database, in_transaction
from xenia.tenants.models import Attribute, AttributeKind, NewTenant
from xenia.tenants.service import TenantService
from xenia.testing.fakes import RecordingEvents
from xenia.users.service import UserService

ATTRIBUTES = {
    "points": Attribute(type=AttributeKind.NUMBER),
    "tags": Attribute(type=AttributeKind.LIST, max_length=5),
    "member_since": Attribute(type=AttributeKind.DATE, required=True),
    "vip": Attribute(type=AttributeKind.BOOLEAN),
    "shirt": Attribute(max_length=3),
}


class Ended(list[tuple[UUID, str]]):
    """Whose sessions and grants were ended, and why."""

    async def __call__(self, context: Context, user_id: UUID, reason: str) -> None:
        assert in_transaction()
        self.append((user_id, reason))


@pytest.fixture
def events() -> RecordingEvents:
    return RecordingEvents()


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
async def tenants(database: Database, events: RecordingEvents) -> TenantService:
    made = TenantService(database, ConfigCache(database), events, ())
    for name in ("acme", "globex"):
        context = Context(tenant=name, actor=system_actor("test"))
        await made.create(context, NewTenant(id=name, title=name, attributes=ATTRIBUTES))
    events.recorded.clear()
    return made


@pytest.fixture
def context() -> Context:
    return Context(tenant="acme", actor=system_actor("test"))


@pytest.fixture
def users(database: Database, events: RecordingEvents, tenants: TenantService, ended: Ended) -> UserService:
    return UserService(database, events, tenants, ended)
