"""Events are written with the change they tell of, hold nobody's data in the open, and are read page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.core.events.conftest import CONTEXT, event
from xenia.context import user_actor
from xenia.db import Database
from xenia.errors import BadRequest, TooLarge
from xenia.events.models import EventQuery, NewEvent, Object
from xenia.events.service import EventService
from xenia.ids import new_id
from xenia.testing.fake_keys import FakePersonKeys

_INSERT_TENANT = "INSERT INTO tenants (id, title, issuer) VALUES ('acme', 'Acme', 'https://acme.example')"


async def _counts(database: Database) -> tuple[int, int]:
    return await database.fetchval("SELECT count(*) FROM tenants"), await database.fetchval(
        "SELECT count(*) FROM events"
    )


async def test_an_event_commits_together_with_its_change(database: Database, events: EventService) -> None:
    before = await _counts(database)
    async with database.transaction():
        await database.execute(_INSERT_TENANT)
        await events.record(CONTEXT, event())
    assert await _counts(database) == (before[0] + 1, before[1] + 1)


async def test_a_change_that_fails_leaves_no_event(database: Database, events: EventService) -> None:
    before = await _counts(database)

    async def change() -> None:
        async with database.transaction():
            await database.execute(_INSERT_TENANT)
            await events.record(CONTEXT, event())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change()
    assert await _counts(database) == before


async def test_a_change_whose_event_can_not_be_written_is_undone(database: Database, events: EventService) -> None:
    before = await _counts(database)

    async def change() -> None:
        async with database.transaction():
            await database.execute(_INSERT_TENANT)
            await events.record(CONTEXT, event(type_="user.unheard_of"))

    with pytest.raises(LookupError):
        await change()
    assert await _counts(database) == before


async def test_the_application_can_not_change_or_delete_an_event(database: Database, events: EventService) -> None:
    await events.record(CONTEXT, event())
    for statement in ("UPDATE events SET result = 'other'", "DELETE FROM events", "DELETE FROM event_batches"):
        with pytest.raises(Exception, match="permission denied"):
            await database.execute(statement)


async def test_who_where_and_what_are_read_back(events: EventService) -> None:
    person = new_id()
    told = NewEvent(
        type="user.updated",
        object=Object("user", str(person)),
        person=person,
        data={"fields": ["email"]},
        personal={"to": "ada"},
    )
    await events.record(msgspec.structs.replace(CONTEXT, application="shop"), told)
    (read,) = (await events.list(CONTEXT, EventQuery())).events
    assert (read.type, read.object, read.actor, read.application) == (told.type, told.object, CONTEXT.actor, "shop")
    assert (read.data, read.position, read.request_id) == ({"fields": ["email"]}, 0, "request-1")
    assert read.personal == {"address": "192.0.2.7", "user_agent": "Mozilla/5.0", "to": "ada"}


async def test_personal_data_is_sealed_and_gone_with_the_person(
    database: Database, events: EventService, person_keys: FakePersonKeys
) -> None:
    person = new_id()
    await events.record(CONTEXT, NewEvent(type="user.created", object=Object("user", "x"), person=person))
    open_part = await database.fetchval("SELECT (to_jsonb(e) - 'personal')::text FROM events e")
    assert "192.0.2.7" not in open_part
    person_keys.forgotten.add(person)
    (read,) = (await events.list(CONTEXT, EventQuery())).events
    assert read.personal == {}


async def test_the_source_belongs_to_the_person_who_acts_and_without_one_is_not_kept(events: EventService) -> None:
    person = new_id()
    await events.record(CONTEXT, event("first"))
    await events.record(CONTEXT.acting(user_actor("acme", person)), event("second"))
    second, first = (await events.list(CONTEXT, EventQuery())).events
    assert (first.person, first.personal) == (None, {})
    assert (second.person, second.personal["address"]) == (person, "192.0.2.7")


async def test_pages_go_from_new_to_old_without_a_gap(events: EventService) -> None:
    await events.record_many(CONTEXT, [event(str(number)) for number in range(5)])
    seen: list[str] = []
    after = ""
    while True:
        page = await events.list(CONTEXT, EventQuery(after=after, limit=2))
        seen.extend(one.object.id for one in page.events)
        if not (after := page.next):
            break
    assert seen == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (EventQuery(types=("user.created",)), ["1"]),
        (EventQuery(types=("user.*",)), ["2", "1"]),
        (EventQuery(types=("use_.*",)), []),
        (EventQuery(types=("session.started", "user.updated")), ["3", "2"]),
        (EventQuery(object=Object("user", "3")), ["3"]),
        (EventQuery(person=UUID(int=0)), []),
        (EventQuery(limit=0), ["3"]),
    ],
)
async def test_events_are_found_by_type_object_and_person(
    events: EventService, query: EventQuery, found: list[str]
) -> None:
    for number, type_ in enumerate(("user.created", "user.updated", "session.started"), 1):
        await events.record(CONTEXT, event(str(number), type_))
    assert [one.object.id for one in (await events.list(CONTEXT, query)).events] == found


async def test_another_tenant_sees_nothing(events: EventService) -> None:
    await events.record(CONTEXT, event())
    page = await events.list(msgspec.structs.replace(CONTEXT, tenant="other"), EventQuery())
    assert page.events == ()


async def test_a_cursor_that_is_none_is_the_request_s_fault(events: EventService) -> None:
    with pytest.raises(BadRequest):
        await events.list(CONTEXT, EventQuery(after="'; DROP TABLE events"))


@pytest.mark.parametrize("data", [{"words": "x" * 20_000}, {"many": list(range(20_000))}])
async def test_data_beyond_the_cap_is_refused(events: EventService, data: dict[str, Any]) -> None:
    with pytest.raises(TooLarge):
        await events.record(CONTEXT, NewEvent(type="user.created", object=Object("user", "x"), data=data))


async def test_what_the_database_can_not_hold_is_replaced(events: EventService) -> None:
    odd = NewEvent(type="user.created", object=Object("user", "nul\0 and \ud800"), data={"k\0": ["a\0b", "\ud83d"]})
    await events.record(CONTEXT, odd)
    (read,) = (await events.list(CONTEXT, EventQuery())).events
    assert (read.object.id, read.data) == ("nul\ufffd and ?", {"k\ufffd": ["a\ufffdb", "?"]})


async def test_events_are_counted_by_type_as_far_back_as_asked_and_up_to_a_bound(events: EventService) -> None:
    for name in ("one", "two", "three"):
        await events.record(CONTEXT, event(name))
    await events.record(CONTEXT, event("four", "user.updated"))
    assert await events.count(CONTEXT, ("user.created",), timedelta(hours=1)) == 3
    assert await events.count(CONTEXT, ("user.created", "user.updated"), timedelta(hours=1), most=2) == 2
    assert await events.count(CONTEXT, ("user.created",), timedelta(hours=-1)) == 0
    assert (
        await events.count(msgspec.structs.replace(CONTEXT, tenant="other"), ("user.created",), timedelta(hours=1)) == 0
    )
