"""Subscribers see the events of a tenant in order, at least once, and a failing one waits alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.core.events.conftest import CONTEXT, event
from xenia.clock import FrozenClock
from xenia.context import ActorKind, Context
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.events import tables
from xenia.events.dispatch import TRIES, Dispatcher, Subscription, matches
from xenia.events.models import Event
from xenia.events.service import EventService
from xenia.plugin.registry import CORE

Seal = Callable[[], Awaitable[None]]


class Recorder:
    """A subscriber that remembers what it saw, and fails at the events named in ``broken``."""

    def __init__(self, name: str, *types: str) -> None:
        self.name = name
        self.types = types or ("*",)
        self.seen: list[str] = []
        self.contexts: list[Context] = []
        self.broken: set[str] = set()

    async def handle(self, context: Context, event: Event) -> None:
        """Remember, or fail."""
        if event.object.id in self.broken:
            raise Unavailable("the secret is hunter2")
        self.contexts.append(context)
        self.seen.append(event.object.id)


@pytest.fixture
async def tenants(database: Database) -> None:
    """Two tenants."""
    for name in ("acme", "other"):
        await database.execute(
            "INSERT INTO tenants (id, title, issuer) VALUES ($1, $1, $2) ON CONFLICT DO NOTHING",
            name,
            f"https://{name}.example",
        )


def _dispatcher(database: Database, events: EventService, clock: FrozenClock, *subscribers: Recorder) -> Dispatcher:
    async def enabled(tenant: str) -> frozenset[str]:
        return frozenset({"hooks"}) if tenant == "acme" else frozenset()

    entries = [Subscription("hooks" if one.name.startswith("hooks") else CORE, one) for one in subscribers]
    return Dispatcher(database, events, entries, enabled, clock)


async def _record(
    events: EventService, seal: Seal, *names: str, tenant: str = "acme", type_: str = "user.created"
) -> None:
    await events.record_many(msgspec.structs.replace(CONTEXT, tenant=tenant), [event(name, type_) for name in names])
    await seal()


async def _due(database: Database) -> None:
    await database.execute("UPDATE subscriptions SET retry_at = now()")


@pytest.mark.usefixtures("tenants")
async def test_events_come_in_order_and_each_once_while_all_goes_well(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    dispatcher = _dispatcher(database, events, clock, mail)
    await _record(events, seal, "1", "2", "3")
    await dispatcher.dispatch()
    await _record(events, seal, "4")
    await dispatcher.dispatch(["acme"])
    await dispatcher.dispatch()
    assert mail.seen == ["1", "2", "3", "4"]
    assert {(one.tenant, one.actor.kind) for one in mail.contexts} == {("acme", ActorKind.SYSTEM)}


@pytest.mark.usefixtures("tenants")
async def test_more_than_one_step_is_taken_when_much_waits(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    dispatcher = _dispatcher(database, events, clock, mail)
    names = [str(number) for number in range(450)]
    await _record(events, seal, *names)
    while await dispatcher.dispatch():
        pass
    assert mail.seen == names


@pytest.mark.usefixtures("tenants")
async def test_only_the_types_that_were_asked_for_are_offered(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    exact, noun = Recorder("exact", "user.created"), Recorder("noun", "user.*")
    dispatcher = _dispatcher(database, events, clock, exact, noun)
    for type_ in ("user.created", "user.updated", "session.started"):
        await _record(events, seal, type_, type_=type_)
    await dispatcher.dispatch()
    assert (exact.seen, noun.seen) == (["user.created"], ["user.created", "user.updated"])
    assert await database.fetchval("SELECT count(*) FROM subscriptions WHERE position = 3") == 2


@pytest.mark.usefixtures("tenants")
async def test_a_failure_keeps_later_events_waiting_for_that_subscriber_alone(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    failing, well = Recorder("failing"), Recorder("well")
    failing.broken = {"2"}
    dispatcher = _dispatcher(database, events, clock, failing, well)
    await _record(events, seal, "1", "2", "3")
    await dispatcher.dispatch()
    await dispatcher.dispatch()
    assert (failing.seen, well.seen) == (["1"], ["1", "2", "3"])

    row = await database.fetchrow("SELECT *, retry_at - now() AS wait FROM subscriptions WHERE subscriber = 'failing'")
    assert row is not None
    assert (row["position"], row["failures"], row["problem"]) == (1, 1, "Unavailable unavailable")
    assert 0 < row["wait"].total_seconds() < 3

    failing.broken = set()
    await _due(database)
    await dispatcher.dispatch()
    assert failing.seen == ["1", "2", "3"]
    assert await database.fetchval("SELECT failures FROM subscriptions WHERE subscriber = 'failing'") == 0


@pytest.mark.usefixtures("tenants")
async def test_the_wait_grows_with_each_failure(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    failing = Recorder("failing")
    failing.broken = {"1"}
    dispatcher = _dispatcher(database, events, clock, failing)
    await _record(events, seal, "1")
    waits = []
    for _ in range(5):
        await dispatcher.dispatch()
        waits.append(await database.fetchval("SELECT extract(epoch FROM retry_at - now())::float FROM subscriptions"))
        await _due(database)
    assert waits == sorted(waits)
    assert 20 < waits[-1] < 41


@pytest.mark.usefixtures("tenants")
async def test_one_tenant_s_failure_does_not_hold_another(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    mail.broken = {"1"}
    dispatcher = _dispatcher(database, events, clock, mail)
    await _record(events, seal, "1")
    await _record(events, seal, "theirs", tenant="other")
    await dispatcher.dispatch()
    assert mail.seen == ["theirs"]


@pytest.mark.usefixtures("tenants")
async def test_a_plugin_that_is_off_for_a_tenant_sees_nothing_of_it(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    hooks = Recorder("hooks")
    dispatcher = _dispatcher(database, events, clock, hooks)
    await _record(events, seal, "ours")
    await _record(events, seal, "theirs", tenant="other")
    await dispatcher.dispatch()
    assert hooks.seen == ["ours"]


@pytest.mark.usefixtures("tenants")
async def test_a_subscriber_begins_with_what_happens_after_it_came(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail, archive = Recorder("mail"), Recorder("archive")
    vars(archive)["history"] = True
    await _record(events, seal, "long ago")
    dispatcher = _dispatcher(database, events, clock, mail, archive)
    await dispatcher.begin()
    await _record(events, seal, "now")
    await dispatcher.dispatch()
    assert (mail.seen, archive.seen) == (["now"], ["long ago", "now"])


@pytest.mark.usefixtures("tenants")
async def test_a_subscriber_that_is_known_misses_nothing_over_a_restart_nor_of_a_new_tenant(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    await _dispatcher(database, events, clock, mail).begin()
    await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ('new', 'New', 'https://new.example')")
    await _record(events, seal, "while away")
    await _record(events, seal, "its first", tenant="new")
    again = _dispatcher(database, events, clock, mail)
    await again.begin()
    await again.dispatch()
    assert sorted(mail.seen) == ["its first", "while away"]


@pytest.mark.usefixtures("tenants")
async def test_what_happens_while_a_plugin_is_off_is_passed_over(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    hooks, on = Recorder("hooks"), {"acme"}

    async def enabled(tenant: str) -> frozenset[str]:
        return frozenset({"hooks"}) if tenant in on else frozenset()

    dispatcher = Dispatcher(database, events, [Subscription("hooks", hooks)], enabled, clock)
    await _record(events, seal, "off", tenant="other")
    await dispatcher.dispatch()
    on.add("other")
    await _record(events, seal, "on", tenant="other")
    await dispatcher.dispatch()
    assert hooks.seen == ["on"]


@pytest.mark.usefixtures("tenants")
async def test_what_fails_too_often_is_parked_and_the_rest_goes_on(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    mail.broken = {"2"}
    dispatcher = _dispatcher(database, events, clock, mail)
    await _record(events, seal, "1", "2", "3")
    for _ in range(TRIES):
        assert mail.seen in ([], ["1"])
        await dispatcher.dispatch()
        await _due(database)
    await dispatcher.dispatch()
    assert mail.seen == ["1", "3"]
    (parked,) = await tables.parked(database)
    assert (parked["tenant_id"], parked["subscriber"], parked["position"]) == ("acme", "mail", 2)
    assert "hunter2" not in parked["problem"]


@pytest.mark.usefixtures("tenants")
async def test_what_was_parked_is_offered_again_when_somebody_says_so(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    mail.broken = {"1", "2"}
    dispatcher = _dispatcher(database, events, clock, mail)
    await _record(events, seal, "1", "2")
    for _ in range(2 * TRIES):
        await dispatcher.dispatch()
        await _due(database)
    mail.broken = {"2"}
    assert await dispatcher.retry() == (1, 1)
    assert mail.seen == ["1"]
    assert [row["position"] for row in await tables.parked(database, "acme", "mail")] == [2]
    assert await dispatcher.retry("other") == (0, 0)
    mail.broken = set()
    assert await dispatcher.retry("acme", "mail") == (1, 0)
    assert await tables.parked(database) == []


@pytest.mark.usefixtures("tenants")
async def test_of_two_processes_one_follows_a_cursor(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    mail = Recorder("mail")
    processes = [_dispatcher(database, events, clock, mail) for _ in range(2)]
    await _record(events, seal, *(str(number) for number in range(20)))
    await asyncio.gather(*(process.dispatch() for process in processes * 3))
    assert mail.seen == [str(number) for number in range(20)]


@pytest.mark.usefixtures("tenants")
async def test_a_process_that_died_loses_its_lease(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    class Dying(Recorder):
        async def handle(self, context: Context, event: Event) -> None:
            raise asyncio.CancelledError

    await _record(events, seal, "1")
    with pytest.raises(asyncio.CancelledError):
        await _dispatcher(database, events, clock, Dying("mail")).dispatch()
    alive = Recorder("mail")
    dispatcher = _dispatcher(database, events, clock, alive)
    await dispatcher.dispatch()
    assert alive.seen == []
    await _due(database)
    await dispatcher.dispatch()
    assert alive.seen == ["1"]


@pytest.mark.usefixtures("tenants")
async def test_whoever_lost_the_lease_does_not_move_the_cursor(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    class Slow(Recorder):
        async def handle(self, context: Context, event: Event) -> None:
            await database.execute("UPDATE subscriptions SET retry_at = now() + interval '1 hour', position = 7")

    await _record(events, seal, "1")
    await _dispatcher(database, events, clock, Slow("mail")).dispatch()
    assert await database.fetchval("SELECT position FROM subscriptions") == 7


@pytest.mark.usefixtures("tenants")
async def test_the_background_loop_follows_as_soon_as_it_is_woken(
    database: Database, events: EventService, clock: FrozenClock, seal: Seal
) -> None:
    arrived = asyncio.Event()

    class Waiting(Recorder):
        async def handle(self, context: Context, event: Event) -> None:
            arrived.set()

    dispatcher = _dispatcher(database, events, clock, Waiting("mail"))
    dispatcher.start()
    try:
        await _record(events, seal, "1")
        dispatcher.wake(["acme"])
        async with asyncio.timeout(20):
            await arrived.wait()
    finally:
        await dispatcher.stop()


@pytest.mark.parametrize(
    ("type_", "wanted", "answer"),
    [
        ("user.created", ("user.created",), True),
        ("user.created", ("user.*",), True),
        ("username.created", ("user.*",), False),
        ("user.created", ("user",), False),
        ("user.created", ("*",), True),
        ("user.created", (), False),
    ],
)
def test_types_are_exact_or_a_noun(type_: str, wanted: tuple[str, ...], answer: bool) -> None:
    assert matches(type_, wanted) is answer
